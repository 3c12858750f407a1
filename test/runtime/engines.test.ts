import type { PersonalizeRuntimeClient } from '@aws-sdk/client-personalize-runtime';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { spendStore } from '../../shared/adapters/dynamo/spend-store.ts';
import { personalizeClient } from '../../shared/adapters/personalize/client.ts';
import { type PersonalizeRequest, personalizeEngine } from '../../shared/adapters/personalize/personalize-engine.ts';
import { answerWithFallback, type Engine } from '../../shared/domain/recommend/engine-chain.ts';
import { stopwatch } from '../../shared/runtime/stopwatch.ts';
import { type Dynoxide, LOCAL_CREDENTIALS, LOCAL_REGION, startDynoxide } from '../support/dynoxide.ts';
import { type PersonalizeStandIn, type StandInMode, startPersonalizeStandIn } from '../support/personalize-stand-in.ts';

let dynoxide: Dynoxide;
let standIn: PersonalizeStandIn;
let client: PersonalizeRuntimeClient;
let table: string;

beforeAll(async () => {
  [dynoxide, standIn] = await Promise.all([startDynoxide(), startPersonalizeStandIn()]);
  client = personalizeClient({ endpoint: standIn.url, region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS });
});
beforeEach(async () => {
  table = (await dynoxide.createTables()).catalog;
  standIn.mode = 'ok';
  standIn.calls.length = 0;
});
afterAll(async () => {
  client.destroy();
  await Promise.all([dynoxide.stop(), standIn.stop()]);
});

type Item = { productId: string };
/** 1,000 micro-dollars a request, so a cent pays for ten. */
const policy: PersonalizeRequest['policy'] = {
  monthlyCents: 1,
  centsPerThousand: 100,
  breaker: { failures: 3, openSeconds: 60 },
};
const popular: Engine<PersonalizeRequest, Item> = {
  name: 'popular',
  recommend: () => ({ items: ['a', 'b', 'c'].map((productId) => ({ productId })) }),
};

/** A shop that asks the service first: one process with a breaker of its own. */
function open(said = policy) {
  const managed = personalizeEngine({
    client,
    campaigns: { personal: 'arn' },
    spend: spendStore(dynoxide.client, table, 'personalize'),
    nowMs: () => Date.parse('2026-11-05T10:00:00Z'),
  });
  return (timeoutMs = 5_000) =>
    answerWithFallback<PersonalizeRequest, Item>({ limit: 3, userId: 'u', policy: said }, [managed, popular], {
      order: ['personalize', 'popular'],
      timeoutMs,
      clock: stopwatch,
    });
}

describe('a page of the managed service', () => {
  it('is paid for until the month is spent to the last, however many ask at once; then the next engine gives it', async () => {
    const processes = Array.from({ length: 4 }, open);
    const pages = await Promise.all(Array.from({ length: 40 }, (_, at) => processes[at % 4]!()));
    const paid = pages.filter(({ engine }) => engine.name === 'personalize');
    expect(paid).toHaveLength(10);
    expect(standIn.calls).toHaveLength(10);
    for (const { items, engine } of paid) {
      expect(items.map(({ productId }) => productId)).toEqual(['P1', 'P2', 'P3']);
      expect(engine.costMicros).toBe(1_000);
    }
    for (const { items, engine } of pages.filter((page) => !paid.includes(page))) {
      expect(items.map(({ productId }) => productId)).toEqual(['a', 'b', 'c']);
      expect(engine).toMatchObject({ name: 'popular', fallback: { from: 'personalize', cause: 'spend_cap' } });
      expect(engine.costMicros).toBeUndefined();
    }
    expect(await spendStore(dynoxide.client, table, 'personalize').spentMicros('2026-11')).toBe(10_000);
  });

  it.each<[StandInMode, string]>([
    ['failing', 'error'],
    ['throttled', 'error'],
    ['garbage', 'error'],
    ['wrong_shape', 'error'],
    ['closing', 'error'],
    ['empty', 'empty'],
    ['not_found', 'no_campaign'],
  ])('is the next engine’s where the service is %s', async (mode, cause) => {
    standIn.mode = mode;
    const page = await open()();
    expect(page.items.map(({ productId }) => productId)).toEqual(['a', 'b', 'c']);
    expect(page.engine).toMatchObject({ name: 'popular', costMicros: 1_000, fallback: { from: 'personalize', cause } });
  });

  it('is the next engine’s where the service is slow, until it is left alone', async () => {
    standIn.mode = 'slow';
    const ask = open({ ...policy, monthlyCents: 100 });
    const causes: unknown[] = [];
    while (causes.at(-1) !== 'breaker_open' && causes.length < 20) causes.push((await ask(100)).engine.fallback?.cause);
    expect(causes.length).toBeGreaterThan(policy.breaker.failures);
    expect(new Set(causes)).toEqual(new Set(['timeout', 'breaker_open']));
    standIn.release();
  });
});
