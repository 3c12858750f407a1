/** `npm run train:text`: the sentiment models of the release, and how well they read. */
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { formatTable } from '../importers/table.ts';
import { firstLine, UsageError } from './usage-error.ts';

const root = resolve(import.meta.dirname, '../..');
const modelFolder = join(root, 'shared/domain/text/models');

const help = `npm run train:text [-- options]

Trains the sentiment models of the release from the public data sets, writes them to shared/domain/text/models and prints
what they are and how well they read. Two minutes.

  --data DIR   where the data sets are (default: ../shared/data)
  --seed N     the order in which examples are gone through, and the folds (default: 1)
  --figures    train nothing that is kept: print the figures of the cross-validation alone
  --help       this text

The same seed and the same data give the same files.
Exit code 0: it is done. 1: it is not, and why. 2: nothing was done, because of how it was called.
`;

function readCommand(args: string[]): { data: string; seed: number; figures: boolean } | 'help' {
  const { help: wanted, data, seed, figures } = parseOptions(args);
  if (wanted) return 'help';
  if (!/^\d{1,9}$/.test(seed)) throw new UsageError(`--seed takes a whole number, not "${seed}".`);
  return { data, seed: Number(seed), figures };
}

function parseOptions(args: string[]) {
  try {
    const options = {
      data: { type: 'string', default: process.env.RAPPORT_DATA ?? join(root, '../shared/data') },
      seed: { type: 'string', default: '1' },
      figures: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    } as const;
    return parseArgs({ args, strict: true, allowPositionals: false, options }).values;
  } catch (error) {
    throw new UsageError(firstLine(error));
  }
}

async function train(dataFolder: string, seed: number): Promise<void> {
  // Loaded here, so that --help and a wrong flag are answered at once.
  const { trainModels } = await import('../text/train-models.ts');
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const rows = (await trainModels({ dataFolder, seed })).map((it) => {
    const file = join(modelFolder, `${it.language}.json`);
    const content = `${JSON.stringify({ model: Buffer.from(it.bytes).toString('base64') }, null, 2)}\n`;
    writeFileSync(file, content);
    return [
      it.language,
      it.model.id,
      it.model.about.trainedOn.reviews,
      it.model.features.length,
      content.length,
      it.held.accuracy.toFixed(4),
      it.held.macroF1.toFixed(4),
      it.calibrationError.toFixed(4),
      percent(it.neutralShare),
      percent(it.decidedAccuracy),
      it.undecidedNeutralShare === undefined ? '-' : percent(it.undecidedNeutralShare),
    ];
  });
  const header = [
    'model',
    'id',
    'reviews',
    'features',
    'bytes',
    'accuracy',
    'macro F1',
    'calibration error',
    'neutral',
    'right where not',
    'neutral of 3 stars',
  ];
  process.stdout.write(`seed ${seed}\n${formatTable(rows, header)}\n\n`);
}

async function printFigures(dataFolder: string, seed: number): Promise<void> {
  const { sentimentFigures } = await import('../text/cross-validate.ts');
  const rows = await sentimentFigures({ dataFolder, seed });
  const cells = rows.map(({ what, budget, measured, within }) => [what, budget, within ? '' : 'MISSED', measured]);
  process.stdout.write(`${formatTable(cells, ['figure', 'budget', '', 'measured'])}\n`);
}

/** Runs the command and returns its exit code. */
async function main(args: string[]): Promise<number> {
  try {
    const command = readCommand(args);
    if (command === 'help') {
      process.stdout.write(help);
      return 0;
    }
    if (!command.figures) await train(command.data, command.seed);
    await printFigures(command.data, command.seed);
    return 0;
  } catch (error) {
    process.stderr.write(`train-text: ${firstLine(error)}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}

process.exitCode = await main(process.argv.slice(2));
