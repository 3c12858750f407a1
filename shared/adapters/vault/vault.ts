import { ConditionalCheckFailedException, type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { openSeal, type SealingKeys, seal, sealingKeys } from '../../domain/privacy/seal.ts';
import { batchGet } from '../dynamo/batch-get.ts';
import { vaultKeys } from '../dynamo/keys.ts';
import type { Item } from '../dynamo/profile-records.ts';
import type { KeyWrapping } from '../kms/key-wrapping.ts';

/** A text that is one owner's (`MEMBER#id`), and what it belongs to. */
export type OpenText = { owner: string; context: string; text: string };
export type SealedText = { owner: string; context: string; seal: string };

export type Vault = {
  /** Seals each text under its owner's key, which is made where there is none yet; undefined where the owner has been erased. */
  seal(texts: readonly OpenText[]): Promise<(string | undefined)[]>;
  /** Opens each seal; undefined where the owner's key is gone, and with it whatever was sealed. */
  open(seals: readonly SealedText[]): Promise<(string | undefined)[]>;
};

/** Unwrapped keys a process keeps, by what they were wrapped as: whether a key still stands is read from the table each time. */
const KEYS_KEPT = 5_000;

/** The Vault table: one key per owner, itself encrypted by the stage's key, and what was sealed with it. */
export function vault(client: DynamoDBClient, table: string, wrapping: KeyWrapping): Vault {
  const kept = new Map<string, Promise<SealingKeys>>();
  const remember = (wrapped: Uint8Array, key: Promise<Uint8Array>): Promise<SealingKeys> => {
    const name = Buffer.from(wrapped).toString('base64');
    const keys = key.then(sealingKeys);
    keys.catch(() => kept.delete(name));
    const [oldest] = kept.size >= KEYS_KEPT ? kept.keys() : [];
    if (oldest !== undefined) kept.delete(oldest);
    kept.set(name, keys);
    return keys;
  };
  const unwrapped = (owner: string, wrapped: Uint8Array): Promise<SealingKeys> =>
    kept.get(Buffer.from(wrapped).toString('base64')) ?? remember(wrapped, wrapping.unwrap(owner, wrapped));

  /** A key that two make at once is the first one's. */
  const make = async (owner: string): Promise<SealingKeys | undefined> => {
    const { key, wrapped } = await wrapping.generate(owner);
    const { pk, sk } = vaultKeys.key(owner);
    try {
      await client.send(
        new PutItemCommand({
          TableName: table,
          Item: { pk: { S: pk }, sk: { S: sk }, wrapped: { B: wrapped } },
          ConditionExpression: 'attribute_not_exists(pk)',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      return keysOf(owner, error.Item);
    }
    return remember(wrapped, Promise.resolve(key));
  };
  const keysOf = (owner: string, item: Item | undefined): Promise<SealingKeys> | undefined =>
    item?.wrapped?.B === undefined ? undefined : unwrapped(owner, item.wrapped.B);

  const items = async (owners: readonly string[], consistent: boolean): Promise<Map<string, Item>> => {
    const distinct = [...new Set(owners)];
    const found = await batchGet(client, table, distinct.map(vaultKeys.key), { consistent });
    return new Map(found.map((item) => [item.pk?.S ?? '', item]));
  };

  return {
    async seal(texts) {
      const standing = await items(
        texts.map(({ owner }) => owner),
        true,
      );
      const byOwner = new Map<string, Promise<SealingKeys | undefined>>();
      const keysFor = (owner: string): Promise<SealingKeys | undefined> => {
        const item = standing.get(owner);
        const known = byOwner.get(owner) ?? Promise.resolve(item === undefined ? make(owner) : keysOf(owner, item));
        byOwner.set(owner, known);
        return known;
      };
      return Promise.all(
        texts.map(async ({ owner, context, text }) => {
          const keys = await keysFor(owner);
          return keys && seal(keys, context, text);
        }),
      );
    },

    async open(seals) {
      if (seals.length === 0) return [];
      const standing = await items(
        seals.map(({ owner }) => owner),
        false,
      );
      return Promise.all(
        seals.map(async ({ owner, context, seal: sealed }) => {
          const keys = await keysOf(owner, standing.get(owner));
          return keys && openSeal(keys, context, sealed);
        }),
      );
    },
  };
}
