/** `npm run reconcile`: every account and every score recomputed from the facts, and what differs. */
import { parseArgs } from 'node:util';
import { formatCount } from '../importers/table.ts';
import type { RepairBackend } from '../repair/backend.ts';
import { readWhich, type Which, whichBackend, whichBackendHelp } from '../repair/open-backend.ts';
import type { Difference } from '../repair/reconcile/difference.ts';
import { type Reconciled, reconcile } from '../repair/reconcile/reconcile.ts';
import { firstLine, UsageError } from './usage-error.ts';
import { withBackend } from './with-backend.ts';

const halves = ['accounts', 'scores'] as const;
type Half = (typeof halves)[number];

const SHOWN_DEFAULT = 50;
const SHOWN_LIMIT = 10_000;
/** A value is shown up to so many characters. */
const VALUE_LENGTH = 400;
const PROGRESS_MS = 5_000;

const help = `npm run reconcile [-- options]

Works out every account and every score anew from the facts that are kept, and lists what differs: what stands, and what should
stand. Compared are accounts with their ledgers, the orders behind them, guests, coupons with their budgets and wallets;
reviews, credit, votes, complaints, inspections, restrictions, and all counters. Nothing is written. What seems to differ is
read again first, so a shop may go on meanwhile. Prints figures of what was compared, and at the end the same as one line of JSON.

  --member ID    one member alone: account, orders, causes, reviews
  --only HALF    ${halves.join(' or ')} alone
  --limit N      how many differences are printed (default: ${SHOWN_DEFAULT})
${whichBackendHelp}
  --help         this text

Exit code 0: everything is as the facts would have it. 1: something is not, or it could not be found out. 2: nothing was done,
because of how it was called.
`;

type Command = { which: Which; memberId: string | undefined; only: Half | undefined; limit: number };

function readCommand(args: string[]): Command | 'help' {
  const { help: wanted, member, only, limit, ...which } = parseOptions(args);
  if (wanted) return 'help';
  if (only !== undefined && !halves.some((half) => half === only)) {
    throw new UsageError(`--only takes ${halves.join(' or ')}, not "${only}".`);
  }
  if (member !== undefined && !/^[\w.:-]{1,128}$/.test(member)) throw new UsageError(`"${member}" is no member's id.`);
  const shown = limit === undefined ? SHOWN_DEFAULT : Number(limit);
  if (!Number.isInteger(shown) || shown < 1 || shown > SHOWN_LIMIT) {
    throw new UsageError(`--limit takes a whole number from 1 to ${SHOWN_LIMIT}, not "${limit}".`);
  }
  return { which: readWhich(which), memberId: member, only: only as Half | undefined, limit: shown };
}

function parseOptions(args: string[]) {
  try {
    const options = {
      ...whichBackend,
      member: { type: 'string' },
      only: { type: 'string' },
      limit: { type: 'string' },
      help: { type: 'boolean', default: false },
    } as const;
    return parseArgs({ args, strict: true, allowPositionals: false, options }).values;
  } catch (error) {
    throw new UsageError(firstLine(error));
  }
}

async function run({ memberId, only, limit }: Command, backend: RepairBackend): Promise<number> {
  let toldMs = Date.now();
  const done = await reconcile(backend, {
    memberId,
    only,
    onProgress(figures) {
      if (Date.now() - toldMs < PROGRESS_MS) return;
      toldMs = Date.now();
      process.stderr.write(`  so far ${spelt(figures)}\n`);
    },
  });
  const compared = Object.values(done.compared).reduce((sum, count) => sum + count, 0);
  if (memberId !== undefined && compared === 0) throw new UsageError(`The shop knows nothing of member ${memberId}.`);
  process.stdout.write(`${linesOf(done, limit, backend.name).join('\n')}\n`);
  const { differences, moving } = done;
  process.stdout.write(
    `${JSON.stringify({ compared: done.compared, differences: differences.length, moving: moving.length })}\n`,
  );
  return differences.length === 0 ? 0 : 1;
}

function linesOf({ compared, differences, moving }: Reconciled, limit: number, name: string): string[] {
  const shown = differences.slice(0, limit);
  const left = differences.length - shown.length;
  const verdict = differences.length === 0 ? 'no differences' : `${formatCount(differences.length)} differences`;
  return [
    ...shown.flatMap(lineOf),
    ...(left > 0 ? [`and ${formatCount(left)} more: --limit ${differences.length}`] : []),
    ...(moving.length > 0
      ? [
          `${moving.length} changed each time that they were read, and are to be looked at again: ${moving.slice(0, 5).join(', ')}`,
        ]
      : []),
    `${name}: ${verdict}; compared ${spelt(compared)}`,
  ];
}

function lineOf({ subject, part, stands, should }: Difference): string[] {
  return [`${subject}: ${part}`, `  stands ${shownValue(stands)}`, `  should ${shownValue(should)}`];
}

function shownValue(value: unknown): string {
  const text = value === undefined ? 'nothing' : typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > VALUE_LENGTH ? `${text.slice(0, VALUE_LENGTH)}...` : text;
}

function spelt(figures: Readonly<Record<string, number>>): string {
  return Object.entries(figures)
    .map(([name, count]) => `${formatCount(count)} ${name}`)
    .join(', ');
}

await withBackend({ name: 'reconcile', help, read: readCommand, run });
