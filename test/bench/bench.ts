/** `npm run bench`: the budgets of the architecture, each with what is measured beside it. */
import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os';
import { measureBacktest } from './backtest-time.ts';
import { budgetRows, reportText } from './bench-report.ts';
import { measureBundles } from './bundles.ts';
import { runCommand } from './command-line.ts';
import { costOf, waiting } from './cost-report.ts';
import { measureDecisions } from './decision-time.ts';
import { measureLateFacts } from './late-facts.ts';
import { measureLocalRuntime } from './local-runtime.ts';
import { MEMBER_LIFE, measureMemberLife, QUICK_MEMBER_LIFE } from './member-life.ts';
import { MeteredShop } from './metered-shop.ts';
import { LIFE, measureOrderLife, QUICK_LIFE } from './order-life.ts';
import { measureUnits } from './write-units.ts';

const help = `Usage: npm run bench [-- options]

Prints the budget table of the architecture with measured figures: write units of an order read from the tables,
bundles and their import time, the time of a decision and of a back-test, events per second and memory of the local runtime, latencies.
Nothing is asserted; what is over its budget is marked OVER. A few minutes; let the machine rest meanwhile.

  --quick   fewer repetitions, about a minute; percentiles are rough
  --json    one line of JSON instead
  --help    show this

Exit code 0 also where a budget is exceeded; 1 where something failed; 2 for a flag it does not know.
`;

const FULL = {
  units: { repetitions: 10 },
  late: { orderCounts: [10, 100, 1_000], repetitions: 5 },
  life: LIFE,
  memberLife: MEMBER_LIFE,
  bundles: { runs: 15 },
  decisions: { lineCounts: [1, 10, 100], rounds: 15, runs: 2_000 },
  local: { orders: 2_000, ordersPerMember: [5, 50], requests: 500 },
};

const QUICK: typeof FULL = {
  units: { repetitions: 5 },
  late: { orderCounts: [10, 100], repetitions: 3 },
  life: QUICK_LIFE,
  memberLife: QUICK_MEMBER_LIFE,
  bundles: { runs: 5 },
  decisions: { lineCounts: [1, 10, 100], rounds: 5, runs: 1_000 },
  local: { orders: 300, ordersPerMember: [5], requests: 100 },
};

async function measure(size: typeof FULL, tell: (line: string) => void) {
  const loadBefore = loadavg()[0] ?? 0;
  // First what other work of this process would disturb most.
  tell('timing decisions');
  const decisions = measureDecisions(size.decisions);
  tell('replaying a whole history under two policies');
  const backtest = await measureBacktest();
  tell('bundling the functions and importing them');
  const bundles = await measureBundles(size.bundles);
  tell('sending orders through the local runtime');
  const local = await measureLocalRuntime(size.local);
  const shop = await MeteredShop.start();
  try {
    tell('living orders from end to end, for the bill');
    const life = await measureOrderLife(shop, size.life);
    tell('letting members spend points, check in and use coupons, for the bill');
    const memberLife = await measureMemberLife(shop, size.memberLife);
    tell('reading what events consume');
    const units = await measureUnits(shop, size.units);
    tell('letting facts come late');
    const late = await measureLateFacts(shop, size.late);
    const machine = {
      processor: cpus()[0]?.model ?? 'unknown',
      processors: availableParallelism(),
      memoryGb: Math.round(totalmem() / 1_024 ** 3),
      system: `${process.platform} ${release()}`,
      node: process.version,
      loadBefore,
      loadAfter: loadavg()[0] ?? 0,
    };
    const cost = costOf(life, memberLife, waiting());
    return { machine, decisions, backtest, bundles, local, units, late, life, memberLife, cost };
  } finally {
    await shop.stop();
  }
}

export type Measurements = Awaited<ReturnType<typeof measure>>;

process.exitCode = await runCommand('bench', help, async ({ json, quick }, tell) => {
  const measured = await measure(quick ? QUICK : FULL, tell);
  return json ? JSON.stringify({ quick, budgets: budgetRows(measured), ...measured }) : reportText(measured);
});
