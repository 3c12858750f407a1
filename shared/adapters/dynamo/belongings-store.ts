import { type DynamoDBClient, type TransactWriteItem, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import type { Wallet, WalletPage } from '../../domain/coupon/wallet.ts';
import { type Visitor, withoutMember } from '../../domain/loyalty/visitor.ts';
import type { HistoryOwner } from '../../domain/recommend/history-facts.ts';
import { batchGet } from './batch-get.ts';
import { batchDelete } from './batch-put.ts';
import { historyKeys } from './history-store.ts';
import { couponKeys, type Key, profileKeys, reputationKeys, vaultKeys } from './keys.ts';
import { type Item, keyItem, putRecord, readRecord, writeFailure } from './profile-records.ts';
import { queryPages } from './query-pages.ts';

export type Tables = { profile: string; reputation: string; recommend: string; vault: string };

/** What stands in the tables under a member's own keys, by its ids. */
export type Belongings = {
  registration: boolean;
  /** How many causes of ledger entries there are beside orders. */
  causes: number;
  coupons: string[];
  walletPages: number[];
  visitors: string[];
  /** Items of the vault but for the key and what only points elsewhere. */
  words: number;
  /** The events and commands that brought words of the member's own. */
  said: string[];
  complaints: string[];
  /** Reviews that the member has voted on. */
  votes: string[];
  /** Parts of histories, of the member and of the visitors that they were. */
  histories: number;
};

export type BelongingsStore = {
  find(memberId: string): Promise<Belongings>;
  /** Removes all of an owner's from the vault but the key, or what stands in its place. */
  emptyVault(owner: string): Promise<void>;
  forgetRegistration(memberId: string): Promise<void>;
  forgetWallet(memberId: string, pages: readonly number[]): Promise<void>;
  /** A visitor who is nobody again; where a visitor was other members too, it stays theirs. */
  forgetVisitor(anonymousId: string, memberId: string): Promise<void>;
  forgetHistories(owners: readonly HistoryOwner[]): Promise<void>;
  forgetReviewer(memberId: string): Promise<void>;
  /** Puts a vote in the place of one that is nobody's; the counters stay as they are. */
  anonymiseVote(vote: { reviewId: string; voterId: string; receiptId: string }): Promise<void>;
  /** Days on which members may have a birthday, from all of which the member is taken. */
  forgetBirthdays(memberId: string, days: readonly string[]): Promise<void>;
};

/** What is a member's, in the tables whose keys name the member. */
export function belongingsStore(client: DynamoDBClient, tables: Tables): BelongingsStore {
  const keysIn = async (table: string, pk: string): Promise<Item[]> => {
    const items: Item[] = [];
    for await (const page of queryPages(client, table, pk)) items.push(...page);
    return items;
  };
  const endsOf = (items: readonly Item[], prefix: string): string[] =>
    items.flatMap(({ sk }) => (sk?.S?.startsWith(prefix) === true ? [sk.S.slice(prefix.length)] : []));
  return {
    async find(memberId) {
      const { pk } = profileKeys.account(memberId);
      const [own, sealed, voted] = await Promise.all([
        keysIn(tables.profile, pk),
        keysIn(tables.vault, pk),
        keysIn(tables.reputation, reputationKeys.votedOn(memberId, '').pk),
      ]);
      const at = (key: Key) => own.find(({ sk }) => sk?.S === key.sk);
      const wallet = readRecord<Wallet>(at(couponKeys.wallet(memberId)));
      const pages = own.filter(({ sk }) => sk?.S?.startsWith(`${couponKeys.wallet(memberId).sk}#`) === true);
      const onPages = pages.map((item) => readRecord<WalletPage>(item)).filter((it) => it !== undefined);
      const visitors = endsOf(own, profileKeys.visitorPrefix);
      const pointers = endsOf(sealed, vaultKeys.complaintPrefix);
      const histories = await batchGet(client, tables.recommend, ownersOf(memberId, visitors).flatMap(historyKeys));
      return {
        registration: at(profileKeys.registration(memberId)) !== undefined,
        causes: endsOf(own, profileKeys.causePrefix).length,
        coupons: [...onPages.flatMap(({ couponIds }) => couponIds), ...(wallet?.tail ?? [])],
        walletPages: onPages.map(({ page }) => page),
        visitors,
        words: sealed.filter(({ sk }) => sk?.S !== vaultKeys.key(pk).sk).length - pointers.length,
        said: endsOf(sealed, vaultKeys.wordsPrefix),
        complaints: pointers,
        votes: endsOf(voted, reputationKeys.votedPrefix),
        histories: histories.length,
      };
    },

    async emptyVault(owner) {
      const items = await keysIn(tables.vault, owner);
      const rest = items.filter(({ sk }) => sk?.S !== vaultKeys.key(owner).sk);
      await batchDelete(client, tables.vault, rest.map(keyOf));
    },

    async forgetRegistration(memberId) {
      await batchDelete(client, tables.profile, [profileKeys.registration(memberId)]);
    },

    async forgetWallet(memberId, pages) {
      const keys = pages.map((page) => couponKeys.walletPage(memberId, page));
      await batchDelete(client, tables.profile, [...keys, couponKeys.wallet(memberId)]);
    },

    async forgetVisitor(anonymousId, memberId) {
      const key = profileKeys.visitor(anonymousId);
      const [item] = await batchGet(client, tables.profile, [key], { consistent: true });
      const visitor = readRecord<Omit<Visitor, 'version'>>(item);
      const pointer = {
        Delete: { TableName: tables.profile, Key: keyItem(profileKeys.visitorOf(memberId, anonymousId)) },
      };
      const rest = visitor && withoutMember(visitor, memberId);
      const seen = { ':seen': { N: String(visitor?.version ?? 0) } };
      const condition = { ConditionExpression: 'v = :seen', ExpressionAttributeValues: seen };
      const change =
        visitor === undefined
          ? []
          : rest === undefined
            ? [{ Delete: { TableName: tables.profile, Key: keyItem(key), ...condition } }]
            : [{ Put: putRecord(tables.profile, key, rest) }];
      await transact(client, [...change, pointer]);
    },

    async forgetHistories(owners) {
      await batchDelete(client, tables.recommend, owners.flatMap(historyKeys));
    },

    async forgetReviewer(memberId) {
      await batchDelete(client, tables.reputation, [reputationKeys.reviewer(memberId)]);
    },

    async anonymiseVote({ reviewId, voterId, receiptId }) {
      const key = reputationKeys.vote(reviewId, voterId);
      const [item] = await batchGet(client, tables.reputation, [key], { consistent: true });
      const pointer = {
        Delete: { TableName: tables.reputation, Key: keyItem(reputationKeys.votedOn(voterId, reviewId)) },
      };
      if (item === undefined) return transact(client, [pointer]);
      const seen = { ':seen': item.eventId ?? { S: '' } };
      await transact(client, [
        {
          Put: {
            TableName: tables.reputation,
            Item: { ...item, ...keyItem(reputationKeys.voteOfNobody(reviewId, receiptId)) },
          },
        },
        {
          Delete: {
            TableName: tables.reputation,
            Key: keyItem(key),
            ConditionExpression: 'eventId = :seen',
            ExpressionAttributeValues: seen,
          },
        },
        pointer,
      ]);
    },

    async forgetBirthdays(memberId, days) {
      const keys = days.map((day) => couponKeys.birthday(day, memberId));
      const items = await batchGet(client, tables.profile, keys, { consistent: true });
      await batchDelete(client, tables.profile, items.map(keyOf));
    },
  };
}

/** Whose histories are a member's. */
export function ownersOf(memberId: string, visitors: readonly string[]): HistoryOwner[] {
  return [{ kind: 'member', id: memberId }, ...visitors.map((id) => ({ kind: 'visitor' as const, id }))];
}

function keyOf({ pk, sk }: Item): Key {
  return { pk: pk?.S ?? '', sk: sk?.S ?? '' };
}

async function transact(client: DynamoDBClient, writes: TransactWriteItem[]) {
  try {
    await client.send(new TransactWriteItemsCommand({ TransactItems: writes }));
  } catch (error) {
    throw writeFailure(error);
  }
}
