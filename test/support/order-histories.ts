import fc from 'fast-check';
import type { CloudEvent } from '../../events/envelope.ts';
import type { Policies } from '../../shared/policy/policies.ts';
import type { Policy } from '../../shared/policy/policy.ts';
import { POLICIES } from './account-sequences.ts';

const DAY_MS = 86_400_000;
const START_MS = Date.parse('2026-01-01T00:00:00Z');

export type Happening = { type: string; time: string; id: string; data: Record<string, unknown> };

const line = (lineId: string) =>
  fc.record({
    lineId: fc.constant(lineId),
    productId: fc.constantFrom('teapot', 'oolong', 'rug', 'lamp'),
    quantity: fc.integer({ min: 1, max: 5 }),
    unitPrice: fc.integer({ min: 0, max: 90_000 }),
    brandId: fc.option(fc.constantFrom('hearth', 'nimbus', 'kiln'), { nil: undefined }),
    category: fc.option(fc.constantFrom('Home/Kitchen', 'Food/Tea', 'Garden'), { nil: undefined }),
  });

const lines = fc
  .integer({ min: 1, max: 4 })
  .chain((count) => fc.tuple(...Array.from({ length: count }, (_, i) => line(String(i + 1)))));

/** Whose the order is, as its events say it. */
const owner = (members: number) =>
  fc.oneof(
    { weight: 5, arbitrary: fc.integer({ min: 1, max: members }).map((number) => ({ memberId: `m${number}` })) },
    { weight: 2, arbitrary: fc.constantFrom({ anonymousId: 'a1' }, { anonymousId: 'a2' }) },
    { weight: 1, arbitrary: fc.constant({}) },
  );

const time = fc.integer({ min: 0, max: 420 * 24 }).map((hours) => START_MS + hours * 3_600_000);

/** One order's life: placed, perhaps completed, returned in parts, cancelled; sometimes contradicting itself. */
const orderLife = (orderId: string, { members = 2, causes = false }: HistoryOptions) =>
  fc
    .record({
      redemptionId: causes ? fc.constantFrom(undefined, 'red-1', 'red-2') : fc.constant(undefined),
      owner: owner(members),
      lines,
      placedMs: time,
      completedAfterDays: fc.option(fc.integer({ min: -2, max: 20 }), { nil: undefined }),
      cancelledAfterDays: fc.option(fc.integer({ min: -2, max: 30 }), { nil: undefined, freq: 4 }),
      returns: fc.array(
        fc.record({
          afterDays: fc.integer({ min: -2, max: 500 }),
          line: fc.constantFrom('1', '2', '9'),
          quantity: fc.integer({ min: 1, max: 4 }),
        }),
        { maxLength: 4 },
      ),
      placedAgain: fc.option(fc.integer({ min: -3, max: 3 }), { nil: undefined, freq: 8 }),
      laterOwner: fc.constantFrom('none', 'same', 'other'),
      channel: fc.constantFrom('web', 'app', 'store'),
    })
    .map((life): Happening[] => {
      const later = { none: {}, same: life.owner, other: { memberId: 'm2' } }[life.laterOwner] ?? {};
      const at = (days: number) => new Date(life.placedMs + days * DAY_MS).toISOString();
      const { channel } = life;
      const { redemptionId } = life;
      const pays = redemptionId === undefined ? {} : { redemptionId };
      const placed = { orderId, ...life.owner, channel, currency: 'EUR', lines: life.lines, ...pays };
      const happenings: Happening[] = [{ type: 'order.placed.v1', id: `${orderId}:placed`, time: at(0), data: placed }];
      if (life.placedAgain !== undefined) {
        const again = { ...placed, lines: life.lines.slice(0, 1) };
        happenings.push({ type: 'order.placed.v1', id: `${orderId}:again`, time: at(life.placedAgain), data: again });
      }
      if (life.completedAfterDays !== undefined) {
        const data = { orderId, ...later };
        happenings.push({
          type: 'order.completed.v1',
          id: `${orderId}:completed`,
          time: at(life.completedAfterDays),
          data,
        });
      }
      if (life.cancelledAfterDays !== undefined) {
        const data = { orderId, ...later };
        happenings.push({
          type: 'order.cancelled.v1',
          id: `${orderId}:cancelled`,
          time: at(life.cancelledAfterDays),
          data,
        });
      }
      life.returns.forEach((it, index) => {
        const data = { orderId, ...later, returnId: `r${index}`, lines: [{ lineId: it.line, quantity: it.quantity }] };
        happenings.push({ type: 'order.returned.v1', id: `${orderId}:r${index}`, time: at(it.afterDays), data });
      });
      return happenings;
    });

const identification = fc
  .record({ anonymousId: fc.constantFrom('a1', 'a2'), memberId: fc.constantFrom('m1', 'm2', 'm3'), atMs: time })
  .map(({ anonymousId, memberId, atMs }) => ({
    type: 'member.identified.v1',
    id: `identified:${anonymousId}:${memberId}:${atMs}`,
    time: new Date(atMs).toISOString(),
    data: { memberId, anonymousId },
  }));

const someone = (members: number) => fc.integer({ min: 1, max: members }).map((number) => `m${number}`);

