import { type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { OrderRecord } from '../../domain/loyalty/order-facts.ts';
import { knownSinceMs, type Registration } from '../../domain/member/registration.ts';
import type { Counts } from '../../domain/reputation/counts.ts';
import type { ReviewQuestion } from '../../domain/review/review-question.ts';
import type { ReviewSurroundings } from '../../domain/review/review-surroundings.ts';
import { newWindow, type ReviewWindow } from '../../domain/review/review-window.ts';
import { newReviewer, type ReviewerRecord } from '../../domain/review/reviewer-record.ts';
import type { TextBand } from '../../domain/review/text-band.ts';
import { batchGet } from './batch-get.ts';
import { catalogKeys, type Key, profileKeys, reputationKeys } from './keys.ts';
import { accountOf, type Item, putRecord, readRecord, writeFailure } from './profile-records.ts';
import type { ProfileStore } from './profile-store.ts';
import { touching } from './sources.ts';
import { countsOf, tallyOf } from './tally-store.ts';

export type ReviewSurroundingsStore = {
  /** For each of the reviews, in their order. */
  load(asked: readonly ReviewQuestion[]): Promise<ReviewSurroundings[]>;
  /**
   * Under the condition that it has not changed since it was read; throws WriteConflict where it has. `touched`: other reviews
   * that are to be looked at anew because of it; who follows the table's changes does so.
   */
  saveWindow(window: ReviewWindow, touched: readonly string[]): Promise<void>;
  saveBand(band: TextBand, touched: readonly string[]): Promise<void>;
};

/** Orders of a member that are looked through for a review that names none: the latest. */
const ORDERS_LOOKED_AT = 200;

/** What surrounds a review, from three tables. */
export function reviewSurroundings(
  client: DynamoDBClient,
  tables: { reputation: string; catalog: string; profile: string },
  profile: Pick<ProfileStore, 'loadHistory'>,
): ReviewSurroundingsStore {
  const save = async (key: Key, record: { version: number }, touched: readonly string[]) => {
    try {
      const put = putRecord(tables.reputation, key, { ...record, version: record.version + 1 });
      await client.send(new PutItemCommand({ ...put, Item: { ...put.Item, ...touching(touched) } }));
    } catch (error) {
      throw writeFailure(error);
    }
  };
  const historyOf = async (memberId: string): Promise<OrderRecord[]> => {
    const { history } = await profile.loadHistory(memberId);
    return history.orders.slice(-ORDERS_LOOKED_AT);
  };
  return {
    async load(asked) {
      const read = (table: string, keys: readonly Key[]) => batchGet(client, table, keys, { consistent: true });
      const [own, products, members] = await Promise.all([
        read(tables.reputation, asked.flatMap(keysOf)),
        read(
          tables.catalog,
          asked.map(({ productId }) => catalogKeys.product(productId)),
        ),
        read(tables.profile, asked.flatMap(profileKeysOf)),
      ]);
      const items = new Map([...own, ...products, ...members].map((item) => [nameOf(item), item]));
      const find = ({ pk, sk }: Key) => items.get(`${pk} ${sk}`);
      // Reviews of one product share its windows, and those of a member their author: large records, unpacked once.
      const unpacked = new Map<string, unknown>();
      const recordOf = <Content>(key: Key): (Content & { version: number }) | undefined => {
        const name = `${key.pk} ${key.sk}`;
        if (!unpacked.has(name)) unpacked.set(name, readRecord<Content>(find(key)));
        return unpacked.get(name) as (Content & { version: number }) | undefined;
      };
      return await Promise.all(
        asked.map(async (it): Promise<ReviewSurroundings> => {
          const account = accountOf(find(profileKeys.account(it.memberId)));
          const order =
            it.orderId === undefined ? undefined : readRecord<OrderRecord>(find(profileKeys.order(it.orderId)));
          const named = order === undefined ? [] : [order];
          const orders = it.orderId === undefined && account !== undefined ? await historyOf(it.memberId) : named;
          return {
            product: productOf(find(catalogKeys.product(it.productId))),
            orders,
            knownSinceMs: knownSinceMs(
              readRecord<Omit<Registration, 'version'>>(find(profileKeys.registration(it.memberId))),
            ),
            reviewer:
              recordOf<Omit<ReviewerRecord, 'version'>>(reputationKeys.reviewer(it.memberId)) ??
              newReviewer(it.memberId),
            votes: votesOf(
              find(reputationKeys.tally(`REVIEW#${it.reviewId}`)),
              find(reputationKeys.vote(it.reviewId, it.memberId)),
            ),
            windows: it.spans.map(
              (span) =>
                recordOf<Omit<ReviewWindow, 'version'>>(reputationKeys.reviewWindow(it.productId, span)) ??
                newWindow(it.productId, span),
            ),
            bands: it.bands.map(
              (band) =>
                recordOf<Omit<TextBand, 'version'>>(reputationKeys.textBand(band)) ?? {
                  band,
                  version: 0,
                  rows: [],
                },
            ),
          };
        }),
      );
    },

    async saveWindow(window, touched) {
      await save(reputationKeys.reviewWindow(window.productId, window.span), window, touched);
    },

    async saveBand(band, touched) {
      await save(reputationKeys.textBand(band.band), band, touched);
    },
  };
}

function keysOf({ reviewId, memberId, productId, spans, bands }: ReviewQuestion): Key[] {
  return [
    reputationKeys.reviewer(memberId),
    reputationKeys.tally(`REVIEW#${reviewId}`),
    reputationKeys.vote(reviewId, memberId),
    ...spans.map((span) => reputationKeys.reviewWindow(productId, span)),
    ...bands.map((band) => reputationKeys.textBand(band)),
  ];
}

function profileKeysOf({ memberId, orderId }: ReviewQuestion): Key[] {
  const member = [profileKeys.account(memberId), profileKeys.registration(memberId)];
  return orderId === undefined ? member : [...member, profileKeys.order(orderId)];
}

function nameOf(item: Item): string {
  return `${item.pk?.S} ${item.sk?.S}`;
}

function productOf(item: Item | undefined): ReviewSurroundings['product'] {
  if (item === undefined) return undefined;
  const { brandId, supplierId } = item;
  return {
    ...(brandId?.S !== undefined && { brandId: brandId.S }),
    ...(supplierId?.S !== undefined && { supplierId: supplierId.S }),
  };
}

/** Votes as they have been counted: under the brand, those of its staff. The author's own counts for nothing. */
function votesOf(tally: Item | undefined, own: Item | undefined): ReviewSurroundings['votes'] {
  const counted = tally === undefined ? {} : tallyOf(tally).counters;
  const authors = Object.values(JSON.parse(countsOf(own).counted ?? '{}') as Counts)[0] ?? {};
  const votes = Object.entries(counted).map(([name, count]) => {
    const [kind = '', ...staffOf] = name.split(':');
    return { kind, staffOf: staffOf.join(':'), count: count - (authors[name] ?? 0) };
  });
  const sum = (wanted: string, brandId?: string) =>
    votes
      .filter(({ kind, staffOf }) => kind === wanted && (brandId === undefined || brandId === staffOf))
      .reduce((total, { count }) => total + count, 0);
  const brands = [...new Set(votes.map(({ staffOf }) => staffOf))].filter((brandId) => brandId !== '');
  return {
    helpful: sum('helpful'),
    unhelpful: sum('unhelpful'),
    ofStaff: Object.fromEntries(
      brands.map((brandId) => [brandId, { helpful: sum('helpful', brandId), unhelpful: sum('unhelpful', brandId) }]),
    ),
  };
}
