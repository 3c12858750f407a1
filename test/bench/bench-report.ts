/** The measurements as the table of budgets and as the tables behind it. */
import type { BacktestRow } from './backtest-time.ts';
import type { LoyaltyMeasurements, Measurements } from './bench.ts';
import type { BundleRow, Bundles } from './bundles.ts';
import { money } from './cost-report.ts';
import type { Stored } from './metered-shop.ts';
import { BUDGETS } from './prices.ts';
import { recommendRows, recommendText } from './recommend-report.ts';
import { type BudgetRow, cell, kb, mark, ms, section, us } from './report-parts.ts';
import { reputationRows, reputationText, textBundleRow } from './reputation-report.ts';
import { watchRows, watchText } from './watch-bench.ts';
import { type UnitsRow, wruEquivalent, wruOf } from './write-units.ts';

export function budgetRows({ loyalty, reputation, recommend, watch, bundles }: Measurements): BudgetRow[] {
  return [
    ...(loyalty === undefined ? [] : loyaltyRows(loyalty)),
    ...bundleRows(bundles),
    ...(reputation === undefined ? [] : reputationRows(reputation)),
    ...(recommend === undefined ? [] : recommendRows(recommend)),
    ...(watch === undefined ? [] : watchRows(watch)),
  ];
}

function bundleRows({ rows, imports }: Bundles): BudgetRow[] {
  const ofOrders = rows.filter(({ name }) => name.startsWith('loyalty-order-'));
  const largest = largestOf(ofOrders);
  const others = largestOf(rows.filter(({ consumer }) => consumer));
  return [
    {
      what: `bundle of an order's consumer, minified, as it starts (${largest.name})`,
      budget: `<= ${BUDGETS.bundleBytes / 1_024} KB`,
      measured: `${kb(largest.bytes)}; with what is loaded only when needed ${kb(largest.folderBytes)}`,
      within: largest.bytes <= BUDGETS.bundleBytes,
    },
    {
      what: '  gzipped',
      budget: `<= ${BUDGETS.gzippedBytes / 1_024} KB`,
      measured: `${kb(largest.gzippedBytes)}; ${kb(largest.folderGzippedBytes)}`,
      within: largest.gzippedBytes <= BUDGETS.gzippedBytes,
    },
    {
      what: '  import time, of a bundle of the DynamoDB client alone',
      budget: `<= ${BUDGETS.importRatio} x`,
      measured:
        `${imports.ratio.toFixed(2)} x (${imports.consumerMs.toFixed(0)} ms of ${imports.clientMs.toFixed(0)}; ` +
        `middle half ${imports.ratioQuartiles.map((it) => it.toFixed(2)).join(' to ')}; fastest of each ${imports.fastestRatio.toFixed(2)})`,
      within: imports.ratio <= BUDGETS.importRatio,
    },
    ...textBundleRow(rows),
    {
      what: `  of the largest consumer (${others.name})`,
      budget: '',
      measured: `${kb(others.bytes)}, ${kb(others.gzippedBytes)} gzipped`,
    },
  ];
}

function largestOf(rows: readonly BundleRow[]): BundleRow {
  return rows.reduce((one, other) => (other.bytes > one.bytes ? other : one));
}

