import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { batchGet } from '../../../shared/adapters/dynamo/batch-get.ts';
import { complaintOf } from '../../../shared/adapters/dynamo/complaint-store.ts';
import {
  catalogKeys,
  type Key,
  profileKeys,
  reputationKeys,
  sanctionKeys,
} from '../../../shared/adapters/dynamo/keys.ts';
import { type Item, readRecord } from '../../../shared/adapters/dynamo/profile-records.ts';
import { profileStore } from '../../../shared/adapters/dynamo/profile-store.ts';
import { reviewOf } from '../../../shared/adapters/dynamo/review-store.ts';
import { reviewSurroundings } from '../../../shared/adapters/dynamo/review-surroundings.ts';
import { sanctionOf } from '../../../shared/adapters/dynamo/sanction-store.ts';
import { countsOf } from '../../../shared/adapters/dynamo/tally-store.ts';
import { complaintCounts } from '../../../shared/domain/complaint/complaint-counts.ts';
import { type CauseFact, type CauseRecord, reviewFactsOf } from '../../../shared/domain/loyalty/cause-facts.ts';
import type { OrderRecord } from '../../../shared/domain/loyalty/order-facts.ts';
import { countsOfInspection, type InspectionRecord } from '../../../shared/domain/quality/inspection.ts';
import { announceReview } from '../../../shared/domain/reputation/announce.ts';
import { countsOfOrder, type Makers, productsWithoutMaker } from '../../../shared/domain/reputation/counted-order.ts';
import { type Counts, canonical } from '../../../shared/domain/reputation/counts.ts';
import { joinNeighbours } from '../../../shared/domain/review/join-neighbours.ts';
import { refreshReview } from '../../../shared/domain/review/refresh-review.ts';
import { submissionOf } from '../../../shared/domain/review/review-facts.ts';
import { questionOf } from '../../../shared/domain/review/review-question.ts';
import type { ReviewRecord } from '../../../shared/domain/review/review-record.ts';
import type { ReviewerRecord } from '../../../shared/domain/review/reviewer-record.ts';
import type { Restrictions } from '../../../shared/domain/sanction/restrictions.ts';
import {
  RESTRICTIONS_LIMIT,
  type Restriction,
  restrictionOf,
  targetKey,
} from '../../../shared/domain/sanction/restrictions.ts';
import { openSanction } from '../../../shared/domain/sanction/sanction.ts';
import type { Policies } from '../../../shared/policy/policies.ts';
import { type Difference, type ItemCheck, idIn, nameOf, pkOf, skOf } from './difference.ts';

export type ScoreSurroundings = {
  client: DynamoDBClient;
  tables: { reputation: string; profile: string; catalog: string };
  policies: Policies;
};

/**
 * Where a review stands, as text to compare. Why there is no purchase is left out: an order that comes later and makes it none either changes
 * neither the review nor any score, and so nobody looks at the review again for it.
 */
function stanceOf({ standing }: ReviewRecord): string {
  const isPurchase = standing?.purchase === 'verified';
  return JSON.stringify(isPurchase ? standing : { ...standing, purchase: undefined });
}

