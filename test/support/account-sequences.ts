import fc from 'fast-check';
import type { Policy } from '../../shared/policy/policy.ts';
import type { ModelLine } from './account-model.ts';
import { policyOf } from './policies.ts';

/** What befalls the write that an operation leads to. A crash is followed by another delivery, as a queue sees to. */
export type Luck =
  | { kind: 'none' }
  | { kind: 'conflicts'; times: number }
  | { kind: 'crash'; when: 'before' | 'after' };

/** Something that is sent as an event. `hoursAgo` is its age on arrival; `held` ones arrive with a later operation. */
export type Sending = { hoursAgo: number; held: boolean } & (
  | {
      kind: 'order';
      member: number;
      currency: string;
      lines: ModelLine[];
      redemption: 'none' | 'next' | 'last';
      coupons: boolean;
    }
  | { kind: 'completed' | 'cancelled'; order: number; names: 'nobody' | 'owner' | 'another' }
  | { kind: 'returned'; order: number; names: 'nobody' | 'another'; pieces: [line: number, quantity: number][] }
  | { kind: 'returned again'; order: number; pieces: [line: number, quantity: number][] }
  | { kind: 'checked in'; member: number }
  | { kind: 'introduced'; member: number; zone: string }
  | { kind: 'review'; member: number; review: number; step: 'submitted' | 'published' | 'rejected' }
  | { kind: 'reward'; member: number; reward: number; points: number | undefined }
);

export type Ordering = Extract<Sending, { kind: 'order' }>;

/** Something that is asked for and answered. */
export type Command =
  | {
      kind: 'redeem';
      member: number;
      /** Thousandths of what there is; or what no member may ask for. */
      amount: number | 'one too many' | 'none' | 'less than none';
      pays: 'nothing' | 'an order' | 'the next order' | 'an order of another';
      order: number;
    }
  | { kind: 'redeem again'; which: number; altered: boolean }
  | { kind: 'release'; which: number }
  | { kind: 'adjust'; member: number; points: number }
  | { kind: 'adjust again'; which: number; altered: boolean };

export type Operation =
  | { kind: 'send'; sending: Sending; luck: Luck }
  | { kind: 'command'; command: Command; luck: Luck }
  /** Two things at the same time. */
  | { kind: 'together'; first: Sending; second: Sending | Command }
  /** A basket is paid with points, so many thousandths of them at a time, and then ordered. */
  | { kind: 'checkout'; amounts: number[]; order: Ordering }
  /** A member checks in at one end of the world and, some hours later, at another. */
  | { kind: 'trip'; member: number; zones: readonly string[]; hours: number }
  /** What was held arrives, the one or the other first. */
  | { kind: 'arrive'; which: number; luck: Luck }
  | { kind: 'duplicate'; which: number }
  /** An id that is known, with other content. */
  | { kind: 'altered'; which: number }
  | { kind: 'sweep'; member: number; luck: Luck }
  | { kind: 'policy'; which: number }
  | { kind: 'clock'; ms: number };

export type Sequence = { policy: number; operations: Operation[] };

export const MEMBERS = ['ann', 'bob', 'cai'] as const;

const periods = [
  { id: 'spring', from: '2026-02-10', to: '2026-04-20', factor: 2 },
  { id: 'tea', from: '2026-03-01', to: '2026-12-31', factor: 2.75, categories: ['Food/Tea'] },
  { id: 'hearth', from: '2026-01-01', to: '2027-01-10', factor: 1.5, brands: ['hearth'] },
];
const currencies = {
  CNY: { rate: 1, digits: 2 },
  EUR: { rate: 7.8126, digits: 2 },
  JPY: { rate: 0.0472, digits: 0 },
};

