import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { OutgoingEvent } from '../importers/importer.ts';
import { type MadeUpOpinions, madeUpOpinions, withSuppliers } from '../importers/made-up-opinions.ts';
import { planOlist } from '../importers/olist.ts';
import { onlineRetail } from '../importers/online-retail.ts';
import { Progress } from '../importers/progress.ts';
import { readExport } from '../importers/read-export.ts';
import {
  type ReputationFigures,
  readReputationFigures,
  type SupplierView,
  scoresThatDoNotAddUp,
  strongestAgainst,
} from '../importers/reputation-figures.ts';
import { type SendTally, sendEvents } from '../importers/send-events.ts';
import { SentFigures } from '../importers/sent-figures.ts';
import { ShopConnection } from '../importers/shop-connection.ts';
import { type LedgerEntry, readLedger, readShopFigures, type ShopFigures } from '../importers/shop-figures.ts';
import { type Cell, formatCount, formatTable } from '../importers/table.ts';
import type { Runtime } from '../local/runtime.ts';
import {
  demonstrateRecommendations,
  describeRecommendations,
  differencesOfRecommendations,
  type Recommendations,
  recommendationFigures,
} from './demo-recommendations.ts';
import { firstLine, UsageError } from './usage-error.ts';

const help = `npm run demo [-- options]

Starts the whole backend in memory on a free port, sends it two weeks of real orders of a gift shop through
POST /v1/events, and prints what the shop knows afterwards. Then come suppliers, reviews, complaints and inspections
of these orders, made up from a seed, and what follows from them. A model is trained on all of it, and recommends. The last line is JSON.

  --olist DIR  for suppliers and reviews, the first orders of this export of Olist in place of made-up ones
  --orders N   so many of them (default 600; every thousand takes a good half minute)
  --help       this text

Exit code 0: what the shop knows is what was sent. 1: it is not, or something failed. 2: nothing was done.
`;

const sample = join(import.meta.dirname, '../importers/sample/online-retail-sample.csv.gz');
const BEST_MEMBERS = 8;
/** Suppliers shown at either end, and reviews that wait. */
const BEST_SUPPLIERS = 10;
const HELD_SHOWN = 5;
const MADE_UP = { seed: 7, suppliers: 24, reviews: 600 } as const;
const OLIST_ORDERS = 600;
/** What a shell makes of a Ctrl-C. */
const INTERRUPTED = 130;

/** What the demonstration ends with. `seconds` is from the first event sent until all were worked off. */
type Outcome = {
  sent: SentFigures;
  tally: SendTally;
  deadLetters: number;
  seconds: number;
  knows: ShopFigures;
  explained: { memberId: string; entries: LedgerEntry[] }[];
};

/** What the section on reputation ends with. */
type Reputations = {
  source: string;
  tally: SendTally;
  deadLetters: number;
  seconds: number;
  knows: ReputationFigures;
};

type Command = { olist: string | undefined; orders: number };

function readCommand(args: string[]): Command | 'help' {
  const { help: wanted, olist, orders } = parseOptions(args);
  if (wanted) return 'help';
  if (orders !== undefined && olist === undefined) throw new UsageError('--orders goes with --olist');
  if (orders !== undefined && !/^[1-9]\d{0,5}$/.test(orders)) {
    throw new UsageError(`--orders takes a whole number from 1 on, not "${orders}"`);
  }
  return { olist, orders: orders === undefined ? OLIST_ORDERS : Number(orders) };
}

function parseOptions(args: string[]) {
  try {
    const options = {
      olist: { type: 'string' },
      orders: { type: 'string' },
      help: { type: 'boolean', default: false },
    } as const;
    return parseArgs({ args, strict: true, allowPositionals: false, options }).values;
  } catch (error) {
    throw new UsageError(firstLine(error));
  }
}

async function demonstrate(shop: ShopConnection, progress: Progress): Promise<Outcome> {
  const plan = await onlineRetail.plan(readExport(sample));
  const sent = new SentFigures();
  const startedMs = performance.now();
  const events = [...withSuppliers(plan.events(), MADE_UP.suppliers)];
  const isProduct = ({ type }: OutgoingEvent): boolean => type === 'product.upserted.v1';
  const send = (part: Iterable<OutgoingEvent>): Promise<SendTally> =>
    sendEvents({
      events: sent.watch(part),
      post: (batch) => shop.postEvents(batch),
      onProgress: () => {
        const day = sent.lastTime.slice(0, 10);
        progress.tell(`${formatCount(sent.events)} of ${formatCount(plan.eventCount)} events sent, up to ${day}`);
      },
    });
  // A shop has its catalogue before its orders; the other way round is as right, and more work.
  const ofProducts = await send(events.filter(isProduct));
  await shop.settle();
  const tally = together(ofProducts, await send(events.filter((event) => !isProduct(event))));
  progress.tell('All events accepted; the reactions work them off', { now: true });
  const settled = await shop.settle();
  const seconds = (performance.now() - startedMs) / 1000;
  const knows = await readShopFigures(shop, sent.members, (members) => {
    progress.tell(`Asked for ${formatCount(members)} of ${formatCount(sent.members.size)} members`);
  });
  const best = knows.members[0];
  const bestReturning = knows.members.find(({ lifetime }) => lifetime.returned > 0);
  const explained = [];
  for (const memberId of new Set([best?.memberId ?? [], bestReturning?.memberId ?? []].flat())) {
    explained.push({ memberId, entries: newestOfEachKind(await readLedger(shop, memberId)) });
  }
  return { sent, tally, deadLetters: settled?.deadLetters ?? 0, seconds, knows, explained };
}

