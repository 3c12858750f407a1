import type { ScheduledEvent } from 'aws-lambda';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { dueStore } from '../../../shared/adapters/dynamo/due-store.ts';
import { profileStore } from '../../../shared/adapters/dynamo/profile-store.ts';
import { book } from '../../support/book.ts';
import { type FunctionEnvironment, startFunctionEnvironment } from '../../support/function-environment.ts';
import { lambdaContext } from '../../support/lambda.ts';
import { readProfile, scanTable } from '../../support/profile-table.ts';
import { at, completed, placed } from '../../support/shop-story.ts';

let environment: FunctionEnvironment;
let table: string;
beforeAll(async () => {
  environment = await startFunctionEnvironment();
});
beforeEach(async () => {
  table = (await environment.renew()).profile;
});
afterEach(async () => (await import('../../../shared/runtime/clock.ts')).setClock(Date.now));
afterAll(() => environment.stop());

async function run(now: string): Promise<void> {
  const { setClock } = await import('../../../shared/runtime/clock.ts');
  setClock(() => at(now));
  const { handler } = await import('../../../functions/loyalty/book-due.ts');
  await handler({ id: 'tick' } as ScheduledEvent, lambdaContext());
}

const due = () => dueStore(environment.dynoxide.client, table);
const profile = () => profileStore(environment.dynoxide.client, table);
const accountOfAnn = async () => (await readProfile(environment.dynoxide.endpoint, table)).accounts.get('ann');
const notes = async () =>
  (await scanTable(environment.dynoxide.endpoint, table)).filter((item) => item.pk?.S?.startsWith('DUE#'));

describe('what falls due by time alone', () => {
  it('is booked once its hour is over, once, and the note is gone', async () => {
    await book(profile(), [placed('2026-01-05'), completed('2026-01-06T09:30:00Z')]);
    await due().note('ann', 2, at('2026-01-13T09:30:00Z'));
    await run('2026-01-13T09:59:00Z');
    expect((await accountOfAnn())?.account.held).toHaveLength(1);
    await run('2026-01-13T10:00:00Z');
    const after = await accountOfAnn();
    expect(after?.account).toMatchObject({ held: [], lots: [{ points: 100 }], clockMs: at('2026-01-13T09:30:00Z') });
    expect(await notes()).toEqual([]);
    await run('2026-01-13T11:00:00Z');
    expect(await accountOfAnn()).toEqual(after);
  });

  it('is noted anew where something has put it off, or the account is unknown', async () => {
    await book(profile(), [placed('2026-01-05'), completed('2026-01-06T09:30:00Z')]);
    await due().note('ann', 2, at('2026-01-10'));
    await due().note('nobody', 1, at('2026-01-10'));
    const before = await accountOfAnn();
    await run('2026-01-10T12:00:00Z');
    expect(await accountOfAnn()).toEqual(before);
    expect((await notes()).map((item) => item.sk?.S)).toEqual(['2026-01-13T10#ann']);
  });

  it('does not stop at one that cannot be booked: the others are, and somebody is told', async () => {
    const members = ['ann', 'bob', 'cid'];
    for (const memberId of members) {
      const orderId = `of-${memberId}`;
      await book(profile(), [placed('2026-01-05', { orderId, memberId }), completed('2026-01-06', { orderId })]);
      await due().note(memberId, 2, at('2026-01-13'));
    }
    const items = await scanTable(environment.dynoxide.endpoint, table);
    const strange = items.find((item) => item.pk?.S === 'MEMBER#bob' && item.sk?.S === 'ACCOUNT');
    const { PutItemCommand } = await import('@aws-sdk/client-dynamodb');
    const Item = { ...strange!, d: { B: Buffer.from([9, 1, 2]) } };
    await environment.dynoxide.client.send(new PutItemCommand({ TableName: table, Item }));
    await expect(run('2026-01-14')).rejects.toThrow('1 members');
    expect((await notes()).map((item) => item.sk?.S)).toEqual(['2026-01-13T00#bob']);
    expect(await profile().loadAccount('cid')).toMatchObject({ account: { held: [] } });
  });
});
