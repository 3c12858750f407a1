/** `npm run cost`: what a million orders cost on AWS, line by line. */
import { domains } from '../../infra/domains/domains.ts';
import { runCommand } from './command-line.ts';
import { costOf, costText } from './cost-report.ts';
import { MeteredShop } from './metered-shop.ts';
import { LIFE, measureOrderLife, QUICK_LIFE } from './order-life.ts';

const help = `Usage: npm run cost [-- options]

Lets members of a shop in memory order and receive goods, reads from the tables what that consumed, and prints the
arithmetic of dollars per million orders: each line with its quantity, where that comes from, its price and the dollars.
Prices and assumptions stand in test/bench/prices.ts.

  --quick   fewer orders
  --json    one line of JSON instead
  --help    show this

Exit code 0 also where a budget is exceeded; 1 where something failed; 2 for a flag it does not know.
`;

process.exitCode = await runCommand('cost', help, async ({ json, quick }, tell) => {
  tell('letting members order; some seconds');
  const shop = await MeteredShop.start();
  try {
    const life = await measureOrderLife(shop, quick ? QUICK_LIFE : LIFE);
    const queues = domains.flatMap(({ reactions = [] }) => reactions).length;
    const report = costOf(life, queues);
    return json ? JSON.stringify({ report, life }) : costText(report, life);
  } finally {
    await shop.stop();
  }
});
