/** A person on duty: an alarm is on, the letter behind it is found and thrown away, and nothing is on any more. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRuntime, type Runtime } from '../../infra/local/runtime.ts';
import { runCommand } from '../support/run-command.ts';

let runtime: Runtime;
beforeAll(async () => {
  runtime = await createRuntime();
});
afterAll(() => runtime.stop());

const alarms = (...args: string[]) => runCommand('alarms', '--url', runtime.url, ...args);

test('says what is on, by which figure, and where the runbook goes on; and when it is mended', async () => {
  expect(await alarms()).toMatchObject({ code: 0, out: expect.stringMatching(/^0 of \d{3} alarms are on\.\n$/) });
  runtime.putEvents([
    { Source: 'rapport.order', DetailType: 'order.placed.v1', Detail: '{}', EventBusName: runtime.wiring.buses[0] },
  ]);
  expect(await runtime.settle()).toEqual({ deadLetters: 1 });
  const on = await alarms();
  expect(on.code).toBe(1);
  expect(on.out).toMatch(/ON +rapport-dev-intake-unsealed-queue-dead +1 +> 0 .*docs\/runbook\.md#queue-dead/);
  const all = JSON.parse((await alarms('--json', '--all')).out) as { on: number; of: number; alarms: unknown[] };
  expect(all).toMatchObject({ on: 1, of: all.alarms.length });
  const dropped = await runCommand(
    'dead-letters',
    'drop',
    '--queue',
    'rapport-dev-intake-unsealed-dead',
    '--yes',
    '--url',
    runtime.url,
  );
  expect(dropped.code).toBe(0);
  expect((await alarms()).code).toBe(0);
});

test('refuses what it does not know, in one line', async () => {
  for (const args of [
    ['--colour'],
    ['list'],
    ['--stage', 'moon'],
    ['--url', 'ftp://x'],
    ['--url', 'http://127.0.0.1:1'],
  ]) {
    const ran = await runCommand('alarms', ...args);
    expect([ran.code, ran.out]).toEqual([2, '']);
    expect(ran.err).toMatch(/^alarms: .+\n$/);
  }
  expect(await runCommand('alarms', '--help')).toMatchObject({
    code: 0,
    out: expect.stringContaining('npm run alarms'),
  });
});
