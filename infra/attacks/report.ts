import { parseArgs } from 'node:util';
import { firstLine, UsageError } from '../commands/usage-error.ts';
import { formatTable } from '../importers/table.ts';
import { type AttackFigures, attackFigures } from './figures.ts';
import { hasOlist, OLIST_FOLDER } from './olist-reviews.ts';
import { ATTACKS } from './simulated-review.ts';

const help = `node infra/attacks/report.ts [options]

Puts simulated attacks into the Olist stream, judges it by the shop's policy, and prints how many false reviews were found, how
many real ones were held, and how far ratings moved; the last line is one JSON document. It takes some 20 seconds.

  --seed N      whom the attacks are on, when and how (default: 11)
  --dir FOLDER  where the Olist export is (default: ${OLIST_FOLDER})
  --help        this text

Exit code 0: it is printed, or there is no export. 2: nothing was done, because of how it was called.
`;

const percent = (value: number) => `${(100 * value).toFixed(2)} %`;
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

function print(found: AttackFigures): void {
  console.log(`Attacks on ${found.reviews} reviews of the later half of Olist, ${found.attackReviews} of them false`);
  console.log(`  precision ${percent(found.precision)}, recall ${percent(found.recall)}`);
  console.log(
    `  of the real reviews ${percent(found.falseHolds)} are held, ${percent(found.falseRejections)} rejected unseen`,
  );
  console.log(`  if nobody attacked: ${percent(found.falseHoldsInPeace)} of all real reviews`);
  console.log(tableOf(found));
  console.log('  Moves of the rating in stars, when the last review of an attack has come in.');
  const scores = found.calibration.filter(({ reviews }) => reviews > 0);
  const rows = scores.map(({ from, reviews, score, share }) => [
    `from ${from}`,
    reviews,
    percent(score),
    percent(share),
  ]);
  console.log(formatTable(rows, ['score', 'reviews', 'mean', 'false']));
  console.log(JSON.stringify(found));
}

function readCommand(): { seed: number; dir: string } | 'help' {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: '11' },
      dir: { type: 'string', default: OLIST_FOLDER },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  if (!/^\d{1,9}$/.test(values.seed)) throw new UsageError(`--seed takes a whole number, not "${values.seed}".`);
  return { seed: Number(values.seed), dir: values.dir };
}

try {
  const command = readCommand();
  if (command === 'help') console.log(help);
  else if (hasOlist(command.dir)) print(await attackFigures({ dataFolder: command.dir, seed: command.seed }));
  else console.log(`Skipped: the Olist export is not in ${command.dir}.`);
} catch (error) {
  const misused = error instanceof UsageError || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS');
  console.error(firstLine(error));
  process.exitCode = misused === true ? 2 : 1;
}
