import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { brandReinstated } from '../../../events/reputation/brand-reinstated.v1.ts';
import { brandRestricted } from '../../../events/reputation/brand-restricted.v1.ts';
import { gradeChanged } from '../../../events/reputation/grade-changed.v1.ts';
import { catalogueFeedStore } from '../../../shared/adapters/dynamo/catalogue-feed-store.ts';
import type { LambdaHandler } from '../../../shared/runtime/lambda.ts';
import { type FunctionEnvironment, startFunctionEnvironment } from '../../support/function-environment.ts';
import { lambdaContext, sqsBatch } from '../../support/lambda.ts';
import { recommendTables } from '../../support/recommend-tables.ts';

let environment: FunctionEnvironment;
let table: string;
beforeAll(async () => {
  environment = await startFunctionEnvironment();
});
beforeEach(renew);
afterAll(() => environment.stop());

async function renew() {
  await environment.renew();
  table = (await recommendTables(environment.dynoxide)).catalog;
  vi.stubEnv('CATALOG_TABLE', table);
}

type Entry = { handler: LambdaHandler<SQSEvent, SQSBatchResponse> };
const ENTRIES: Record<string, () => Promise<Entry>> = {
  'grade.changed.v1': () => import('../../../functions/recommend/on-grade-changed.ts'),
  'brand.restricted.v1': () => import('../../../functions/recommend/on-brand-restricted.ts'),
  'brand.reinstated.v1': () => import('../../../functions/recommend/on-brand-reinstated.ts'),
};

type Told = { type: string; id: string; data: object };
async function deliver(...events: Told[]) {
  for (const event of events) {
    const { handler } = await ENTRIES[event.type]!();
    expect(await handler(sqsBatch({ body: event }), lambdaContext())).toEqual({ batchItemFailures: [] });
  }
}

const graded = (hour: string, to: string, parts: object = {}) => {
  const { sample } = gradeChanged;
  const data = { ...(sample.data as object), to, at: `2026-01-20T${hour}:00:00Z`, ...parts };
  return { ...sample, id: `grade:${hour}`, data };
};
const told = (
  definition: typeof brandRestricted | typeof brandReinstated,
  sanctionId: string,
  day: string,
  parts = {},
) => {
  const { sample } = definition;
  const data = { ...(sample.data as object), sanctionId, at: `2026-02-${day}T10:00:00Z`, ...parts };
  return { ...sample, id: `${definition.type}:${sanctionId}`, data };
};
const standings = async () =>
  (await catalogueFeedStore(environment.dynoxide.client, table).changedSince(undefined, 100)).standings;
const restrictions = async () => (await standings()).map((it) => 'restrictions' in it && it.restrictions);
const UNTIL_MS = Date.parse('2026-03-03T10:00:00Z');

describe('the grade of a product', () => {
  it('is the latest that was told, whatever the order of arrival', async () => {
    await deliver(graded('10', 'AA'), graded('12', 'A'), graded('11', 'AAA'), graded('12', 'A'));
    expect(await standings()).toEqual([
      { kind: 'product', id: 'teapot', grade: 'A', score: 91, asOf: '2026-01-20T12:00:00.000Z', eventId: 'grade:12' },
    ]);
  });

  it('may come without a score', async () => {
    await deliver(graded('10', 'none', { score: undefined }));
    expect(await standings()).toMatchObject([{ grade: 'none' }]);
  });
});

describe('what a brand is restricted in', () => {
  const begun = told(brandRestricted, 'san-1', '01');
  const ended = told(brandReinstated, 'san-1', '05');
  const second = told(brandRestricted, 'san-2', '03', { kind: 'sales_limit', until: undefined });

  it('is what has begun and not ended, whatever the order of arrival', async () => {
    for (const order of [
      [begun, second, ended],
      [ended, second, begun],
      [second, ended, begun, second, begun],
    ]) {
      await renew();
      await deliver(...order);
      expect(await restrictions()).toEqual([[{ kind: 'sales_limit' }]]);
    }
  });

  it('names until when', async () => {
    await deliver(begun, second);
    expect(await restrictions()).toEqual([[{ kind: 'sales_limit' }, { kind: 'ranking', untilMs: UNTIL_MS }]]);
    expect(await standings()).toMatchObject([{ kind: 'brand', id: 'hearth' }]);
  });

  it('is written once however often it is told', async () => {
    await deliver(begun, begun);
    const [once] = await environment.dynoxide.items(table);
    await deliver(begun);
    expect(await environment.dynoxide.items(table)).toEqual([once]);
    expect(once).toMatchObject({ pk: 'BRAND#hearth', sk: 'STANDING', v: 1, feed: 'standings' });
  });

  it('is a supplier’s where it names one', async () => {
    const { brandId: _, ...data } = begun.data as { brandId?: string };
    await deliver({ ...begun, data: { ...data, supplierId: 'sup-1' } });
    expect(await standings()).toMatchObject([{ kind: 'supplier', id: 'sup-1' }]);
  });

  it('of nobody is a dead letter', async () => {
    const { brandId: _, ...data } = begun.data as { brandId?: string };
    await deliver({ ...begun, data });
    expect(await standings()).toEqual([]);
    expect(environment.queue.calls).toMatchObject([
      { input: { MessageAttributes: { code: { StringValue: 'no_target' } } } },
    ]);
  });
});
