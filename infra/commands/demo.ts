import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { onlineRetail } from '../importers/online-retail.ts';
import { Progress } from '../importers/progress.ts';
import { readExport } from '../importers/read-export.ts';
import { type SendTally, sendEvents } from '../importers/send-events.ts';
import { SentFigures } from '../importers/sent-figures.ts';
import { ShopConnection } from '../importers/shop-connection.ts';
import { type LedgerEntry, readLedger, readShopFigures, type ShopFigures } from '../importers/shop-figures.ts';
import { formatCount, formatTable } from '../importers/table.ts';
import type { Runtime } from '../local/runtime.ts';

const help = `npm run demo

Starts the whole backend in memory on a free port, sends it two weeks of real orders of a gift shop through
POST /v1/events, and prints what the shop knows afterwards. The last line is JSON.

  --help  this text

Exit code 0: what the shop knows is what was sent. 1: it is not, or something failed. 2: nothing was done.
`;

const sample = join(import.meta.dirname, '../importers/sample/online-retail-sample.csv.gz');
const BEST_MEMBERS = 8;
const EXPLAINED_MEMBERS = 2;
const EXPLAINED_ENTRIES = 3;

class UsageError extends Error {}

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
  const explained = [];
  for (const { memberId } of knows.members.slice(0, EXPLAINED_MEMBERS)) {
    explained.push({ memberId, entries: (await readLedger(shop, memberId)).slice(0, EXPLAINED_ENTRIES) });
  }
  progress.end();
  return { sent, tally, deadLetters: settled?.deadLetters ?? 0, seconds, knows, explained };
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
  const orders = sent.memberOrders + sent.guestOrders;
  const section = (title: string, rows: (string | number)[][]): string => `${title}\n${formatTable(rows)}`;
  return [
    `What the shop knows, ${sent.firstTime.slice(0, 10)} to ${sent.lastTime.slice(0, 10)}; amounts in ${currency}`,
    section(
      'Members by tier',
      knows.tiers.map(({ id, members, discountPercent, spend }) => [
        id,
        members,
        `${discountPercent} % off`,
        amount(spend).padStart(14),
        'spent',
      ]),
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
          amount(lifetime.spend).padStart(12),
          'spent,',
          lifetime.orders,
          'orders,',
          available,
          'points and',
          pending,
          'pending',
        ]),
    ),
    section('Orders', [
      [orders, 'orders'],
      [sent.memberOrders, `by ${formatCount(knows.members.length)} members`],
      [knows.guests.orders, 'by guests'],
      [sent.returns, `returns, ${formatCount(sent.unitsReturned)} pieces, ${amount(knows.lifetime.returned)}`],
    ]),
    ...explained.map(({ memberId, entries }) =>
      section(
        `How the ledger of member ${memberId} explains itself, newest first`,
        entries.map(({ at, kind, points: moved, rule, cause }) => [
          at.slice(0, 10),
          kind,
          `${moved < 0 ? '' : '+'}${formatCount(moved)}`.padStart(8),
          `${rule.arithmetic} [${rule.id}, policy ${rule.policyVersion}, because of ${cause.eventId}]`,
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

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
}

async function run(): Promise<number> {
  const progress = new Progress(process.stderr);
  progress.tell('Starting the backend in memory', { now: true });
  // Loaded here, so that --help and a wrong flag are answered at once.
  const { createRuntime } = await import('../local/runtime.ts');
  const starting = createRuntime({ port: 0, virtualClock: true });
  process.once('SIGINT', () => {
    progress.end();
    process.stderr.write('demo: stopped\n');
    starting
      .then((runtime) => runtime.stop())
      .then(
        () => process.exit(130),
        () => process.exit(130),
      );
  });
  const runtime = await starting;
  try {
    const outcome = await demonstrate(runtime, progress);
    const wrong = differences(outcome);
    process.stdout.write(`${describe(outcome)}\n\n`);
    for (const { code, detail, events } of outcome.tally.refusals) {
      process.stderr.write(`demo: ${formatCount(events)} events refused, ${code}: ${detail}\n`);
    }
    for (const difference of wrong) process.stderr.write(`demo: ${difference}\n`);
    process.stdout.write(`${toJson(outcome)}\n`);
    return wrong.length === 0 ? 0 : 1;
  } finally {
    await runtime.stop();
  }
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

process.exitCode = await main(process.argv.slice(2));
