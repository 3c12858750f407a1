/** What facts that are not known yet would make of reviews, of counters, and of the scores and grades that come of them. */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { batchGet } from '../../../shared/adapters/dynamo/batch-get.ts';
import { complaintOf } from '../../../shared/adapters/dynamo/complaint-store.ts';
import { catalogKeys, complaintKeys, type Key, reputationKeys } from '../../../shared/adapters/dynamo/keys.ts';
import { type Item, readRecord } from '../../../shared/adapters/dynamo/profile-records.ts';
import { profileStore } from '../../../shared/adapters/dynamo/profile-store.ts';
import { reviewOf } from '../../../shared/adapters/dynamo/review-store.ts';
import { reviewSurroundings } from '../../../shared/adapters/dynamo/review-surroundings.ts';
import { countsOf, tallyStore } from '../../../shared/adapters/dynamo/tally-store.ts';
import { addFact, type ComplaintRecord, newComplaint } from '../../../shared/domain/complaint/complaint.ts';
import { complaintCounts } from '../../../shared/domain/complaint/complaint-counts.ts';
import { factOf, type Saying } from '../../../shared/domain/complaint/decide-complaint.ts';
import { contentHash } from '../../../shared/domain/intake/content-hash.ts';
import { reviewFactsOf } from '../../../shared/domain/loyalty/cause-facts.ts';
import type { OrderRecord } from '../../../shared/domain/loyalty/order-facts.ts';
import {
  countsOfInspection,
  decideInspection,
  type InspectionRecord,
} from '../../../shared/domain/quality/inspection.ts';
import { announceReview } from '../../../shared/domain/reputation/announce.ts';
import { countsOfOrder, type Makers, productsWithoutMaker } from '../../../shared/domain/reputation/counted-order.ts';
import { type Counters, type Counts, difference, sumOf } from '../../../shared/domain/reputation/counts.ts';
import { gradeOf } from '../../../shared/domain/reputation/grade.ts';
import { ratingOf } from '../../../shared/domain/reputation/rating.ts';
import { scoreOf } from '../../../shared/domain/reputation/score.ts';
import { decideVote } from '../../../shared/domain/review/decide-vote.ts';
import { joinNeighbours } from '../../../shared/domain/review/join-neighbours.ts';
import { refreshReview } from '../../../shared/domain/review/refresh-review.ts';
import { addReviewFact, removedFact, submissionOf, submittedFact } from '../../../shared/domain/review/review-facts.ts';
import { questionOf } from '../../../shared/domain/review/review-question.ts';
import type { ReviewRecord } from '../../../shared/domain/review/review-record.ts';
import { latestPolicy, type Policies } from '../../../shared/policy/policies.ts';
import { targetName } from '../reconcile/contributions.ts';
import { idIn, pkOf } from '../reconcile/difference.ts';
import type { ToldCause } from './account-preview.ts';
import type { Arrival } from './arrival.ts';
import type { Verdict } from './verdict.ts';

/** A product, a brand, a supplier, a review or the shop whose counters would change, and what would come of that. */
export type ScoreChange = {
  target: string;
  /** What is added to which counters. */
  counters: Counters;
  /** Score, grade or rating, where the target has one. */
  before?: string;
  after?: string;
};

/** A review that would stand elsewhere. */
export type ReviewChange = { reviewId: string; before: string; after: string };

type Tables = { reputation: string; profile: string; catalog: string };

const COMPLAINTS: Readonly<Record<string, Saying['kind']>> = {
  'complaint.opened.v1': 'opened',
  'complaint.answered.v1': 'answered',
  'complaint.decided.v1': 'decided',
  'complaint.rated.v1': 'rated',
};

export class ScorePreview {
  readonly #client: DynamoDBClient;
  readonly #tables: Tables;
  readonly #policies: Policies;
  readonly #reviews = new Map<string, { item: Item | undefined; before: ReviewRecord; after: ReviewRecord }>();
  readonly #complaints = new Map<string, { item: Item | undefined; after: ComplaintRecord }>();
  readonly #inspections = new Map<string, InspectionRecord>();
  readonly #votes: Counts[] = [];

  constructor(client: DynamoDBClient, tables: Tables, policies: Policies) {
    this.#client = client;
    this.#tables = tables;
    this.#policies = policies;
  }

