import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { missingData, sentimentFigures } from '../../infra/text/cross-validate.ts';
import { readClothing, readLabelled } from '../../infra/text/labelled-reviews.ts';

const directory = mkdtempSync(join(tmpdir(), 'rapport-labelled-'));
afterAll(() => rmSync(directory, { recursive: true }));

function fileOf(name: string, content: string): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

it('labelled reviews are read by the names of their columns', async () => {
  const file = fileOf('shop.csv', 'cat,label,review\n书籍,1,"好,很好"\n书籍, 0 ,\n');
  expect(await readLabelled(file)).toEqual([
    { text: '好,很好', positive: true, category: '书籍' },
    { text: '', positive: false, category: '书籍' },
  ]);
  expect(await readLabelled(fileOf('plain.csv', 'review,label\ngood,1\n'))).toEqual([{ text: 'good', positive: true }]);
});

it('clothing reviews are their title and text, by their stars', async () => {
  const rows = ['0,Fine,"Fits, well",5', '1,,Torn,1', '2,Meh,,3', '3,,,4', '4,Odd, ,2'];
  const file = fileOf('clothing.csv', `,Title,Review Text,Rating\n${rows.join('\n')}\n`);
  expect(await readClothing(file)).toEqual({
    clear: [
      { text: 'Fine. Fits, well', positive: true },
      { text: 'Torn', positive: false },
      { text: 'Odd', positive: false },
    ],
    undecided: ['Meh'],
  });
});

it('data that is not there is named', async () => {
  expect(missingData(directory)).toEqual([
    'sentiment-zh/waimai_10k.csv.gz',
    'sentiment-zh/online_shopping_10_cats.csv.gz',
    'womens-clothing/womens-clothing-reviews.csv.gz',
  ]);
  await expect(sentimentFigures({ dataFolder: directory })).rejects.toThrow(
    /waimai_10k\.csv\.gz cannot be opened: there is no such file\.$/,
  );
});
