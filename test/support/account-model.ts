import type { Policy } from '../../shared/policy/policy.ts';

/**
 * What a member has, reckoned in plain code from what the contract says of loyalty arithmetic, beside the real domain and
 * sharing nothing with it. It knows no increments, versions or journals: it takes everything the shop has been told, puts
 * it in the order of time and walks through it from the beginning, every time it is asked.
 */

export type ModelLine = {
  lineId: string;
  quantity: number;
  unitPrice: number;
  discount?: number | undefined;
  brandId?: string | undefined;
  category?: string | undefined;
};

/** One thing that the shop has been told; `at` in milliseconds since 1970. */
export type ModelFact = { id: string; at: number } & (
  | {
      kind: 'placed';
      order: string;
      member?: string | undefined;
      currency: string;
      lines: readonly ModelLine[];
      redemption?: string | undefined;
    }
  | { kind: 'completed' | 'cancelled'; order: string; member?: string | undefined }
  | {
      kind: 'returned';
      order: string;
      member?: string | undefined;
      returnId: string;
      lines: readonly { lineId: string; quantity: number }[];
    }
  | { kind: 'introduced'; member: string; zone: string }
  | { kind: 'checked_in'; member: string }
  | {
      kind: 'redeemed';
      member: string;
      redemption: string;
      points: number;
      order?: string | undefined;
      /** What was left of the order's net by what was known of it then. */
      bill?: number | undefined;
    }
  | { kind: 'released'; member: string; redemption: string }
  | { kind: 'adjusted'; member: string; points: number }
  | { kind: 'review_submitted' | 'review_published' | 'review_rejected'; member: string; review: string }
  | { kind: 'rewarded'; member: string; reward: string; points: number }
  | { kind: 'revoked'; member: string; reward: string }
);

type OrderFact = Extract<ModelFact, { order: string; kind: 'placed' | 'completed' | 'cancelled' | 'returned' }>;
type PlacedFact = Extract<ModelFact, { kind: 'placed' }>;
type ReviewFact = Extract<ModelFact, { review: string }>;
type RewardFact = Extract<ModelFact, { reward: string }>;
type OwnFact = Exclude<ModelFact, OrderFact | ReviewFact | RewardFact>;

/** Policies with the instants from which they apply, oldest first. */
export type ModelPolicies = readonly { fromMs: number; policy: Policy }[];

/** Points by what moved them, over a member's whole life. */
export type ModelTotals = {
  earned: number;
  given: number;
  reversed: number;
  taken: number;
  redeemed: number;
  refunded: number;
  expired: number;
};

export type ModelAccount = {
  available: number;
  pending: number;
  debt: number;
  /** Points to spend, by the instant at which they end, soonest first. */
  lots: [endsAt: number, points: number][];
  /** Points that wait for a return window to close, by order. */
  held: [order: string, points: number][];
  orders: number;
  spend: number;
  returned: number;
  tier: { id: string; since: number; falls: number | undefined } | undefined;
  stage: { id: string; since: number };
  /** Points that pay an order and have not been given back, by order. */
  paid: Map<string, number>;
  /** Redemptions of which some may still be given back; `bound` where their order is known. */
  open: Map<string, { bound: boolean }>;
  totals: ModelTotals;
  /** When the last thing happened that somebody did. */
  lastAt: number | undefined;
};

export function modelAccount(
  facts: readonly ModelFact[],
  { member, nowMs, policies }: { member: string; nowMs: number; policies: ModelPolicies },
): ModelAccount {
  const steps = stepsOf(facts, member, policies);
  const life = new Life(policies);
  for (const step of steps) life.live(step);
  life.waitUntil(nowMs);
  return { ...life.account(), lastAt: steps.at(-1)?.at };
}

/** What is left of an order's net, and what points may pay of it, at an instant; undefined where it is not known then. */
export function modelOrder(
  facts: readonly ModelFact[],
  { order, nowMs, policies }: { order: string; nowMs: number; policies: ModelPolicies },
): { member: string | undefined; left: number; net: number; cancelled: boolean } | undefined {
  const known = facts.filter((fact): fact is OrderFact => isOrderFact(fact) && fact.order === order);
  const story = orderStory(known, policies);
  if (story === undefined || story.placed.at > nowMs) return undefined;
  const past = story.chapters.filter((chapter) => chapter.at <= nowMs);
  const left = past.reduce((rest, chapter) => rest - (chapter.kind === 'returned' ? chapter.net : 0), story.net);
  const cancelled = past.some((chapter) => chapter.kind === 'cancelled');
  return { member: story.owner, net: story.net, left: cancelled ? 0 : left, cancelled };
}