/** What a member does beside ordering, and what the shop does for a member; by `at` it is told apart. */
const deed = ({ members = 2, maxOrders }: HistoryOptions, at: number): fc.Arbitrary<Happening[]> => {
  const memberId = someone(members);
  const one = (type: string, data: Record<string, fc.Arbitrary<unknown>>) =>
    fc.record({ time, data: fc.record(data, { requiredKeys: Object.keys(data) }) }).map((it): Happening[] => {
      const told = Object.entries(it.data).filter(([, value]) => value !== undefined);
      return [{ type, id: `deed-${at}`, time: new Date(it.time).toISOString(), data: Object.fromEntries(told) }];
    });
  const orderId = fc.option(
    fc.integer({ min: 1, max: maxOrders }).map((number) => `ord-${number}`),
    { nil: undefined },
  );
  const redemption = fc
    .record({
      memberId,
      points: fc.integer({ min: 1, max: 2_000 }),
      orderId,
      time,
      releasedAfterHours: fc.option(fc.integer({ min: -20, max: 2_000 }), { nil: undefined }),
    })
    .map(({ time: atMs, releasedAfterHours, points, ...rest }): Happening[] => {
      const redemptionId = `red-${at}`;
      const { orderId: paid, ...owner } = rest;
      const data = { ...owner, redemptionId, points, ...(paid !== undefined && { orderId: paid }) };
      const redeemed = { type: 'points.redemption', id: redemptionId, time: new Date(atMs).toISOString(), data };
      if (releasedAfterHours === undefined) return [redeemed];
      const releasedAt = new Date(atMs + releasedAfterHours * 3_600_000).toISOString();
      const type = 'points.redemption_release';
      return [redeemed, { type, id: `release:${redemptionId}`, time: releasedAt, data: { ...owner, redemptionId } }];
    });
  return fc.oneof(
    { weight: 3, arbitrary: one('member.checked_in.v1', { memberId }) },
    {
      weight: 1,
      arbitrary: one('member.registered.v1', {
        memberId,
        timeZone: fc.constantFrom('UTC', 'Asia/Shanghai', 'Pacific/Auckland', 'America/Los_Angeles'),
        referredBy: fc.constantFrom(undefined, 'm1', 'm9'),
      }),
    },
    {
      weight: 1,
      arbitrary: one('points.adjustment', {
        memberId,
        adjustmentId: fc.constant(`adj-${at}`),
        points: fc.integer({ min: -300, max: 300 }).filter((points) => points !== 0),
      }),
    },
    {
      weight: 2,
      arbitrary: one('review', {
        memberId,
        reviewId: fc.constantFrom('rev-1', 'rev-2'),
        step: fc.constantFrom('submitted', 'published', 'rejected'),
      }),
    },
    { weight: 3, arbitrary: redemption },
  );
};

export type HistoryOptions = {
  minOrders?: number;
  maxOrders: number;
  members?: number;
  /** Whether members do more than order: check in, say where they live, redeem, review; and are given and taken points. */
  causes?: boolean;
};

/** What happens in a small shop over fourteen months: distinct events, in no particular order. */
export const shopHistory = (options: HistoryOptions): fc.Arbitrary<Happening[]> => {
  const { minOrders = 1, maxOrders, causes = false } = options;
  return fc
    .record({
      orders: fc
        .integer({ min: minOrders, max: maxOrders })
        .chain((count) => fc.tuple(...Array.from({ length: count }, (_, at) => orderLife(`ord-${at + 1}`, options)))),
      identifications: fc.uniqueArray(identification, { maxLength: 3, selector: (it) => it.id }),
      deeds: fc
        .integer({ min: 0, max: causes ? 2 * maxOrders : 0 })
        .chain((count) => fc.tuple(...Array.from({ length: count }, (_, at) => deed(options, at + 1)))),
    })
    .map(({ orders, identifications, deeds }) => [...orders.flat(), ...identifications, ...deeds.flat()]);
};

/** A shop's policies: one from the beginning, and perhaps others later, at any hour of its fourteen months. */
export const policiesInTime: fc.Arbitrary<Policies> = fc
  .record({
    first: fc.constantFrom(...POLICIES),
    later: fc.uniqueArray(fc.record({ fromMs: time, policy: fc.constantFrom(...POLICIES) }), {
      maxLength: 3,
      selector: ({ fromMs }) => fromMs,
    }),
  })
  .map(({ first, later }) => [
    { fromMs: Number.NEGATIVE_INFINITY, policy: first as Policy },
    ...later.sort((a, b) => a.fromMs - b.fromMs),
  ]);

/** The happenings as they are delivered: shuffled, and some of them more than once. */
export const deliveries = (options: HistoryOptions) =>
  shopHistory(options).chain((happenings) =>
    fc.record({
      happenings: fc.constant(happenings),
      delivered: fc.array(fc.constantFrom(...happenings), { maxLength: happenings.length }).chain((repeats) => {
        const all = [...happenings, ...repeats];
        return fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length });
      }),
    }),
  );

export function toEvent({ type, id, time: at, data }: Happening): CloudEvent {
  return { specversion: '1.0', id: id as CloudEvent['id'], source: '/test', type, time: at, data };
}
