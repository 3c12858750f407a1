import { DAY_MS, endOfMonth } from '../calendar/calendar.ts';
import {
  formatAmount,
  purchasePoints,
  returnedNet,
  returnedPoints,
  shareByLargestRemainder,
  toBaseCurrency,
} from './arithmetic.ts';
import {
  compareFacts,
  EVENT_TYPES,
  type LoyaltyTerms,
  type Multiplier,
  type OrderFact,
  type OrderFactKind,
  type OrderLine,
  type OrderRecord,
  type Owner,
  type PlacedFact,
  type ReturnedFact,
} from './order-facts.ts';

/** When an account's points of an order can be spent and when they end. */
export type Hold = { availableAtMs: number; expiresAtMs: number };

/** A change of a preference, in minor units of the base currency spent on it. */
export type TasteChange = { dimension: 'categories' | 'brands' | 'priceBand' | 'channels'; id: string; weight: number };

/**
 * One step of an order's life as it bears on the account it is booked to. Postings say amounts, never balances, so an
 * account is a fold over the postings of its causes in time.
 */
export type OrderPosting = {
  atMs: number;
  kind: OrderFactKind;
  eventId: string;
  eventType: string;
  /** The order's id. */
  subject: string;
  policyStamp: string;
  /** Points earned (placed) or taken back (returned, cancelled); 0 or more. */
  points: number;
  arithmetic: string;
  /** Completed: the hold that starts. Returned and cancelled: the hold the points are under, if one has started. */
  hold?: Hold | undefined;
  /** What becomes of points that are not there any more to be taken; left out for `debt`. */
  shortfall?: 'within_balance' | 'only_pending' | undefined;
  /** Placed: the order's net in minor units of the base currency, and the redemption that pays part of it. */
  net?: number | undefined;
  redemptionId?: string | undefined;
  /** Returned: what was left of the order's net before, in minor units of the base currency. */
  left?: number | undefined;
  /** Since when what the order is worth has counted as spend, once it has been completed. */
  spendAtMs?: number | undefined;
  /** Changes of the lifetime figures; money in minor units of the base currency. */
  orders: number;
  spend: number;
  returned: number;
  units: number;
  taste: TasteChange[];
};

export type RefusalCode =
  | 'order_placed_twice'
  | 'unknown_currency'
  | 'other_member'
  | 'order_cancelled'
  | 'return_id_reused'
  | 'unknown_line'
  | 'return_exceeds_purchase';

/** A fact that contradicts the others: kept, without effect, and shown to people at the desk. */
export type RefusedFact = { eventId: string; atMs: number; code: RefusalCode; detail: string };

export type OrderEffect = {
  /** True while facts of the order are known but not that it was placed. */
  waiting: boolean;
  /** Whose order it is by the facts alone; a visitor may since have turned out to be a member. */
  owner?: Owner | undefined;
  postings: OrderPosting[];
  refused: RefusedFact[];
};

type LineState = {
  lineId: string;
  quantity: number;
  returned: number;
  net: number;
  points: number;
  taste: TasteChange[];
};

type OrderState = {
  orderId: string;
  terms: LoyaltyTerms;
  placedAtMs: number;
  lines: Map<string, LineState>;
  net: number;
  points: number;
  pointsLeft: number;
  arithmetic: string;
  returned: number;
  units: number;
  completedHold?: Hold | undefined;
  completedAtMs?: number | undefined;
  completed: boolean;
  cancelled: boolean;
  returns: Map<string, ReturnedFact>;
};

/**
 * What the facts known of an order call for. It depends on the set of facts alone and not on the order in which they
 * came: facts are taken by time, then kind, then event id, and a fact that is dated before the order was placed
 * counts from the placing. So the postings stand in the order in which an account folds them. A fact that contradicts an earlier one is refused and has no effect.
 */
