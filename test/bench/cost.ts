/** `npm run cost`: what a million orders cost on AWS, line by line. */
import { runCommand } from './command-line.ts';
import { costOf, costText, waiting } from './cost-report.ts';
import { MEMBER_LIFE, measureMemberLife, QUICK_MEMBER_LIFE } from './member-life.ts';
import { MeteredShop } from './metered-shop.ts';
import { LIFE, measureOrderLife, QUICK_LIFE } from './order-life.ts';

const help = `Usage: npm run cost [-- options]

Lets members of a shop in memory order and receive goods, spend points, check in and use coupons, reads from the tables what that consumed, and prints the
arithmetic of dollars per million orders: each line with its quantity, where that comes from, its price and the dollars.
Prices and assumptions stand in test/bench/prices.ts.

  --quick   fewer orders
  --json    one line of JSON instead
  --help    show this

Exit code 0 also where a budget is exceeded; 1 where something failed; 2 for a flag it does not know.
`;

process.exitCode = await runCommand('cost', help, async ({ json, quick }, tell) => {
  tell('letting members order; a minute or two');
  const shop = await MeteredShop.start();
  try {
    const life = await measureOrderLife(shop, quick ? QUICK_LIFE : LIFE);
    const memberLife = await measureMemberLife(shop, quick ? QUICK_MEMBER_LIFE : MEMBER_LIFE);
    const report = costOf(life, memberLife, waiting());
    return json ? JSON.stringify({ report, life, memberLife }) : costText(report, life);
  } finally {
    await shop.stop();
  }
});
