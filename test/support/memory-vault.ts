import { createHash } from 'node:crypto';
import type { Vault } from '../../shared/adapters/vault/vault.ts';
import { openSeal, type SealingKeys, seal, sealingKeys } from '../../shared/domain/privacy/seal.ts';

export type MemoryVault = Vault & {
  /** Takes an owner's key away for good. */
  erase(owner: string): void;
  /** Whether keys can be had; where not, sealing and opening fail. */
  available: boolean;
};

/** A vault without a table: keys come of the owners' names, until they are erased. */
export function memoryVault(): MemoryVault {
  const erased = new Set<string>();
  const keysOf = (owner: string): SealingKeys | undefined =>
    erased.has(owner) ? undefined : sealingKeys(createHash('sha256').update(owner).digest());
  const whole: MemoryVault = {
    available: true,
    erase: (owner) => void erased.add(owner),
    async seal(texts) {
      if (!whole.available) throw new Error('no keys');
      return texts.map(({ owner, context, text }) => {
        const keys = keysOf(owner);
        return keys && seal(keys, context, text);
      });
    },
    async open(seals) {
      if (!whole.available) throw new Error('no keys');
      return seals.map(({ owner, context, seal: sealed }) => {
        const keys = keysOf(owner);
        return keys && openSeal(keys, context, sealed);
      });
    },
  };
  return whole;
}
