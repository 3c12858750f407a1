import { expect, it } from 'vitest';
import { runCommand } from '../support/run-command.ts';

it('load --help explains itself', async () => {
  const { code, out } = await runCommand('load', '--help');
  expect([code, out]).toEqual([0, expect.stringContaining('npm run load')]);
});

it.each([
  [['--bogus']],
  [['extra']],
  [['--rate', '0']],
  [['--seconds', '0.5']],
  [['--seed', '-1']],
  [['--url', 'nowhere']],
  [['--url', 'http://127.0.0.1:9', '--kill']],
  [['--url', 'http://127.0.0.1:9']],
])('load %j is refused in one line, and nothing is done', async (args) => {
  const { code, out, err } = await runCommand('load', ...args);
  expect([code, out]).toEqual([2, '']);
  expect(err).toMatch(/^load: [^\n]+\n$/);
});