/** What a shop may go by: each differs from the default in what bears on accounts. */
export const POLICIES: readonly Policy[] = [
  {},
  {
    'tiers.basis': 'rolling_12_months',
    'tiers.graceDays': 30,
    'tiers.stepDown': 'one',
    'points.holdDays': 14,
    'points.expiryMonths': 2,
  },
  {
    timeZone: 'Asia/Shanghai',
    'tiers.basis': 'calendar_year',
    'points.multipliers': periods,
    'points.shortfall': 'within_balance',
    'points.checkIn': 0,
    'points.review': 8,
  },
  {
    'points.holdDays': 0,
    'points.expiryMonths': 1,
    'points.purchaseRate': 0.3333,
    'points.shortfall': 'only_pending',
    'tiers.basis': 'rolling_12_months',
  },
  {
    'tiers.basis': 'calendar_year',
    'tiers.graceDays': 45,
    'tiers.steps.1.threshold': 40_000,
    'tiers.steps.2.threshold': 90_000,
    'points.redemption.orderShareLimit': 0.3,
    'points.redemption.pointsPerCurrencyUnit': 10,
    'points.expiryNoticeDays': [],
  },
  {
    timeZone: 'America/New_York',
    'points.purchaseRate': 2.5,
    'points.multipliers': periods.slice(1),
    'points.expiryMonths': 3,
    'points.redemption.largestPoints': 500,
    'lifecycle.growingOrders': 1,
    'lifecycle.matureOrders': 3,
  },
].map((values) => policyOf({ currencies, ...values }));

const HOUR_MS = 3_600_000;
const ZONES = [
  'UTC',
  'Asia/Shanghai',
  'America/Sao_Paulo',
  'Pacific/Auckland',
  'Pacific/Kiritimati',
  'America/Los_Angeles',
];

const member = fc.nat({ max: MEMBERS.length - 1 });
/** One of those there are, whichever that is: the youngest as often as all others. */
const any = fc.oneof(fc.constant(0), fc.nat({ max: 9 }));

const line = fc.record({
  quantity: fc.integer({ min: 1, max: 4 }),
  unitPrice: fc.oneof(fc.integer({ min: 0, max: 60_000 }), fc.constantFrom(0, 1, 99, 1_000, 33_333)),
  discounted: fc.boolean(),
  brandId: fc.constantFrom(undefined, 'hearth', 'kiln'),
  category: fc.constantFrom(undefined, 'Food/Tea', 'Food/Tea/Green', 'Food/Teas', 'Home'),
});

const lines = fc.array(line, { minLength: 1, maxLength: 3, size: 'max' }).map((drawn) =>
  drawn.map(({ discounted, quantity, unitPrice, brandId, category }, index): ModelLine => {
    const discount = discounted ? Math.floor((quantity * unitPrice) / 3) : undefined;
    return { lineId: String(index + 1), quantity, unitPrice, discount, brandId, category };
  }),
);

const pieces = fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })), {
  minLength: 1,
  maxLength: 2,
  selector: ([lineNumber]) => lineNumber,
});

const age = fc.record({
  hoursAgo: fc.oneof(
    { weight: 6, arbitrary: fc.constant(0) },
    { weight: 3, arbitrary: fc.integer({ min: 1, max: 72 }) },
    { weight: 1, arbitrary: fc.integer({ min: 73, max: 24 * 150 }) },
  ),
  held: fc.integer({ min: 0, max: 9 }).map((it) => it === 0),
});

const sent = <Kind extends Sending['kind'], Rest>(
  kind: Kind,
  rest: { [Name in keyof Rest]: fc.Arbitrary<Rest[Name]> },
) =>
  fc
    .tuple(age, fc.record(rest as Record<string, fc.Arbitrary<unknown>>))
    .map(([when, what]) => ({ kind, ...when, ...what }) as unknown as Sending);

const ordering = sent('order', {
  member: fc.oneof({ weight: 9, arbitrary: member }, { weight: 1, arbitrary: fc.constant(-1) }),
  currency: fc.constantFrom('CNY', 'CNY', 'EUR', 'JPY'),
  lines,
  redemption: fc.constantFrom('none', 'none', 'next', 'last'),
  coupons: fc.boolean(),
}) as fc.Arbitrary<Ordering>;