function together(one: SendTally, other: SendTally): SendTally {
  return {
    sent: one.sent + other.sent,
    accepted: one.accepted + other.accepted,
    refused: one.refused + other.refused,
    retries: one.retries + other.retries,
    refusals: [...one.refusals, ...other.refusals],
  };
}

/** Tells the shop what its members think of its suppliers, and asks it what it makes of that. */
async function demonstrateReputation(
  { olist, orders }: Command,
  shop: ShopConnection,
  progress: Progress,
): Promise<Reputations> {
  const { source, supplierIds, events } = olist === undefined ? await madeUp() : await ofOlist(olist, orders);
  const startedMs = performance.now();
  const tally = await sendEvents({
    events,
    post: (batch) => shop.postEvents(batch),
    onProgress: ({ accepted }) => progress.tell(`${formatCount(accepted)} events about suppliers accepted`),
  });
  progress.tell('Reviews are judged and scores worked out', { now: true });
  const settled = await shop.settle();
  const seconds = (performance.now() - startedMs) / 1000;
  const knows = await readReputationFigures(shop, supplierIds);
  return { source, tally, deadLetters: settled?.deadLetters ?? 0, seconds, knows };
}

type Opinions = { source: string; supplierIds: readonly string[]; events: Iterable<OutgoingEvent> };

async function madeUp(): Promise<Opinions> {
  const plan = await onlineRetail.plan(readExport(sample));
  const { supplierIds, counts, events }: MadeUpOpinions = madeUpOpinions(plan.events(), MADE_UP);
  const what = [
    `${formatCount(counts.reviews)} reviews`,
    `${formatCount(counts.complaints)} complaints`,
    `${formatCount(counts.inspections)} inspections`,
    `${formatCount(counts.bought)} bought reviews`,
  ].join(', ');
  return { source: `made up from seed ${MADE_UP.seed} about these orders: ${what}`, supplierIds, events };
}

async function ofOlist(directory: string, orders: number): Promise<Opinions> {
  const plan = await planOlist(directory, { orders });
  const suppliers = new Set<string>();
  for (const { data } of plan.events()) {
    const { lines = [] } = data as { lines?: { supplierId: string }[] };
    for (const { supplierId } of lines) suppliers.add(supplierId);
  }
  const source = `the first ${formatCount(orders)} orders of ${directory}`;
  return { source, supplierIds: [...suppliers], events: plan.events() };
}

/** One entry of each kind and sign, in the order of time. */
function newestOfEachKind(entries: readonly LedgerEntry[]): LedgerEntry[] {
  const kindOf = ({ kind, points }: LedgerEntry): string => `${kind} ${Math.sign(points)}`;
  const kinds = entries.map(kindOf);
  return entries.filter((entry, index) => kinds.indexOf(kindOf(entry)) === index).reverse();
}

/** Where the shop knows something else than it was told. Empty when all is well. */
function differences({ sent, tally, deadLetters, knows }: Outcome): string[] {
  const { points, lifetime, guests } = knows;
  const pairs: [what: string, told: number, known: number][] = [
    ['events sent and accepted', sent.events, tally.accepted],
    ['dead letters', 0, deadLetters],
    ['members', sent.members.size, knows.members.length],
    ["members' orders", sent.memberOrders, lifetime.orders],
    ["members' spend", sent.memberNet - sent.memberReturnedNet, lifetime.spend],
    ["members' returns", sent.memberReturnedNet, lifetime.returned],
    ['guest orders', sent.guestOrders, guests.orders],
    ["guests' spend", sent.guestNet, guests.spend],
    [
      'points of ledgers and of balances',
      points.issued - points.reversed - points.expired,
      points.pending + points.available - points.debt,
    ],
  ];
  return pairs
    .filter(([, told, known]) => told !== known)
    .map(([what, told, known]) => `${what}: ${formatCount(told)} were expected, ${formatCount(known)} are there`);
}

