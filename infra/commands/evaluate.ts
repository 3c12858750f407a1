/** `npm run evaluate -- NAME`: a method of this release, trained and tested on files that are given. */
import { parseArgs } from 'node:util';
import type { Evaluation } from './evaluation.ts';
import { firstLine, UsageError } from './usage-error.ts';

/** Each is loaded when it is asked for, so that --help and a wrong name are answered at once. */
const evaluations: Readonly<Record<string, { summary: string; load: () => Promise<Evaluation> }>> = {
  sentiment: {
    summary: 'is a review positive? Accuracy and macro F1 over labelled reviews',
    load: async () => (await import('../text/evaluate-sentiment.ts')).sentimentEvaluation,
  },
  sessions: {
    summary: 'what does a visitor look at next? Hit rate and reciprocal rank over sessions',
    load: async () => (await import('../evaluation/evaluate-sessions.ts')).sessionsEvaluation,
  },
  baskets: {
    summary: 'what does a member buy next? Recall and NDCG over baskets, beside four other methods',
    load: async () => (await import('../evaluation/evaluate-baskets.ts')).basketsEvaluation,
  },
};

const help = `npm run evaluate -- NAME [options]

Trains a method of this release on one file, tests it on another, and prints the figures as one line of JSON.

${Object.entries(evaluations)
  .map(([name, { summary }]) => `  ${name.padEnd(10)} ${summary}`)
  .join('\n')}

  npm run evaluate -- NAME --help   the options of one
  --help                            this text

Exit code 0: the figures are printed. 1: there are none, and why. 2: nothing was done, because of how it was called.
`;

async function report(args: string[]): Promise<string> {
  const [name, ...rest] = args;
  if (name === '--help') return help;
  if (name === undefined || name.startsWith('-')) throw new UsageError(`What is to be evaluated? ${names()}`);
  const found = Object.hasOwn(evaluations, name) ? evaluations[name] : undefined;
  if (found === undefined) throw new UsageError(`There is no evaluation "${name}". ${names()}`);
  const evaluation = await found.load();
  const flags = parseFlags(rest, evaluation);
  if (flags.help === true) return evaluation.help;
  return `${JSON.stringify(await evaluation.run(flags))}\n`;
}

function parseFlags(args: string[], { options }: Evaluation) {
  try {
    return parseArgs({
      args,
      strict: true,
      allowPositionals: false,
      options: { ...options, help: { type: 'boolean', default: false } },
    }).values;
  } catch (error) {
    throw new UsageError(firstLine(error));
  }
}

const names = (): string => `There is: ${Object.keys(evaluations).join(', ')}.`;

/** Runs the command and returns its exit code. */
async function main(args: string[]): Promise<number> {
  try {
    process.stdout.write(await report(args));
    return 0;
  } catch (error) {
    process.stderr.write(`evaluate: ${firstLine(error)}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}

process.exitCode = await main(process.argv.slice(2));