/** The most points that may pay so much of an order's net. */
export function modelPayable(net: number, { points, currencies, currency }: Policy): number {
  const { orderShareLimit, pointsPerCurrencyUnit } = points.redemption;
  const worth = net * Math.round(orderShareLimit * 10_000) * pointsPerCurrencyUnit;
  return Math.floor(worth / 10_000 / 10 ** (currencies[currency]?.digits ?? 0));
}

// ---------------------------------------------------------------------------------------------------------- the calendar

type Day = { day: string; month: number };
type Calendar = { format: Intl.DateTimeFormat; days: Map<number, Day>; beginnings: Map<number, number> };

const calendars = new Map<string, Calendar>();
const QUARTER_HOUR = 900_000;

/** Calendars are looked at often, and are slow to read: what they have shown is remembered. */
function calendarOf(zone: string): Calendar {
  const known = calendars.get(zone);
  if (known !== undefined && known.days.size < 100_000) return known;
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short' });
  const calendar = { format, days: new Map(), beginnings: new Map() };
  calendars.set(zone, calendar);
  return calendar;
}

/** What a calendar on the wall shows; no clock is set other than at a quarter of an hour. */
function shownIn(zone: string, at: number): Day {
  const { format, days } = calendarOf(zone);
  const quarter = Math.floor(at / QUARTER_HOUR);
  const known = days.get(quarter);
  if (known !== undefined) return known;
  const day = format.format(quarter * QUARTER_HOUR);
  const [year = 0, month = 0] = day.split('-').map(Number);
  const shown = { day, month: year * 12 + month - 1 };
  days.set(quarter, shown);
  return shown;
}

/** The day, such as `2026-01-05`. */
const dayIn = (zone: string, at: number): string => shownIn(zone, at).day;

/** The month, as a number to count with. */
const monthIn = (zone: string, at: number): number => shownIn(zone, at).month;

/** The first millisecond at which a calendar on the wall shows a month: looked for by halving. */
function beginningOf(month: number, zone: string): number {
  const { beginnings } = calendarOf(zone);
  const known = beginnings.get(month);
  if (known !== undefined) return known;
  let before = Date.UTC(Math.floor(month / 12), month % 12, 1) - 2 * 86_400_000;
  let after = before + 4 * 86_400_000;
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (monthIn(zone, middle) < month) before = middle;
    else after = middle;
  }
  beginnings.set(month, after);
  return after;
}

/** The last millisecond of the month that lies so many months after the one of an instant. */
function lastOfMonth(at: number, months: number, zone: string): number {
  return beginningOf(monthIn(zone, at) + months + 1, zone) - 1;
}

// ------------------------------------------------------------------------------------------------------------ the orders

/** An order as it went, in the order of time. */
type OrderStory = {
  placed: PlacedFact;
  owner: string | undefined;
  net: number;
  points: number;
  policy: Policy;
  chapters: Chapter[];
};

/** What came after the placing and counts: with the points it moves and the net that comes back. */
type Chapter = { kind: 'completed' | 'returned' | 'cancelled'; at: number; id: string; points: number; net: number };

const ORDER_KINDS = ['placed', 'completed', 'returned', 'cancelled'];

function isOrderFact(fact: ModelFact): fact is OrderFact {
  return ORDER_KINDS.includes(fact.kind);
}

function policyIn(policies: ModelPolicies, at: number): Policy {
  let policy = policies[0]?.policy;
  for (const put of policies) if (put.fromMs <= at) policy = put.policy;
  if (policy === undefined) throw new Error('A shop has a policy.');
  return policy;
}