function loyaltyRows({ units, cost, decisions, backtest, local }: LoyaltyMeasurements): BudgetRow[] {
  const { placed, completed } = units.hundredOrders;
  const ofLines = units.rows.slice(0, 3);
  const budgeted = [...units.rows, placed, completed].filter((row) => row.budgeted);
  const ofOrders = budgeted.filter(({ what }) => what.startsWith('order.'));
  const ofRedemptions = budgeted.filter(({ what }) => !what.startsWith('order.'));
  const redelivery = wruEquivalent(units.redelivery);
  const tenLines = decisions.find(({ lines }) => lines === 10);
  const ledgers = local.latencies.filter(({ route }) => route.includes('ledger'));
  return [
    {
      what: 'write units of one order.placed (profile, points, tier)',
      budget: `<= ${BUDGETS.orderWru} WRU`,
      measured:
        `${ofLines.map((row) => wruOf(row).toFixed(1)).join(' / ')} for 1 / 10 / 30 lines; ` +
        `${wruOf(placed).toFixed(2)} over 100 orders of a member, ${placed.wruMost} at most`,
      within: Math.max(...[placed, ...ofLines].map(wruOf)) <= BUDGETS.orderWru,
    },
    {
      what: '  the same with the claim of its id, once per event',
      budget: '',
      measured: `${(wruOf(placed) + placed.claimWru).toFixed(2)} over 100 orders of a member`,
    },
    {
      what: '  of any event of an order, with notes of what falls due',
      budget: `<= ${BUDGETS.orderWru} WRU`,
      measured: `${mostOf(ofOrders)}; order.completed ${wruOf(completed).toFixed(2)} over 100 orders, ${completed.wruMost} at most`,
      within: ofOrders.every((row) => wruOf(row) <= BUDGETS.orderWru),
    },
    {
      what: '  of a redemption',
      budget: `<= ${BUDGETS.redemptionWru} WRU`,
      measured: `${ofRedemptions.map((row) => wruOf(row).toFixed(2)).join(' / ')} without / with an order / after 20 others, ${Math.max(...ofRedemptions.map((row) => row.wruMost))} at most`,
      within: ofRedemptions.every((row) => wruOf(row) <= BUDGETS.redemptionWru),
    },
    {
      what: 'a redelivery of it',
      budget: `<= ${BUDGETS.redeliveryWru} WRU-equivalent`,
      measured: redelivery.toFixed(2),
      within: redelivery <= BUDGETS.redeliveryWru,
    },
    {
      what: 'modelled cost of 1,000,000 orders, all reactions',
      budget: `<= ${money(BUDGETS.millionOrdersDollars).trim()}`,
      measured: `${money(cost.placed.dollars).trim()}, ${money(cost.placed.dollars + cost.relay.dollars).trim()} where a service puts them on the bus itself; naive ${money(cost.naive.dollars).trim()}`,
      within: cost.placed.dollars <= BUDGETS.millionOrdersDollars,
    },
    {
      what: '  with order.completed, and what falls due of them',
      budget: '',
      measured: `${money(cost.placed.dollars + cost.completed.dollars + cost.due.dollars * cost.duesPerOrder).trim()} with the claims`,
    },
    {
      what: '1,000,000 redemptions / check-ins / orders with a coupon, in addition',
      budget: '',
      measured: [cost.redemption, cost.checkIn, cost.coupon].map(({ dollars }) => money(dollars).trim()).join(' / '),
    },
    {
      what: 'pure decision of a 10-line order, p99',
      budget: `<= ${BUDGETS.decisionP99Us} us`,
      measured:
        tenLines === undefined
          ? ''
          : `${us(tenLines.p99Us)} (p50 ${us(tenLines.p50Us)}; quietest round ${us(tenLines.quietP99Us)})`,
      ...(tenLines && { within: tenLines.p99Us <= BUDGETS.decisionP99Us }),
    },
    {
      what: 'a page of the ledger in the local runtime, p99',
      budget: `<= ${BUDGETS.ledgerP99Ms} ms`,
      measured: ledgers.map(({ route, p99Ms }) => `${ms(p99Ms)} for ${route.split(', ')[1]}`).join(', '),
      within: ledgers.every(({ p99Ms }) => p99Ms <= BUDGETS.ledgerP99Ms),
    },
    {
      what: 'back-test of a whole history, one process',
      budget: `<= ${BUDGETS.backtestMs / 1_000} s`,
      measured: backtest === undefined ? 'the Online Retail export is not there' : backtestText(backtest),
      ...(backtest && { within: backtest.readMs + backtest.replayMs <= BUDGETS.backtestMs }),
    },
  ];
}

/** The dearest of some events, by what it takes on average. */
function mostOf(rows: readonly UnitsRow[]): string {
  const most = rows.reduce((one, other) => (wruOf(other) > wruOf(one) ? other : one));
  return `${wruOf(most).toFixed(2)} at most on average (${most.what})`;
}

function backtestText({ events, orders, memberOrders, readMs, replayMs }: BacktestRow): string {
  const [total, read, replay] = [readMs + replayMs, readMs, replayMs].map((it) => (it / 1_000).toFixed(1));
  return `${total} s: ${read} s to read ${events} events, ${replay} s for ${orders} orders (${memberOrders} of members) twice`;
}

