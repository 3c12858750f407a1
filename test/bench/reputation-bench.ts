/** The figures of the reputation side: text, attacks, hot items, latencies, a real export, the bill. */
import { type AttackFigures, attackFigures } from '../../infra/attacks/figures.ts';
import { hasOlist } from '../../infra/attacks/olist-reviews.ts';
import { type FigureRow, missingData, sentimentFigures } from '../../infra/text/cross-validate.ts';
import { type ReputationCost, reputationCostOf } from './cost-report.ts';
import { DATA_FOLDER } from './data-folder.ts';
import { type HotItems, measureHotItems } from './hot-items.ts';
import { measureOlistImport, type OlistImport } from './olist-import.ts';
import {
  measureReputationLife,
  QUICK_REPUTATION_LIFE,
  REPUTATION_LIFE,
  type ReputationLife,
} from './reputation-life.ts';
import { measureReputationRuntime, type ReputationRuntime } from './reputation-runtime.ts';

export const FULL_REPUTATION = {
  folds: 5,
  hot: { events: 1_000, shards: [1, 4], growth: [100, 1_000, 5_000] },
  runtime: { reviews: 300, requests: 500 },
  olistOrders: 1_000,
  life: REPUTATION_LIFE,
};

export const QUICK_REPUTATION: typeof FULL_REPUTATION = {
  folds: 2,
  hot: { events: 200, shards: [1], growth: [100, 400] },
  runtime: { reviews: 100, requests: 100 },
  olistOrders: 200,
  life: QUICK_REPUTATION_LIFE,
};

export type ReputationMeasurements = {
  /** A text says why there are no figures. */
  sentiment: FigureRow[] | string;
  attacks: AttackFigures | string;
  hot: HotItems;
  runtime: ReputationRuntime;
  olist: OlistImport | string;
  /** Only where it was asked for: it takes minutes. */
  wholeOlist?: OlistImport | string;
  life: ReputationLife;
  cost: ReputationCost;
};

/** Attacks are drawn from it. */
const SEED = 11;

export async function measureReputation(
  size: typeof FULL_REPUTATION,
  { olist }: { olist: boolean },
  tell: (line: string) => void,
): Promise<ReputationMeasurements> {
  tell('a hot product and a hot brand');
  const hot = await measureHotItems(size.hot);
  tell('asking for reputations in the local runtime');
  const runtime = await measureReputationRuntime(size.runtime);
  tell('letting members review and complain, for the bill');
  const life = await measureReputationLife(size.life);
  tell(`importing ${size.olistOrders} orders of Olist`);
  const slice = await measureOlistImport(size.olistOrders);
  if (olist) tell('importing all of Olist; half an hour');
  const wholeOlist = olist ? await measureOlistImport(undefined) : undefined;
  tell('attacking the Olist stream');
  const attacks = hasOlist(`${DATA_FOLDER}/olist`)
    ? await attackFigures({ dataFolder: `${DATA_FOLDER}/olist`, seed: SEED })
    : 'the Olist export is not there';
  tell('reading sentiment');
  const missing = missingData(DATA_FOLDER);
  const sentiment =
    missing.length === 0
      ? await sentimentFigures({ dataFolder: DATA_FOLDER, folds: size.folds })
      : `not there: ${missing.join(', ')}`;
  const cost = reputationCostOf(life);
  return { sentiment, attacks, hot, runtime, olist: slice, ...(wholeOlist && { wholeOlist }), life, cost };
}