function orderStory(facts: readonly OrderFact[], policies: ModelPolicies): OrderStory | undefined {
  const byTime = (from: number) =>
    [...facts].sort(
      (a, b) =>
        Math.max(a.at, from) - Math.max(b.at, from) ||
        ORDER_KINDS.indexOf(a.kind) - ORDER_KINDS.indexOf(b.kind) ||
        (a.id < b.id ? -1 : 1),
    );
  const placed = byTime(Number.NEGATIVE_INFINITY).find((fact) => fact.kind === 'placed');
  if (placed === undefined) return undefined;
  const policy = policyIn(policies, placed.at);
  const owner = placed.member ?? byTime(Number.NEGATIVE_INFINITY).find((fact) => fact.member !== undefined)?.member;
  const lines = pricedLines(placed, policy);
  const story: OrderStory = {
    placed,
    owner,
    policy,
    net: total(lines.map((line) => line.net)),
    points: total(lines.map((line) => line.points)),
    chapters: [],
  };
  let pointsLeft = story.points;
  let cancelled = false;
  let completed = false;
  const returns = new Set<string>();
  for (const fact of byTime(placed.at)) {
    const chapter = { at: Math.max(fact.at, placed.at), id: fact.id };
    if (fact.kind === 'placed' || cancelled) continue;
    if (fact.member !== undefined && owner !== undefined && fact.member !== owner) continue;
    if (fact.kind === 'completed' && !completed) {
      completed = true;
      story.chapters.push({ ...chapter, kind: 'completed', points: pointsLeft, net: 0 });
    }
    if (fact.kind === 'cancelled') {
      cancelled = true;
      story.chapters.push({ ...chapter, kind: 'cancelled', points: pointsLeft, net: 0 });
    }
    if (fact.kind === 'returned' && !returns.has(fact.returnId)) {
      const pieces = fact.lines.map(({ lineId, quantity }) => ({
        quantity,
        line: lines.find((it) => it.lineId === lineId),
      }));
      if (pieces.some(({ line, quantity }) => line === undefined || line.back + quantity > line.quantity)) continue;
      returns.add(fact.returnId);
      let points = 0;
      let net = 0;
      for (const { line, quantity } of pieces) {
        if (line === undefined) continue;
        const before = { points: floorOf(line.points, line.back, line.quantity), net: halfUpOf(line) };
        line.back += quantity;
        points += floorOf(line.points, line.back, line.quantity) - before.points;
        net += halfUpOf(line) - before.net;
      }
      pointsLeft -= points;
      story.chapters.push({ ...chapter, kind: 'returned', points, net });
    }
  }
  return story;
}

/** What an order's lines are worth never changes: it is reckoned once. */
const priced = new WeakMap<PlacedFact, PricedLine[]>();

function pricedLines(placed: PlacedFact, policy: Policy): PricedLine[] {
  const known = priced.get(placed) ?? priceLines(placed, policy);
  priced.set(placed, known);
  return known.map((line) => ({ ...line }));
}

type PricedLine = { lineId: string; quantity: number; net: number; points: number; back: number };

function priceLines({ at, currency, lines }: PlacedFact, policy: Policy): PricedLine[] {
  const listed = lines.map((line) => line.quantity * line.unitPrice - (line.discount ?? 0));
  const foreign = policy.currencies[currency];
  const base = policy.currencies[policy.currency];
  if (foreign === undefined || base === undefined) throw new Error(`The policy does not know ${currency}.`);
  const net = converted(total(listed), foreign.rate, foreign.digits, base.digits);
  const nets = shared(net, listed);
  const points = Math.floor((net * Math.round(policy.points.purchaseRate * 10_000)) / 10_000 / 10 ** base.digits);
  const day = dayIn(policy.timeZone, at);
  const hundredths = lines.map((line) => {
    const factors = policy.points.multipliers
      .filter(({ from, to }) => from <= day && day <= to)
      .filter(({ categories, brands }) => {
        if (categories === undefined && brands === undefined) return true;
        if (brands?.some((brand) => brand === line.brandId)) return true;
        return categories?.some((it) => `${line.category ?? ''}/`.startsWith(`${it}/`)) ?? false;
      })
      .map(({ factor }) => Math.round(factor * 100));
    return factors.length === 0 ? 100 : Math.max(...factors);
  });
  const parts = shared(points, nets);
  const multiplied = Math.floor(total(parts.map((part, index) => part * (hundredths[index] ?? 100))) / 100);
  const weights = nets.map((lineNet, index) => lineNet * (hundredths[index] ?? 100));
  const shares = shared(multiplied, weights);
  return lines.map(({ lineId, quantity }, index) => ({
    lineId,
    quantity,
    net: nets[index] ?? 0,
    points: shares[index] ?? 0,
    back: 0,
  }));
}

