import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { profileStore } from '../../../shared/adapters/dynamo/profile-store.ts';
import { book } from '../../support/book.ts';
import { type FunctionEnvironment, startFunctionEnvironment } from '../../support/function-environment.ts';
import { lambdaContext } from '../../support/lambda.ts';
import { at, completed, placed, returned } from '../../support/shop-story.ts';

let environment: FunctionEnvironment;
let table: string;
let printed: string[];

beforeAll(async () => {
  environment = await startFunctionEnvironment();
});
beforeEach(async () => {
  table = (await environment.renew()).profile;
  printed = [];
  vi.stubEnv('LOG_LEVEL', 'error');
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
});
afterEach(() => vi.restoreAllMocks());
afterAll(() => environment.stop());

/** The count at an instant; where there is none to report, no line is written. */
async function waitingAt(time: string): Promise<number> {
  printed.length = 0;
  const { handler } = await import('../../../functions/loyalty/report-waiting.ts');
  const { setClock } = await import('../../../shared/runtime/clock.ts');
  setClock(() => at(time));
  await handler({} as never, lambdaContext());
  const metrics = printed.flatMap((line) =>
    line.includes('"Waiting"') ? [JSON.parse(line) as { Waiting: number }] : [],
  );
  return metrics.at(-1)?.Waiting ?? 0;
}

it('counts the orders that are known by later facts alone for more than a day', async () => {
  const store = profileStore(environment.dynoxide.client, table);
  await book(store, [completed('2026-01-05')], { nowMs: at('2026-01-05') });
  await book(store, [returned('2026-01-05', { 1: 1 }, { orderId: 'ord-2' })], { nowMs: at('2026-01-06') });
  await book(store, [
    returned('2026-01-05', { 9: 1 }, { orderId: 'ord-3' }),
    placed('2026-01-05', { orderId: 'ord-3' }),
  ]);
  expect(await waitingAt('2026-01-05T23:59:59Z')).toBe(0);
  expect(await waitingAt('2026-01-06T00:00:00Z')).toBe(1);
  expect(await waitingAt('2026-01-07T00:00:00Z')).toBe(2);
  await book(store, [placed('2026-01-05')]);
  expect(await waitingAt('2026-01-07T00:00:00Z')).toBe(1);
});
