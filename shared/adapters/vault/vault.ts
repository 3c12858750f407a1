import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
  type TransactWriteItem,
} from '@aws-sdk/client-dynamodb';
import { openSeal, type SealingKeys, seal, sealingKeys } from '../../domain/privacy/seal.ts';
import { batchGet } from '../dynamo/batch-get.ts';
import { type Key, vaultKeys } from '../dynamo/keys.ts';
import { type Item, keyItem, versionCondition } from '../dynamo/profile-records.ts';
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

/** An item that says something of a person. Its partition, `MEMBER#id`, is the owner under whose key the content is sealed. */
export type PersonalItem = {
  key: Key;
  /** Left out where the item by itself says all: nothing is sealed then, and no key is made. */
  content?: object;
  /** Counts the writes, from 1: it is written over the version before and no other. Left out, it is written whatever is there. */
  version?: number;
};

/** What was read of an item: its content, and 0 as the version where it has none. */
export type OpenedItem = { content: unknown; version: number };

export type PersonalItems = {
  /**
   * What a transaction has to write so that these items stand in the vault, together with all else that it writes: each item, and that its
   * owner still has the key it was sealed with. What is of an owner who has been erased is left out.
   */
  writesOf(items: readonly PersonalItem[]): Promise<TransactWriteItem[]>;
  /**
   * Reads items with the keys of their owners in one request, by `placeOf` their keys. Left out is what is not there, and what has lost its key;
   * `erased` are the owners that have been erased, whether there is anything of theirs or not.
   */
  read(
    keys: readonly Key[],
    options: { consistent: boolean },
  ): Promise<{ found: Map<string, OpenedItem>; erased: Set<string> }>;
};

/** An item's place in one string. */
export const placeOf = ({ pk, sk }: Key): string => `${pk}\n${sk}`;

/** What the seal of an item is bound to: its place, so that it opens in no other. */
const contextOf = ({ pk, sk }: Key): string => `item ${pk} ${sk}`;

/** Unwrapped keys a process keeps, by what they were wrapped as: whether a key still stands is read from the table each time. */
const KEYS_KEPT = 5_000;

/** The Vault table: one key per owner, itself encrypted by the stage's key, and what was sealed with it. */
export function vault(client: DynamoDBClient, table: string, wrapping: KeyWrapping): Vault & PersonalItems {
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

  const sealAll = (standing: Map<string, Item>, texts: readonly OpenText[]): Promise<(string | undefined)[]> => {
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
  };
  /** The owner is not erased while the transaction is under way: what comes after would be found by nobody who erases. */
  const whileKeyStands = (owner: string): TransactWriteItem => ({
    ConditionCheck: {
      TableName: table,
      Key: keyItem(vaultKeys.key(owner)),
      ConditionExpression: 'attribute_not_exists(pk) OR attribute_exists(#wrapped)',
      ExpressionAttributeNames: { '#wrapped': 'wrapped' },
    },
  });

  return {
    async seal(texts) {
      const owners = texts.map(({ owner }) => owner);
      return sealAll(await items(owners, true), texts);
    },

    async writesOf(all) {
      if (all.length === 0) return [];
      const owners = all.map(({ key }) => key.pk);
      const standing = await items(owners, true);
      const texts = all.flatMap(({ key, content }) =>
        content === undefined ? [] : [{ owner: key.pk, context: contextOf(key), text: JSON.stringify(content) }],
      );
      const seals = await sealAll(standing, texts);
      const sealOf = new Map(texts.map(({ context }, index) => [context, seals[index]]));
      const written = all.filter(({ key, content }) => {
        if (content !== undefined) return sealOf.get(contextOf(key)) !== undefined;
        const item = standing.get(key.pk);
        return item === undefined || item.wrapped !== undefined;
      });
      const puts = written.map(({ key, content, version }): TransactWriteItem => {
        const sealed = content && sealOf.get(contextOf(key));
        return {
          Put: {
            TableName: table,
            Item: {
              ...keyItem(key),
              ...(sealed !== undefined && { seal: { S: sealed } }),
              ...(version !== undefined && { v: { N: String(version) } }),
            },
            ...(version !== undefined && versionCondition(version)),
          },
        };
      });
      return [...puts, ...[...new Set(written.map(({ key }) => key.pk))].map(whileKeyStands)];
    },

    async read(keys, options) {
      const owners = [...new Set(keys.map(({ pk }) => pk))];
      const wanted = [...keys, ...owners.map(vaultKeys.key)];
      const all = new Map(
        (await batchGet(client, table, wanted, options)).map((item) => [
          placeOf({ pk: item.pk?.S ?? '', sk: item.sk?.S ?? '' }),
          item,
        ]),
      );
      const keyOf = (owner: string) => all.get(placeOf(vaultKeys.key(owner)));
      const found = await Promise.all(
        keys.map(async (key): Promise<[string, OpenedItem][]> => {
          const item = all.get(placeOf(key));
          const owned = item?.seal?.S === undefined ? undefined : await keysOf(key.pk, keyOf(key.pk));
          const text = owned && openSeal(owned, contextOf(key), item?.seal?.S ?? '');
          return text === undefined
            ? []
            : [[placeOf(key), { content: JSON.parse(text), version: Number(item?.v?.N ?? 0) }]];
        }),
      );
      const erased = owners.filter((owner) => {
        const item = keyOf(owner);
        return item !== undefined && item.wrapped === undefined;
      });
      return { found: new Map(found.flat()), erased: new Set(erased) };
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