function describe({ sent, tally, seconds, knows, explained }: Outcome): string {
  const { points, currency } = knows;
  const section = (title: string, rows: Cell[][], header: string[] = []): string =>
    `${title}\n${formatTable(rows, header)}`;
  return [
    `What the shop knows, ${sent.firstTime.slice(0, 10)} to ${sent.lastTime.slice(0, 10)}; amounts in ${currency}`,
    section(
      'Members by tier',
      knows.tiers.map(({ id, members, discountPercent, spend }) => [
        id,
        members,
        amount(spend),
        `${discountPercent} % off`,
      ]),
      ['tier', 'members', 'spend', 'benefit'],
    ),
    section('Points', [
      [points.issued, 'issued'],
      [points.reversed, 'taken back by returns'],
      [points.pending, 'pending, until the return window closes'],
      [points.available, 'available'],
      ...(points.debt === 0 ? [] : [[points.debt, 'owed: returned after they were gone']]),
    ]),
    section(
      'Best members',
      knows.members
        .slice(0, BEST_MEMBERS)
        .map(({ memberId, tier, lifetime, points: { available, pending } }) => [
          memberId,
          tier.id,
          amount(lifetime.spend),
          lifetime.orders,
          available,
          pending,
        ]),
      ['member', 'tier', 'spend', 'orders', 'points', 'pending'],
    ),
    section('Orders', [
      [sent.memberOrders + sent.guestOrders, 'orders'],
      [knows.lifetime.orders, `by ${formatCount(knows.members.length)} members`],
      [knows.guests.orders, `by guests, for ${amount(knows.guests.spend)}`],
      [sent.returns, `returns, ${formatCount(sent.unitsReturned)} pieces for ${amount(knows.lifetime.returned)}`],
    ]),
    ...explained.map(({ memberId, entries }) =>
      section(
        `How the points of member ${memberId} explain themselves`,
        entries.map(({ at, kind, points: moved, rule, cause }) => [
          at.slice(0, 10),
          kind,
          `${moved < 0 ? '' : '+'}${formatCount(moved)}`,
          `because of ${cause.eventId}`,
          `rule ${rule.id}, policy ${rule.policyVersion}: ${rule.arithmetic}`,
        ]),
      ),
    ),
    section('Events', [
      [tally.accepted, 'accepted'],
      [tally.refused, 'refused'],
      [Math.round(sent.events / seconds), `a second, with all that follows from them, over ${seconds.toFixed(1)} s`],
    ]),
  ].join('\n\n');
}

function describeReputation({ source, tally, seconds, knows }: Reputations): string {
  const rows = (suppliers: readonly SupplierView[]): Cell[][] =>
    suppliers.map(({ id, score, level, window, complaints, reasons }) => [
      id,
      score.toFixed(1),
      level,
      window.orders,
      complaints.upheld,
      reasons
        .filter(({ basis }) => basis !== 'assumed')
        .slice(0, 2)
        .map(({ code, lost, n, of }) => `${lost.toFixed(1)} for ${code} (${formatCount(n)} of ${formatCount(of)})`)
        .join(', '),
    ]);
  const header = ['supplier', 'score', 'level', 'orders', 'upheld', 'lost most'];
  const { suppliers, held } = knows;
  const shown = Math.min(BEST_SUPPLIERS, Math.ceil(suppliers.length / 2));
  const examples: Cell[][] = held
    .slice(0, HELD_SHOWN)
    .map((review) => [
      review.reviewId,
      `${review.ratings?.product ?? '?'} stars`,
      `${Math.round(100 * (review.suspicion ?? 0))} % suspicious`,
      strongestAgainst(review, 3).join(', '),
    ]);
  return [
    `What the shop makes of suppliers and reviews, ${source}`,
    `Best suppliers\n${formatTable(rows(suppliers.slice(0, shown)), header)}`,
    `Worst suppliers\n${formatTable(rows(suppliers.slice(-shown).reverse()), header)}`,
    `Reviews that wait for a person: ${formatCount(held.length)}${held.length === 0 ? '' : `\n${formatTable(examples)}`}`,
    `Events\n${formatTable([[tally.accepted, `accepted, worked off in ${seconds.toFixed(1)} s`]])}`,
  ].join('\n\n');
}

/** Where the section on reputation is not as it has to be. */
function differencesOfReputation({ tally, deadLetters, knows }: Reputations): string[] {
  const wrong = scoresThatDoNotAddUp(knows).map((id) => `the score of ${id} is not the sum of its components`);
  if (tally.refused > 0) wrong.push(`${formatCount(tally.refused)} events about suppliers were refused`);
  if (deadLetters > 0) wrong.push(`${formatCount(deadLetters)} dead letters`);
  if (knows.suppliers.length === 0) wrong.push('no supplier has a score');
  return wrong;
}

