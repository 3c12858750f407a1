/** The bills of a million orders, and of a million of what else members do, as data and as text. */
import { domains } from '../../infra/domains/domains.ts';
import { formatTable } from '../../infra/importers/table.ts';
import {
  ASSUMED_BATCHES,
  answerLines,
  commandLines,
  consequenceLines,
  couponLines,
  dueLines,
  eventLines,
  intakeLines,
  naiveLines,
  reactionLines,
  relayLines,
  scanLines,
  standingLines,
  storageLines,
  type Waiting,
} from './bills.ts';
import type { MemberLife } from './member-life.ts';
import type { OrderLife } from './order-life.ts';
import { ASSUMPTIONS, BUDGETS, NAIVE, PRICED_AT, PRICES } from './prices.ts';
import { type Bill, billOf, dollarsOf } from './pricing.ts';
import type { RecommendLife } from './recommend-life.ts';
import type { ReputationLife } from './reputation-life.ts';

const MILLION = 1_000_000;

export type CostReport = {
  pricedAt: typeof PRICED_AT;
  budgetDollars: number;
  placed: Bill;
  /** What the relay adds where a service has put the order on the bus itself. */
  relay: Bill;
  placedByBatch: { messages: number; records: number; dollars: number }[];
  completed: Bill;
  /** A million members for whom something has fallen due; and how often that is, per order. */
  due: Bill;
  duesPerOrder: number;
  redemption: Bill;
  placedWithRedemption: Bill;
  checkIn: Bill;
  /** In addition to the order. */
  coupon: Bill;
  scanPerNight: Bill;
  intake: { events: number; bill: Bill; withReactionDollars: number }[];
  naive: Bill;
  storagePerMonth: Bill;
  standingPerMonth: Bill;
  /** If EventBridge asked KMS once for every event on the bus, instead of reusing a data key. */
  busKeyPerEventDollars: number;
};

export function costOf(life: OrderLife, memberLife: MemberLife, waiting: Waiting): CostReport {
  const placed = billOf(eventLines('order.placed', life.placed, ASSUMED_BATCHES), MILLION);
  return {
    pricedAt: PRICED_AT,
    budgetDollars: BUDGETS.millionOrdersDollars,
    placed,
    relay: billOf(relayLines('order.placed', life), MILLION),
    placedByBatch: [
      { messages: 1, records: 1 },
      { messages: ASSUMPTIONS.messagesPerBatch, records: ASSUMPTIONS.recordsPerBatch },
      { messages: 10, records: 100 },
    ].map((batches) => ({
      ...batches,
      dollars: billOf(eventLines('order.placed', life.placed, batches), MILLION).dollars,
    })),
    completed: billOf(eventLines('order.completed', life.completed), MILLION),
    due: billOf(dueLines(life), MILLION),
    duesPerOrder: life.duesPerOrder,
    redemption: billOf(commandLines('redemption', memberLife.redemption), MILLION),
    placedWithRedemption: billOf(eventLines('order.placed', memberLife.placedWithRedemption), MILLION),
    checkIn: billOf(eventLines('member.checked_in', memberLife.checkIn), MILLION),
    coupon: billOf(couponLines(memberLife), MILLION),
    scanPerNight: billOf(scanLines(life), MILLION),
    intake: life.intake.map((effort) => {
      const bill = billOf(intakeLines(effort), MILLION);
      return { events: effort.events, bill, withReactionDollars: placed.dollars + bill.dollars };
    }),
    naive: billOf(naiveLines(life), MILLION),
    storagePerMonth: billOf(storageLines(life), MILLION),
    standingPerMonth: billOf(standingLines(waiting, life.idleRunRru), 1),
    busKeyPerEventDollars: dollarsOf('keyRequest', (1 + life.placed.published.events) * MILLION),
  };
}

/** Of the reputation side, each in addition to what the loyalty side takes. */
export type ReputationCost = { review: Bill; complaint: Bill; completed: Bill };

export function reputationCostOf({ review, complaint, completed }: ReputationLife): ReputationCost {
  return {
    review: billOf(consequenceLines(review), MILLION),
    complaint: billOf(consequenceLines(complaint), MILLION),
    completed: billOf(consequenceLines(completed), MILLION),
  };
}

