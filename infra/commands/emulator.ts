/** `npm run emulator`: an emulator of AWS and an issuer of tokens on this machine, until Ctrl-C. */
import { parseArgs } from 'node:util';
import { startEmulator } from '../emulator/emulator.ts';
import { serveIssuer } from '../emulator/issuer-server.ts';
import { installEmulator } from '../emulator/python.ts';
import { firstLine, UsageError } from './usage-error.ts';

const help = `Usage: npm run emulator [-- options]

Runs an emulator of AWS (MiniStack, from PyPI) and an issuer of tokens on the loopback interface, and prints what a second
terminal needs in its environment to deploy there. Needs Python 3.10 or later. Ctrl-C ends it, and nothing of it is kept.

  --port <number>          port of the emulator (default 4566; 0 takes any free one)
  --issuer-port <number>   port of the issuer (default 4567; 0 takes any free one)
  --help                   show this
`;

type Command = { help: boolean; port: number; issuerPort: number };

function read(args: readonly string[]): Command {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        port: { type: 'string', default: '4566' },
        'issuer-port': { type: 'string', default: '4567' },
        help: { type: 'boolean', default: false },
      },
    });
    const port = portOf('--port', values.port);
    return { help: values.help, port, issuerPort: portOf('--issuer-port', values['issuer-port']) };
  } catch (error) {
    throw new UsageError(firstLine(error));
  }
}

function portOf(flag: string, text: string): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value <= 65_535)) throw new UsageError(`${flag} takes a whole number up to 65535, not "${text}"`);
  return value;
}

async function run({ port, issuerPort }: Command): Promise<void> {
  const installed = installEmulator();
  if ('missing' in installed) throw new Error(`The emulator cannot be had: ${installed.missing}`);
  const issuer = await serveIssuer(issuerPort);
  try {
    const emulator = await startEmulator(installed.python, { port });
    const { PATH: _path, HOME: _home, ...environment } = emulator.environment;
    const lines = Object.entries({ ...environment, RAPPORT_ISSUER: issuer.issuer });
    for (const [name, value] of lines) process.stdout.write(`export ${name}=${value}\n`);
    process.stdout.write(`ready ${emulator.url}\n`);
    await new Promise<void>((resolve) => {
      process.once('SIGINT', () => resolve());
      process.once('SIGTERM', () => resolve());
    });
    await emulator.stop();
  } finally {
    await issuer.close();
  }
}

try {
  const command = read(process.argv.slice(2));
  if (command.help) process.stdout.write(help);
  else await run(command);
} catch (error) {
  process.stderr.write(`emulator: ${firstLine(error)}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
