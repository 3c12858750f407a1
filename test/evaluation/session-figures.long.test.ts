import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sessionsEvaluation } from '../../infra/evaluation/evaluate-sessions.ts';
import { DATA_FOLDER } from '../bench/data-folder.ts';

/** The best that is printed for graph networks on this split of Diginetica is .542 and .190. */
const shops = [
  { shop: 'diginetica', predictions: 60_858, hr20: 0.545, mrr20: 0.191 },
  { shop: 'retailrocket', predictions: 19_907, hr20: 0.6, mrr20: 0.312 },
];

for (const { shop, predictions, hr20, mrr20 } of shops) {
  const train = join(DATA_FOLDER, shop, 'train.txt.gz');
  const isThere = existsSync(train);
  if (!isThere) console.warn(`There are no sessions at ${train}: how well they are predicted is not tested.`);
  test.runIf(isThere)(
    `the next item of sessions of ${shop} is found as often as ever`,
    { timeout: 120_000 },
    async () => {
      const figures = await sessionsEvaluation.run({ train, test: join(DATA_FOLDER, shop, 'test.txt.gz') });
      expect(figures).toMatchObject({ predictions, unknownTargets: 0 });
      expect(figures.hr20).toBeGreaterThan(hr20);
      expect(figures.mrr20).toBeGreaterThan(mrr20);
      expect(figures.modelBytes).toBeLessThan(40 * 600_000);
    },
  );
}
