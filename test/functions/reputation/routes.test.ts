import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { routes } from '../../../functions/reputation/routes.ts';
import type { ReputationStores } from '../../../functions/reputation/stores.ts';
import { toItem } from '../../../shared/adapters/dynamo/attributes.ts';
import { catalogStore } from '../../../shared/adapters/dynamo/catalog-store.ts';
import { catalogKeys } from '../../../shared/adapters/dynamo/keys.ts';
import { sanctionStore } from '../../../shared/adapters/dynamo/sanction-store.ts';
import { type TallyStore, tallyStore } from '../../../shared/adapters/dynamo/tally-store.ts';
import { always } from '../../../shared/policy/policies.ts';
import { currentPolicy } from '../../../shared/policy/policy.ts';
import { setClock } from '../../../shared/runtime/clock.ts';
import { httpHandler } from '../../../shared/runtime/http-handler.ts';
import { type Dynoxide, startDynoxide } from '../../support/dynoxide.ts';
import { httpEvent, lambdaContext, lineCollector } from '../../support/lambda.ts';
import { countersOf, NOW_MS } from '../../support/reputation-facts.ts';

type Claims = Record<string, unknown> | null;
const READER = { sub: 'insight', scope: 'reputation:read' };
const ANN = { sub: 'ann', scope: 'member' };
const policy = currentPolicy.reputation;

let dynoxide: Dynoxide;
let tallies: TallyStore;
let stores: ReputationStores;
let catalogTable: string;

beforeAll(async () => {
  dynoxide = await startDynoxide();
});
beforeEach(async () => {
  const { catalog, profile: reputation } = await dynoxide.createTables();
  catalogTable = catalog;
  tallies = tallyStore(dynoxide.client, reputation);
  stores = {
    tallies,
    catalog: catalogStore(dynoxide.client, catalog),
    policies: { load: async () => always(currentPolicy) },
    sanctions: sanctionStore(dynoxide.client, reputation),
  };
  setClock(() => NOW_MS);
});
afterEach(() => setClock(Date.now));
afterAll(() => dynoxide.stop());

async function ask(key: string, id = '', claims: Claims = null) {
  const handler = httpHandler(routes, () => ({ ...stores, write: lineCollector().write }));
  const event = httpEvent(key, { path: { id }, claims: claims ?? undefined });
  const answer = await handler(event, lambdaContext());
  return { status: answer.statusCode, body: JSON.parse(answer.body) as Record<string, never> };
}

const count = (target: string, known: Parameters<typeof countersOf>[0]) =>
  tallies.apply([{ writes: [], delta: { [target]: countersOf(known) } }]);
const product = (id = 'pot') => ask('GET /v1/products/{id}/reputation', id);

describe("a product's reputation", () => {
  it('is not found of a product that nobody has heard of, and empty of one that has no reviews', async () => {
    expect(await product()).toMatchObject({ status: 404, body: { code: 'not_found' } });
    const item = toItem({ ...catalogKeys.product('pot'), productId: 'pot' });
    await dynoxide.client.send(new PutItemCommand({ TableName: catalogTable, Item: item }));
    expect(await product()).toMatchObject({
      status: 200,
      body: { rating: { count: 0, mean: null, weighted: policy.rating.priorMean }, grade: { id: 'none' } },
    });
  });

  it('can be worked out again by hand from what it says', async () => {
    await count('PRODUCT#pot', { reviews: 10, positive: 7, orders: 50, returned: 2, sampled: 60, failed: 1 });
    await count('PRODUCT#pot', { reviews: 4, positive: 1, time: '2025-08-01T00:00:00Z' });
    const { rating, grade, formulaVersion } = (await product()).body as unknown as {
      rating: {
        weighted: number;
        mean: number;
        count: number;
        distribution: Record<string, number>;
        prior: { mean: number; strength: number };
        quarters: { factor: number; weight: number; weighted: number }[];
      };
      grade: { score: number; components: { contribution: number }[] };
      formulaVersion: string;
    };
    const sum = (of: (quarter: (typeof rating.quarters)[number]) => number) =>
      rating.quarters.reduce((all, it) => all + of(it), 0) / 1_000;
    const strength = rating.prior.strength + sum((it) => it.factor * it.weight);
    const stars = rating.prior.mean * rating.prior.strength + sum((it) => it.factor * it.weighted);
    expect(rating.weighted).toBeCloseTo(stars / strength, 2);
    expect(Object.values(rating.distribution).reduce((all, many) => all + many, 0)).toBe(rating.count);
    expect(grade.components.reduce((all, { contribution }) => all + contribution, 0)).toBeCloseTo(grade.score, 1);
    expect(formulaVersion).toBeTypeOf('string');
  });
});

describe.each([
  { kind: 'brands', target: 'BRAND#hearth', id: 'hearth' },
  { kind: 'suppliers', target: 'SUPPLIER#sup-1', id: 'sup-1' },
])('the reputation of $kind', ({ kind, target, id }) => {
  const score = () => ask(`GET /v1/${kind}/{id}/reputation`, id);
  const scorecard = (claims: Claims) => ask(`GET /v1/${kind}/{id}/scorecard`, id, claims);

  it('adds up to its score', async () => {
    await count(target, {
      reviews: 100,
      positive: 95,
      orders: 1_000,
      complaints: 5,
      upheld: 5,
      decided: 5,
      decidedInTime: 5,
    });
    const { status, body } = await score();
    const components = body.components as unknown as { contribution: number }[];
    expect(status).toBe(200);
    expect(components.reduce((all, { contribution }) => all + contribution, 0)).toBeCloseTo(
      body.score as unknown as number,
      1,
    );
    expect(body).toMatchObject({ complaints: { open: 0, upheld: 5, total: 5 } });
  });

  it('is not found where nobody has heard of it', async () => {
    expect((await score()).status).toBe(404);
  });

  it('is open to everybody, and its scorecard is not', async () => {
    await count(target, { reviews: 100, positive: 95, orders: 1_000 });
    expect((await score()).status).toBe(200);
    expect((await scorecard(READER)).status).toBe(200);
    expect((await scorecard(ANN)).status).toBe(403);
    expect((await scorecard(null)).status).toBe(401);
  });
});

describe('the support figures of the shop', () => {
  it('are given to those who may read them', async () => {
    await count('SHOP', { orders: 1_000, complaints: 5, upheld: 2, answered: 5, answeredInTime: 4 });
    expect((await ask('GET /v1/desk/support', '', READER)).status).toBe(200);
    expect((await ask('GET /v1/desk/support', '', ANN)).status).toBe(403);
    expect((await ask('GET /v1/desk/support')).status).toBe(401);
  });
});
