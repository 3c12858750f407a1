import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LIABILITY_PARTITION } from '../../infra/constructs/wiring.ts';
import { liabilityKeys } from '../../shared/adapters/dynamo/keys.ts';
import { liabilityScan, type MetMember, SEGMENTS } from '../../shared/adapters/dynamo/liability-scan.ts';
import { DAYS_AT_ONCE, liabilityStore } from '../../shared/adapters/dynamo/liability-store.ts';
import { WriteConflict } from '../../shared/adapters/dynamo/profile-records.ts';
import { profileStore } from '../../shared/adapters/dynamo/profile-store.ts';
import type { DayRow } from '../../shared/domain/liability/day-rows.ts';
import { newPart } from '../../shared/domain/liability/part.ts';
import { type Dynoxide, startDynoxide } from '../support/dynoxide.ts';
import { scanTable } from '../support/profile-table.ts';
import { at, checkedIn, placed } from '../support/shop-story.ts';
import { tell } from '../support/tell.ts';

let dynoxide: Dynoxide;
let table: string;
beforeAll(async () => {
  dynoxide = await startDynoxide();
});
afterAll(() => dynoxide.stop());
beforeEach(async () => {
  table = (await dynoxide.createTables()).profile;
});

const store = () => liabilityStore(dynoxide.client, table);
const scan = () => liabilityScan(dynoxide.client, table);

const row = (day: string, issued = 1): DayRow => ({
  day,
  issued,
  released: 0,
  redeemed: 0,
  reversed: 0,
  expired: 0,
  debtIncurred: 0,
  debtRepaid: 0,
  postings: [],
  opening: { pending: 0, available: 0, debt: 0 },
  closing: { pending: 0, available: 0, debt: 0, lots: [] },
});

const FIRST = { revision: 1, atMs: 100, because: 'closed' } as const;

it('stands in the partition that the functions are given', () => {
  expect(liabilityKeys.partition).toBe(LIABILITY_PARTITION);
});

describe('a day', () => {
  const first = { ...FIRST, row: row('2026-01-05') };
  const second = { revision: 2, atMs: 200, because: 'corrected', row: row('2026-01-05', 2) } as const;

  it('is what its last revision says, and all of them stay', async () => {
    await store().saveRevisions([{ revision: first, before: undefined }]);
    await store().saveRevisions([{ revision: second, before: first }]);
    expect(await store().loadDay('2026-01-05')).toEqual(second);
    expect(await store().loadDays()).toEqual(new Map([['2026-01-05', second]]));
    expect(await store().listRevisions('2026-01-05', { limit: 5 })).toEqual({
      revisions: [second, first],
      more: false,
    });
    expect(await store().listRevisions('2026-01-05', { limit: 1 })).toEqual({ revisions: [second], more: true });
    expect(await store().listRevisions('2026-01-05', { below: 1, limit: 1 })).toEqual({ revisions: [], more: false });
  });

  it('takes each number once, whoever comes first', async () => {
    const others = [1, 2, 3, 4].map((issued) => ({ ...first, row: row('2026-01-05', issued) }));
    const outcomes = await Promise.allSettled(
      others.map((revision) => store().saveRevisions([{ revision, before: undefined }])),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const it of outcomes) if (it.status === 'rejected') expect(it.reason).toBeInstanceOf(WriteConflict);
    await expect(
      store().saveRevisions([{ revision: { ...second, revision: 3 }, before: second }]),
    ).rejects.toBeInstanceOf(WriteConflict);
    expect((await store().listRevisions('2026-01-05', { limit: 5 })).revisions).toHaveLength(1);
  });

  it('is written together with others, all of them or none', async () => {
    const days = Array.from({ length: DAYS_AT_ONCE }, (_, n) => `2026-02-${String(n).padStart(2, '0')}`);
    const firsts = days.map((day) => ({ revision: { ...first, row: row(day) }, before: undefined }));
    await store().saveRevisions(firsts);
    const seconds = firsts.map(({ revision: before }) => ({
      revision: { ...second, row: { ...before.row, issued: 2 } },
      before,
    }));
    await store().saveRevisions(seconds);
    expect([...(await store().loadDays()).values()]).toHaveLength(DAYS_AT_ONCE);
    const fresh = { revision: { ...first, row: row('2026-03-01') }, before: undefined };
    await expect(store().saveRevisions([fresh, ...firsts.slice(0, 1)])).rejects.toBeInstanceOf(WriteConflict);
    expect(await store().loadDay('2026-03-01')).toBeUndefined();
    await store().saveRevisions([]);
  });

  it('is none of another: neither of the next, nor of one that has not been written', async () => {
    await store().saveRevisions([{ revision: { ...first, row: row('2026-01-06') }, before: undefined }]);
    expect(await store().loadDay('2026-01-05')).toBeUndefined();
    expect(await store().listRevisions('2026-01-05', { limit: 5 })).toEqual({ revisions: [], more: false });
    expect(await store().listDays({ from: '2026-01-07', to: '2026-01-05', limit: 5 })).toEqual({
      revisions: [],
      more: false,
    });
  });
});

