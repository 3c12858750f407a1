import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { batchGet } from '../../../shared/adapters/dynamo/batch-get.ts';
import { erasureStore } from '../../../shared/adapters/dynamo/erasure-store.ts';
import { couponKeys, inboxKeys, profileKeys, reputationKeys, vaultKeys } from '../../../shared/adapters/dynamo/keys.ts';
import type { Item } from '../../../shared/adapters/dynamo/profile-records.ts';
import { queryPages } from '../../../shared/adapters/dynamo/query-pages.ts';
import { type Difference, skOf } from './difference.ts';

export type ErasedTables = { inbox: string; vault: string; profile: string; reputation: string };

/** The members that were erased, as long as there are any, a page at a time. */
export async function* erasedMembers(client: DynamoDBClient, { inbox }: ErasedTables): AsyncGenerator<string[]> {
  for await (const items of queryPages(client, inbox, inboxKeys.erasures, inboxKeys.erasurePrefix)) {
    yield items.map((item) => skOf(item).slice(inboxKeys.erasurePrefix.length));
  }
}

/** What is there of a member who has been erased and should not be; nothing while the erasure is still under way. */
export async function leftOf(client: DynamoDBClient, tables: ErasedTables, memberId: string): Promise<Difference[]> {
  const receipt = await erasureStore(client, tables).load(memberId);
  if (receipt?.state !== 'done') return [];
  // The receipt is what an erased member may be called by.
  const subject = `erased member of receipt ${receipt.receiptId}`;
  const owner = vaultKeys.key(`MEMBER#${memberId}`);
  const sealed: Item[] = [];
  for await (const page of queryPages(client, tables.vault, owner.pk)) sealed.push(...page);
  const keys = sealed.filter((item) => skOf(item) === owner.sk && item.wrapped !== undefined);
  const contents = sealed.filter((item) => skOf(item) !== owner.sk);
  const read = (table: string, wanted: Parameters<typeof batchGet>[2]) =>
    batchGet(client, table, wanted, { consistent: true, attributes: ['pk', 'sk'] });
  const [open, reviewed] = await Promise.all([
    read(tables.profile, [profileKeys.registration(memberId), couponKeys.wallet(memberId)]),
    read(tables.reputation, [reputationKeys.reviewer(memberId)]),
  ]);
  return [
    ...keys.map((): Difference => ({ subject, part: 'key', stands: 'there is one', should: undefined })),
    ...[...contents, ...open, ...reviewed].map(
      (item): Difference => ({
        subject,
        part: skOf(item).split('#', 1)[0] ?? '',
        stands: 'is there',
        should: undefined,
      }),
    ),
  ];
}
