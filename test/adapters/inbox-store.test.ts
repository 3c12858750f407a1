import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type InboxStore, inboxStore, type Refusal } from '../../shared/adapters/dynamo/inbox-store.ts';
import { type Dynoxide, startDynoxide } from '../support/dynoxide.ts';

let dynoxide: Dynoxide;
let table: string;
let inbox: InboxStore;

beforeAll(async () => {
  dynoxide = await startDynoxide();
});
afterAll(() => dynoxide.stop());
beforeEach(async () => {
  table = (await dynoxide.createTables()).inbox;
  inbox = inboxStore(dynoxide.client, table);
});

const claim = (eventId: string, contentHash: string) => ({ eventId, contentHash, type: 'order.placed.v1' });
const refusal = (parts: Partial<Refusal>): Refusal => ({
  eventId: 'e1',
  contentHash: 'hash',
  type: 'order.placed.v1',
  code: 'id_reused',
  reason: 'why',
  content: '{"id":"e1"}',
  since: '2026-01-05T10:00:00.000Z',
  ...parts,
});

describe('a claim', () => {
  it('stands for its content, also when it comes again, and for no other', async () => {
    expect(await inbox.claim(claim('e1', 'a'))).toBe('claimed');
    expect(await inbox.claim(claim('e1', 'a'))).toBe('claimed');
    expect(await inbox.claim(claim('e1', 'b'))).toBe('taken');
    expect(await dynoxide.items(table)).toEqual([{ pk: 'EVENT#e1', sk: 'CLAIM', ...claim('e1', 'a') }]);
  });

  it('is one content when two run for it at once', async () => {
    const outcomes = await Promise.all(Array.from({ length: 20 }, (_, n) => inbox.claim(claim('e1', `h${n}`))));
    expect(outcomes.filter((it) => it === 'claimed')).toHaveLength(1);
  });

  it('is found by the ids of a batch, more than one request of keys and ids given twice included', async () => {
    const ids = Array.from({ length: 130 }, (_, n) => `e${n}`);
    await Promise.all(ids.slice(0, 120).map((id) => inbox.claim(claim(id, `hash of ${id}`))));
    const { claims: found } = await inbox.standingOf([...ids, 'e0'], []);
    expect(found.size).toBe(120);
    expect(found.get('e119')).toBe('hash of e119');
    expect(found.has('e120')).toBe(false);
  });
});

describe('a refused event', () => {
  it('is kept whole, beside the claim, and stays as it first was', async () => {
    await inbox.claim(claim('e1', 'a'));
    await inbox.refuse(refusal({ contentHash: 'b' }));
    await inbox.refuse(refusal({ contentHash: 'b', since: '2027-01-01T00:00:00.000Z' }));
    const { items } = await inbox.refusals({ until: '2028-01-01T00:00:00.000Z', limit: 10 });
    expect(items).toEqual([refusal({ contentHash: 'b' })]);
    expect((await inbox.standingOf(['e1'], [])).claims.get('e1')).toBe('a');
  });

  it('is listed longest waiting first, page by page, each once, over all shards', async () => {
    const since = (n: number) => new Date(Date.UTC(2026, 0, 1) + Math.floor(n / 3) * 1000).toISOString();
    const given = Array.from({ length: 23 }, (_, n) =>
      refusal({ eventId: `e${n}`, contentHash: `${String.fromCharCode(97 + (n % 7))}${n}`, since: since(n) }),
    );
    await Promise.all(given.map((it) => inbox.refuse(it)));
    const until = '2027-01-01T00:00:00.000Z';
    const pages: Refusal[][] = [];
    let page = await inbox.refusals({ until, limit: 5 });
    for (;;) {
      pages.push(page.items);
      if (page.next === undefined) break;
      page = await inbox.refusals({ until, limit: 5, position: page.next });
    }
    const listed = pages.flat();
    expect(new Set(listed.map((it) => it.eventId)).size).toBe(23);
    expect(listed).toHaveLength(23);
    expect(listed.map((it) => it.since)).toEqual(given.map((it) => it.since));
    expect(pages.slice(0, -1).every((it) => it.length === 5)).toBe(true);
  });

  it('is listed only when it has waited long enough', async () => {
    await inbox.refuse(refusal({ eventId: 'old', since: '2026-01-01T00:00:00.000Z' }));
    await inbox.refuse(refusal({ eventId: 'new', since: '2026-01-03T00:00:00.000Z' }));
    const { items, next } = await inbox.refusals({ until: '2026-01-02T00:00:00.000Z', limit: 10 });
    expect(items.map((it) => it.eventId)).toEqual(['old']);
    expect(next).toBeUndefined();
  });
});