/** Largest remainder, one by one: whoever is furthest behind their part gets the next; of equals the earlier. */
function shared(whole: number, weights: readonly number[]): number[] {
  const sum = total(weights);
  if (sum === 0) return weights.map(() => 0);
  const shares = weights.map((weight) => Math.floor((whole * weight) / sum));
  const behind = weights.map((weight) => (whole * weight) % sum);
  for (let left = whole - total(shares); left > 0; left -= 1) {
    const next = behind.indexOf(Math.max(...behind));
    shares[next] = (shares[next] ?? 0) + 1;
    behind[next] = -1;
  }
  return shares;
}

/** Half up, in whole numbers: the rate has eight decimals at most. */
function converted(amount: number, rate: number, digits: number, baseDigits: number): number {
  const above = BigInt(amount) * BigInt(Math.round(rate * 1e8)) * 10n ** BigInt(baseDigits);
  const below = 10n ** BigInt(8 + digits);
  const whole = above / below;
  return Number(2n * (above % below) >= below ? whole + 1n : whole);
}

const floorOf = (points: number, back: number, quantity: number) => Math.floor((points * back) / quantity);
const halfUpOf = ({ net, back, quantity }: PricedLine) => Math.floor((net * back) / quantity + 0.5);
const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

// ------------------------------------------------------------------------------------------------------------- the steps

/** Of one instant: who the member is, then orders, then what members and shop do besides. */
const RANKS = [
  'introduced',
  ...ORDER_KINDS,
  'redeemed',
  'released',
  'checked_in',
  'granted',
  'pended',
  'confirmed',
  'dropped',
  'taken',
] as const;

type Step = { at: number; rank: string; id: string; subject: string; happens: (life: Life) => void };

function stepsOf(facts: readonly ModelFact[], member: string, policies: ModelPolicies): Step[] {
  const orders = new Map<string, OrderFact[]>();
  const reviews = new Map<string, ReviewFact[]>();
  const rewards = new Map<string, RewardFact[]>();
  const steps: Step[] = [];
  for (const fact of facts) {
    if (isOrderFact(fact)) orders.set(fact.order, [...(orders.get(fact.order) ?? []), fact]);
    else if (fact.member !== member) continue;
    else if ('review' in fact) reviews.set(fact.review, [...(reviews.get(fact.review) ?? []), fact]);
    else if ('reward' in fact) rewards.set(fact.reward, [...(rewards.get(fact.reward) ?? []), fact]);
    else steps.push(ownStep(fact, policies));
  }
  for (const known of orders.values()) {
    if (known.every((fact) => fact.member !== member)) continue;
    const story = orderStory(known, policies);
    if (story !== undefined && story.owner === member) steps.push(...orderSteps(story));
  }
  for (const known of reviews.values()) steps.push(...reviewSteps(known, policies));
  for (const known of rewards.values()) steps.push(...rewardSteps(known, policies));
  const rankOf = (step: Step) => RANKS.indexOf(step.rank as (typeof RANKS)[number]);
  return steps.sort(
    (a, b) => a.at - b.at || rankOf(a) - rankOf(b) || textOrder(a.id, b.id) || textOrder(a.subject, b.subject),
  );
}

const textOrder = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

function orderSteps(story: OrderStory): Step[] {
  const { placed, policy } = story;
  const order: Order = {
    id: placed.order,
    net: story.net,
    left: story.net,
    completedAt: undefined,
    ends: undefined,
    over: false,
  };
  const { holdDays, expiryMonths, shortfall } = policy.points;
  const step = (at: number, rank: string, id: string, happens: Step['happens']): Step => ({
    at,
    rank,
    id,
    subject: placed.order,
    happens: (life) => {
      happens(life);
      life.countOrders(at);
      life.judge(at, rank !== 'placed' && rank !== 'completed');
    },
  });
  const chapters = story.chapters.map((chapter) =>
    step(chapter.at, chapter.kind, chapter.id, (life) => {
      const { kind, at, points, net } = chapter;
      if (kind === 'completed') {
        const availableAt = at + holdDays * 86_400_000;
        order.completedAt = at;
        order.ends = lastOfMonth(availableAt, expiryMonths, policy.timeZone);
        life.orders += 1;
        life.spend(order.left, at);
        life.waiting -= points;
        if (points > 0) life.held.push({ order: order.id, points, availableAt, ends: order.ends });
        life.waitUntil(at);
        return;
      }
      life.takeBack(order, points, shortfall);
      if (kind === 'returned') {
        life.returned += net;
        if (order.completedAt !== undefined) life.spend(-net, order.completedAt);
        order.left -= net;
      } else {
        order.over = true;
        life.returned -= order.net - order.left;
        if (order.completedAt !== undefined) {
          life.orders -= 1;
          life.spend(-order.left, order.completedAt);
        }
      }
      for (const redemption of life.redemptions.filter((it) => it.order === order.id)) {
        if (kind === 'returned') redemption.returned += net;
        else redemption.over = true;
        life.giveBack(redemption, at);
      }
    }),
  );
  const placing = step(placed.at, 'placed', placed.id, (life) => {
    life.waiting += story.points;
    life.totals.earned += story.points;
    life.known.set(order.id, order);
    life.payWithPoints(order, placed);
  });
  return [placing, ...chapters];
}

