/** The measurements as the table of budgets and as the tables behind it. */
import { formatTable } from '../../infra/importers/table.ts';
import type { BacktestRow } from './backtest-time.ts';
import type { Measurements } from './bench.ts';
import { money } from './cost-report.ts';
import { BUDGETS } from './prices.ts';
import { type UnitsRow, wruEquivalent } from './write-units.ts';

/** `within` is undefined where there is no budget, or nothing yet to measure. */
export type BudgetRow = { what: string; budget: string; measured: string; within?: boolean };

export function budgetRows({ units, cost, bundles, decisions, backtest }: Measurements): BudgetRow[] {
  const { placed } = units.hundredOrders;
  const ofLines = units.rows.slice(0, 3);
  const consumers = bundles.rows.filter(({ consumer }) => consumer);
  const largest = consumers.reduce((one, other) => (other.bytes > one.bytes ? other : one));
  const redelivery = wruEquivalent(units.redelivery);
  const tenLines = decisions.find(({ lines }) => lines === 10);
  const wruMean = Math.max(placed.reactionWru, ...ofLines.map((row) => row.reactionWru));
  const { imports } = bundles;
  return [
    {
      what: 'write units of one order.placed (profile, points, tier)',
      budget: `<= ${BUDGETS.orderWru} WRU`,
      measured:
        `${ofLines.map((row) => row.reactionWru.toFixed(1)).join(' / ')} for 1 / 10 / 30 lines; ` +
        `${placed.reactionWru.toFixed(2)} over 100 orders of a member, ${placed.reactionWruMost} at most`,
      within: wruMean <= BUDGETS.orderWru,
    },
    {
      what: '  the same with the claim of its id, once per event',
      budget: '',
      measured: `${(placed.reactionWru + placed.claimWru).toFixed(2)} over 100 orders of a member`,
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
      measured: `${money(cost.placed.dollars).trim()} with, ${money(cost.placedWithoutClaimDollars).trim()} without the claims; naive ${money(cost.naive.dollars).trim()}`,
      within: cost.placed.dollars <= BUDGETS.millionOrdersDollars,
    },
    {
      what: `consumer bundle, minified, as it starts (${largest.name})`,
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
      what: 'back-test of a whole history, one process',
      budget: `<= ${BUDGETS.backtestMs / 1_000} s`,
      measured: backtest === undefined ? 'the Online Retail export is not there' : backtestText(backtest),
      ...(backtest && { within: backtest.readMs + backtest.replayMs <= BUDGETS.backtestMs }),
    },
    { what: 'recommendation, 100,000 products, warm, p99', budget: '<= 5 ms', measured: 'there is none yet' },
  ];
}

function backtestText({ events, orders, memberOrders, readMs, replayMs }: BacktestRow): string {
  const [total, read, replay] = [readMs + replayMs, readMs, replayMs].map((it) => (it / 1_000).toFixed(1));
  return `${total} s: ${read} s to read ${events} events, ${replay} s for ${orders} orders (${memberOrders} of members) twice`;
}

export function reportText(measured: Measurements): string {
  const { machine, units, late, bundles, decisions, local } = measured;
  const unitRows = [...units.rows, units.hundredOrders.placed, units.hundredOrders.completed, units.redelivery];
  return [
    `${machine.processors} x ${machine.processor}, ${machine.memoryGb} GB, ${machine.system}, Node ${machine.node}`,
    `load ${machine.loadBefore.toFixed(1)} before, ${machine.loadAfter.toFixed(1)} after: other work on the machine, its clock speed and the disk disturb whatever is in ms or us, never units and bytes.`,
    section(
      'Budgets',
      budgetRows(measured).map((row) => [row.what, row.budget, row.measured, mark(row.within)]),
    ),
    section(`Units per event, means of ${units.repetitions} (WRU written, RRU read)`, [
      ['', 'claim WRU', 'claims RRU', 'reaction WRU', 'at most', 'reaction RRU', 'WRU-equivalent'],
      ...unitRows.map(unitCells),
    ]),
    section('A fact that comes late: everything of its member is folded anew', [
      ['orders before', 'WRU', 'RRU', 'CPU', 'time'],
      ...late.map((row) => [cell(row.orders), cell(row.wru), cell(row.rru), ms(row.cpuMs), ms(row.wallMs)]),
    ]),
    section('Pure decision, and packing of the order and the account it writes, medians', [
      ['lines', 'p50', 'p99', 'pack', 'unpack'],
      ...decisions.map((row) => [cell(row.lines), us(row.p50Us), us(row.p99Us), us(row.packUs), us(row.unpackUs)]),
    ]),
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
  ].join('\n');
}

function unitCells(row: UnitsRow): string[] {
  return [
    row.what,
    cell(row.claimWru),
    cell(row.admissionRru),
    cell(row.reactionWru),
    cell(row.reactionWruMost),
    cell(row.reactionRru),
    wruEquivalent(row).toFixed(2),
  ];
}

function section(title: string, rows: readonly (readonly string[])[]): string {
  return `\n${title}\n${formatTable(rows)}`;
}

function mark(within: boolean | undefined): string {
  if (within === undefined) return '';
  return within ? 'ok' : 'OVER';
}

const cell = (value: number): string => String(Math.round(value * 100) / 100);
const ms = (value: number): string => `${value.toFixed(1)} ms`;
const us = (value: number): string => `${value.toFixed(0)} us`;
const kb = (bytes: number): string => `${(bytes / 1_024).toFixed(1)} KB`;
