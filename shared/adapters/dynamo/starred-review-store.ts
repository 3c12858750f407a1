import { type DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { type ReviewWords, submissionOf } from '../../domain/review/review-facts.ts';
import type { ReviewRecord } from '../../domain/review/review-record.ts';
import type { StarredReview } from '../../domain/text/train-from-stars.ts';
import type { WordsStore } from '../vault/words.ts';
import { reputationKeys } from './keys.ts';
import { type Item, readRecord } from './profile-records.ts';

export type StarredReviewStore = {
  /** Published reviews in a language that a model knows, with their words where there still are any: the latest, so many at most. */
  load(limit: number): Promise<StarredReview[]>;
};

type Found = Omit<StarredReview, 'text'> & { owner: string; eventId: string; atMs: number };

/** Words are read so many at a time: each author has a key of their own, which the key service is asked for. */
const AT_A_TIME = 100;

/** What a shop's reviews say and how many stars they give, by a scan of the Reputation table; the words are those of the vault. */
export function starredReviewStore(
  client: DynamoDBClient,
  table: string,
  words: Pick<WordsStore, 'load'>,
): StarredReviewStore {
  return {
    async load(limit) {
      const found: Found[] = [];
      let start: Item | undefined;
      do {
        const { Items = [], LastEvaluatedKey } = await client.send(
          new ScanCommand({
            TableName: table,
            FilterExpression: 'sk = :review',
            ExpressionAttributeValues: { ':review': { S: reputationKeys.review('').sk } },
            ...(start && { ExclusiveStartKey: start }),
          }),
        );
        found.push(...Items.flatMap(starredOf));
        start = LastEvaluatedKey;
      } while (start !== undefined);
      const latest = found.sort((a, b) => b.atMs - a.atMs).slice(0, limit);
      const starred: StarredReview[] = [];
      for (let from = 0; from < latest.length; from += AT_A_TIME) {
        const some = latest.slice(from, from + AT_A_TIME);
        const said = await words.load<ReviewWords>(some);
        for (const { eventId, stars, language } of some) {
          const { title, text } = said.get(eventId) ?? {};
          const whole = [title, text].filter((it) => it !== undefined).join('\n');
          // There are none where the author has been erased.
          if (whole !== '') starred.push({ stars, language, text: whole });
        }
      }
      return starred;
    },
  };
}

function starredOf(item: Item): Found[] {
  const record = readRecord<Omit<ReviewRecord, 'version'>>(item);
  const submission = record && submissionOf(record.facts);
  const language = submission?.data.text?.language;
  if (record?.standing?.state !== 'published' || submission === undefined) return [];
  if (language !== 'zh' && language !== 'en') return [];
  const { eventId, atMs, data } = submission;
  return [{ owner: `MEMBER#${data.memberId}`, eventId, atMs, stars: data.ratings.product, language }];
}
