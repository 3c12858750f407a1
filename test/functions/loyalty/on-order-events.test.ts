import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { LambdaHandler } from '../../../shared/runtime/lambda.ts';
import { type FunctionEnvironment, startFunctionEnvironment } from '../../support/function-environment.ts';
import { lambdaContext, sqsBatch } from '../../support/lambda.ts';
import { type Happening, toEvent } from '../../support/order-histories.ts';
import { readProfile } from '../../support/profile-table.ts';
import { cancelled, completed, identified, placed, returned } from '../../support/shop-story.ts';

let environment: FunctionEnvironment;
let table: string;

beforeAll(async () => {
  environment = await startFunctionEnvironment();
});
beforeEach(async () => {
  table = (await environment.renew()).profile;
});
afterAll(() => environment.stop());

type Entry = { handler: LambdaHandler<SQSEvent, SQSBatchResponse> };
const ENTRIES: Record<string, () => Promise<Entry>> = {
  'order.placed.v1': () => import('../../../functions/loyalty/on-order-placed.ts'),
  'order.completed.v1': () => import('../../../functions/loyalty/on-order-completed.ts'),
  'order.cancelled.v1': () => import('../../../functions/loyalty/on-order-cancelled.ts'),
  'order.returned.v1': () => import('../../../functions/loyalty/on-order-returned.ts'),
  'member.identified.v1': () => import('../../../functions/loyalty/on-member-identified.ts'),
};

/** Each happening to the function that its rule leads to, as the module is deployed. */
async function deliver(...happenings: Happening[]): Promise<void> {
  for (const happening of happenings) {
    const { handler } = await ENTRIES[happening.type]!();
    const answer = await handler(sqsBatch({ body: toEvent(happening) }), lambdaContext());
    expect(answer).toEqual({ batchItemFailures: [] });
  }
}

const shop = () => readProfile(environment.dynoxide.endpoint, table);

describe('the functions of the loyalty domain', () => {
  it('book an order from its placing to its return', async () => {
    await deliver(
      placed('2026-01-05', { lines: [{ quantity: 2, unitPrice: 5_000 }] }),
      completed('2026-01-06'),
      returned('2026-01-07', { 1: 1 }),
    );
    const { accounts, orders } = await shop();
    expect(accounts.get('ann')?.account).toMatchObject({
      held: [{ points: 50 }],
      lifetime: { orders: 1, spend: 5_000, returned: 5_000 },
    });
    expect(orders.get('ord-1')).toMatchObject({ version: 3, bookedTo: { kind: 'member', memberId: 'ann' } });
  });

  it('take a cancellation that came before its order', async () => {
    await deliver(cancelled('2026-01-06'), placed('2026-01-05'));
    const { accounts, journals } = await shop();
    expect(accounts.get('ann')?.account.openPoints).toBe(0);
    expect(journals.get('ann')).toMatchObject([{ points: 100 }, { points: -100 }]);
  });

  it('join what a visitor ordered to the member it turns out to be, once, before and after the login', async () => {
    const login = identified('2026-01-06', 'v1', 'ann');
    const [before, after] = [
      placed('2026-01-05', { anonymousId: 'v1' }),
      placed('2026-01-07', { orderId: 'ord-2', anonymousId: 'v1', total: 5_000 }),
    ];
    await deliver(before, login, after, login, before);
    const { accounts, orders } = await shop();
    expect(accounts.get('ann')?.account.openPoints).toBe(150);
    expect([...orders.values()].map((it) => it.bookedTo)).toEqual(Array(2).fill({ kind: 'member', memberId: 'ann' }));
  });

  it('give a visitor that two members claim to the earlier one, whichever login came first', async () => {
    const order = placed('2026-01-05', { anonymousId: 'v1' });
    await deliver(order, identified('2026-02-02', 'v1', 'bob'), identified('2026-02-01', 'v1', 'ann'));
    const { accounts } = await shop();
    expect(accounts.get('ann')?.account.openPoints).toBe(100);
    expect(accounts.get('bob')?.account.openPoints).toBe(0);
  });

  it('mend a login that was cut off half way when it comes again', async () => {
    const login = identified('2026-01-06', 'v1', 'ann');
    await deliver(placed('2026-01-05', { anonymousId: 'v1' }));
    const { profileStore } = await import('../../../shared/adapters/dynamo/profile-store.ts');
    const { identifyVisitor } = await import('../../../functions/loyalty/identify-visitor.ts');
    const { always } = await import('../../../shared/policy/policies.ts');
    const { currentPolicy } = await import('../../../shared/policy/policy.ts');
    const { toFact } = await import('../../support/loyalty-facts.ts');
    const store = profileStore(environment.dynoxide.client, table);
    const fact = toFact(login);
    const cut = identifyVisitor('v1', fact.kind === 'identification' ? fact.identification : (undefined as never), {
      profile: { ...store, save: () => Promise.reject(new Error('cut off')) },
      policies: always(currentPolicy),
      nowMs: 0,
    });
    await expect(cut).rejects.toThrow('cut off');
    expect((await shop()).accounts.get('ann')).toBeUndefined();
    await deliver(login);
    expect((await shop()).accounts.get('ann')?.account.openPoints).toBe(100);
  });

  it('send what can never succeed to their dead letters, with its code and reason', async () => {
    const { handler } = await ENTRIES['member.identified.v1']!();
    for (let number = 0; number < 50; number += 1) {
      const login = { ...identified('2026-01-05', 'v1', 'ann'), id: `login-${number}` };
      await handler(sqsBatch({ body: toEvent(login) }), lambdaContext());
    }
    const last = toEvent({ ...identified('2026-01-05', 'v1', 'ann'), id: 'one-more' });
    expect(await handler(sqsBatch({ body: last }), lambdaContext())).toEqual({ batchItemFailures: [] });
    expect(environment.queue.calls).toMatchObject([
      {
        operation: 'SendMessage',
        input: {
          QueueUrl: 'http://queues.invalid/dead',
          MessageBody: JSON.stringify(last),
          MessageAttributes: {
            code: { StringValue: 'too_many_facts' },
            reason: { StringValue: 'Visitor v1 has been identified 50 times.' },
          },
        },
      },
    ]);
  });

  it('decide anew where they run into each other on one account', async () => {
    const handlers = await Promise.all(Object.values(ENTRIES).map((entry) => entry()));
    const placing = handlers[0]!.handler;
    const orders = Array.from({ length: 6 }, (_, n) => placed('2026-01-05', { orderId: `ord-${n}` }));
    const answers = await Promise.all(
      orders.map((order) => placing(sqsBatch({ body: toEvent(order) }), lambdaContext())),
    );
    const failed = answers.flatMap((answer, index) => (answer.batchItemFailures.length > 0 ? [orders[index]!] : []));
    // What lost eight races in a row is delivered again by its queue.
    await deliver(...failed);
    expect((await shop()).accounts.get('ann')).toMatchObject({ version: 6, account: { openPoints: 600 } });
  });
});
