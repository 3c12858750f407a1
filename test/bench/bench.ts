/** `npm run bench`: the budgets of the architecture, each with what is measured beside it. */
import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os';
import { measureBacktest } from './backtest-time.ts';
import { benchText, budgetRows } from './bench-report.ts';
import { type Bundles, measureBundles } from './bundles.ts';
import { runCommand, type Side } from './command-line.ts';
import { costOf, waiting } from './cost-report.ts';
import { measureDecisions } from './decision-time.ts';
import { measureLateFacts } from './late-facts.ts';
import { measureLocalRuntime } from './local-runtime.ts';
import { MEMBER_LIFE, measureMemberLife, QUICK_MEMBER_LIFE } from './member-life.ts';
import { MeteredShop } from './metered-shop.ts';
import { LIFE, measureOrderLife, QUICK_LIFE } from './order-life.ts';
import { FULL_RECOMMEND, measureRecommend, QUICK_RECOMMEND, type RecommendMeasurements } from './recommend-bench.ts';
import {
  FULL_REPUTATION,
  measureReputation,
  QUICK_REPUTATION,
  type ReputationMeasurements,
} from './reputation-bench.ts';
import { FULL_WATCH, measureWatch, QUICK_WATCH, type WatchMeasurements, watchRows, watchText } from './watch-bench.ts';
import { measureUnits } from './write-units.ts';

const help = `Usage: npm run bench [-- options]

Prints the budget table of the architecture with measured figures: write units of an order read from the tables,
bundles and their import time, the time of a decision and of a back-test, events per second and memory of the local runtime, latencies;
how well texts are read and false reviews found, what a hot product and a hot brand take, a real export imported;
how good, fast, varied and fair recommendations are, beside what others have reached on the same data.
Nothing is asserted; what is over its budget is marked OVER. Some twenty minutes; let the machine rest meanwhile.

  --only SIDE   loyalty: orders, points, coupons, policies; reputation: reviews, brands, complaints, five minutes or more;
                recommend: recommendations, ten minutes; watch: what is logged of an event, one minute
  --olist       imports the whole Olist export too, which takes half an hour more
  --ten-million learns from ten million interactions too, which takes minutes more
  --quick       fewer repetitions, two minutes for a side; percentiles and sentiment are rough
  --json        one line of JSON instead
  --help        show this

The public data sets are looked for in ../shared/data, or where RAPPORT_DATA says; what lacks its data is not measured, and says so.
Exit code 0 also where a budget is exceeded; 1 where something failed; 2 for a flag or a side it does not know.
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

async function measureLoyalty(size: typeof FULL, tell: (line: string) => void) {
  // First what other work of this process would disturb most.
  tell('timing decisions');
  const decisions = measureDecisions(size.decisions);
  tell('replaying a whole history under two policies');
  const backtest = await measureBacktest();
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
    const cost = costOf(life, memberLife, waiting());
    return { decisions, backtest, local, units, late, life, memberLife, cost };
  } finally {
    await shop.stop();
  }
}

export type LoyaltyMeasurements = Awaited<ReturnType<typeof measureLoyalty>>;

function machineNow() {
  return {
    processor: cpus()[0]?.model ?? 'unknown',
    processors: availableParallelism(),
    memoryGb: Math.round(totalmem() / 1_024 ** 3),
    system: `${process.platform} ${release()}`,
    node: process.version,
    load: loadavg()[0] ?? 0,
  };
}

export type Measurements = {
  machine: ReturnType<typeof machineNow> & { loadAfter: number };
  bundles: Bundles;
  loyalty?: LoyaltyMeasurements;
  reputation?: ReputationMeasurements;
  recommend?: RecommendMeasurements;
  watch?: WatchMeasurements;
};

const options = { help, extra: ['olist', 'ten-million'] } as const;

process.exitCode = await runCommand('bench', options, async (flags, tell) => {
  const { json, quick, only, olist = false, 'ten-million': tenMillion = false } = flags;
  const asked = (side: Side): boolean => only === undefined || only === side;
  const size = quick ? QUICK : FULL;
  const machine = machineNow();
  const watch = asked('watch') ? await measureWatch(quick ? QUICK_WATCH : FULL_WATCH, tell) : undefined;
  // Nothing of it depends on the machine, nor on any bundle.
  if (watch !== undefined && only === 'watch') {
    return json ? JSON.stringify({ quick, budgets: watchRows(watch), watch }) : watchText(watch).join('\n').trimStart();
  }
  const loyalty = asked('loyalty') ? await measureLoyalty(size, tell) : undefined;
  const recommend = asked('recommend')
    ? await measureRecommend(quick ? QUICK_RECOMMEND : FULL_RECOMMEND, { tenMillion }, tell)
    : undefined;
  tell('bundling the functions and importing them');
  const bundles = await measureBundles(size.bundles);
  const reputation = asked('reputation')
    ? await measureReputation(quick ? QUICK_REPUTATION : FULL_REPUTATION, { olist }, tell)
    : undefined;
  const measured: Measurements = {
    machine: { ...machine, loadAfter: loadavg()[0] ?? 0 },
    bundles,
    ...(loyalty && { loyalty }),
    ...(reputation && { reputation }),
    ...(recommend && { recommend }),
    ...(watch && { watch }),
  };
  return json ? JSON.stringify({ quick, budgets: budgetRows(measured), ...measured }) : benchText(measured);
});