export function orderEffect(order: OrderRecord): OrderEffect {
  const placed = order.facts.find((fact) => fact.kind === 'placed');
  if (placed === undefined) {
    return { waiting: order.facts.length > 0, postings: [], refused: [] };
  }
  const owner = claimedOwner(placed, order.facts);
  if (order.terms === undefined) {
    const detail = `The policy does not know the currency ${placed.data.currency}.`;
    return { waiting: false, owner, postings: [], refused: [refusal(placed, 'unknown_currency', detail)] };
  }
  const state = openOrder(order.orderId, placed, order.terms);
  const postings: OrderPosting[] = [placedPosting(state, placed)];
  const refused: RefusedFact[] = [];
  const later = order.facts.filter((fact) => fact !== placed).sort((a, b) => compareFacts(a, b, placed.atMs));
  for (const fact of later) {
    const outcome = applyFact(state, { placed, owner }, fact);
    if (outcome === undefined) continue;
    if ('code' in outcome) refused.push(outcome);
    else postings.push(outcome);
  }
  return { waiting: false, owner, postings, refused };
}

/** The facts of an order that have an effect: those that contradict earlier ones are left out. */
export function effectiveFacts(order: OrderRecord): readonly OrderFact[] {
  const refused = new Set(orderEffect(order).refused.map(({ eventId }) => eventId));
  return refused.size === 0 ? order.facts : order.facts.filter(({ eventId }) => !refused.has(eventId));
}

/** The order's member is the one its placing names, else the first that any fact names, else its visitor, else a guest. */
function claimedOwner(placed: PlacedFact, facts: readonly OrderFact[]): Owner {
  const memberId = placed.data.memberId ?? facts.find((fact) => fact.data.memberId !== undefined)?.data.memberId;
  if (memberId !== undefined) return { kind: 'member', memberId };
  const anonymousId =
    placed.data.anonymousId ?? facts.find((fact) => fact.data.anonymousId !== undefined)?.data.anonymousId;
  return anonymousId === undefined ? { kind: 'guest' } : { kind: 'visitor', anonymousId };
}

function openOrder(orderId: string, placed: PlacedFact, terms: LoyaltyTerms): OrderState {
  const lines = placed.data.lines;
  const listed = lines.map((line) => line.quantity * line.unitPrice - (line.discount ?? 0));
  const net = toBaseCurrency(sum(listed), terms);
  const nets = shareByLargestRemainder(net, listed);
  const earned = earnedPoints(lines, nets, net, terms);
  const states = lines.map((line, index): LineState => {
    const lineNet = nets[index] ?? 0;
    const unitPrice = toBaseCurrency(line.unitPrice, terms);
    const band = terms.priceBands.find((it) => it.upTo === undefined || unitPrice <= it.upTo);
    const taste: TasteChange[] = [];
    if (line.category !== undefined) taste.push({ dimension: 'categories', id: line.category, weight: lineNet });
    if (line.brandId !== undefined) taste.push({ dimension: 'brands', id: line.brandId, weight: lineNet });
    if (band !== undefined) taste.push({ dimension: 'priceBand', id: band.id, weight: lineNet });
    return {
      lineId: line.lineId,
      quantity: line.quantity,
      returned: 0,
      net: lineNet,
      points: earned.shares[index] ?? 0,
      taste: taste.filter((change) => change.weight > 0),
    };
  });
  return {
    orderId,
    terms,
    placedAtMs: placed.atMs,
    lines: new Map(states.map((line) => [line.lineId, line])),
    net,
    points: earned.points,
    pointsLeft: earned.points,
    arithmetic: earned.arithmetic,
    returned: 0,
    units: 0,
    completed: false,
    cancelled: false,
    returns: new Map(),
  };
}

function placedPosting(state: OrderState, placed: PlacedFact): OrderPosting {
  const taste = [...state.lines.values()].flatMap((line) => line.taste);
  const { channel } = placed.data;
  if (channel !== undefined && state.net > 0) taste.push({ dimension: 'channels', id: channel, weight: state.net });
  return {
    ...posting(state, placed),
    points: state.points,
    arithmetic: state.arithmetic,
    net: state.net,
    redemptionId: placed.data.redemptionId,
    taste: mergeTaste(taste),
  };
}

/**
 * The points of an order and their shares by line: floor(net x rate), each line's part times the highest factor of the
 * periods it falls into, shared by largest remainder. `arithmetic` is the sum as people read it.
 */
