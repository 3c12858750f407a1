import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');

function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [join(root, 'infra/commands/train-text.ts'), ...args], (error, out, err) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err });
    });
  });
}

it('tells how it is used', async () => {
  const { out, ...rest } = await run('--help');
  expect(rest).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/^npm run train:text/);
});

it.each([
  { what: 'an unknown flag', args: ['--nonsense'], code: 2, says: "Unknown option '--nonsense'" },
  { what: 'a stray word', args: ['stray'], code: 2, says: "Unexpected argument 'stray'" },
  { what: 'a seed that is no number', args: ['--seed', '-1x'], code: 2, says: "'--seed' argument is ambiguous" },
  { what: 'a seed too large', args: ['--seed', '1e99'], code: 2, says: '--seed takes a whole number, not "1e99".' },
  { what: 'no data', args: ['--data', '/nowhere'], code: 1, says: 'cannot be opened: there is no such file.' },
  { what: 'no data for figures', args: ['--figures', '--data', '/nowhere'], code: 1, says: 'there is no such file.' },
])('fails with $what in one line, and writes nothing', async ({ args, code, says }) => {
  const { out, err, ...rest } = await run(...args);
  expect({ ...rest, out }).toEqual({ code, out: '' });
  expect(err).toContain(says);
  expect(err).toMatch(/^train-text: .*\n$/);
});