export function reputationCostText({ review, complaint, completed }: ReputationCost, life: ReputationLife): string {
  return [
    `Dollars per million of each, ${PRICED_AT.region}, on-demand prices of ${PRICED_AT.date}, no free tier.`,
    `Measured on ${life.reviews} reviews (${life.published} published at once) of ${life.products} products by ${life.members} members.`,
    section('A million reviews on the bus: submitted, assessed, published, their points booked', billTable(review)),
    section('A million complaints: opened, answered, decided, rated', billTable(complaint)),
    section(
      `A million orders of ${life.lines} lines completed: counted for products, brands, suppliers and shop`,
      billTable(completed),
    ),
    `    order.placed: ${life.recordsOfPlaced} records of it come to the reputation side`,
  ].join('\n');
}

/** Of the recommendation side, each in addition to what the others take. */
export type RecommendCost = {
  view: Bill;
  shown: Bill;
  order: Bill;
  answer: Bill;
  answerWithoutModel: Bill;
  related: Bill;
};

export function recommendCostOf(life: RecommendLife): RecommendCost {
  return {
    view: billOf(eventLines('product.viewed', life.view), MILLION),
    shown: billOf(eventLines('recommendation.shown', life.shown), MILLION),
    order: billOf(reactionLines('recommendation reaction', life.order), MILLION),
    answer: billOf(answerLines(life.answer), MILLION),
    answerWithoutModel: billOf(answerLines(life.answerWithoutModel), MILLION),
    related: billOf(answerLines(life.related), MILLION),
  };
}

export function recommendCostText(cost: RecommendCost, life: RecommendLife): string {
  return [
    `Dollars per million of each, ${PRICED_AT.region}, on-demand prices of ${PRICED_AT.date}, no free tier.`,
    `Measured on ${life.members} members of a shop of ${life.products} products; a list has 20 products.`,
    section('A million looks at a product, on the bus', billTable(cost.view)),
    section('A million lists shown', billTable(cost.shown)),
    section(
      `A million orders of ${life.lines} lines, in addition to what the loyalty side takes of them`,
      billTable(cost.order),
    ),
    section('A million pages for members, with all reasons', billTable(cost.answer)),
    `    before there is a model: ${money(cost.answerWithoutModel.dollars)}`,
    `    beside a product, the same for everybody: ${money(cost.related.dollars)}`,
  ].join('\n');
}