export function earnedPoints(
  lines: readonly Pick<OrderLine, 'brandId' | 'category'>[],
  nets: readonly number[],
  net: number,
  terms: LoyaltyTerms,
): { points: number; shares: number[]; multipliers: (Multiplier | undefined)[]; arithmetic: string } {
  const base = purchasePoints(net, terms);
  const sum = `floor(${formatAmount(net, terms.baseDigits)} x ${terms.purchaseRate}) = ${base}`;
  const best = lines.map((line) => bestMultiplier(line, terms.multipliers ?? []));
  if (best.every((it) => it === undefined)) {
    return { points: base, shares: shareByLargestRemainder(base, nets), multipliers: best, arithmetic: sum };
  }
  // In hundredths, which is as fine as a factor may be.
  const factors = best.map((it) => Math.round((it?.factor ?? 1) * 100));
  const parts = shareByLargestRemainder(base, nets);
  const points = Math.floor(parts.reduce((total, part, index) => total + part * (factors[index] ?? 100), 0) / 100);
  const weights = nets.map((lineNet, index) => lineNet * (factors[index] ?? 100));
  const periods = [...new Set(best.flatMap((it) => (it === undefined ? [] : [`${it.id} x ${it.factor}`])))];
  const shares = shareByLargestRemainder(points, weights);
  return { points, shares, multipliers: best, arithmetic: `${sum}; with ${periods.join(', ')} = ${points}` };
}

function bestMultiplier(
  line: Pick<OrderLine, 'brandId' | 'category'>,
  multipliers: readonly Multiplier[],
): Multiplier | undefined {
  const applies = multipliers.filter((it) => appliesTo(line, it));
  return applies.reduce<Multiplier | undefined>((a, b) => (a === undefined || b.factor > a.factor ? b : a), undefined);
}

/** Whether a line is among those that a period or a coupon is for: a category stands for all that lies below it. */
export function appliesTo(
  { brandId, category }: { brandId?: string | undefined; category?: string | undefined },
  { categories, brands }: { categories?: readonly string[] | undefined; brands?: readonly string[] | undefined },
): boolean {
  if (categories === undefined && brands === undefined) return true;
  if (brandId !== undefined && brands?.includes(brandId) === true) return true;
  return categories?.some((it) => category === it || category?.startsWith(`${it}/`) === true) ?? false;
}

/** The posting a fact calls for, its refusal, or undefined where it only repeats what is known. */
function applyFact(
  state: OrderState,
  { placed, owner }: { placed: PlacedFact; owner: Owner },
  fact: OrderFact,
): OrderPosting | RefusedFact | undefined {
  const named = fact.data.memberId;
  if (named !== undefined && owner.kind === 'member' && named !== owner.memberId) {
    return refusal(fact, 'other_member', "The order is another member's.");
  }
  if (fact.kind === 'placed') {
    if (JSON.stringify(fact.data) === JSON.stringify(placed.data)) return undefined;
    return refusal(fact, 'order_placed_twice', `Event ${placed.eventId} placed this order with other content.`);
  }
  if (fact.kind === 'cancelled') return state.cancelled ? undefined : cancel(state, fact);
  if (fact.kind === 'completed' && state.completed) return undefined;
  if (state.cancelled) return refusal(fact, 'order_cancelled', 'The order had been cancelled by then.');
  return fact.kind === 'completed' ? complete(state, fact) : takeBack(state, fact);
}

function complete(state: OrderState, fact: OrderFact): OrderPosting {
  const { holdDays, expiryMonths, timeZone } = state.terms;
  const availableAtMs = effectiveTime(state, fact) + holdDays * DAY_MS;
  state.completed = true;
  state.completedAtMs = effectiveTime(state, fact);
  state.completedHold = { availableAtMs, expiresAtMs: endOfMonth(availableAtMs, expiryMonths, timeZone) };
  return {
    ...posting(state, fact),
    points: state.pointsLeft,
    arithmetic: `${state.pointsLeft} points of the order, held ${holdDays} days`,
    orders: 1,
    spend: state.net - state.returned,
  };
}

