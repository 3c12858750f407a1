import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { reputationKeys } from '../../../shared/adapters/dynamo/keys.ts';
import { keyItem } from '../../../shared/adapters/dynamo/profile-records.ts';
import { reviewStore } from '../../../shared/adapters/dynamo/review-store.ts';
import { starredReviewStore } from '../../../shared/adapters/dynamo/starred-review-store.ts';
import { textModelStore } from '../../../shared/adapters/dynamo/text-model-store.ts';
import { openVault } from '../../../shared/adapters/vault/open-vault.ts';
import { wordsStore } from '../../../shared/adapters/vault/words.ts';
import type { ReviewRecord } from '../../../shared/domain/review/review-record.ts';
import { parseModel, positiveProbability } from '../../../shared/domain/text/text-model.ts';
import { type FunctionEnvironment, startFunctionEnvironment } from '../../support/function-environment.ts';
import { lambdaContext } from '../../support/lambda.ts';
import { eraseKey } from '../../support/open-vault.ts';
import { submitted } from '../../support/review-facts.ts';

let environment: FunctionEnvironment;
let table: string;
let vaultTable: string;
let printed: string[];

beforeAll(async () => {
  environment = await startFunctionEnvironment();
});
beforeEach(async () => {
  // Keys and index are those of the Reputation table.
  ({ profile: table, vault: vaultTable } = await environment.renew());
  vi.stubEnv('REPUTATION_TABLE', table);
  vi.stubEnv('LOG_LEVEL', 'info');
  printed = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
});
afterEach(() => vi.restoreAllMocks());
afterAll(() => environment.stop());

async function run(): Promise<void> {
  const { handler } = await import('../../../functions/review/train-texts.ts');
  await handler({ id: 'run' } as never, lambdaContext());
}

const SIDE_BY_SIDE = 10;

/** Published reviews in a slang that only this shop's customers use. */
async function write(count: number, from = 0): Promise<void> {
  const reviews = reviewStore(environment.dynoxide.client, table);
  const spoken = wordsStore(openVault(environment.dynoxide.client));
  const one = async (index: number) => {
    const good = index % 2 === 0;
    const reviewId = `rev-${index}`;
    const reading = { language: 'en', length: 30 };
    const fact = submitted('2026-01-10', {
      id: `e-${index}`,
      reviewId,
      memberId: index % 50 === 0 ? 'gone' : `m${index % 10}`,
      stars: good ? 5 : 1,
      reading,
    });
    const text = `the ${good ? 'zorpy' : 'glimmed'} kettle of shelf ${index} was as the others said it is`;
    const standing = { state: 'published' } as NonNullable<ReviewRecord['standing']>;
    const record: ReviewRecord = { reviewId, version: 0, facts: [fact], standing };
    // Ten members have written them, and one who is no more.
    const owner = `MEMBER#${index % 50 === 0 ? 'gone' : `m${index % 10}`}`;
    await reviews.saveFacts({ record }, await spoken.beside([{ owner, eventId: fact.eventId, words: { text } }]));
  };
  for (let done = 0; done < count; done += SIDE_BY_SIDE) {
    const some = Array.from({ length: Math.min(SIDE_BY_SIDE, count - done) }, (_, at) => one(from + done + at));
    await Promise.all(some);
  }
  const shop = { ...keyItem(reputationKeys.tally('SHOP#0')), 'n.reviews@2026q1': { N: String(from + count) } };
  await environment.dynoxide.client.send(new PutItemCommand({ TableName: table, Item: shop }));
}

describe('learning from the reviews of the shop', () => {
  it('waits until there are enough', async () => {
    await write(100);
    await run();
    expect(printed.join('')).not.toContain('text_model');
  });

  it('leaves out the words of members who have been erased', async () => {
    await write(100);
    await eraseKey(environment.dynoxide.client, vaultTable, 'MEMBER#gone');
    const spoken = wordsStore(openVault(environment.dynoxide.client));
    const starred = await starredReviewStore(environment.dynoxide.client, table, spoken).load(1_000);
    expect(starred).toHaveLength(98);
    expect(starred.some(({ text }) => /shelf (0|50) /.test(text))).toBe(false);
  });

  it("reads the shop's own words once it has seen them often enough, and then waits for many new ones", {
    timeout: 30_000,
  }, async () => {
    await write(700);
    await run();
    const models = textModelStore(environment.dynoxide.client, table);
    const head = (await models.heads()).get('en');
    const parsed = parseModel((head && (await models.load(head))) ?? new Uint8Array());
    if (parsed.kind !== 'parsed') throw new Error(parsed.detail);
    expect(positiveProbability('a zorpy kettle', parsed.model)).toBeGreaterThan(0.6);
    expect(positiveProbability('a glimmed kettle', parsed.model)).toBeLessThan(0.4);
    expect(printed.join('')).toContain('text_model_trained');
    expect(printed.join('')).not.toContain('kettle');
    printed.length = 0;
    await run();
    expect(printed.join('')).not.toContain('text_model');
  });
});
