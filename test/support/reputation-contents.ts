import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { readRecord } from '../../shared/adapters/dynamo/profile-records.ts';
import { tallyOf } from '../../shared/adapters/dynamo/tally-store.ts';
import type { ReviewRecord } from '../../shared/domain/review/review-record.ts';
import type { ReviewWindow } from '../../shared/domain/review/review-window.ts';
import type { ReviewerRecord } from '../../shared/domain/review/reviewer-record.ts';
import { scanTable } from './profile-table.ts';

/** What the Reputation table says, without how it came to say so: versions, causes and the number of changes are left out. */
export type ReputationContents = {
  tallies: Record<string, Record<string, number>>;
  reviews: Record<string, unknown>;
  reviewers: Record<string, unknown>;
  windows: Record<string, unknown>;
  listed: string[];
};

/** Why a purchase is not verified may be said otherwise while its order is on its way; what counts is that it is not. */
const NOWHERE = { changes: 0, cause: undefined, purchase: undefined };

export async function readReputation(endpoint: string, table: string): Promise<ReputationContents> {
  const contents: ReputationContents = { tallies: {}, reviews: {}, reviewers: {}, windows: {}, listed: [] };
  const items = await scanTable(endpoint, table);
  for (const item of items.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))) {
    const pk = item.pk?.S ?? '';
    const sk = item.sk?.S ?? '';
    // Votes on a review of one's own are refused, or left out where they came first: what counts is what the review says of them.
    if (sk === 'TALLY' && !pk.startsWith('REVIEW#'))
      count(
        contents.tallies,
        pk
          .split('#')
          .slice(0, pk.startsWith('SHOP') ? 1 : 2)
          .join('#'),
        item,
      );
    if (sk === 'REVIEW') {
      const { facts, standing } = record<ReviewRecord>(item);
      const { changes: _, cause: __, purchase: ___, ...stands } = standing ?? NOWHERE;
      contents.reviews[pk] = { facts: facts.map(({ kind, atMs, data }) => ({ kind, atMs, data })), stands };
    }
    if (sk === 'REVIEWER') {
      const { version: _, cause: __, ...reviewer } = record<ReviewerRecord>(item);
      contents.reviewers[pk] = reviewer;
    }
    if (sk.startsWith('WINDOW#')) contents.windows[`${pk} ${sk}`] = record<ReviewWindow>(item).rows;
    if (pk.startsWith('LISTED#')) {
      contents.listed.push(`${nameOf(item)} ${JSON.stringify(readRecord<object>(item))}`);
    }
  }
  for (const [target, counters] of Object.entries(contents.tallies)) {
    if (Object.keys(counters).length === 0) delete contents.tallies[target];
  }
  return contents;
}

function count(tallies: Record<string, Record<string, number>>, target: string, item: Record<string, AttributeValue>) {
  const sums = tallies[target] ?? {};
  for (const [name, amount] of Object.entries(tallyOf(item).counters)) sums[name] = (sums[name] ?? 0) + amount;
  tallies[target] = Object.fromEntries(Object.entries(sums).filter(([, sum]) => sum !== 0));
}

function record<Content>(item: Record<string, AttributeValue>): Content {
  const read = readRecord<Content & object>(item);
  if (read === undefined) throw new Error(`no record: ${JSON.stringify(item.pk)}`);
  return read as Content;
}

const nameOf = (item: Record<string, AttributeValue>) => `${item.pk?.S} ${item.sk?.S}`;