/** What scores and ratings are computed from, held against reviews, orders, complaints, inspections and cases. */
export function scoreChecks({ client, tables, policies }: ScoreSurroundings): ItemCheck[] {
  const surroundings = reviewSurroundings(client, tables, profileStore(client, tables.profile));
  const read = (table: string, keys: readonly Key[]) => batchGet(client, table, keys, { consistent: true });
  const makersOf = async (productIds: readonly string[]): Promise<Makers> => {
    const items = await read(tables.catalog, productIds.map(catalogKeys.product));
    return new Map(
      items.map((item) => [idIn(pkOf(item)), { brandId: item.brandId?.S, supplierId: item.supplierId?.S }]),
    );
  };
  const bySubject = (items: readonly Item[]) => new Map(items.map((item) => [pkOf(item), item]));
  return [
    {
      name: 'reviews',
      table: 'reputation',
      concerns: (item) => skOf(item) === 'REVIEW',
      async check(items) {
        const reviews = items.map((item) => reviewOf(idIn(pkOf(item)), item));
        const submitted = reviews.filter(({ record }) => submissionOf(record.facts) !== undefined);
        const around = await surroundings.load(submitted.map(({ record }) => questionOf(record, policies)));
        const found = new Map(submitted.map(({ record }, index) => [record.reviewId, around[index]]));
        return reviews.map(({ record, item }): Difference[] => {
          const surrounded = found.get(record.reviewId);
          const subject = `review ${record.reviewId}`;
          const { counted = '{}' } = countsOf(item);
          if (surrounded === undefined) {
            return counted === '{}' ? [] : [{ subject, part: 'counted', stands: counted, should: '{}' }];
          }
          const joined = joinNeighbours([record], [surrounded], policies);
          const refreshed = refreshReview({ record, surroundings: surrounded, policies });
          if (refreshed === undefined) return [];
          const differences: Difference[] = [];
          if (refreshed.changed && stanceOf(record) !== stanceOf(refreshed.record)) {
            differences.push({ subject, part: 'standing', stands: record.standing, should: refreshed.record.standing });
          }
          if (refreshed.reviewerChanged) {
            const [stands, should] = [surrounded.reviewer, refreshed.reviewer];
            differences.push({ subject: `reviewer ${stands.memberId}`, part: 'reviews and credit', stands, should });
          }
          if (joined.windows.length > 0 || joined.bands.length > 0) {
            const names = [...joined.windows.map((it) => it.window), ...joined.bands.map((it) => it.band)];
            differences.push({ subject, part: 'beside its neighbours', stands: 'otherwise', should: names });
          }
          if (refreshed.due !== counted) {
            differences.push({ subject, part: 'counted', stands: counted, should: refreshed.due });
          }
          return differences;
        });
      },
    },
    {
      name: 'reviews paid',
      table: 'reputation',
      concerns: (item) => skOf(item) === 'REVIEW',
      async check(items) {
        const told = items.map((item) => paidBy(reviewOf(idIn(pkOf(item)), item).record));
        const keys = told.flat().map(({ memberId, causeId }) => profileKeys.cause(memberId, causeId));
        const causes = new Map(
          (await read(tables.profile, keys)).map((item) => [nameOf(item), readRecord<CauseRecord>(item)]),
        );
        return told.map((facts, index) =>
          facts.flatMap(({ memberId, causeId, fact }): Difference[] => {
            const { pk, sk } = profileKeys.cause(memberId, causeId);
            const known = causes.get(`${pk} ${sk}`)?.facts ?? [];
            if (known.some(({ eventId }) => eventId === fact.eventId)) return [];
            const subject = `account ${memberId}`;
            const should = `${fact.kind} of review ${idIn(pkOf(items[index] ?? {}))}`;
            return [{ subject, part: causeId, stands: known.map(({ kind }) => kind), should }];
          }),
        );
      },
    },
    {
      name: 'reviewers',
      table: 'reputation',
      concerns: (item) => skOf(item) === 'REVIEWER',
      async check(items) {
        const reviewers = items.map((item) => readRecord<Omit<ReviewerRecord, 'version'>>(item));
        const keys = reviewers.flatMap((it) => (it?.rows ?? []).map(({ reviewId }) => reputationKeys.review(reviewId)));
        const known = new Set((await read(tables.reputation, keys)).map(pkOf));
        return reviewers.map((reviewer): Difference[] =>
          (reviewer?.rows ?? [])
            .filter(({ reviewId }) => !known.has(reputationKeys.review(reviewId).pk))
            .map((stands) => ({
              subject: `reviewer ${reviewer?.memberId}`,
              part: `review ${stands.reviewId}`,
              stands,
              should: undefined,
            })),
        );
      },
    },
    {
      name: 'votes',
      table: 'reputation',
      concerns: (item) => skOf(item).startsWith(reputationKeys.votePrefix),
      check: async (items) =>
        items.map((item) =>
          even(`vote of ${skOf(item).slice(reputationKeys.votePrefix.length)} on ${idIn(pkOf(item))}`, item),
        ),
    },
    {
      name: 'complaints',
      table: 'reputation',
      concerns: (item) => skOf(item) === 'COMPLAINT',
      check: async (items) =>
        items.map((item) => {
          const record = complaintOf(item);
          const subject = `complaint ${idIn(pkOf(item))}`;
          return record === undefined ? [] : even(subject, item, canonical(complaintCounts(record)));
        }),
    },
    {
      name: 'inspections',
      table: 'reputation',
      concerns: (item) => skOf(item) === 'INSPECTION',
      async check(items) {
        const inspections = items.map((item) => readRecord<Omit<InspectionRecord, 'version'>>(item));
        const makers = await makersOf(inspections.flatMap((it) => it?.data.productId ?? []));
        return inspections.map((inspection, index): Difference[] => {
          const item = items[index] ?? {};
          if (inspection === undefined) return [];
          const { productId, brandId, supplierId } = inspection.data;
          const due = canonical(countsOfInspection(inspection, makers.get(productId ?? '')));
          const silent = productId !== undefined && (brandId === undefined || supplierId === undefined);
          const subject = `inspection ${inspection.inspectionId}`;
          return silent && sameButForMakers(due, countsOf(item).counted)
            ? even(subject, item)
            : even(subject, item, due);
        });
      },
    },
    {
      name: 'orders counted',
      table: 'profile',
      concerns: (item) => skOf(item) === 'ORDER' && item.done !== undefined,
      async check(items) {
        const orders = items.map((item) => readRecord<OrderRecord>(item));
        const known = orders.filter((it) => it !== undefined);
        const [counted, makers] = await Promise.all([
          read(
            tables.reputation,
            known.map(({ orderId }) => reputationKeys.orderCounted(orderId)),
          ).then(bySubject),
          makersOf(known.flatMap(productsWithoutMaker)),
        ]);
        return orders.map((order): Difference[] => {
          if (order === undefined) return [];
          const { counted: stands = '{}' } = countsOf(counted.get(reputationKeys.orderCounted(order.orderId).pk));
          const should = canonical(countsOfOrder(order, makers));
          const silent = productsWithoutMaker(order).length > 0;
          if (stands === should || (silent && sameButForMakers(should, stands))) return [];
          return [{ subject: `order ${order.orderId}`, part: 'counted', stands, should }];
        });
      },
    },
    {
      name: 'counted orders',
      table: 'reputation',
      concerns: (item) => skOf(item) === 'COUNTED',
      async check(items) {
        const keys = items.map((item) => profileKeys.order(idIn(pkOf(item))));
        const known = new Set((await read(tables.profile, keys)).map(pkOf));
        return items.map((item): Difference[] => {
          const { counted = '{}' } = countsOf(item);
          if (known.has(pkOf(item)) || counted === '{}') return [];
          return [{ subject: `order ${idIn(pkOf(item))}`, part: 'is not there', stands: undefined, should: counted }];
        });
      },
    },
    {
      name: 'sanctions',
      table: 'reputation',
      concerns: (item) => skOf(item) === 'SANCTION',
      async check(items) {
        const cases = items.map((item) => openSanction(sanctionOf(item)));
        const keys = cases.flatMap((it) =>
          it === undefined ? [] : [sanctionKeys.restrictions(targetKey(it.folded.notice.data))],
        );
        const known = bySubject(await read(tables.reputation, keys));
        return cases.map((sanction): Difference[] => {
          const should = sanction && restrictionOf(sanction);
          if (sanction === undefined || should === undefined) return [];
          const target = targetKey(sanction.folded.notice.data);
          const all = readRecord<Omit<Restrictions, 'version'>>(known.get(target))?.restrictions ?? [];
          const stands = all.find(({ sanctionId }) => sanctionId === should.sanctionId);
          // Of those that are over the oldest are forgotten.
          if (stands === undefined && all.length >= RESTRICTIONS_LIMIT) return [];
          if (stands !== undefined && spanOf(stands) === spanOf(should)) return [];
          return [{ subject: target, part: `restriction of case ${should.sanctionId}`, stands, should }];
        });
      },
    },
    {
      name: 'restrictions',
      table: 'reputation',
      concerns: (item) => skOf(item) === 'RESTRICTIONS',
      async check(items) {
        const all = items.map((item) => readRecord<Omit<Restrictions, 'version'>>(item)?.restrictions ?? []);
        const keys = all.flat().map(({ sanctionId }) => sanctionKeys.sanction(sanctionId));
        const cases = bySubject(await read(tables.reputation, keys));
        return all.map((restrictions, index): Difference[] =>
          restrictions.flatMap((stands): Difference[] => {
            const sanction = openSanction(sanctionOf(cases.get(sanctionKeys.sanction(stands.sanctionId).pk)));
            if (sanction !== undefined && restrictionOf(sanction) !== undefined) return [];
            const subject = pkOf(items[index] ?? {});
            return [{ subject, part: `restriction of case ${stands.sanctionId}`, stands, should: undefined }];
          }),
        );
      },
    },
  ];
}

