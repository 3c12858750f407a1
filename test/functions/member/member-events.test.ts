import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { memberStore } from '../../../shared/adapters/dynamo/member-store.ts';
import { openVault } from '../../../shared/adapters/vault/open-vault.ts';
import type { LambdaHandler } from '../../../shared/runtime/lambda.ts';
import { type FunctionEnvironment, startFunctionEnvironment } from '../../support/function-environment.ts';
import { lambdaContext, sqsBatch } from '../../support/lambda.ts';

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
  'member.registered.v1': () => import('../../../functions/member/on-member-registered.ts'),
  'member.updated.v1': () => import('../../../functions/member/on-member-updated.ts'),
  'member.consent_changed.v1': () => import('../../../functions/member/on-member-consent-changed.ts'),
};

const event = (type: string, day: string, data: Record<string, unknown>) => ({
  specversion: '1.0',
  id: `${type}-${day}`,
  source: '/test',
  type,
  time: `2026-01-${day}T00:00:00Z`,
  data: { memberId: 'ann', ...data },
});
type MemberEvent = ReturnType<typeof event>;

const registered = event('member.registered.v1', '05', {
  channel: 'web',
  displayName: 'Ada',
  consents: { marketing: true, personalisation: false },
});
const renamed = event('member.updated.v1', '06', { displayName: 'Ada L.' });
const withdrawn = event('member.consent_changed.v1', '07', { consents: { marketing: false } });

async function deliver(...events: MemberEvent[]): Promise<void> {
  for (const it of events) {
    const { handler } = await ENTRIES[it.type]!();
    expect(await handler(sqsBatch({ body: it }), lambdaContext())).toEqual({ batchItemFailures: [] });
  }
}

const known = () =>
  memberStore(environment.dynoxide.client, table, openVault(environment.dynoxide.client)).load(
    'ann',
    ['account', 'registration', 'person'],
    true,
  );

describe('the functions of the member domain', () => {
  it.each([
    { what: 'in time', events: [registered, renamed, withdrawn] },
    { what: 'backwards', events: [withdrawn, renamed, registered] },
    { what: 'again and again', events: [renamed, registered, renamed, withdrawn, registered, withdrawn] },
  ])('end in the same member, whatever the arrival: $what', async ({ events }) => {
    await deliver(...events);
    const { registration, person, account } = await known();
    expect(account).toBeUndefined();
    expect(person).toMatchObject({ displayName: { value: 'Ada L.' } });
    expect(registration).toMatchObject({
      registeredAtMs: Date.parse('2026-01-05'),
      channel: { value: 'web' },
      marketing: { value: false },
      personalisation: { value: false },
    });
  });

  it('write nothing for what they know', async () => {
    await deliver(registered);
    const before = await known();
    await deliver(registered);
    expect(await known()).toEqual(before);
  });

  it('decide anew where they run into each other on one member', async () => {
    const events = [registered, renamed, withdrawn];
    const handlers = await Promise.all(events.map((it) => ENTRIES[it.type]!()));
    const answers = await Promise.all(
      events.map((it, index) => handlers[index]!.handler(sqsBatch({ body: it }), lambdaContext())),
    );
    expect(answers.flatMap((it) => it.batchItemFailures)).toEqual([]);
    const { registration, person } = await known();
    expect(person).toMatchObject({ displayName: { value: 'Ada L.' } });
    expect(registration).toMatchObject({ marketing: { value: false }, channel: { value: 'web' } });
  });

  it.each([
    { what: 'no JSON', body: '{' },
    { what: 'an event of another kind', body: JSON.stringify(renamed) },
    {
      what: 'a birthday that there is none of',
      body: JSON.stringify(event('member.registered.v1', '05', { birthday: '02-30' })),
    },
  ])('send to their dead letters what can never be read: $what', async ({ body }) => {
    const { handler } = await ENTRIES['member.registered.v1']!();
    const good = JSON.stringify(registered);
    expect(await handler(sqsBatch({ body }, { body: good }), lambdaContext())).toEqual({ batchItemFailures: [] });
    expect(environment.queue.calls).toMatchObject([{ operation: 'SendMessage', input: { MessageBody: body } }]);
    expect((await known()).person).toMatchObject({ displayName: { value: 'Ada' } });
  });
});
