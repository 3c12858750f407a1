import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { wordsOf } from '../../../functions/complaint/words-of.ts';
import { complaintStore } from '../../../shared/adapters/dynamo/complaint-store.ts';
import { openVault } from '../../../shared/adapters/vault/open-vault.ts';
import { wordsStore } from '../../../shared/adapters/vault/words.ts';
import { openedComplaint, stateAt } from '../../../shared/domain/complaint/complaint.ts';
import { FACTS_PER_COMPLAINT_LIMIT } from '../../../shared/domain/complaint/complaint-facts.ts';
import { type FunctionEnvironment, startFunctionEnvironment } from '../../support/function-environment.ts';
import { lambdaContext, sqsBatch } from '../../support/lambda.ts';

const NOW = Date.parse('2026-01-10T00:00:00Z');
type Kind = 'opened' | 'answered' | 'decided' | 'rated';
type Told = { kind: Kind; id: string; time: string; data: Record<string, unknown> };

let environment: FunctionEnvironment;
let table: string;
beforeAll(async () => {
  environment = await startFunctionEnvironment();
});
beforeEach(async () => {
  table = (await environment.renew()).profile;
  // Keys, index and stream are those of the Reputation table.
  vi.stubEnv('REPUTATION_TABLE', table);
  (await import('../../../shared/runtime/clock.ts')).setClock(() => NOW);
});
afterEach(async () => (await import('../../../shared/runtime/clock.ts')).setClock(Date.now));
afterAll(() => environment.stop());

const said = (kind: Kind, id: string, time: string, data: Record<string, unknown> = {}): Told => ({
  kind,
  id,
  time,
  data: { complaintId: 'c1', ...data },
});
const opened = said('opened', 'e1', '2026-01-05T10:00:00Z', {
  memberId: 'ann',
  brandId: 'hearth',
  category: 'quality',
  text: 'Broken.',
});
const answered = said('answered', 'e2', '2026-01-05T12:00:00Z', { actor: 'carl', text: 'Sorry.' });
const decided = said('decided', 'e3', '2026-01-06T12:00:00Z', {
  outcome: 'upheld',
  actor: 'carl',
  compensation: { amount: 5 },
  reason: 'It leaks.',
});
const rated = said('rated', 'e4', '2026-01-07T12:00:00Z', { satisfaction: 4 });

async function deliver(...events: Told[]): Promise<void> {
  for (const { kind, ...event } of events) {
    const { handler } = (await import(
      `../../../functions/complaint/on-complaint-${kind}.ts`
    )) as typeof import('../../../functions/complaint/on-complaint-opened.ts');
    const body = { specversion: '1.0', source: '/storefront/web', type: `complaint.${kind}.v1`, ...event };
    expect((await handler(sqsBatch({ body }), lambdaContext())).batchItemFailures).toEqual([]);
  }
}

const store = () => complaintStore(environment.dynoxide.client, table);
async function complaint() {
  const { record } = await store().load('c1');
  const found = openedComplaint(record);
  if (found === undefined) throw new Error('Nobody has opened it.');
  return found;
}
const spoken = () => wordsStore(openVault(environment.dynoxide.client));
const letters = () =>
  environment.queue.calls.map(
    ({ input }) => (input.MessageAttributes as { code?: { StringValue: string } }).code?.StringValue,
  );

describe('events of a complaint', () => {
  it('become its facts, whichever comes first and however often', async () => {
    await deliver(opened, answered, decided, rated);
    const straight = await complaint();
    expect(stateAt(straight, NOW)).toBe('closed');
    expect([...(await wordsOf(straight.record, spoken())).values()]).toEqual([
      { text: 'Broken.' },
      { text: 'Sorry.' },
      { text: 'It leaks.' },
    ]);

    table = (await environment.renew()).profile;
    vi.stubEnv('REPUTATION_TABLE', table);
    await deliver(rated, decided, decided, answered, opened, rated, opened);
    const { record } = await complaint();
    expect(record.facts).toEqual(straight.record.facts);
    expect(record.terms).toEqual(straight.record.terms);
    expect(record.version).toBe(4);
    expect(letters()).toEqual([]);
  });

  it('that contradict what counts are kept and do not count', async () => {
    await deliver(
      opened,
      decided,
      said('decided', 'e5', '2026-01-06T13:00:00Z', { outcome: 'rejected', actor: 'dora' }),
    );
    const { folded } = await complaint();
    expect(folded.decisions.map(({ fact }) => fact.data.outcome)).toEqual(['upheld']);
    expect(folded.refused).toMatchObject([{ fact: { eventId: 'e5' }, code: 'already_decided' }]);
    expect(letters()).toEqual([]);
  });

  it('under an id that stands for other content never become facts', async () => {
    await deliver(opened, { ...opened, data: { ...opened.data, category: 'service' } });
    expect((await complaint()).record.facts).toHaveLength(1);
    expect((await complaint()).folded.opened.data.category).toBe('quality');
  });

  it.each([
    {
      what: 'nothing that it is about',
      event: { ...opened, data: { complaintId: 'c1', memberId: 'ann', category: 'quality' } },
    },
    { what: 'a text of 100 KB', event: { ...opened, data: { ...opened.data, text: 'x'.repeat(100_000) } } },
    { what: 'control characters', event: { ...answered, data: { ...answered.data, text: 'a\u0000b' } } },
    { what: 'an outcome that there is none of', event: { ...decided, data: { ...decided.data, outcome: 'maybe' } } },
    { what: 'a rating of 6', event: { ...rated, data: { ...rated.data, satisfaction: 6 } } },
  ])('are put aside where they have $what', async ({ event }) => {
    await deliver(event);
    expect(letters()).toHaveLength(1);
    expect((await store().load('c1')).record.version).toBe(0);
  });

  it('are put aside where there are too many', async () => {
    const answers = Array.from({ length: FACTS_PER_COMPLAINT_LIMIT }, (_, n) => ({
      ...answered,
      id: `a${n}`,
      data: { ...answered.data, text: `No. ${n}` },
    }));
    await deliver(opened, ...answers);
    expect(letters()).toEqual(['too_many_facts']);
    expect((await complaint()).record.facts).toHaveLength(FACTS_PER_COMPLAINT_LIMIT);
  });
});
