/** `npm run test:deploy`: a stage deployed into an emulator of AWS, where that can be had; one visible line where it cannot. */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { firstLine } from '../../infra/commands/usage-error.ts';
import { installEmulator } from '../../infra/emulator/python.ts';

const help = `Usage: npm run test:deploy [-- --help]

Deploys the stage dev by npm run deploy into an emulator of AWS on this machine, walks the journeys of a shop over its endpoints,
deploys it again and removes it. Takes a few minutes. The emulator (MiniStack) is installed from PyPI under node_modules/.cache the
first time; without Python 3.10 or later, or without PyPI, the tests are skipped, and one line says so.
`;

function main(args: readonly string[]): number {
  try {
    const { values } = parseArgs({ args: [...args], options: { help: { type: 'boolean', default: false } } });
    if (values.help) {
      process.stdout.write(help);
      return 0;
    }
  } catch (error) {
    process.stderr.write(`test:deploy: ${firstLine(error)}\n`);
    return 2;
  }
  const installed = installEmulator();
  if ('missing' in installed) {
    process.stdout.write(`test:deploy: SKIPPED, nothing was deployed: ${installed.missing}\n`);
    return 0;
  }
  const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
  const { status } = spawnSync(process.execPath, [vitest, 'run', '--config', 'vitest.deploy.config.ts'], {
    cwd: join(import.meta.dirname, '../..'),
    stdio: 'inherit',
    env: { ...process.env, RAPPORT_EMULATOR_PYTHON: installed.python },
  });
  return status ?? 1;
}

process.exitCode = main(process.argv.slice(2));
