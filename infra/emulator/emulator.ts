/**
 * An emulator of AWS that nobody here wrote, MiniStack, as a process of its own on the loopback interface: it provisions
 * CloudFormation and runs the functions with this project's Node. Everything in it is gone when it stops.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { root } from '../constructs/bundle.ts';
import { gaps } from './gaps.ts';

export type Emulator = {
  /** Where every service of AWS is spoken to. */
  url: string;
  region: string;
  /** What a command needs in its environment to find the emulator in the place of AWS, and nothing else of AWS. */
  environment: Readonly<Record<string, string>>;
  /** The resource types that its CloudFormation provisions by itself. */
  types: ReadonlySet<string>;
  /** What it and the functions in it have written so far. */
  log(): string;
  stop(): Promise<void>;
};

const REGION = 'eu-central-1';
const HOST = '127.0.0.1';
const START_TIMEOUT_MS = 60_000;
const POLL_MS = 200;
const STOP_TIMEOUT_MS = 10_000;
const REMOVALS = 10;
/** Functions that nobody has called for so long leave the machine again. */
const WARM_SECONDS = 60;

/**
 * Starts the emulator and returns when it answers.
 * @param python the Python of an environment that holds it
 * @param port 0, the default, takes any free one
 */
export async function startEmulator(python: string, { port: wanted = 0 } = {}): Promise<Emulator> {
  const directory = mkdtempSync(join(tmpdir(), 'rapport-emulator-'));
  const logFile = join(directory, 'log');
  const port = await openPort(wanted);
  const standIns = gaps.map(({ type, property }) => ({ type, ...(property === undefined ? {} : { property }) }));
  writeFileSync(join(directory, 'stand-ins.json'), JSON.stringify(standIns));
  const log = openSync(logFile, 'a');
  // A group of its own: the functions are its children, and all of them go together.
  const child = spawn(python, [join(import.meta.dirname, 'launch.py')], {
    cwd: directory,
    detached: true,
    stdio: ['ignore', log, log],
    env: {
      PATH: [join(root, 'node_modules/.bin'), process.env.PATH ?? ''].join(delimiter),
      HOME: directory,
      TMPDIR: directory,
      RAPPORT_EMULATOR: directory,
      BIND_HOST: HOST,
      GATEWAY_PORT: String(port),
      MINISTACK_REGION: REGION,
      STATE_DIR: join(directory, 'state'),
      S3_DATA_DIR: join(directory, 's3'),
      LAMBDA_WARM_TTL_SECONDS: String(WARM_SECONDS),
      IOT_MTLS_ENABLED: '0',
    },
  });
  closeSync(log);
  const url = `http://${HOST}:${port}`;
  const read = (): string => readFileSync(logFile, 'utf8');
  const stop = async (): Promise<void> => {
    await endGroup(child);
    // What was killed may still have been writing when its folder went.
    for (let left = REMOVALS; left > 0 && existsSync(directory); left -= 1) {
      rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  };
  try {
    await untilItAnswers(`${url}/_ministack/health`, child, read);
    const types = JSON.parse(readFileSync(join(directory, 'types.json'), 'utf8')) as string[];
    return { url, region: REGION, environment: environmentFor(url, directory), types: new Set(types), log: read, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Credentials that are none, and no file of the user's that might lead to real ones. */
function environmentFor(url: string, home: string): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    HOME: home,
    AWS_ENDPOINT_URL: url,
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: 'emulator',
    AWS_SECRET_ACCESS_KEY: 'emulator',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}

async function untilItAnswers(url: string, child: ChildProcess, log: () => string): Promise<void> {
  const until = performance.now() + START_TIMEOUT_MS;
  while (performance.now() < until) {
    if (child.exitCode !== null) throw new Error(`The emulator ended at once: ${log().trim().split('\n').at(-1)}`);
    try {
      if ((await fetch(url, { signal: AbortSignal.timeout(POLL_MS * 10) })).ok) return;
    } catch {
      // Not up yet.
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new Error(`The emulator did not answer within ${START_TIMEOUT_MS / 1_000} s`);
}

async function endGroup(child: ChildProcess): Promise<void> {
  const { pid } = child;
  if (pid === undefined || child.exitCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  signal(pid, 'SIGTERM');
  const slow = setTimeout(() => signal(pid, 'SIGKILL'), STOP_TIMEOUT_MS);
  await ended;
  clearTimeout(slow);
  // Functions that did not end with it.
  signal(pid, 'SIGKILL');
}

function signal(pid: number, name: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(-pid, name);
  } catch {
    // The group is gone.
  }
}

/** A port that nothing listens at. */
function openPort(wanted: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', ({ code, message }: NodeJS.ErrnoException) => {
      reject(new Error(code === 'EADDRINUSE' ? `Port ${wanted} is in use; choose another with --port` : message));
    });
    server.listen(wanted, HOST, () => {
      const address = server.address();
      server.close(() => {
        if (typeof address === 'object' && address !== null) resolve(address.port);
        else reject(new Error('There is no free port'));
      });
    });
  });
}
