import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { memberStore } from '../../../shared/adapters/dynamo/member-store.ts';
import { reviewStore } from '../../../shared/adapters/dynamo/review-store.ts';
import { openVault } from '../../../shared/adapters/vault/open-vault.ts';
import { wordsStore } from '../../../shared/adapters/vault/words.ts';
import { FACTS_PER_REVIEW_LIMIT } from '../../../shared/domain/review/review-facts.ts';
import { type FunctionEnvironment, startFunctionEnvironment } from '../../support/function-environment.ts';
import { lambdaContext, sqsBatch } from '../../support/lambda.ts';
import { scanTable } from '../../support/profile-table.ts';
import { tableText } from '../../support/table-text.ts';

const NOW = Date.parse('2026-03-01T00:00:00Z');
type Kind = 'submitted' | 'voted' | 'removed';
type Told = { kind: Kind; id: string; time: string; data: Record<string, unknown> };

let environment: FunctionEnvironment;
let table: string;
let profile: string;
beforeAll(async () => {
  environment = await startFunctionEnvironment();
});
beforeEach(async () => {
  const { profile: reputation } = await environment.dynoxide.createTables();
  table = reputation;
  ({ profile } = await environment.renew());
  vi.stubEnv('REPUTATION_TABLE', table);
  (await import('../../../shared/runtime/clock.ts')).setClock(() => NOW);
});
afterEach(async () => (await import('../../../shared/runtime/clock.ts')).setClock(Date.now));
afterAll(() => environment.stop());

const told = (kind: Kind, id: string, time: string, data: Record<string, unknown> = {}): Told => ({
  kind,
  id,
  time,
  data: { reviewId: 'rev-1', ...data },
});
const said = { memberId: 'ann', productId: 'teapot', ratings: { product: 5 } };
const first = told('submitted', 'e1', '2026-01-10T00:00:00Z', { ...said, title: 'Good', text: 'Pours well.' });
const edit = told('submitted', 'e2', '2026-01-12T00:00:00Z', { ...said, ratings: { product: 2 }, text: 'Drips.' });
const gone = told('removed', 'e3', '2026-01-14T00:00:00Z', { by: 'member' });
const vote = (voterId: string, id = `v-${voterId}`, parts: Partial<Told> = {}) => ({
  ...told('voted', id, '2026-01-13T00:00:00Z', { voterId, helpful: true }),
  ...parts,
});

async function deliver(...events: Told[]): Promise<void> {
  for (const { kind, ...event } of events) {
    const { handler } = (await import(
      `../../../functions/review/on-review-${kind}.ts`
    )) as typeof import('../../../functions/review/on-review-submitted.ts');
    const body = { specversion: '1.0', source: '/storefront/web', type: `review.${kind}.v1`, ...event };
    expect((await handler(sqsBatch({ body }), lambdaContext())).batchItemFailures).toEqual([]);
  }
}

const store = () => reviewStore(environment.dynoxide.client, table);
const review = async () => (await store().load(['rev-1']))[0]?.record;
const letters = () =>
  environment.queue.calls.map(
    ({ input }) => (input.MessageAttributes as { code?: { StringValue: string } }).code?.StringValue,
  );
const votes = async () =>
  (await scanTable(environment.dynoxide.endpoint, table))
    .filter(({ sk }) => sk?.S?.startsWith('VOTE#'))
    .map(({ sk, due, helpful }) => ({ sk: sk?.S, due: due?.S, helpful: helpful?.BOOL }))
    .sort((a, b) => String(a.sk).localeCompare(String(b.sk)));

