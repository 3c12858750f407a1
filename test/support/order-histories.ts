import fc from 'fast-check';
import type { CloudEvent } from '../../events/envelope.ts';

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
const orderLife = (orderId: string, members: number) =>
  fc
    .record({
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
      const placed = { orderId, ...life.owner, channel, currency: 'EUR', lines: life.lines };
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

export type HistoryOptions = { minOrders?: number; maxOrders: number; members?: number };

/** What happens in a small shop over fourteen months: distinct events, in no particular order. */
export const shopHistory = ({ minOrders = 1, maxOrders, members = 2 }: HistoryOptions) =>
  fc
    .record({
      orders: fc
        .integer({ min: minOrders, max: maxOrders })
        .chain((count) => fc.tuple(...Array.from({ length: count }, (_, at) => orderLife(`ord-${at + 1}`, members)))),
      identifications: fc.uniqueArray(identification, { maxLength: 3, selector: (it) => it.id }),
    })
    .map(({ orders, identifications }) => [...orders.flat(), ...identifications]);

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
