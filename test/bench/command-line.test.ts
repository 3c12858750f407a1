import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';

const run = async (command: 'bench' | 'cost', ...args: string[]) => {
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [
      join(import.meta.dirname, `${command}.ts`),
      ...args,
    ]);
    return { code: 0, stdout, stderr: '' };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, stdout, stderr };
  }
};

describe.each(['bench', 'cost'] as const)('npm run %s', (command) => {
  test('says what it takes', async () => {
    const { code, stdout } = await run(command, '--help');
    expect(code).toBe(0);
    for (const flag of ['--only SIDE', '--quick', '--json', 'reputation', 'recommend', 'watch'])
      expect(stdout).toContain(flag);
  });

  test('refuses a side that there is not with exit code 2 and one line', async () => {
    const { code, stdout, stderr } = await run(command, '--only', 'weather');
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toBe(
      `${command}: --only takes loyalty, reputation, recommend or watch, not "weather" (--help shows what there is)\n`,
    );
  });
});

test.each(['--olist', '--ten-million'])('npm run cost has nothing that takes half an hour: %s', async (flag) => {
  expect(await run('cost', flag)).toMatchObject({ code: 2, stderr: expect.stringContaining(flag) });
});

test('npm run bench names what takes minutes', async () => {
  const { stdout } = await run('bench', '--help');
  for (const flag of ['--olist', '--ten-million']) expect(stdout).toContain(flag);
});
