import type { PersonalizeRuntimeClient } from '@aws-sdk/client-personalize-runtime';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { personalizeClient } from '../../shared/adapters/personalize/client.ts';
import {
  type Campaigns,
  type PersonalizeRequest,
  personalizeEngine,
} from '../../shared/adapters/personalize/personalize-engine.ts';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from '../support/dynoxide.ts';
import { type PersonalizeStandIn, type StandInMode, startPersonalizeStandIn } from '../support/personalize-stand-in.ts';

const campaigns: Campaigns = {
  personal: 'arn:aws:personalize:eu-west-1:1:campaign/personal',
  related: 'arn:aws:personalize:eu-west-1:1:campaign/related',
  ranking: 'arn:aws:personalize:eu-west-1:1:campaign/ranking',
};
const policy: PersonalizeRequest['policy'] = {
  monthlyCents: 100,
  centsPerThousand: 5.56,
  breaker: { failures: 2, openSeconds: 10 },
};
const START_MS = Date.parse('2026-11-30T23:59:50Z');

let standIn: PersonalizeStandIn;
let client: PersonalizeRuntimeClient;
let nowMs: number;
let reserved: object[];
let outcome: 'reserved' | 'cap_reached' | Error;

beforeAll(async () => {
  standIn = await startPersonalizeStandIn();
  client = personalizeClient({ endpoint: standIn.url, region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS });
});
beforeEach(() => {
  standIn.mode = 'ok';
  standIn.items = ['P1', 'P2', 'P3'];
  standIn.calls.length = 0;
  nowMs = START_MS;
  reserved = [];
  outcome = 'reserved';
});
afterAll(async () => {
  client.destroy();
  await standIn.stop();
});

function open(of: Campaigns = campaigns) {
  const engine = personalizeEngine({
    client,
    campaigns: of,
    nowMs: () => nowMs,
    spend: {
      async reserve(request) {
        reserved.push(request);
        if (outcome instanceof Error) throw outcome;
        return outcome;
      },
    },
  });
  return async (request: Partial<PersonalizeRequest> = {}, signal = new AbortController().signal) => {
    const costs: number[] = [];
    const full = { limit: 20, userId: 'u-1', policy, ...request };
    const answer = await engine.recommend(full, signal, (micros) => costs.push(micros));
    return { ...answer, costs };
  };
}

describe('what the service is asked', () => {
  it('is items for a user, who is a pseudonym, and nothing else of whom', async () => {
    const answer = await open()({ limit: 2, context: { device: 'phone' } });
    expect(answer).toEqual({
      items: [
        { productId: 'P1', score: 1 / 2 },
        { productId: 'P2', score: 1 / 3 },
      ],
      costs: [56],
    });
    expect(standIn.calls).toEqual([
      {
        path: '/recommendations',
        input: { campaignArn: campaigns.personal, userId: 'u-1', numResults: 2, context: { device: 'phone' } },
      },
    ]);
  });

  it('is items like one', async () => {
    await open()({ itemId: 'P9' });
    await open()({ itemId: 'P9', userId: undefined });
    const input = { campaignArn: campaigns.related, itemId: 'P9', numResults: 20 };
    expect(standIn.calls.map((call) => call.input)).toEqual([{ ...input, userId: 'u-1' }, input]);
  });

  it('is the order of given items', async () => {
    standIn.items = ['P3', 'P1', 'P4'];
    const answer = await open()({ candidates: ['P1', 'P2', 'P3'], limit: 1 });
    expect(answer).toMatchObject({ items: [{ productId: 'P3' }] });
    expect(standIn.calls).toEqual([
      {
        path: '/personalize-ranking',
        input: { campaignArn: campaigns.ranking, userId: 'u-1', inputList: ['P1', 'P2', 'P3'] },
      },
    ]);
  });

  it('is no more than it takes', async () => {
    const candidates = Array.from({ length: 600 }, (_, at) => `P${at}`);
    await open()({ candidates });
    await open()({ limit: 900 });
    const [ranking, list] = standIn.calls.map(({ input }) => input);
    expect(ranking?.inputList).toHaveLength(500);
    expect(list?.numResults).toBe(500);
  });

  it('is of the campaign for users where there is none for the rest', async () => {
    const ask = open({ personal: campaigns.personal });
    await ask({ itemId: 'P9' });
    await ask({ candidates: ['P1'] });
    const input = { campaignArn: campaigns.personal, userId: 'u-1', numResults: 20 };
    expect(standIn.calls.map((call) => call.input)).toEqual([input, input]);
  });
});

describe('a reason not to ask', () => {
  it.each<[string, Campaigns, Partial<PersonalizeRequest>, string]>([
    ['no campaign', {}, {}, 'no_campaign'],
    ['no campaign for users', { related: 'arn' }, {}, 'no_campaign'],
    ['nobody to ask for', campaigns, { userId: undefined }, 'cold'],
    ['nobody to put in order for', campaigns, { userId: undefined, candidates: ['P1'] }, 'cold'],
    ['no money at all', campaigns, { policy: { ...policy, monthlyCents: 0 } }, 'spend_cap'],
  ])('is %s', async (_, of, request, cause) => {
    expect(await open(of)(request)).toEqual({ cause, costs: [] });
    expect(standIn.calls).toEqual([]);
    expect(reserved).toEqual([]);
  });

  it('is that the month has cost what it may', async () => {
    outcome = 'cap_reached';
    expect(await open()()).toEqual({ cause: 'spend_cap', costs: [] });
    expect(reserved).toEqual([{ month: '2026-11', costMicros: 56, capMicros: 1_000_000 }]);
    nowMs += 10_000;
    await open()();
    expect(reserved.at(-1)).toMatchObject({ month: '2026-12' });
    expect(standIn.calls).toEqual([]);
  });

  it('is that nobody knows what the month has cost', async () => {
    outcome = new Error('The table does not answer');
    expect(await open()()).toEqual({ cause: 'error', detail: 'spend_unknown', costs: [] });
    expect(standIn.calls).toEqual([]);
  });

  it('is that nobody waits any more', async () => {
    expect(await open()({}, AbortSignal.abort())).toEqual({ cause: 'timeout', costs: [56] });
    expect(standIn.calls).toEqual([]);
  });
});