export function benchText(measured: Measurements): string {
  const { machine, loyalty, bundles, reputation, recommend, watch } = measured;
  return [
    `${machine.processors} x ${machine.processor}, ${machine.memoryGb} GB, ${machine.system}, Node ${machine.node}`,
    `load ${machine.load.toFixed(1)} before, ${machine.loadAfter.toFixed(1)} after: other work on the machine, its clock speed and the disk disturb whatever is in ms or us, never units and bytes.`,
    section(
      'Budgets',
      budgetRows(measured).map((row) => [row.what, row.budget, row.measured, mark(row.within)]),
    ),
    ...(loyalty === undefined ? [] : loyaltyText(loyalty)),
    section('Bundles, minified / gzipped', [
      ['', 'as it starts', 'gzipped', 'whole folder', 'gzipped'],
      ...bundles.rows.map((row) => [
        row.name,
        kb(row.bytes),
        kb(row.gzippedBytes),
        kb(row.folderBytes),
        kb(row.folderGzippedBytes),
      ]),
    ]),
    `  import of the consumer in ${bundles.imports.runs} fresh processes each, by turns: ${bundles.imports.consumerMs.toFixed(1)} ms;`,
    `  the client alone, bundled with the same settings ${bundles.imports.clientMs.toFixed(1)} ms, with plain defaults ${bundles.imports.plainClientMs.toFixed(1)} ms (${bundles.imports.plainRatio.toFixed(2)} x)`,
    ...(reputation === undefined ? [] : reputationText(reputation)),
    ...(recommend === undefined ? [] : recommendText(recommend)),
    ...(watch === undefined ? [] : watchText(watch)),
  ].join('\n');
}

function loyaltyText({ units, late, decisions, local, life, memberLife }: LoyaltyMeasurements): string[] {
  const { placed, completed, due } = units.hundredOrders;
  const unitRows = [...units.rows, placed, completed, due, units.redelivery];
  return [
    section(`Units per event or command by itself, means of ${units.repetitions} (WRU written, RRU read)`, [
      [
        '',
        'claim WRU',
        'claims RRU',
        'handler WRU',
        'notes of what falls due',
        'both at most',
        'handler RRU',
        'policies RRU',
        'WRU-equivalent',
      ],
      ...unitRows.map(unitCells),
    ]),
    '  The policies are looked at once per batch, by the handler and by the publisher; here a batch is one event. A claim is once per event id.',
    section('What items weigh, bytes with keys', [
      ['', 'items', 'bytes each'],
      ...weights('orders', life.stored),
      ...weights('points, check-ins, coupons', memberLife.stored),
    ]),
    `  orders: ${life.members} members with ${life.ordersPerMember} orders of ${life.lines} lines each; 1,024 bytes are one write unit.`,
    section('A fact that comes late: everything of its member is folded anew', [
      ['orders before', 'WRU', 'RRU', 'CPU', 'time'],
      ...late.map((row) => [cell(row.orders), cell(row.wru), cell(row.rru), ms(row.cpuMs), ms(row.wallMs)]),
    ]),
    section('Pure decision, and packing of the order and the account it writes, medians', [
      ['lines', 'p50', 'p99', 'pack', 'unpack'],
      ...decisions.map((row) => [cell(row.lines), us(row.p50Us), us(row.p99Us), us(row.packUs), us(row.unpackUs)]),
    ]),
    section('Local runtime in memory, orders of 10 lines placed and completed through POST /v1/events', [
      ['orders per member', 'orders', 'events', 'time', 'events/s', 'peak memory'],
      ...local.loads.map((row) => [
        cell(row.ordersPerMember),
        cell(row.orders),
        cell(row.events),
        `${row.seconds.toFixed(1)} s`,
        cell(Math.round(row.eventsPerSecond)),
        row.peakRssMb === undefined
          ? 'told on Linux only'
          : `${row.peakRssMb.toFixed(0)} MB: ${row.peakRssByProcess.map(({ process: name, mb }) => `${name} ${mb.toFixed(0)}`).join(', ')}`,
      ]),
    ]),
    '  With more orders per member there are fewer members: their events meet, so conflicts and late facts are in it.',
    section('Latency in the local runtime, one request at a time', [
      ['', 'requests', 'p50', 'p99'],
      ...local.latencies.map((row) => [row.route, cell(row.requests), ms(row.p50Ms), ms(row.p99Ms)]),
    ]),
  ];
}

function weights(life: string, stored: Record<string, Stored>): string[][] {
  return Object.entries(stored).map(([kind, { items, bytes }]) => [
    `${life}: ${kind}`,
    cell(items),
    cell(bytes / items),
  ]);
}

function unitCells(row: UnitsRow): string[] {
  return [
    row.what,
    cell(row.claimWru),
    cell(row.admissionRru),
    cell(row.reactionWru),
    cell(row.noteWru),
    cell(row.wruMost),
    cell(row.reactionRru),
    cell(row.policyRru),
    wruEquivalent(row).toFixed(2),
  ];
}
