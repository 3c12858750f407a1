import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { onlineRetail } from '../importers/online-retail.ts';
import { Progress } from '../importers/progress.ts';
import { readExport } from '../importers/read-export.ts';
import { type SendTally, sendEvents } from '../importers/send-events.ts';
import { SentFigures } from '../importers/sent-figures.ts';
import { ShopConnection } from '../importers/shop-connection.ts';
import { type LedgerEntry, readLedger, readShopFigures, type ShopFigures } from '../importers/shop-figures.ts';
import { type Cell, formatCount, formatTable } from '../importers/table.ts';
import type { Runtime } from '../local/runtime.ts';
import { firstLine, UsageError } from './usage-error.ts';

const help = `npm run demo

Starts the whole backend in memory on a free port, sends it two weeks of real orders of a gift shop through
POST /v1/events, and prints what the shop knows afterwards. The last line is JSON.

  --help  this text

Exit code 0: what the shop knows is what was sent. 1: it is not, or something failed. 2: nothing was done.
`;

const sample = join(import.meta.dirname, '../importers/sample/online-retail-sample.csv.gz');
const BEST_MEMBERS = 8;
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

function wantsHelp(args: string[]): boolean {
  try {
    const options = { help: { type: 'boolean', default: false } } as const;
    return parseArgs({ args, strict: true, allowPositionals: false, options }).values.help;
  } catch (error) {
    throw new UsageError(firstLine(error));
  }
}

async function demonstrate(runtime: Runtime, progress: Progress): Promise<Outcome> {
  const shop = await ShopConnection.open({ url: runtime.url, scope: 'events:write members:read' });
  const plan = await onlineRetail.plan(readExport(sample));
  const sent = new SentFigures();
  const startedMs = performance.now();
  const tally = await sendEvents({
    events: sent.watch(plan.events()),
    post: (batch) => shop.postEvents(batch),
    onProgress: ({ accepted }) => {
      const day = sent.lastTime.slice(0, 10);
      progress.tell(`${formatCount(accepted)} of ${formatCount(plan.eventCount)} events accepted, up to ${day}`);
    },
  });
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

function toJson({ sent, tally, seconds, knows }: Outcome): string {
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
  });
}

const amounts = new Intl.NumberFormat('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const amount = (minorUnits: number): string => amounts.format(minorUnits / 100);

async function run(): Promise<number> {
  const progress = new Progress(process.stderr);
  progress.tell('Starting the backend in memory', { now: true });
  const interrupted = new Promise<'interrupted'>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve('interrupted'));
  });
  // Loaded here, so that --help and a wrong flag are answered at once.
  const { createRuntime } = await import('../local/runtime.ts');
  const runtime = await createRuntime({ port: 0, virtualClock: true });
  try {
    const demonstration = demonstrate(runtime, progress);
    const outcome = await Promise.race([demonstration, interrupted]);
    progress.end();
    if (outcome === 'interrupted') {
      // What it was about to do fails as the backend goes away; that is no news.
      demonstration.catch(() => undefined);
      return INTERRUPTED;
    }
    return tell(outcome);
  } finally {
    await runtime.stop();
  }
}

function tell(outcome: Outcome): number {
  process.stdout.write(`${describe(outcome)}\n\n`);
  for (const { code, detail, events } of outcome.tally.refusals) {
    process.stderr.write(`demo: ${formatCount(events)} events refused, ${code}: ${detail}\n`);
  }
  const wrong = differences(outcome);
  for (const difference of wrong) process.stderr.write(`demo: ${difference}\n`);
  process.stdout.write(`${toJson(outcome)}\n`);
  return wrong.length === 0 ? 0 : 1;
}

/** Runs the command and returns its exit code. */
async function main(args: string[]): Promise<number> {
  try {
    if (!wantsHelp(args)) return await run();
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