describe('an answer of the service that is none', () => {
  it.each<[StandInMode, object]>([
    ['failing', { cause: 'error', detail: 'unavailable' }],
    ['failing_html', { cause: 'error', detail: 'unavailable' }],
    ['throttled', { cause: 'error', detail: 'throttled' }],
    ['garbage', { cause: 'error', detail: 'garbage' }],
    ['wrong_shape', { cause: 'error', detail: 'garbage' }],
    ['wrong_items', { cause: 'error', detail: 'garbage' }],
    ['null', { cause: 'error', detail: 'garbage' }],
    ['empty', { cause: 'empty' }],
    ['closing', { cause: 'error', detail: 'no_connection' }],
    ['half', { cause: 'error', detail: 'no_connection' }],
    ['not_found', { cause: 'no_campaign', detail: 'not_found' }],
    ['invalid_input', { cause: 'error', detail: 'invalid_input' }],
    ['access_denied', { cause: 'error', detail: 'refused' }],
  ])('%s: %o', async (mode, expected) => {
    standIn.mode = mode;
    expect(await open()()).toEqual({ ...expected, costs: [56] });
    expect(await open()({ candidates: ['P1', 'P2'] })).toEqual({ ...expected, costs: [56] });
    expect(standIn.calls).toHaveLength(2);
  });

  it('is late', async () => {
    standIn.mode = 'slow';
    const gaveUp = new AbortController();
    const asked = standIn.asked();
    const answer = open()({}, gaveUp.signal);
    await asked;
    gaveUp.abort();
    expect(await answer).toEqual({ cause: 'timeout', costs: [56] });
    standIn.release();
  });

  it('is nowhere', async () => {
    const nowhere = personalizeClient({
      endpoint: 'http://127.0.0.1:1',
      region: LOCAL_REGION,
      credentials: LOCAL_CREDENTIALS,
    });
    const spend = { reserve: async () => 'reserved' as const };
    const engine = personalizeEngine({ client: nowhere, campaigns, spend });
    const answer = await engine.recommend(
      { limit: 1, userId: 'u', policy },
      new AbortController().signal,
      () => undefined,
    );
    expect(answer).toEqual({ cause: 'error', detail: 'no_connection' });
    nowhere.destroy();
  });
});

describe('a service that fails', () => {
  it('is left alone for a while, which costs nothing, and asked again then', async () => {
    const ask = open();
    standIn.mode = 'failing';
    for (const expected of ['error', 'error', 'breaker_open', 'breaker_open']) {
      expect(await ask()).toMatchObject({ cause: expected });
    }
    expect(standIn.calls).toHaveLength(2);
    expect(reserved).toHaveLength(2);
    nowMs += 9_999;
    expect(await ask()).toEqual({ cause: 'breaker_open', costs: [] });
    nowMs += 1;
    expect(await ask()).toMatchObject({ cause: 'error' });
    expect(await ask()).toMatchObject({ cause: 'breaker_open' });
    standIn.mode = 'ok';
    nowMs += 10_000;
    expect(await ask()).toMatchObject({ items: [{}, {}, {}] });
    expect(await ask()).toMatchObject({ items: [{}, {}, {}] });
    expect(standIn.calls).toHaveLength(5);
  });

  it.each<StandInMode>(['throttled', 'garbage', 'wrong_shape', 'closing', 'not_found', 'access_denied'])(
    'by being %s too',
    async (mode) => {
      const ask = open();
      standIn.mode = mode;
      await ask();
      await ask();
      expect(await ask()).toMatchObject({ cause: 'breaker_open' });
    },
  );

  it.each<StandInMode>(['invalid_input', 'empty'])('does not by saying %s', async (mode) => {
    const ask = open();
    standIn.mode = mode;
    for (let count = 0; count < 4; count += 1) expect(await ask()).not.toMatchObject({ cause: 'breaker_open' });
  });

  it('fails by being late', async () => {
    const ask = open();
    standIn.mode = 'slow';
    for (let count = 0; count < 2; count += 1) {
      const gaveUp = new AbortController();
      const asked = standIn.asked();
      const answer = ask({}, gaveUp.signal);
      await asked;
      gaveUp.abort();
      await answer;
    }
    standIn.release();
    expect(await ask()).toMatchObject({ cause: 'breaker_open' });
  });
});

describe('the client', () => {
  it('finds an endpoint of the environment', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL_PERSONALIZE_RUNTIME', standIn.url);
    const other = personalizeClient({ region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS });
    const spend = { reserve: async () => 'reserved' as const };
    const engine = personalizeEngine({ client: other, campaigns, spend, nowMs: () => nowMs });
    const answer = await engine.recommend(
      { limit: 1, userId: 'u', policy },
      new AbortController().signal,
      () => undefined,
    );
    expect(answer).toMatchObject({ items: [{ productId: 'P1' }] });
    other.destroy();
    vi.unstubAllEnvs();
  });
});