export function costText(report: CostReport, life: OrderLife): string {
  const { placed, completed, due, naive } = report;
  const dueOfOrder = due.dollars * report.duesPerOrder;
  const over = placed.dollars > report.budgetDollars;
  const mark = over ? `OVER by ${money(placed.dollars - report.budgetDollars)}` : 'within';
  const batch = (it: { messages: number; records: number }) => `${it.messages} / ${it.records}`;
  return [
    `Dollars per million orders, ${report.pricedAt.region}, on-demand prices of ${report.pricedAt.date}, no free tier.`,
    `Measured on ${life.members * life.ordersPerMember} orders of ${life.lines} lines by ${life.members} members, ${life.ordersPerMember} orders each.`,
    section('(a) order.placed on the bus, sealed, and all it sets off', billTable(placed)),
    `    ${reactionsTo('order.placed.v1')}`,
    `    budget ${money(report.budgetDollars)}: ${mark}. The door comes beside it: (c) over HTTP, (e) for what services put on the bus.`,
    section(
      'The same by batch size, messages / stream records at a time',
      formatTable(report.placedByBatch.map((it) => [batch(it), money(it.dollars)])),
    ),
    section('(b) order.completed, in addition', billTable(completed)),
    `    ${reactionsTo('order.completed.v1')}`,
    section('A million members with something that has fallen due: spendable, expiring, expired', billTable(due)),
    `    ${report.duesPerOrder.toFixed(2)} times per order: ${money(dueOfOrder)}`,
    `    the whole life of an order, placed, completed and what falls due of it: ${money(placed.dollars + completed.dollars + dueOfOrder)}`,
    section('A million redemptions through POST /v1/members/{id}/redemptions', billTable(report.redemption)),
    `    order.placed, that names one: ${money(report.placedWithRedemption.dollars)} instead of (a)`,
    section('A million check-ins on the bus', billTable(report.checkIn)),
    section('A million orders with a coupon, in addition: issued, held, used', billTable(report.coupon)),
    section('A scan of what is owed to a million members, each night', billTable(report.scanPerNight)),
    `    each month: ${money(report.scanPerNight.dollars * 30)}`,
    ...report.intake.map(({ events, bill, withReactionDollars }) =>
      [
        section(`(c) a million events through POST /v1/events, ${events} in a request`, billTable(bill)),
        `    with (a): ${money(withReactionDollars)}`,
      ].join('\n'),
    ),
    section('(e) the relay, for a million orders that a service has put on the bus', billTable(report.relay)),
    `    with (a): ${money(placed.dollars + report.relay.dollars)}`,
    section('(d) a naive design, order.placed, by the same arithmetic', billTable(naive)),
    NAIVE.assumptions.map((it) => `    - ${it}`).join('\n'),
    section('Kept, per million orders placed and completed, each month', billTable(report.storagePerMonth)),
    section('Standing, each month, with no order at all', billTable(report.standingPerMonth)),
    section(
      'Assumptions',
      [
        `batches of ${ASSUMPTIONS.messagesPerBatch} messages and of ${ASSUMPTIONS.recordsPerBatch} stream records; the orders come within ${ASSUMPTIONS.hours} hours`,
        `a request inside the region takes ${ASSUMPTIONS.readMs} ms to read, ${ASSUMPTIONS.writeMs} to write, ${ASSUMPTIONS.transactionMs} for a transaction, ${ASSUMPTIONS.putEventsMs} for PutEvents`,
        "a processor of Lambda is as fast as this machine's; memory below 1,769 MB brings that share of one; cold starts are too few to count",
        'the local CPU figures hold no TLS; they hold the client, JSON and compression',
        'queues, tables and lake reuse data keys, so KMS is asked by time and not by event',
        `EventBridge does not document how often a bus under a customer managed key asks KMS: once for every event would be ${money(report.busKeyPerEventDollars)} more`,
        'no retries, no dead letters, no late facts; a quiet day pays the standing part and smaller batches',
      ]
        .map((it) => `  - ${it}`)
        .join('\n'),
    ),
    section(
      'Unit prices',
      formatTable(Object.values(PRICES).map(({ dollars, per, unit }) => [`${dollars}`, 'for', per, unit])),
    ),
  ].join('\n');
}

function billTable({ lines, dollars }: Bill): string {
  const rows = lines.map((it) => [
    it.service,
    it.what,
    quantity(it.total),
    PRICES[it.price].unit,
    money(it.dollars),
    it.origin,
    it.why,
  ]);
  return formatTable([...rows, ['', 'total', '', '', money(dollars), '', '']]);
}

function section(title: string, text: string): string {
  return `\n${title}\n${text}`;
}

/** What the functions of the stacks wait for. */
export function waiting(): Waiting {
  return {
    queues: domains.flatMap(({ reactions = [] }) => reactions).length,
    schedules: domains.flatMap(({ scheduledReactions = [] }) => scheduledReactions).length,
  };
}

/** Which queues an event comes to, as the stacks wire it. */
function reactionsTo(type: string): string {
  const reactions = domains.flatMap(({ reactions: all = [] }) => all).filter(({ on }) => on.type === type);
  const names = reactions.map(({ name, having }) => {
    return having === undefined
      ? name
      : `${name} (only with ${Object.keys(having).join(', ')}: the others cost nothing there)`;
  });
  return `queues it comes to: ${names.join(', ')}`;
}

export const money = (dollars: number): string => `$${dollars.toFixed(2)}`.padStart(6);

function quantity(total: number): string {
  if (total >= 10_000) return `${(total / MILLION).toFixed(3)} M`.padStart(10);
  return total.toFixed(total >= 100 ? 0 : 2).padStart(10);
}
