/** The two commands of this folder take the same flags and fail the same way. */
import { parseArgs } from 'node:util';
import { firstLine } from '../../infra/commands/usage-error.ts';

export type Flags = { json: boolean; quick: boolean };

/**
 * Runs a command: prints its help, refuses unknown flags with exit code 2, and says in one line what went wrong.
 * @returns the exit code
 */
export async function runCommand(
  name: string,
  help: string,
  run: (flags: Flags, tell: (line: string) => void) => Promise<string>,
): Promise<number> {
  let flags: Flags & { help: boolean };
  try {
    flags = parseArgs({
      args: process.argv.slice(2),
      options: {
        json: { type: 'boolean', default: false },
        quick: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
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