function ownStep(fact: OwnFact, policies: ModelPolicies): Step {
  const policy = policyIn(policies, fact.at);
  const { at, id } = fact;
  switch (fact.kind) {
    case 'introduced':
      return {
        at,
        id,
        rank: 'introduced',
        subject: `introduction:${id}`,
        happens: (life) => {
          life.zone = fact.zone;
        },
      };
    case 'checked_in':
      return {
        at,
        id,
        rank: 'checked_in',
        subject: `checkin:${id}`,
        happens: (life) => {
          const day = dayIn(life.zone ?? policy.timeZone, at);
          if (day <= life.checkedIn) return;
          life.checkedIn = day;
          life.totals.earned += policy.points.checkIn;
          life.receive(policy.points.checkIn, at, policy);
        },
      };
    case 'redeemed': {
      const happens = (life: Life) => life.redeem(fact);
      return { at, id, rank: 'redeemed', subject: `redemption:${fact.redemption}`, happens };
    }
    case 'released':
      return {
        at,
        id,
        rank: 'released',
        subject: `redemption:${fact.redemption}`,
        happens: (life) => {
          const redemption = life.redemptions.find((it) => it.id === fact.redemption && it.points > 0);
          if (redemption === undefined) return;
          redemption.over = true;
          life.giveBack(redemption, at);
        },
      };
    case 'adjusted':
      return {
        at,
        id,
        rank: fact.points > 0 ? 'granted' : 'taken',
        subject: `adjustment:${id}`,
        happens: (life) => {
          if (fact.points > 0) {
            life.totals.given += fact.points;
            life.receive(fact.points, at, policy);
          } else {
            // The desk takes what is there, whatever becomes of what a return does not find.
            const { shortfall } = policy.points;
            life.totals.taken += life.take(-fact.points, shortfall === 'debt' ? 'debt' : 'within_balance');
          }
        },
      };
  }
}

function reviewSteps(facts: readonly ReviewFact[], policies: ModelPolicies): Step[] {
  let worth: number | undefined;
  let where: 'nowhere' | 'pending' | 'given' = 'nowhere';
  let ends = 0;
  const steps: Step[] = [];
  for (const { kind, at, id, review } of [...facts].sort((a, b) => a.at - b.at || textOrder(a.id, b.id))) {
    const policy = policyIn(policies, at);
    const push = (rank: string, happens: Step['happens']) =>
      steps.push({ at, id, rank, subject: `review:${review}`, happens });
    // What a review is worth is settled by the first that is heard of it.
    if (kind !== 'review_rejected') worth ??= policy.points.review;
    const points = worth ?? 0;
    if (kind === 'review_submitted' && where === 'nowhere') {
      where = 'pending';
      push('pended', (life) => {
        life.waiting += points;
        life.totals.earned += points;
      });
    } else if (kind === 'review_published' && where !== 'given') {
      const waited = where === 'pending';
      where = 'given';
      // What was given before comes back to the end it had, or to the end of this month.
      const back = ends > 0 && !waited;
      ends = back
        ? Math.max(ends, lastOfMonth(at, 0, policy.timeZone))
        : lastOfMonth(at, policy.points.expiryMonths, policy.timeZone);
      const own = ends;
      push(waited ? 'confirmed' : 'granted', (life) => {
        if (waited) life.waiting -= points;
        else life.totals.earned += points;
        life.add(points, own);
      });
    } else if (kind === 'review_rejected' && where === 'pending') {
      where = 'nowhere';
      push('dropped', (life) => {
        life.waiting -= points;
        life.totals.reversed += points;
      });
    } else if (kind === 'review_rejected' && where === 'given') {
      where = 'nowhere';
      const own = ends;
      push('taken', (life) => {
        life.totals.reversed += life.take(points, policy.points.shortfall, own);
      });
    }
  }
  return steps;
}

