/** `npm run cost`: what a million orders cost on AWS, line by line. */
import { runCommand, type Side } from './command-line.ts';
import {
  costOf,
  costText,
  recommendCostOf,
  recommendCostText,
  reputationCostOf,
  reputationCostText,
  waiting,
} from './cost-report.ts';
import { MEMBER_LIFE, measureMemberLife, QUICK_MEMBER_LIFE } from './member-life.ts';
import { MeteredShop } from './metered-shop.ts';
import { LIFE, measureOrderLife, QUICK_LIFE } from './order-life.ts';
import { measureRecommendLife, QUICK_RECOMMEND_LIFE, RECOMMEND_LIFE } from './recommend-life.ts';
import { measureReputationLife, QUICK_REPUTATION_LIFE, REPUTATION_LIFE } from './reputation-life.ts';
import { watchCosts, watchCostText } from './watch-cost.ts';

const help = `Usage: npm run cost [-- options]

Lets members of a shop in memory order and receive goods, spend points, check in, use coupons, review, complain and ask for
recommendations, reads from the tables what that consumed, and prints the arithmetic of dollars per million orders, reviews and so on: each line with its quantity,
where that comes from, its price and the dollars. Prices and assumptions stand in test/bench/prices.ts.

  --only SIDE   loyalty: orders, points and coupons; reputation: reviews, complaints and what is counted of orders;
                recommend: looks at products, orders and pages of recommendations;
                watch: alarms and dashboards of every stage, by the month
  --quick       fewer orders
  --json        one line of JSON instead
  --help        show this

Exit code 0 also where a budget is exceeded; 1 where something failed; 2 for a flag or a side it does not know.
`;

process.exitCode = await runCommand('cost', { help }, async ({ json, quick, only }, tell) => {
  const asked = (side: Side): boolean => only === undefined || only === side;
  const loyalty = asked('loyalty') ? await costOfLoyalty(quick, tell) : undefined;
  const reputation = asked('reputation') ? await costOfReputation(quick, tell) : undefined;
  const recommend = asked('recommend') ? await costOfRecommend(quick, tell) : undefined;
  const watch = asked('watch') ? await watchCosts() : undefined;
  if (json) {
    const parts = { ...(reputation && { reputation }), ...(recommend && { recommend }), ...(watch && { watch }) };
    return JSON.stringify({ ...loyalty, ...parts });
  }
  return [
    loyalty === undefined ? '' : costText(loyalty.report, loyalty.life),
    reputation === undefined ? '' : reputationCostText(reputation.report, reputation.life),
    recommend === undefined ? '' : recommendCostText(recommend.report, recommend.life),
    watch === undefined ? '' : watchCostText(watch),
  ]
    .filter((it) => it !== '')
    .join('\n\n');
});

async function costOfLoyalty(quick: boolean, tell: (line: string) => void) {
  tell('letting members order; a minute or two');
  const shop = await MeteredShop.start();
  try {
    const life = await measureOrderLife(shop, quick ? QUICK_LIFE : LIFE);
    const memberLife = await measureMemberLife(shop, quick ? QUICK_MEMBER_LIFE : MEMBER_LIFE);
    return { report: costOf(life, memberLife, waiting()), life, memberLife };
  } finally {
    await shop.stop();
  }
}

async function costOfReputation(quick: boolean, tell: (line: string) => void) {
  tell('letting members review and complain');
  const life = await measureReputationLife(quick ? QUICK_REPUTATION_LIFE : REPUTATION_LIFE);
  return { report: reputationCostOf(life), life };
}

async function costOfRecommend(quick: boolean, tell: (line: string) => void) {
  tell('letting members look at products and ask for recommendations');
  const life = await measureRecommendLife(quick ? QUICK_RECOMMEND_LIFE : RECOMMEND_LIFE);
  return { report: recommendCostOf(life), life };
}
