import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { tallyStore } from '../../../shared/adapters/dynamo/tally-store.ts';
import { type FunctionEnvironment, startFunctionEnvironment } from '../../support/function-environment.ts';
import { lambdaContext, sqsBatch } from '../../support/lambda.ts';

let environment: FunctionEnvironment;
let table: string;
beforeAll(async () => {
  environment = await startFunctionEnvironment();
});
beforeEach(async () => {
  const { profile: reputation } = await environment.dynoxide.createTables();
  table = reputation;
  const { catalog } = await environment.renew();
  vi.stubEnv('REPUTATION_TABLE', table);
  vi.stubEnv('CATALOG_TABLE', catalog);
  (await import('../../../shared/runtime/clock.ts')).setClock(() => Date.parse('2026-03-01T00:00:00Z'));
});
afterEach(async () => (await import('../../../shared/runtime/clock.ts')).setClock(Date.now));
afterAll(() => environment.stop());

const inspected = (data: Record<string, unknown> = {}, id = 'e1') => ({
  specversion: '1.0',
  id,
  source: '/storefront/web',
  type: 'inspection.completed.v1',
  time: '2026-01-10T00:00:00Z',
  data: { inspectionId: 'insp-1', supplierId: 'sup-1', sampled: 50, failed: 2, ...data },
});

/** Delivers events and counts them, as who follows the table would do. */
async function deliver(...events: ReturnType<typeof inspected>[]): Promise<void> {
  const { handler } = await import('../../../functions/quality/on-inspection-completed.ts');
  for (const body of events) {
    expect((await handler(sqsBatch({ body }), lambdaContext())).batchItemFailures).toEqual([]);
  }
  await tallyStore(environment.dynoxide.client, table).settle([{ pk: 'INSPECTION#insp-1', sk: 'INSPECTION' }]);
}

const counters = async (target: string) =>
  (await tallyStore(environment.dynoxide.client, table).load([target])).get(target)?.counters;
const letters = () =>
  environment.queue.calls.map(
    ({ input }) => (input.MessageAttributes as { code?: { StringValue: string } }).code?.StringValue,
  );
const once = { 'inspections@2026q1': 1, 'sampled@2026q1': 50, 'failed@2026q1': 2 };

describe('an inspection', () => {
  it('is counted once, however often it is told, and under whichever event', async () => {
    await deliver(inspected(), inspected());
    await deliver(inspected());
    expect(await counters('SUPPLIER#sup-1')).toEqual(once);
    expect(await counters('SHOP')).toEqual(once);
    expect(letters()).toEqual([]);
  });

  it('of a product that nobody has heard of counts for the product, and waits for its makers', async () => {
    await deliver(inspected({ productId: 'pot', supplierId: undefined }));
    expect(await counters('PRODUCT#pot')).toEqual(once);
    expect(await counters('BRAND#hearth')).toBeUndefined();
  });

  it.each([
    { what: 'the same inspection with other pieces', data: { failed: 3 } },
    { what: 'the same inspection of another supplier', data: { supplierId: 'sup-2' } },
  ])('is put aside where it is $what', async ({ data }) => {
    await deliver(inspected(), inspected(data, 'e2'));
    expect(letters()).toEqual(['id_reused']);
    expect(await counters('SUPPLIER#sup-1')).toEqual(once);
    expect(await counters('SUPPLIER#sup-2')).toBeUndefined();
  });

  it.each([
    { what: 'more failed than were looked at', data: { sampled: 5, failed: 6 } },
    { what: 'nothing was looked at', data: { sampled: 0, failed: 0 } },
    { what: 'it is not said what was inspected', data: { supplierId: undefined } },
  ])('is put aside where $what', async ({ data }) => {
    await deliver(inspected(data));
    expect(letters()).toHaveLength(1);
    expect(await counters('SHOP')).toBeUndefined();
  });
});
