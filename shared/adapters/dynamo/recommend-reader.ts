import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { History } from '../../domain/recommend/history.ts';
import type { HistoryOwner } from '../../domain/recommend/history-facts.ts';
import { emptyHistory } from '../../domain/recommend/history-fold.ts';
import type { RecentSample } from '../../domain/recommend/recent-sample.ts';
import { batchGet } from './batch-get.ts';
import { historyIn, historyKeys } from './history-store.ts';
import { recommendKeys } from './keys.ts';
import { servingOf } from './model-version-store.ts';
import type { Item } from './profile-records.ts';
import { recentIn } from './recent-store.ts';

/** What an answer rests on in the Recommend table. */
export type KnownOfSomebody = {
  history: History;
  /** Which model serves; undefined where none was ever published. */
  serving: string | undefined;
  /** What happened lately in the whole shop. */
  recent: RecentSample;
};

export type RecommendReader = {
  /** All that an answer needs of the table, in one request; without an owner the history is empty. */
  read(owner: HistoryOwner | undefined, nowMs: number): Promise<KnownOfSomebody>;
};

/** The Recommend table, for whoever answers. */
export function recommendReader(client: DynamoDBClient, table: string): RecommendReader {
  // The sample is the same for all who ask, and changes less often than they do.
  let last: { bytes: Uint8Array; sample: RecentSample } | undefined;
  const recentOf = (item: Item | undefined): RecentSample => {
    const bytes = item?.d?.B;
    if (bytes === undefined) return recentIn(item);
    if (last === undefined || Buffer.compare(last.bytes, bytes) !== 0) last = { bytes, sample: recentIn(item) };
    return last.sample;
  };
  return {
    async read(owner, nowMs) {
      const keys = [recommendKeys.serving, recommendKeys.recent, ...(owner === undefined ? [] : historyKeys(owner))];
      const items = await batchGet(client, table, keys);
      const itemAt = ({ pk, sk }: { pk: string; sk: string }) =>
        items.find((item) => item.pk?.S === pk && item.sk?.S === sk);
      return {
        history: owner === undefined ? emptyHistory : historyIn(items, owner, nowMs),
        serving: servingOf(itemAt(recommendKeys.serving))?.version,
        recent: recentOf(itemAt(recommendKeys.recent)),
      };
    },
  };
}
