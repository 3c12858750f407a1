import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { missingData, sentimentFigures } from '../../infra/text/cross-validate.ts';
import { trainModels } from '../../infra/text/train-models.ts';

const root = join(import.meta.dirname, '../..');
const dataFolder = process.env.RAPPORT_DATA ?? join(root, '../shared/data');
const missing = missingData(dataFolder);

if (missing.length > 0)
  console.warn(`${missing.join(', ')}: not in ${dataFolder}, so the figures of sentiment are not tested.`);

test.runIf(missing.length === 0)('accuracy and macro F1 are what the model card promises', async () => {
  const figures = await sentimentFigures({ dataFolder });
  // How long a review takes depends on what else the machine does.
  expect(figures.filter(({ what, within }) => !within && !what.startsWith('one review'))).toEqual([]);
});

test.runIf(missing.length === 0)('the models of the release are what the training gives, to the byte', async () => {
  for (const { language, bytes } of await trainModels({ dataFolder, seed: 1 })) {
    const file = JSON.parse(readFileSync(join(root, `shared/domain/text/models/${language}.json`), 'utf8')) as {
      model: string;
    };
    expect({ language, same: Buffer.from(bytes).toString('base64') === file.model }).toEqual({ language, same: true });
  }
});
