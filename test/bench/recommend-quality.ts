/** How well the next item of a session and the next basket are found, on the public data sets. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { holdOut, measureBaskets } from '../../infra/evaluation/evaluate-baskets.ts';
import { measureSessions, type SessionFigures, type TestSessions } from '../../infra/evaluation/evaluate-sessions.ts';
import { readBaskets } from '../../infra/evaluation/read-baskets.ts';
import { ItemIds, readSessions } from '../../infra/evaluation/read-sessions.ts';
import type { SessionLog } from '../../shared/domain/recommend/training-log.ts';
import { DATA_FOLDER } from './data-folder.ts';

export const sessionShops = ['diginetica', 'retailrocket'] as const;
export type SessionShop = (typeof sessionShops)[number];

export type SessionQuality = SessionFigures & { shop: SessionShop; interactions: number };
export type BasketQuality = ReturnType<typeof measureBaskets> & { shop: BasketShop };

export const basketShops = ['tafeng', 'onlineRetail'] as const;
export type BasketShop = (typeof basketShops)[number];

const BASKETS: Readonly<Record<BasketShop, string>> = {
  tafeng: 'tafeng/baskets.csv.gz',
  onlineRetail: 'online-retail/online-retail.csv.gz',
};
/** Which held-out baskets weights are learnt on. */
const SEED = 1;

/** @param every of so many test sessions one is predicted; a string says why nothing was measured */
export async function measureSessionQuality(shop: SessionShop, every: number): Promise<SessionQuality | string> {
  const data = await readShop(shop);
  if (typeof data === 'string') return data;
  const { log, test } = data;
  return { shop, interactions: log.items.length, ...measureSessions(log, oneOf(test, every)) };
}

/** The sessions of a shop to learn from, and those to predict. */
export async function readShop(shop: SessionShop): Promise<{ log: SessionLog; test: TestSessions } | string> {
  const [trainFile = '', testFile = ''] = ['train', 'test'].map((it) => join(DATA_FOLDER, shop, `${it}.txt.gz`));
  if (![trainFile, testFile].every((it) => existsSync(it))) return `no data: ${shop} is not there`;
  const ids = new ItemIds();
  const train = await readSessions(trainFile, ids);
  const log: SessionLog = { itemCount: ids.size, ...train };
  return { log, test: await readSessions(testFile, ids) };
}

/** @param every of so many baskets to predict one is; a string says why nothing was measured */
export async function measureBasketQuality(shop: BasketShop, every: number): Promise<BasketQuality | string> {
  const file = join(DATA_FOLDER, BASKETS[shop]);
  if (!existsSync(file)) return `no data: ${BASKETS[shop]} is not there`;
  const { form, log } = await readBaskets(file);
  const held = holdOut(log, form);
  const questions = held.questions.filter((_, at) => at % every === 0);
  return { shop, ...measureBaskets({ ...held, questions }, form, SEED) };
}

/** Of so many sessions one. */
export function oneOf({ from, items }: TestSessions, every: number): TestSessions {
  if (every === 1) return { from, items };
  const some: number[] = [];
  const starts = [0];
  for (let session = 0; session + 1 < from.length; session += every) {
    for (const item of items.subarray(from[session], from[session + 1])) some.push(item);
    starts.push(some.length);
  }
  return { from: Uint32Array.from(starts), items: Uint32Array.from(some) };
}