describe('events of a review', () => {
  it('become its facts, whichever comes first and however often', async () => {
    await deliver(first, edit, gone);
    const straight = await review();
    expect(straight?.facts.map(({ kind, eventId }) => `${kind} ${eventId}`)).toEqual([
      'submitted e1',
      'submitted e2',
      'removed e3',
    ]);

    const { profile: other } = await environment.dynoxide.createTables();
    table = other;
    vi.stubEnv('REPUTATION_TABLE', table);
    await environment.renew();
    await deliver(gone, edit, edit, first, gone, first);
    expect((await review())?.facts).toEqual(straight?.facts);
    expect(letters()).toEqual([]);
  });

  it('keep why a review was removed in the vault, also where the review comes later', async () => {
    await deliver({ ...gone, data: { ...gone.data, reason: 'It names my neighbour.' } });
    const spoken = wordsStore(openVault(environment.dynoxide.client));
    const place = { owner: 'REVIEW#rev-1', eventId: 'e3' };
    expect((await spoken.load([place])).get('e3')).toEqual({ reason: 'It names my neighbour.' });
    expect(await tableText(environment.dynoxide.endpoint, table)).not.toContain('neighbour');
  });

  it('keep their words apart, by the event that brought them', async () => {
    await deliver(first, edit);
    const spoken = wordsStore(openVault(environment.dynoxide.client));
    const words = await spoken.load(['e1', 'e2'].map((eventId) => ({ owner: 'MEMBER#ann', eventId })));
    expect(words.get('e1')).toEqual({ title: 'Good', text: 'Pours well.' });
    expect(words.get('e2')).toEqual({ text: 'Drips.' });
    expect((await scanTable(environment.dynoxide.endpoint, table)).map(({ sk }) => sk?.S)).toEqual(['REVIEW']);
    expect(JSON.stringify(await review())).not.toContain('Drips');
  });

  it.each([
    { what: 'under the id of another', event: { ...first, data: { ...first.data, ratings: { product: 1 } } } },
    {
      what: 'of another member',
      event: { ...edit, data: { ...edit.data, memberId: 'bob' } },
      code: 'review_of_another',
    },
    {
      what: 'of another product',
      event: { ...edit, data: { ...edit.data, productId: 'rug' } },
      code: 'review_of_another',
    },
    { what: 'with a star too many', event: { ...edit, data: { ...edit.data, ratings: { product: 6 } } } },
    { what: 'with a text of 100 KB', event: { ...edit, data: { ...edit.data, text: 'x'.repeat(100_000) } } },
  ])('never become facts where they come $what', async ({ event, code }) => {
    await deliver(first, event);
    expect((await review())?.facts).toHaveLength(1);
    if (code !== undefined) expect(letters()).toEqual([code]);
  });

  it('are put aside where there are too many', async () => {
    const edits = Array.from({ length: FACTS_PER_REVIEW_LIMIT }, (_, n) => ({ ...edit, id: `edit-${n}` }));
    await deliver(first, ...edits);
    expect(letters()).toEqual(['too_many_facts']);
    expect((await review())?.facts).toHaveLength(FACTS_PER_REVIEW_LIMIT);
  });
});

describe('a vote', () => {
  it('counts once for each reader, the latest', async () => {
    const later = { time: '2026-01-15T00:00:00Z', data: { reviewId: 'rev-1', voterId: 'bob', helpful: false } };
    await deliver(vote('bob'), vote('bob'), vote('bob', 'v-2', later), vote('bob', 'v-0'), vote('cat'));
    expect(await votes()).toMatchObject([
      { sk: 'VOTE#bob', helpful: false, due: '{"REVIEW#rev-1":{"unhelpful":1}}' },
      { sk: 'VOTE#cat', helpful: true, due: '{"REVIEW#rev-1":{"helpful":1}}' },
    ]);
  });

  it('on a review of the voter is refused', async () => {
    await deliver(first, vote('ann'));
    expect(letters()).toEqual(['own_review']);
    expect(await votes()).toEqual([]);
  });

  it('by staff of a brand is kept as such, as it may turn out to be on a review of that brand', async () => {
    const members = memberStore(environment.dynoxide.client, profile, openVault(environment.dynoxide.client));
    const staffOf = { value: 'hearth', atMs: 1, eventId: 'r1' };
    await members.save({ registration: { memberId: 'sam', version: 1, staffOf } } as never);
    await deliver(vote('sam'));
    expect(letters()).toEqual([]);
    expect(await votes()).toMatchObject([{ due: '{"REVIEW#rev-1":{"helpful:hearth":1}}' }]);
  });
});
