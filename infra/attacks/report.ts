import { parseArgs } from 'node:util';
import { formatTable } from '../importers/table.ts';
import { type AttackFigures, attackFigures } from './figures.ts';
import { hasOlist, OLIST_FOLDER } from './olist-reviews.ts';
import { ATTACKS } from './simulated-review.ts';

/* Prints how simulated attacks on the Olist stream are judged: `node infra/attacks/report.ts [--seed 11] [--dir FOLDER]`. */

const percent = (value: number) => `${(100 * value).toFixed(1)} %`;
const stars = (value: number) => value.toFixed(3);

function tableOf({ perAttack, ratingMoves }: AttackFigures): string {
  const header = ['attack', 'reviews', 'found', 'at once', 'products', 'shown', 'worst', 'plain mean', 'worst'];
  const rows = ATTACKS.map((kind) => {
    const { reviews, recall, atOnce } = perAttack[kind];
    const { products, shown, plain } = ratingMoves[kind];
    const moves = [shown.mean, shown.worst, plain.mean, plain.worst].map(stars);
    return [kind, reviews, percent(recall), percent(atOnce), products, ...moves];
  });
  return formatTable(rows, header);
}

const { values } = parseArgs({
  options: { seed: { type: 'string', default: '11' }, dir: { type: 'string', default: OLIST_FOLDER } },
});
if (hasOlist(values.dir)) {
  const found = await attackFigures({ dataFolder: values.dir, seed: Number(values.seed) });
  console.log(`Attacks on ${found.reviews} reviews of the later half of Olist, ${found.attackReviews} of them false`);
  console.log(`  precision ${percent(found.precision)}, recall ${percent(found.recall)}`);
  console.log(
    `  false holds ${percent(found.falseHolds)} of the real reviews, rejected unseen ${percent(found.falseRejections)}`,
  );
  console.log(`  if nobody attacked ${percent(found.falseHoldsInPeace)} of all real reviews`);
  console.log(tableOf(found));
  console.log('  Moves of the rating in stars, when the last review of an attack has come in.');
  const scores = found.calibration.filter(({ reviews }) => reviews > 0);
  console.log(
    formatTable(
      scores.map(({ from, reviews, score, share }) => [`from ${from}`, reviews, percent(score), percent(share)]),
      ['score', 'reviews', 'mean', 'false'],
    ),
  );
  console.log(JSON.stringify(found));
} else {
  console.log(`Skipped: the Olist export is not in ${values.dir}.`);
}