  /** Adds events to what is known. @returns what became of each; undefined for one that no score hangs on */
  async add(arrivals: readonly Arrival[]): Promise<(Verdict | undefined)[]> {
    const keys = arrivals.flatMap((arrival) => [keyOf(arrival) ?? [], reviewVotedOn(arrival)].flat());
    const items = new Map((await this.#read(this.#tables.reputation, keys)).map((item) => [nameOf(item), item]));
    return arrivals.map((arrival) => {
      const key = keyOf(arrival);
      if (key === undefined) return undefined;
      const item = items.get(`${key.pk} ${key.sk}`);
      const [voted] = reviewVotedOn(arrival);
      if (voted === undefined) return this.#addOne(arrival, item);
      return this.#addVote(arrival, item, items.get(`${voted.pk} ${voted.sk}`));
    });
  }

  /**
   * Where reviews would stand, and what that is to the points of their authors.
   * @param orders orders as they would be: they may be what makes a purchase verified
   */
  async reviews(
    orders: ReadonlyMap<string, { after: OrderRecord }>,
  ): Promise<{ changes: ReviewChange[]; causes: ToldCause[]; counts: Counts[] }> {
    const surroundings = reviewSurroundings(
      this.#client,
      this.#tables,
      profileStore(this.#client, this.#tables.profile),
    );
    const [changes, causes, counts]: [ReviewChange[], ToldCause[], Counts[]] = [[], [], []];
    for (const { item, before, after } of this.#reviews.values()) {
      if (submissionOf(after.facts) === undefined) continue;
      const [around] = await surroundings.load([questionOf(after, this.#policies)]);
      if (around === undefined) continue;
      const known = { ...around, orders: around.orders.map((it) => orders.get(it.orderId)?.after ?? it) };
      const [joined = known] = joinNeighbours([after], [known], this.#policies).surroundings;
      const refreshed = refreshReview({ record: after, surroundings: joined, policies: this.#policies });
      if (refreshed === undefined) continue;
      const due = JSON.parse(refreshed.due) as Counts;
      counts.push(difference(due, JSON.parse(countsOf(item).counted ?? '{}') as Counts));
      const [was, is] = [stateOf(before), stateOf(refreshed.record)];
      if (was !== is) changes.push({ reviewId: after.reviewId, before: was, after: is });
      causes.push(...pointsOf(before, refreshed.record));
    }
    return { changes, causes, counts };
  }

  /** Whose counters would change, in the order of their names, and what would come of that. */
  async changes(
    orders: ReadonlyMap<string, { after: OrderRecord }>,
    ofReviews: readonly Counts[],
    nowMs: number,
  ): Promise<ScoreChange[]> {
    const total = sumOf([
      ...ofReviews,
      ...this.#votes,
      ...(await this.#ofOrders([...orders.values()].map(({ after }) => after))),
      ...(await this.#ofInspections()),
      ...[...this.#complaints.values()].map(({ item, after }) =>
        difference(complaintCounts(after), JSON.parse(countsOf(item).counted ?? '{}') as Counts),
      ),
    ]);
    const targets = Object.keys(total).sort();
    const stands = await tallyStore(this.#client, this.#tables.reputation).load(targets);
    return targets.flatMap((target): ScoreChange[] => {
      const added = total[target as keyof Counts] ?? {};
      const counters = Object.fromEntries(Object.entries(added).filter(([, amount]) => amount !== 0));
      if (Object.keys(counters).length === 0) return [];
      const known = stands.get(target)?.counters ?? {};
      const next = Object.values(sumOf([{ SHOP: known }, { SHOP: counters }]))[0] ?? {};
      const [before, after] = [this.#figure(target, known, nowMs), this.#figure(target, next, nowMs)];
      const figures = before === undefined || after === undefined ? {} : { before, after };
      return [{ target: targetName(target), counters, ...figures }];
    });
  }

  #addOne(arrival: Arrival, item: Item | undefined): Verdict {
    const { event, hash } = arrival;
    const { type, data } = event;
    if (type === 'inspection.completed.v1') {
      const id = String(data.inspectionId);
      const known = this.#inspections.get(id) ?? readRecord<Omit<InspectionRecord, 'version'>>(item);
      const decision = decideInspection(known, event as unknown as Parameters<typeof decideInspection>[1], hash);
      if (decision.kind === 'keep') this.#inspections.set(id, decision.inspection);
      return decision.kind === 'refused'
        ? { kind: 'refused', code: decision.code }
        : { kind: decision.kind === 'keep' ? 'new' : 'known' };
    }
    const kind = COMPLAINTS[type];
    if (kind !== undefined) {
      const { complaintId, ...said } = data;
      const id = String(complaintId);
      const record = this.#complaints.get(id)?.after ?? complaintOf(item) ?? newComplaint(id);
      const { fact } = factOf({ kind, ...said } as Saying, { eventId: event.id, atMs: Date.parse(event.time) });
      const added = addFact(record, fact, this.#policies);
      if (added.kind === 'added') this.#complaints.set(id, { item, after: added.record });
      return added.kind === 'refused'
        ? { kind: 'refused', code: added.code }
        : { kind: added.kind === 'added' ? 'new' : 'known' };
    }
    const id = String(data.reviewId);
    const known = this.#reviews.get(id);
    const { record } = reviewOf(id, item);
    const fact =
      type === 'review.submitted.v1'
        ? submittedFact(event as unknown as Parameters<typeof submittedFact>[0], hash)
        : removedFact(event as unknown as Parameters<typeof removedFact>[0], hash);
    const before = known?.after ?? record;
    const added = addReviewFact(before.facts, fact);
    if (added.kind === 'added') {
      this.#reviews.set(id, { item, before: known?.before ?? record, after: { ...before, facts: added.facts } });
    }
    if (added.kind === 'refused') return { kind: 'refused', code: added.code };
    return { kind: added.kind === 'added' ? 'new' : 'known' };
  }

  #addVote({ event }: Arrival, item: Item | undefined, reviewItem: Item | undefined): Verdict {
    const id = String(event.data.reviewId);
    const review = this.#reviews.get(id)?.after ?? reviewOf(id, reviewItem).record;
    const decision = decideVote(String(event.data.voterId), { review, staffOf: undefined });
    if (decision.kind === 'refused') return { kind: 'refused', code: decision.code };
    const atMs = Date.parse(event.time);
    const knownMs = Number(item?.atMs?.N ?? Number.NEGATIVE_INFINITY);
    const older = atMs < knownMs || (atMs === knownMs && event.id <= (item?.eventId?.S ?? ''));
    if (older) return { kind: 'known' };
    const { helpful } = event.data;
    const due = { [`REVIEW#${id}`]: { [helpful === true ? 'helpful' : 'unhelpful']: 1 } } as Counts;
    this.#votes.push(difference(due, JSON.parse(countsOf(item).counted ?? '{}') as Counts));
    return { kind: 'new' };
  }

  async #ofOrders(orders: readonly OrderRecord[]): Promise<Counts[]> {
    const makers = await this.#makersOf(orders.flatMap(productsWithoutMaker));
    const keys = orders.map(({ orderId }) => reputationKeys.orderCounted(orderId));
    const counted = new Map((await this.#read(this.#tables.reputation, keys)).map((item) => [idIn(pkOf(item)), item]));
    return orders.map((order) => {
      const known = JSON.parse(countsOf(counted.get(order.orderId)).counted ?? '{}') as Counts;
      return difference(countsOfOrder(order, makers), known);
    });
  }

  async #ofInspections(): Promise<Counts[]> {
    const inspections = [...this.#inspections.values()];
    const makers = await this.#makersOf(inspections.flatMap(({ data }) => data.productId ?? []));
    return inspections.map((it) => countsOfInspection(it, makers.get(it.data.productId ?? '')));
  }

  async #makersOf(productIds: readonly string[]): Promise<Makers> {
    const items = await this.#read(this.#tables.catalog, productIds.map(catalogKeys.product));
    return new Map(
      items.map((item) => [idIn(pkOf(item)), { brandId: item.brandId?.S, supplierId: item.supplierId?.S }]),
    );
  }

  #read(table: string, keys: readonly Key[]): Promise<Item[]> {
    return batchGet(this.#client, table, keys, { consistent: true });
  }

  /** What a shop is told of a target: the rating and grade of a product, the score of a brand or supplier. */
  #figure(target: string, counters: Counters, nowMs: number): string | undefined {
    const terms = { nowMs, policy: latestPolicy(this.#policies).reputation };
    if (target.startsWith('PRODUCT#')) {
      return `rating ${ratingOf(counters, terms).weighted}, grade ${gradeOf(counters, terms).id}`;
    }
    if (!/^(BRAND|SUPPLIER)#/.test(target)) return undefined;
    const { score, level } = scoreOf(counters, terms);
    return `score ${score} (${level})`;
  }
}

function keyOf({ event: { type, data } }: Arrival): Key | undefined {
  if (type === 'review.voted.v1') return reputationKeys.vote(String(data.reviewId), String(data.voterId));
  if (type === 'review.submitted.v1' || type === 'review.removed.v1')
    return reputationKeys.review(String(data.reviewId));
  if (type in COMPLAINTS) return complaintKeys.complaint(String(data.complaintId));
  if (type === 'inspection.completed.v1') return reputationKeys.inspection(String(data.inspectionId));
  return undefined;
}

/** Where the review stands that a vote is about. */
function reviewVotedOn({ event: { type, data } }: Arrival): Key[] {
  return type === 'review.voted.v1' ? [reputationKeys.review(String(data.reviewId))] : [];
}

function stateOf({ standing }: ReviewRecord): string {
  return standing === undefined ? 'unknown' : standing.state;
}

/** What the outcome of a review is to its author's account: it is told, and the account follows. */
function pointsOf(before: ReviewRecord, after: ReviewRecord): ToldCause[] {
  return announceReview(before, after).flatMap(({ event }) => {
    const told = event as unknown as Parameters<typeof reviewFactsOf>[0];
    const hash = contentHash({ type: event.type, time: event.time, data: event.data });
    return reviewFactsOf(told, hash).map((it) => ({ memberId: told.data.memberId, ...it }));
  });
}

const nameOf = (item: Item): string => `${item.pk?.S} ${item.sk?.S}`;
