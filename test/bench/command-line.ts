/** The two commands of this folder take the same flags and fail the same way. */
import { parseArgs } from 'node:util';
import { firstLine } from '../../infra/commands/usage-error.ts';

/** `only`: one side of the project, where not all of it is asked for. */
export type Flags = { json: boolean; quick: boolean; only?: Side } & Readonly<Record<ExtraFlag, boolean | undefined>>;

/** What only some commands take: each asks for what takes minutes. */
export type ExtraFlag = 'olist' | 'ten-million';

export const SIDES = ['loyalty', 'reputation', 'recommend', 'watch'] as const;
export type Side = (typeof SIDES)[number];

/**
 * Runs a command: prints its help, refuses unknown flags and values with exit code 2, and says in one line what went wrong.
 * @param extra flags that this command takes beside those of all
 * @returns the exit code
 */
export async function runCommand(
  name: string,
  { help, extra = [] }: { help: string; extra?: readonly ExtraFlag[] },
  run: (flags: Flags, tell: (line: string) => void) => Promise<string>,
): Promise<number> {
  let flags: Flags & { help: boolean };
  try {
    const { only, ...values } = parseArgs({
      args: process.argv.slice(2),
      options: {
        json: { type: 'boolean', default: false },
        quick: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
        only: { type: 'string' },
        ...Object.fromEntries(extra.map((name) => [name, { type: 'boolean', default: false } as const])),
      },
    }).values as Omit<Flags, 'only'> & { help: boolean; only?: string };
    const side = SIDES.find((it) => it === only);
    if (only !== undefined && side === undefined) throw new Error(`--only takes ${listed(SIDES)}, not "${only}"`);
    flags = { ...values, ...(side !== undefined && { only: side }) };
  } catch (error) {
    process.stderr.write(`${name}: ${firstLine(error)} (--help shows what there is)\n`);
    return 2;
  }
  if (flags.help) {
    process.stdout.write(help);
    return 0;
  }
  try {
    const tell = (line: string): void => void process.stderr.write(`${name}: ${line}\n`);
    process.stdout.write(`${await run(flags, tell)}\n`);
    return 0;
  } catch (error) {
    process.stderr.write(`${name}: ${firstLine(error)}\n`);
    return 1;
  }
}

function listed(names: readonly string[]): string {
  return `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}
