/** `npm run alarms`: what is wrong now, and where the runbook goes on. */
import { parseArgs } from 'node:util';
import { formatTable } from '../importers/table.ts';
import type { RepairBackend } from '../repair/backend.ts';
import { readWhich, type Which, whichBackend, whichBackendHelp } from '../repair/open-backend.ts';
import { deployedAlarms } from '../watch/deployed-alarms.ts';
import type { AlarmState } from '../watch/evaluate-alarm.ts';
import { firstLine, UsageError } from './usage-error.ts';
import { withBackend } from './with-backend.ts';

const DEFAULT_URL = 'http://127.0.0.1:4000';

const help = `npm run alarms [-- options]

Prints the alarms that are on: what each says, the figure it goes by, and its section of docs/runbook.md. A local backend has the alarms
of stage dev and measures for them what there is to measure on one machine.

  --all          those that are off, too
  --json         one line of JSON instead
${whichBackendHelp}
  --help         this text

Exit code 0: none is on. 1: some are. 2: nothing was looked at, because of how it was called, or no backend answers.
`;

type Command = { which: Which; all: boolean; json: boolean };

function readCommand(args: string[]): Command | 'help' {
  let values: { url?: string; stage?: string; all?: boolean; json?: boolean; help?: boolean };
  try {
    const flags = { all: { type: 'boolean' }, json: { type: 'boolean' }, help: { type: 'boolean' } } as const;
    ({ values } = parseArgs({ args, strict: true, allowPositionals: false, options: { ...whichBackend, ...flags } }));
  } catch (error) {
    throw new UsageError(firstLine(error));
  }
  if (values.help === true) return 'help';
  return { which: readWhich(values), all: values.all === true, json: values.json === true };
}

async function alarmsOf(which: Which, backend: RepairBackend): Promise<AlarmState[]> {
  if (!backend.local) return await deployedAlarms(backend);
  const answer = await fetch(new URL('/local/alarms', which.url ?? DEFAULT_URL));
  return ((await answer.json()) as { alarms: AlarmState[] }).alarms;
}

function shown({ name, state, value, threshold, description }: AlarmState): string[] {
  const figure = value === undefined ? '-' : String(Math.round(value * 100) / 100);
  return [state === 'ALARM' ? 'ON' : 'off', name, figure, `> ${threshold}`, description];
}

async function run({ which, all, json }: Command, backend: RepairBackend): Promise<number> {
  const alarms = await alarmsOf(which, backend);
  const on = alarms.filter(({ state }) => state === 'ALARM');
  const told = all ? alarms : on;
  if (json) process.stdout.write(`${JSON.stringify({ on: on.length, of: alarms.length, alarms: told })}\n`);
  else {
    process.stdout.write(`${on.length} of ${alarms.length} alarms are on.\n`);
    if (told.length > 0) process.stdout.write(`${formatTable(told.map(shown))}\n`);
  }
  return on.length === 0 ? 0 : 1;
}

await withBackend({ name: 'alarms', help, read: readCommand, run });