function rewardSteps(facts: readonly RewardFact[], policies: ModelPolicies): Step[] {
  let given = 0;
  let ends = 0;
  const steps: Step[] = [];
  for (const fact of [...facts].sort((a, b) => a.at - b.at || textOrder(a.id, b.id))) {
    const { at, id } = fact;
    const policy = policyIn(policies, at);
    const subject = `reward:${fact.reward}`;
    if (fact.kind === 'rewarded' && given === 0) {
      const { points } = fact;
      given = points;
      ends = lastOfMonth(at, policy.points.expiryMonths, policy.timeZone);
      const happens = (life: Life) => {
        life.totals.earned += points;
        life.receive(points, at, policy);
      };
      steps.push({ at, id, rank: 'granted', subject, happens });
    } else if (fact.kind === 'revoked' && given > 0) {
      const points = given;
      const own = ends;
      given = 0;
      const happens = (life: Life) => {
        life.totals.reversed += life.take(points, policy.points.shortfall, own);
      };
      steps.push({ at, id, rank: 'taken', subject, happens });
    }
  }
  return steps;
}

// -------------------------------------------------------------------------------------------------------------- the life

type Order = {
  id: string;
  net: number;
  left: number;
  completedAt: number | undefined;
  ends: number | undefined;
  over: boolean;
};

type Redemption = {
  id: string;
  /** 0 while an order names it and it is not known. */
  points: number;
  order: string | undefined;
  /** What is paid: what was left of the order's net when it was paid, and the most that points may pay of it. */
  net: number | undefined;
  limit: number;
  returned: number;
  back: number;
  /** What it was taken from, in turn; `ends` 0 is what was not there. */
  from: { ends: number; points: number }[];
  over: boolean;
};

class Life {
  policies: ModelPolicies;
  now = Number.NEGATIVE_INFINITY;
  /** Pending points that nobody knows the end of yet. */
  waiting = 0;
  held: { order: string; points: number; availableAt: number; ends: number }[] = [];
  lots = new Map<number, number>();
  lapsed = new Map<number, number>();
  debt = 0;
  orders = 0;
  returned = 0;
  /** Spend, with the month it counts in, by the shop's calendar of that time. */
  spends: { month: number; amount: number }[] = [];
  tier: { id: string; since: number; falls: number | undefined } | undefined;
  stage = { id: 'new', since: 0 };
  zone: string | undefined;
  checkedIn = '';
  known = new Map<string, Order>();
  redemptions: Redemption[] = [];
  totals: ModelTotals = { earned: 0, given: 0, reversed: 0, taken: 0, redeemed: 0, refunded: 0, expired: 0 };

  constructor(policies: ModelPolicies) {
    this.policies = policies;
  }

  live(step: Step): void {
    this.tier ??= { id: this.policy(step.at).tiers.steps[0]?.id ?? '', since: step.at, falls: undefined };
    if (this.now === Number.NEGATIVE_INFINITY) this.now = step.at;
    this.waitUntil(step.at);
    step.happens(this);
  }

  policy(at: number): Policy {
    return policyIn(this.policies, at);
  }

  /** Lets happen what time alone brings, one thing after the other. */
  waitUntil(to: number): void {
    if (this.tier === undefined) return;
    for (;;) {
      const zone = this.policy(this.now).timeZone;
      const soonest = Math.min(
        ...[...this.lots.keys()].map((ends) => ends + 1),
        ...this.held.map(({ availableAt }) => availableAt),
        this.tier.falls ?? Number.POSITIVE_INFINITY,
        beginningOf(monthIn(zone, this.now) + 1, zone),
        ...this.policies.map(({ fromMs }) => fromMs).filter((from) => from > this.now),
      );
      if (soonest > to) break;
      this.now = Math.max(this.now, soonest);
      this.expire();
      this.release();
      this.judge(soonest, false);
    }
    this.now = Math.max(this.now, to);
  }

