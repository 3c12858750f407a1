import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allRoutes } from '../../docs/routes.ts';
import { catalogue } from '../../events/catalogue.ts';
import { MEDIA_TYPE_BATCH } from '../../events/envelope.ts';
import type { HttpAnswer } from '../../shared/runtime/http-handler.ts';
import { httpEvent } from '../support/lambda.ts';
import { type LoadedBackend, loadBackend } from '../support/loaded-backend.ts';
import { watchTableCalls } from '../support/table-calls.ts';
import { attemptsAt, judge, summaryOf, type Tally } from './hostile-requests.ts';

const SEED = Number(process.env.HOSTILE_SEED ?? '6');

/** Every route that reads anything of a request, with so many generated ones each. */
export async function describeHostileRequests(asked: { perRoute: number; timeoutMs: number }): Promise<void> {
  const reading = (await allRoutes()).filter(
    ({ pathSchema, querySchema, bodySchema, rawBody }) =>
      pathSchema !== undefined || querySchema !== undefined || bodySchema !== undefined || rawBody !== undefined,
  );
  // What takes members away comes last: there is nothing of them afterwards.
  const routes = reading.toSorted((a, b) => Number(a.method === 'DELETE') - Number(b.method === 'DELETE'));
  const watch = watchTableCalls();
  const total: Tally = { requests: 0, byStatus: new Map() };
  let backend: LoadedBackend;
  beforeAll(async () => {
    backend = await loadBackend();
    await openShop(backend);
  }, 120_000);
  afterAll(async () => {
    await backend.stop();
    watch.stop();
    process.stdout.write(`${summaryOf(`Hostile requests, seed ${SEED}, ${routes.length} routes`, total)}\n`);
  });

  describe('generated requests get no server error, no look inside and no half of anything', () => {
    it.each(routes.map((route) => [`${route.method} ${route.path}`, route] as const))(
      '%s',
      async (key, route) => {
        const functionName = backend.wiring.routes.find(({ routeKey }) => routeKey === key)?.functionName ?? '';
        const tally: Tally = { requests: 0, byStatus: new Map() };
        await fc.assert(
          fc.asyncProperty(attemptsAt(route), (attempt) => judge(backend, watch, functionName, route, attempt, tally)),
          { numRuns: asked.perRoute, seed: SEED, endOnFailure: asked.perRoute > 1_000 },
        );
        watch.all.length = 0;
        total.requests += tally.requests;
        for (const [status, count] of tally.byStatus) {
          total.byStatus.set(status, (total.byStatus.get(status) ?? 0) + count);
        }
        if (asked.perRoute >= 1_000) process.stdout.write(`${summaryOf(key, tally)}\n`);
      },
      asked.timeoutMs,
    );
  });
}

/** A shop in which something has happened: the sample of every event that a shop may send, as a member called ann. */
async function openShop(backend: LoadedBackend): Promise<void> {
  const named: Record<string, unknown> = {
    memberId: 'ann',
    orderId: 'ord-1',
    reviewId: 'rev-1',
    complaintId: 'cmp-1',
    productId: 'teapot',
    brandId: 'hearth',
  };
  const events = catalogue
    .filter(({ direction }) => direction === 'in')
    .map(({ sample }) => {
      const data = sample.data as Record<string, unknown>;
      const known = Object.keys(data).filter((name) => name in named);
      return { ...sample, data: { ...data, ...Object.fromEntries(known.map((name) => [name, named[name]])) } };
    });
  const functionName = backend.wiring.routes.find(({ routeKey }) => routeKey === 'POST /v1/events')?.functionName ?? '';
  const sent = (await backend.invoke(
    functionName,
    httpEvent('POST /v1/events', {
      headers: { 'content-type': MEDIA_TYPE_BATCH },
      body: JSON.stringify(events),
      claims: { sub: 'shop', scope: 'events:write' },
    }),
  )) as HttpAnswer;
  expect({ status: sent.statusCode, body: JSON.parse(sent.body) as unknown }).toMatchObject({
    status: 202,
    body: { rejected: [] },
  });
  await backend.deliver(backend.takeEntries());
  backend.takeLetters();
}
