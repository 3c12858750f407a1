import type { RepairBackend } from '../repair/backend.ts';
import { openBackend, type Which } from '../repair/open-backend.ts';
import { firstLine, UsageError } from './usage-error.ts';

/** A command of somebody who looks after a backend: how it is read, and what it does there. */
export type BackendCommand<Command extends { which: Which }> = {
  name: string;
  help: string;
  /** @throws UsageError for a call that is none */
  read(args: string[]): Command | 'help';
  /** @returns the exit code */
  run(command: Command, backend: RepairBackend): Promise<number>;
};

/** Runs a command on the backend that it names, and sets the exit code of this process. */
export async function withBackend<Command extends { which: Which }>(
  { name, help, read, run }: BackendCommand<Command>,
  args = process.argv.slice(2),
): Promise<void> {
  let backend: RepairBackend | undefined;
  try {
    const command = read(args);
    if (command === 'help') {
      process.stdout.write(help);
      return;
    }
    backend = await openBackend(command.which);
    process.exitCode = await run(command, backend);
  } catch (error) {
    process.stderr.write(`${name}: ${firstLine(error)}\n`);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  } finally {
    backend?.close();
  }
}