describe('a scan', () => {
  async function all(): Promise<MetMember[]> {
    const met: MetMember[] = [];
    for (let segment = 0; segment < SEGMENTS; segment += 1) {
      for await (const member of scan().members(segment)) met.push(member);
    }
    return met.sort((a, b) => (a.memberId < b.memberId ? -1 : 1));
  }

  it('meets every member once, with the account and all pages, and nothing else of the table', async () => {
    const profile = profileStore(dynoxide.client, table);
    const members = Array.from({ length: 40 }, (_, number) => `m${String(number).padStart(2, '0')}`);
    await tell(
      profile,
      members.map((memberId, hour) => placed('2026-01-05', { orderId: `ord-${hour}`, memberId })),
    );
    const days = Array.from({ length: 120 }, (_, day) => new Date(at('2026-01-05') + day * 86_400_000).toISOString());
    await tell(
      profile,
      days.map((time) => checkedIn(time, { memberId: 'm07' })),
    );
    await store().saveRevisions([{ revision: { ...FIRST, row: row('2026-01-05') }, before: undefined }]);
    const met = await all();
    expect(met.map(({ memberId }) => memberId)).toEqual(members);
    for (const { memberId, record, pages } of met) {
      expect(record).toEqual(await profile.loadAccount(memberId));
      expect([...pages.keys()]).toEqual(Array.from({ length: record?.journal.pages ?? 0 }, (_, index) => index + 1));
    }
    expect(met[7]?.pages.size).toBeGreaterThan(2);
    const entries = [...(met[7]?.pages.values() ?? [])].flat().length + (met[7]?.record?.journal.tail.length ?? 0);
    expect(entries).toBe(met[7]?.record?.journal.count);
  });

  it('keeps what it has found where it is cut short', async () => {
    expect(await scan().loadOpenRun()).toBeUndefined();
    const part = { ...newPart(), folded: 3 };
    part.tally.members = 2;
    part.tally.days.set('2026-01-05', {
      postings: new Map([['earn', new Map([['pending', 5]])]]),
      lots: new Map([['2027-01', 5]]),
      debt: { incurred: 1, repaid: 2 },
    });
    const run = { atMs: 5, closedDay: '2026-01-05', done: [0, 15] };
    await scan().keepParts(
      run,
      new Map([
        [0, part],
        [15, newPart()],
      ]),
    );
    expect(await scan().loadOpenRun()).toEqual(run);
    const parts = await scan().loadParts([0, 15]);
    expect(parts).toHaveLength(2);
    expect(parts).toEqual(expect.arrayContaining([part, newPart()]));
    await expect(scan().loadParts([0, 1])).rejects.toThrow('not there');
    await scan().forgetOpenRun();
    expect(await scan().loadOpenRun()).toBeUndefined();
  });

  it('stops at an item that it cannot read', async () => {
    const Item = { pk: { S: 'MEMBER#ann' }, sk: { S: 'ACCOUNT' }, v: { N: '1' }, d: { B: Buffer.of(250, 1) } };
    await dynoxide.client.send(new PutItemCommand({ TableName: table, Item }));
    await expect(all()).rejects.toThrow('unknown to this release');
    expect(await scanTable(dynoxide.endpoint, table)).toHaveLength(1);
  });
});