/** What the outcome of a review has been to its author's account, by what was told of it last. */
function paidBy(record: ReviewRecord): { memberId: string; causeId: string; fact: CauseFact }[] {
  if (record.standing === undefined || record.anonymisedAtMs !== undefined) return [];
  const { standing: _, ...untold } = record;
  return announceReview(untold, record).flatMap(({ event }) => {
    const outcome = event as unknown as Parameters<typeof reviewFactsOf>[0];
    return reviewFactsOf(outcome, '').map((it) => ({ memberId: outcome.data.memberId, ...it }));
  });
}

/** Whether what is due and what has been counted are what they should be. */
function even(subject: string, item: Item, should?: string): Difference[] {
  const { due = '{}', counted = '{}' } = countsOf(item);
  const calledFor = should ?? due;
  if (due === calledFor && counted === calledFor) return [];
  return [
    {
      subject,
      part: due === calledFor ? 'counted' : 'due',
      stands: due === calledFor ? counted : due,
      should: calledFor,
    },
  ];
}

/**
 * Whether two counts differ in nothing but whose the products are: what was counted for a maker stays with that maker when the
 * product moves to another.
 */
function sameButForMakers(due: string, counted = '{}'): boolean {
  return withoutMakers(due) === withoutMakers(counted);
}

function withoutMakers(counts: string): string {
  const targets = Object.entries(JSON.parse(counts) as Counts);
  return canonical(Object.fromEntries(targets.filter(([target]) => !/^(BRAND|SUPPLIER)#/.test(target))));
}

function spanOf({ kind, sinceMs, untilMs, liftedAtMs }: Restriction): string {
  return JSON.stringify([kind, sinceMs, untilMs, liftedAtMs]);
}