  expire(): void {
    for (const [ends, points] of this.lots) {
      if (ends >= this.now) continue;
      this.lots.delete(ends);
      this.lapsed.set(ends, (this.lapsed.get(ends) ?? 0) + points);
      this.totals.expired += points;
    }
  }

  release(): void {
    const over = this.held.filter(({ availableAt }) => availableAt <= this.now);
    for (const { points, ends } of over.sort((a, b) => textOrder(a.order, b.order))) this.add(points, ends);
    this.held = this.held.filter(({ availableAt }) => availableAt > this.now);
  }

  /** Points to spend from now on: what is owed is repaid first. */
  add(points: number, ends: number): void {
    const repaid = Math.min(points, this.debt);
    this.debt -= repaid;
    if (points > repaid) this.lots.set(ends, (this.lots.get(ends) ?? 0) + points - repaid);
  }

  receive(points: number, at: number, { points: { expiryMonths }, timeZone }: Policy): void {
    this.add(points, lastOfMonth(at, expiryMonths, timeZone));
  }

  soonestFirst(): number[] {
    return [...this.lots.keys()].sort((a, b) => a - b);
  }

  takeFrom(lots: Map<number, number>, ends: number, wanted: number): number {
    const there = lots.get(ends) ?? 0;
    const taken = Math.min(there, wanted);
    if (taken === there) lots.delete(ends);
    else lots.set(ends, there - taken);
    return taken;
  }

  /** Takes points that can be spent, those of one end before all others; says how many went, owed ones among them. */
  take(points: number, shortfall: Policy['points']['shortfall'], own?: number): number {
    if (shortfall === 'only_pending') return 0;
    let left = points;
    if (own !== undefined) {
      left -= this.takeFrom(this.lots, own, left);
      const lapsed = this.takeFrom(this.lapsed, own, left);
      this.totals.expired -= lapsed;
      left -= lapsed;
    }
    for (const ends of this.soonestFirst()) left -= this.takeFrom(this.lots, ends, left);
    if (shortfall === 'within_balance') return points - left;
    this.debt += left;
    return points;
  }

  /** A return or a cancellation takes an order's points from where they are. */
  takeBack(order: Order, points: number, shortfall: Policy['points']['shortfall']): void {
    if (order.ends === undefined) {
      this.waiting -= points;
      this.totals.reversed += points;
      return;
    }
    const held = this.held.find((it) => it.order === order.id);
    const pending = Math.min(points, held?.points ?? 0);
    if (held !== undefined) held.points -= pending;
    this.held = this.held.filter((it) => it.points > 0);
    this.totals.reversed += pending + this.take(points - pending, shortfall, order.ends);
  }

  redeem({ at, redemption: id, points, order, bill }: Extract<ModelFact, { kind: 'redeemed' }>): void {
    const from: Redemption['from'] = [];
    let left = points;
    for (const ends of this.soonestFirst()) {
      const taken = this.takeFrom(this.lots, ends, left);
      if (taken > 0) from.push({ ends, points: taken });
      left -= taken;
    }
    if (left > 0) from.push({ ends: 0, points: left });
    this.debt += left;
    this.totals.redeemed += points;
    const named = this.redemptions.find((it) => it.id === id && it.points === 0);
    // An order that names a redemption for another order is not paid by it.
    const expected = order === undefined || named?.order === order ? named : undefined;
    if (expected === undefined) this.redemptions = this.redemptions.filter((it) => it !== named);
    const known = order === undefined ? undefined : this.known.get(order);
    if (expected !== undefined) {
      Object.assign(expected, { points, from });
      // Where its order was known then, it pays what was left of it.
      if (bill !== undefined)
        Object.assign(expected, { net: bill, returned: Math.max(0, bill - (known?.left ?? bill)) });
      this.giveBack(expected, at);
      return;
    }
    const rest = { id, points, order, limit: points, back: 0, from };
    if (bill === undefined) {
      // The order was not known then. It pays by what was left of it, unless it was over.
      const net = known?.over === true ? undefined : known?.left;
      this.redemptions.push({ ...rest, net, returned: 0, over: false });
      return;
    }
    // What was not known of it then gives points back at once.
    const returned = known === undefined ? 0 : Math.max(0, bill - known.left);
    const redemption = { ...rest, net: bill, returned, over: known?.over === true };
    this.redemptions.push(redemption);
    this.giveBack(redemption, at);
  }

