import { hash } from 'node:crypto';
import { Fault } from '../../domain/fault.ts';
import { VAULT_PURPOSE } from '../../domain/privacy/vault-purpose.ts';
import type { ClientOptions } from '../aws/client-settings.ts';
import { kmsClient } from './client.ts';

/** A key of 32 bytes, and the same key as only the stage's own key in KMS can read it. */
export type WrappedKey = { key: Uint8Array; wrapped: Uint8Array };

export type KeyWrapping = {
  /** Makes a key for an owner. */
  generate(owner: string): Promise<WrappedKey>;
  /** Reads a wrapped key again; one that was wrapped for another owner is refused. */
  unwrap(owner: string, wrapped: Uint8Array): Promise<Uint8Array>;
};

/** The key service cannot be had, or has no time: the same may be asked again. */
export class KeysUnavailable extends Error {
  override name = 'KeysUnavailable';

  constructor(cause: unknown) {
    super('The key service does not answer.', { cause });
  }
}

/** What no asking again mends: the key is another, is gone, or may not be used. */
const FINAL: ReadonlySet<string> = new Set([
  'AccessDeniedException',
  'DisabledException',
  'IncorrectKeyException',
  'InvalidCiphertextException',
  'KMSInvalidStateException',
  'NotFoundException',
  'ValidationException',
]);

function orUnavailable(error: unknown): never {
  if (error instanceof Error && FINAL.has(error.name)) throw error;
  throw new KeysUnavailable(error);
}

/**
 * Keys wrapped by the stage's key. The context binds each to its owner, by a hash, because AWS writes contexts into its own logs.
 * @param keyId the stage's key: id, ARN or alias
 */
export function keyWrapping(keyId: string, options?: ClientOptions): KeyWrapping {
  const open = kmsClient(options);
  const contextOf = (owner: string) => ({ purpose: VAULT_PURPOSE, owner: hash('sha256', owner, 'base64url') });
  return {
    async generate(owner) {
      const { client, sdk } = await open();
      const command = { KeyId: keyId, KeySpec: 'AES_256', EncryptionContext: contextOf(owner) } as const;
      const asked = client.send(new sdk.GenerateDataKeyCommand(command));
      const { Plaintext, CiphertextBlob } = await asked.catch(orUnavailable);
      if (Plaintext === undefined || CiphertextBlob === undefined) throw new Fault('The key service has made no key.');
      return { key: Plaintext, wrapped: CiphertextBlob };
    },

    async unwrap(owner, wrapped) {
      const { client, sdk } = await open();
      const command = { KeyId: keyId, CiphertextBlob: wrapped, EncryptionContext: contextOf(owner) };
      const { Plaintext } = await client.send(new sdk.DecryptCommand(command)).catch(orUnavailable);
      if (Plaintext === undefined) throw new Fault('The key service has read no key.');
      return Plaintext;
    },
  };
}