const sending: fc.Arbitrary<Sending> = fc.oneof(
  { weight: 8, arbitrary: ordering },
  {
    weight: 8,
    arbitrary: sent('completed', { order: any, names: fc.constantFrom('nobody', 'owner', 'owner', 'another') }),
  },
  { weight: 2, arbitrary: sent('cancelled', { order: any, names: fc.constantFrom('nobody', 'owner', 'another') }) },
  {
    weight: 4,
    arbitrary: sent('returned', {
      order: any,
      names: fc.constantFrom('nobody', 'nobody', 'nobody', 'another'),
      pieces,
    }),
  },
  { weight: 1, arbitrary: sent('returned again', { order: any, pieces }) },
  { weight: 3, arbitrary: sent('checked in', { member }) },
  { weight: 1, arbitrary: sent('introduced', { member, zone: fc.constantFrom(...ZONES) }) },
  {
    weight: 2,
    arbitrary: sent('review', {
      member,
      review: fc.nat({ max: 1 }),
      step: fc.constantFrom('submitted', 'published', 'rejected'),
    }),
  },
  {
    weight: 1,
    arbitrary: sent('reward', {
      member,
      reward: fc.nat({ max: 1 }),
      points: fc.option(fc.integer({ min: 1, max: 300 }), { nil: undefined, freq: 3 }),
    }),
  },
);

const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('redeem' as const),
      member,
      amount: fc.oneof(
        { weight: 6, arbitrary: fc.integer({ min: 1, max: 1_000 }) },
        { weight: 2, arbitrary: fc.constantFrom('one too many' as const, 'none' as const, 'less than none' as const) },
      ),
      pays: fc.constantFrom(
        'nothing' as const,
        'an order' as const,
        'an order' as const,
        'the next order' as const,
        'an order of another' as const,
      ),
      order: any,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('redeem again' as const), which: any, altered: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('release' as const), which: any }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('adjust' as const),
      member,
      points: fc.oneof(fc.integer({ min: -500, max: 500 }), fc.constant(0)),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('adjust again' as const), which: any, altered: fc.boolean() }),
  },
);

const luck: fc.Arbitrary<Luck> = fc.oneof(
  { weight: 40, arbitrary: fc.constant({ kind: 'none' as const }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('conflicts' as const), times: fc.integer({ min: 1, max: 3 }) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('crash' as const), when: fc.constantFrom('before', 'after') }),
  },
);

const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 34, arbitrary: fc.record({ kind: fc.constant('send' as const), sending, luck }) },
  { weight: 12, arbitrary: fc.record({ kind: fc.constant('command' as const), command, luck }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('together' as const),
      first: sending,
      second: fc.oneof(sending, command),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('checkout' as const),
      amounts: fc.array(fc.integer({ min: 1, max: 1_000 }), { minLength: 1, maxLength: 3, size: 'max' }),
      // Cheap enough for points to pay more than they may.
      order: ordering.map((order) => ({
        ...order,
        lines: order.lines.map((it) => ({ ...it, unitPrice: Math.floor(it.unitPrice / 20), discount: undefined })),
      })),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('trip' as const),
      member,
      zones: fc.array(fc.constantFrom(...ZONES), { minLength: 2, maxLength: 3, size: 'max' }),
      hours: fc.integer({ min: 0, max: 20 }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('arrive' as const), which: any, luck }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('duplicate' as const), which: any }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('altered' as const), which: any }) },
  { weight: 7, arbitrary: fc.record({ kind: fc.constant('sweep' as const), member, luck }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('policy' as const), which: fc.nat({ max: POLICIES.length - 1 }) }),
  },
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('clock' as const),
      ms: fc.oneof(
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 48 }).map((hours) => hours * HOUR_MS),
        fc.integer({ min: 2, max: 20 }).map((days) => days * 24 * HOUR_MS),
        fc.integer({ min: 20, max: 90 }).map((days) => days * 24 * HOUR_MS),
      ),
    }),
  },
);

/** What happens to a small shop: as a rule up to `usual` operations in a row, and in one of five cases up to `longest`. */
export const sequences = ({ usual, longest }: { usual: number; longest: number }): fc.Arbitrary<Sequence> => {
  const upTo = (maxLength: number) => fc.array(operation, { minLength: 1, maxLength, size: 'max' });
  return fc.record({
    policy: fc.nat({ max: POLICIES.length - 1 }),
    operations: fc.oneof({ weight: 4, arbitrary: upTo(usual) }, { weight: 1, arbitrary: upTo(longest) }),
  });
};