  /** An order has been placed: what was redeemed for it pays part of it, and what it names is expected. */
  payWithPoints(order: Order, { at, redemption: named }: PlacedFact): void {
    if (named !== undefined && this.redemptions.every(({ id }) => id !== named)) {
      const rest = { points: 0, net: undefined, limit: 0, returned: 0, back: 0, from: [], over: false };
      this.redemptions.push({ id: named, order: undefined, ...rest });
    }
    let limit = modelPayable(order.net, this.policy(at));
    for (const redemption of [...this.redemptions]) {
      if (redemption.order !== order.id && (redemption.id !== named || redemption.order !== undefined)) continue;
      Object.assign(redemption, { order: order.id, net: order.net, limit });
      limit = Math.max(0, limit - redemption.points);
      this.giveBack(redemption, at);
    }
  }

  /** Gives back what an order was not worth, or is not worth any more, to where it came from. */
  giveBack(redemption: Redemption, at: number): void {
    const { points, net, returned, limit, over } = redemption;
    const pays = Math.min(points, limit);
    const unpaid = net === undefined ? 0 : net === 0 ? pays : Math.floor((pays * Math.min(returned, net)) / net);
    const back = over ? points : points - pays + unpaid;
    const { timeZone } = this.policy(at);
    while (redemption.back < back) {
      const last = redemption.from.at(-1);
      if (last === undefined) break;
      const part = Math.min(last.points, back - redemption.back);
      this.add(part, Math.max(last.ends, lastOfMonth(at, 0, timeZone)));
      this.totals.refunded += part;
      redemption.back += part;
      last.points -= part;
      if (last.points === 0) redemption.from.pop();
    }
    if (points > 0 && redemption.back === points) this.redemptions = this.redemptions.filter((it) => it !== redemption);
  }

  spend(amount: number, completedAt: number): void {
    this.spends.push({ month: monthIn(this.policy(completedAt).timeZone, completedAt), amount });
  }

  countOrders(at: number): void {
    const { growingOrders, matureOrders } = this.policy(at).lifecycle;
    const id = this.orders >= matureOrders ? 'mature' : this.orders >= growingOrders ? 'growing' : 'new';
    if (id !== this.stage.id) this.stage = { id, since: at };
  }

  judge(at: number, takenBack: boolean): void {
    const { basis, graceDays, stepDown, steps } = this.policy(at).tiers;
    const { tier } = this;
    if (tier === undefined) return;
    const month = monthIn(this.policy(at).timeZone, at);
    const counts = (it: number) =>
      basis === 'accumulated' ||
      (basis === 'rolling_12_months' ? it >= month - 12 : Math.floor(it / 12) === Math.floor(month / 12));
    const spend = total(this.spends.filter((it) => counts(it.month)).map(({ amount }) => amount));
    const reached = Math.max(0, steps.filter(({ threshold }) => threshold <= spend).length - 1);
    const current = steps.findIndex(({ id }) => id === tier.id);
    const come = (index: number, falls?: number) => {
      this.tier = { id: steps[index]?.id ?? '', since: at, falls };
    };
    if (reached === current) tier.falls = undefined;
    else if (reached > current || graceDays === 0) come(reached);
    else if (takenBack && tier.falls === undefined) come(reached);
    else {
      tier.falls ??= at + graceDays * 86_400_000;
      if (at < tier.falls) return;
      const next = stepDown === 'one' ? current - 1 : reached;
      come(next, next > reached ? at + graceDays * 86_400_000 : undefined);
    }
  }

  account(): Omit<ModelAccount, 'lastAt'> {
    const paid = new Map<string, number>();
    for (const { order, points, back } of this.redemptions) {
      if (order !== undefined) paid.set(order, (paid.get(order) ?? 0) + points - back);
    }
    return {
      available: total([...this.lots.values()]),
      pending: this.waiting + total(this.held.map(({ points }) => points)),
      debt: this.debt,
      lots: [...this.lots].sort(([a], [b]) => a - b),
      held: this.held.map(({ order, points }): [string, number] => [order, points]).sort(([a], [b]) => textOrder(a, b)),
      orders: this.orders,
      spend: total(this.spends.map(({ amount }) => amount)),
      returned: this.returned,
      tier: this.tier,
      stage: this.stage,
      paid,
      open: new Map(this.redemptions.map(({ id, net }) => [id, { bound: net !== undefined }])),
      totals: this.totals,
    };
  }
}