function toJson(
  { sent, tally, seconds, knows }: Outcome,
  recommendations: Recommendations,
  reputations: Reputations,
): string {
  const { issued, pending, available, reversed, debt } = knows.points;
  return JSON.stringify({
    events: sent.events,
    accepted: tally.accepted,
    rejected: tally.refused,
    orders: sent.memberOrders + sent.guestOrders,
    guestOrders: knows.guests.orders,
    returns: sent.returns,
    unitsReturned: sent.unitsReturned,
    members: knows.members.length,
    tiers: Object.fromEntries(knows.tiers.map(({ id, members }) => [id, members])),
    points: { issued, pending, available, reversed, debt },
    spend: knows.lifetime.spend,
    currency: knows.currency,
    seconds: Math.round(seconds * 10) / 10,
    eventsPerSecond: Math.round(sent.events / seconds),
    recommendations: recommendationFigures(recommendations),
    reputation: {
      events: reputations.tally.accepted,
      suppliers: reputations.knows.suppliers.length,
      bestScore: reputations.knows.suppliers.at(0)?.score,
      worstScore: reputations.knows.suppliers.at(-1)?.score,
      heldReviews: reputations.knows.held.length,
      seconds: Math.round(reputations.seconds * 10) / 10,
    },
  });
}

const amounts = new Intl.NumberFormat('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const amount = (minorUnits: number): string => amounts.format(minorUnits / 100);

async function run(command: Command): Promise<number> {
  const progress = new Progress(process.stderr);
  progress.tell('Starting the backend in memory', { now: true });
  const interrupted = new Promise<'interrupted'>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve('interrupted'));
  });
  // Loaded here, so that --help and a wrong flag are answered at once.
  const { createRuntime } = await import('../local/runtime.ts');
  const runtime = await createRuntime({ port: 0, virtualClock: true });
  try {
    const demonstration = demonstrateAll(runtime, command, progress);
    const outcome = await Promise.race([demonstration, interrupted]);
    progress.end();
    if (outcome === 'interrupted') {
      // What it was about to do fails as the backend goes away; that is no news.
      demonstration.catch(() => undefined);
      return INTERRUPTED;
    }
    return tell(...outcome);
  } finally {
    await runtime.stop();
  }
}

/** Shows what the shop knows before it is told more. */
async function demonstrateAll(
  runtime: Runtime,
  command: Command,
  progress: Progress,
): Promise<[Outcome, Recommendations, Reputations]> {
  const scope = 'events:write members:read reputation:read desk';
  const shop = await ShopConnection.open({ url: runtime.url, scope });
  const outcome = await demonstrate(shop, progress);
  progress.end();
  process.stdout.write(`${describe(outcome)}\n\n`);
  progress.tell('A model is trained on what happened', { now: true });
  const frequent = outcome.knows.members.toSorted((a, b) => b.lifetime.orders - a.lifetime.orders);
  const recommendations = await demonstrateRecommendations(
    shop,
    frequent.map(({ memberId }) => memberId),
  );
  progress.end();
  process.stdout.write(`${describeRecommendations(recommendations, await productNames())}\n\n`);
  return [outcome, recommendations, await demonstrateReputation(command, shop, progress)];
}

/** What the products of the sample are called. */
async function productNames(): Promise<(productId: string) => string | undefined> {
  const plan = await onlineRetail.plan(readExport(sample));
  const names = new Map<unknown, string>();
  for (const { type, data } of plan.events()) {
    if (type === 'product.upserted.v1')
      names.set((data as { productId: string }).productId, (data as { name: string }).name);
  }
  return (productId) => names.get(productId);
}

function tell(outcome: Outcome, recommendations: Recommendations, reputations: Reputations): number {
  process.stdout.write(`${describeReputation(reputations)}\n\n`);
  for (const { code, detail, events } of [...outcome.tally.refusals, ...reputations.tally.refusals]) {
    process.stderr.write(`demo: ${formatCount(events)} events refused, ${code}: ${detail}\n`);
  }
  const wrong = [
    ...differences(outcome),
    ...differencesOfRecommendations(recommendations),
    ...differencesOfReputation(reputations),
  ];
  for (const difference of wrong) process.stderr.write(`demo: ${difference}\n`);
  process.stdout.write(`${toJson(outcome, recommendations, reputations)}\n`);
  return wrong.length === 0 ? 0 : 1;
}

/** Runs the command and returns its exit code. */
async function main(args: string[]): Promise<number> {
  try {
    const command = readCommand(args);
    if (command !== 'help') return await run(command);
    process.stdout.write(help);
    return 0;
  } catch (error) {
    process.stderr.write(`demo: ${firstLine(error)}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}

const exitCode = await main(process.argv.slice(2));
// An interrupted demonstration may still wait before it tries once more; nothing else is left to do.
if (exitCode === INTERRUPTED) process.exit(exitCode);
process.exitCode = exitCode;
