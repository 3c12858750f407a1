import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, it } from 'vitest';
import { chineseSamples, englishSamples } from '../domain/text/samples.ts';

const root = join(import.meta.dirname, '../..');
const directory = mkdtempSync(join(tmpdir(), 'rapport-evaluate-'));
afterAll(() => rmSync(directory, { recursive: true }));

function fileOf(name: string, content: string | Buffer): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

type Sample = { text: string; positive: boolean };
const csvOf = (samples: readonly Sample[]) =>
  `label,review\n${samples.map(({ text, positive }) => `${positive ? 1 : 0},"${text.replaceAll('"', '""')}"\n`).join('')}`;
const english = fileOf('english.csv', csvOf(englishSamples(120)));
const englishTest = fileOf('english-test.csv', csvOf([...englishSamples(41), { text: '', positive: true }]));
const chinese = fileOf(
  'chinese.csv.gz',
  gzipSync(
    `\uFEFFcat,label,review\r\n${chineseSamples(120)
      .map(({ text, positive }) => `物,${positive ? 1 : 0},${text}\r\n`)
      .join('')}`,
  ),
);

function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [join(root, 'infra/commands/evaluate.ts'), ...args], (error, out, err) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err });
    });
  });
}

it.each([
  { args: ['--help'], says: /^npm run evaluate -- NAME/ },
  { args: ['sentiment', '--help'], says: /^npm run evaluate -- sentiment --train FILE/ },
])('tells how it is used: $args', async ({ args, says }) => {
  const { out, ...rest } = await run(...args);
  expect(rest).toEqual({ code: 0, err: '' });
  expect(out).toMatch(says);
});

it.each([
  { what: 'English', train: english, test: englishTest },
  { what: 'Chinese, packed, with a further column', train: chinese, test: chinese },
])('prints one line of figures: $what', async ({ train, test }) => {
  const { code, out, err } = await run('sentiment', '--train', train, '--test', test);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/^\{.*\}\n$/);
  const figures = JSON.parse(out) as Record<string, number>;
  expect(Object.keys(figures)).toEqual(['accuracy', 'macroF1', 'msPerReview']);
  expect(figures.accuracy).toBeGreaterThan(0.9);
  expect(figures.macroF1).toBeGreaterThan(0.9);
});

it.each([
  { what: 'no name', args: [], code: 2, says: 'What is to be evaluated? There is: sentiment' },
  { what: 'another name', args: ['weather'], code: 2, says: 'There is no evaluation "weather".' },
  { what: 'a name of every object', args: ['constructor'], code: 2, says: 'There is no evaluation "constructor".' },
  { what: 'an unknown flag', args: ['sentiment', '--nonsense'], code: 2, says: "Unknown option '--nonsense'" },
  { what: 'a stray word', args: ['sentiment', 'stray'], code: 2, says: "Unexpected argument 'stray'" },
  { what: 'nothing to learn from', args: ['sentiment', '--test', english], code: 2, says: '--train FILE' },
  { what: 'nothing to classify', args: ['sentiment', '--train', english], code: 2, says: '--test FILE' },
  {
    what: 'a seed that is no number',
    args: ['sentiment', '--train', english, '--test', english, '--seed', 'x'],
    code: 2,
    says: '--seed takes a whole number, not "x".',
  },
  {
    what: 'a file that is not there',
    args: ['sentiment', '--train', join(directory, 'none.csv'), '--test', english],
    code: 1,
    says: 'none.csv cannot be opened: there is no such file.',
  },
  {
    what: 'a column that is not there',
    args: ['sentiment', '--train', fileOf('stars.csv', 'stars,review\n5,good\n'), '--test', english],
    code: 1,
    says: 'stars.csv has no column label; its header is "stars,review".',
  },
  {
    what: 'a label that is none',
    args: ['sentiment', '--train', english, '--test', fileOf('label.csv', 'label,review\n1,good\n5,good\n')],
    code: 1,
    says: 'label.csv, row 3: the label is 1 for positive or 0 for negative, not "5".',
  },
  {
    what: 'a row of other fields',
    args: ['sentiment', '--train', english, '--test', fileOf('short.csv', 'label,review\n1\n')],
    code: 1,
    says: 'short.csv, row 2, has 1 fields, the header 2.',
  },
  {
    what: 'no rows',
    args: ['sentiment', '--train', fileOf('empty.csv', 'label,review\n'), '--test', english],
    code: 1,
    says: 'empty.csv has no rows.',
  },
  {
    what: 'one label only',
    args: ['sentiment', '--train', fileOf('glad.csv', 'label,review\n1,good\n0,\n1,fine\n'), '--test', english],
    code: 1,
    says: 'glad.csv has reviews of one label only: there is nothing to tell apart.',
  },
  {
    what: 'a file that is no gzip',
    args: ['sentiment', '--train', fileOf('odd.csv.gz', 'label,review\n1,good\n'), '--test', english],
    code: 1,
    says: 'odd.csv.gz ends in .gz and is no gzip file.',
  },
])('fails with $what in one line', async ({ args, code, says }) => {
  const { out, err, ...rest } = await run(...args);
  expect({ ...rest, out }).toEqual({ code, out: '' });
  expect(err).toContain(says);
  expect(err).toMatch(/^evaluate: .*\n$/);
});