function cancel(state: OrderState, fact: OrderFact): OrderPosting {
  const points = state.pointsLeft;
  state.pointsLeft = 0;
  state.cancelled = true;
  const taste = [...state.lines.values()].flatMap((line) => {
    const kept = line.net - returnedNet(line.net, line.returned, line.quantity);
    return line.taste.map((change) => ({ ...change, weight: -kept }));
  });
  return {
    ...posting(state, fact),
    points,
    arithmetic: `all ${points} points left of the order`,
    orders: state.completed ? -1 : 0,
    spend: state.completed ? state.returned - state.net : 0,
    returned: -state.returned,
    units: -state.units,
    taste: mergeTaste(taste),
  };
}

function takeBack(state: OrderState, fact: ReturnedFact): OrderPosting | RefusedFact | undefined {
  const { returnId } = fact.data;
  const earlier = state.returns.get(returnId);
  if (earlier !== undefined) {
    if (JSON.stringify(earlier.data.lines) === JSON.stringify(fact.data.lines)) return undefined;
    return refusal(fact, 'return_id_reused', `Return ${returnId} came with other lines in event ${earlier.eventId}.`);
  }
  for (const { lineId, quantity } of fact.data.lines) {
    const line = state.lines.get(lineId);
    if (line === undefined) return refusal(fact, 'unknown_line', `The order has no line ${lineId}.`);
    if (line.returned + quantity > line.quantity) {
      const detail = `Line ${lineId}: ${line.quantity} bought, ${line.returned} returned before, ${quantity} now.`;
      return refusal(fact, 'return_exceeds_purchase', detail);
    }
  }
  state.returns.set(returnId, fact);
  let points = 0;
  let net = 0;
  let units = 0;
  const taste: TasteChange[] = [];
  const sums: string[] = [];
  for (const { lineId, quantity } of fact.data.lines) {
    const line = state.lines.get(lineId);
    if (line === undefined) continue;
    const before = line.returned;
    line.returned += quantity;
    const linePoints =
      returnedPoints(line.points, line.returned, line.quantity) - returnedPoints(line.points, before, line.quantity);
    const lineNet = returnedNet(line.net, line.returned, line.quantity) - returnedNet(line.net, before, line.quantity);
    points += linePoints;
    net += lineNet;
    units += quantity;
    taste.push(...line.taste.map((change) => ({ ...change, weight: -lineNet })));
    if (sums.length < 3) {
      const earlierShare = before === 0 ? '' : ` - ${returnedPoints(line.points, before, line.quantity)}`;
      sums.push(
        `line ${lineId}: floor(${line.points} x ${line.returned} / ${line.quantity})${earlierShare} = ${linePoints}`,
      );
    }
  }
  if (fact.data.lines.length > sums.length) sums.push(`and ${fact.data.lines.length - sums.length} more lines`);
  state.pointsLeft -= points;
  state.returned += net;
  state.units += units;
  return {
    ...posting(state, fact),
    points,
    arithmetic: sums.join('; '),
    left: state.net - state.returned + net,
    spend: state.completed ? -net : 0,
    returned: net,
    units,
    taste: mergeTaste(taste),
  };
}

function posting(state: OrderState, fact: OrderFact): OrderPosting {
  return {
    atMs: effectiveTime(state, fact),
    kind: fact.kind,
    eventId: fact.eventId,
    eventType: EVENT_TYPES[fact.kind],
    subject: state.orderId,
    policyStamp: state.terms.policyStamp,
    points: 0,
    arithmetic: '',
    hold: state.completedHold,
    shortfall: state.terms.shortfall,
    spendAtMs: state.completedAtMs,
    orders: 0,
    spend: 0,
    returned: 0,
    units: 0,
    taste: [],
  };
}

function effectiveTime(state: OrderState, fact: OrderFact): number {
  return Math.max(fact.atMs, state.placedAtMs);
}

function refusal(fact: OrderFact, code: RefusalCode, detail: string): RefusedFact {
  return { eventId: fact.eventId, atMs: fact.atMs, code, detail };
}

function mergeTaste(changes: readonly TasteChange[]): TasteChange[] {
  const merged = new Map<string, TasteChange>();
  for (const change of changes) {
    const key = `${change.dimension}/${change.id}`;
    const known = merged.get(key);
    merged.set(key, known === undefined ? change : { ...known, weight: known.weight + change.weight });
  }
  return [...merged.values()].filter((change) => change.weight !== 0);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
