import { DeleteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { profileKeys } from '../../../shared/adapters/dynamo/keys.ts';
import { liabilityScan } from '../../../shared/adapters/dynamo/liability-scan.ts';
import { type LiabilityStore, liabilityStore } from '../../../shared/adapters/dynamo/liability-store.ts';
import { keyItem, putRecord } from '../../../shared/adapters/dynamo/profile-records.ts';
import { type ProfileStore, profileStore } from '../../../shared/adapters/dynamo/profile-store.ts';
import { isBalanced } from '../../../shared/domain/liability/day-rows.ts';
import type { RunRecord } from '../../../shared/domain/liability/run.ts';
import type { AccountRecord } from '../../../shared/domain/loyalty/book-postings.ts';

import { type FunctionEnvironment, startFunctionEnvironment } from '../../support/function-environment.ts';
import { lambdaContext } from '../../support/lambda.ts';
import { policyOf } from '../../support/policies.ts';
import { scanTable } from '../../support/profile-table.ts';
import {
  at,
  cancelled,
  checkedIn,
  completed,
  placed,
  policiesFrom,
  redeemed,
  returned,
} from '../../support/shop-story.ts';
import { tell } from '../../support/tell.ts';

let environment: FunctionEnvironment;
let table: string;
let profile: ProfileStore;
let liability: LiabilityStore;
let printed: Record<string, unknown>[];

beforeAll(async () => {
  environment = await startFunctionEnvironment();
});
beforeEach(async () => {
  table = (await environment.renew()).profile;
  profile = profileStore(environment.dynoxide.client, table);
  liability = liabilityStore(environment.dynoxide.client, table);
  printed = [];
  vi.stubEnv('LOG_LEVEL', 'info');
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => printed.push(JSON.parse(String(text))) > 0);
});
afterEach(() => vi.restoreAllMocks());
afterAll(() => environment.stop());

/** Runs the job at an instant and gives what it remembers of it, and the metric where there is one. */
async function runAt(time: string, timeLeftMs = () => 900_000) {
  printed.length = 0;
  const { handler } = await import('../../../functions/liability/close-days.ts');
  const { setClock } = await import('../../../shared/runtime/clock.ts');
  setClock(() => at(time));
  await handler({} as never, lambdaContext({ getRemainingTimeInMillis: timeLeftMs }));
  const { runs } = await liability.listRuns({ limit: 100 });
  const run = runs.find(({ atMs }) => atMs === at(time));
  const drift = printed.find((line) => 'LedgerDrift' in line)?.LedgerDrift;
  return { run: run as RunRecord, drift };
}

const revisionsOf = async (day: string) => (await liability.listRevisions(day, { limit: 100 })).revisions;

/** Rewrites a member's account by hand, past everything that guards it. */
async function alter(memberId: string, change: (record: AccountRecord) => unknown): Promise<void> {
  const record = await profile.loadAccount(memberId);
  if (record === undefined) throw new Error('no account');
  change(record);
  const { TableName, Item } = putRecord(table, profileKeys.account(memberId), record);
  await environment.dynoxide.client.send(new PutItemCommand({ TableName, Item }));
}

/** Two members: one with an order that was spent from and sent back, one with many check-ins. */
const story = () => [
  placed('2026-01-05', { total: 50_000 }),
  placed('2026-01-05T08:00:00Z', { orderId: 'ord-2', total: 20_000 }),
  completed('2026-01-06'),
  redeemed('2026-01-14', 100, { orderId: 'ord-2' }),
  cancelled('2026-01-15', { orderId: 'ord-2' }),
  ...Array.from({ length: 60 }, (_, hour) =>
    checkedIn(new Date(at('2026-01-05') + hour * 8 * 3_600_000).toISOString(), { memberId: 'bob' }),
  ),
];

/** So many more of bob's check-ins that his journal does not find room beside the account. */
const laterOfBob = () =>
  Array.from({ length: 60 }, (_, day) =>
    checkedIn(new Date(at('2026-01-25') + day * 86_400_000).toISOString(), { memberId: 'bob' }),
  );

describe('the run after the end of a day', () => {
  it('writes every day since the first, balanced, and agrees with the accounts', async () => {
    await tell(profile, story());
    const { run, drift } = await runAt('2026-01-17T00:30:00Z');
    expect(drift).toBeUndefined();
    expect(run).toMatchObject({
      closedDay: '2026-01-16',
      members: 2,
      folded: 1,
      unsettled: 0,
      written: { closed: 12, corrected: 0, carried: 0 },
      drift: { count: 0 },
      unbalancedDays: [],
    });
    expect(run.journal).toEqual(run.accounts);
    const days = await liability.loadDays();
    expect([...days.keys()].sort()).toHaveLength(12);
    for (const { row } of days.values()) expect(isBalanced(row)).toBe(true);
    expect(days.get('2026-01-05')?.row).toMatchObject({ issued: 710, closing: { pending: 700, available: 10 } });
    expect(days.get('2026-01-13')?.row).toMatchObject({ released: 500 });
    expect(days.get('2026-01-15')?.row).toMatchObject({ redeemed: -100, reversed: 200 });
    expect(days.get('2026-01-16')?.row.closing).toEqual({
      pending: 0,
      available: 620,
      debt: 0,
      lots: [{ month: '2027-01', points: 620 }],
    });
  });

  it('counts what has fallen due and is not written yet', async () => {
    await tell(profile, story().slice(0, 3));
    await runAt('2026-01-20T03:00:00Z');
    expect((await liability.loadDay('2026-01-13'))?.row).toMatchObject({ released: 500, closing: { available: 500 } });
    await runAt('2027-02-01T03:00:00Z');
    expect((await liability.loadDay('2027-01-31'))?.row).toMatchObject({ expired: 500, closing: { available: 0 } });
  });

  it('leaves the day that has not ended alone', async () => {
    await tell(profile, story().slice(0, 2));
    await runAt('2026-01-05T23:59:59Z');
    expect(await liability.loadDays()).toEqual(new Map());
    await runAt('2026-01-06T00:00:00Z');
    expect([...(await liability.loadDays()).keys()]).toEqual(['2026-01-05']);
  });

  it('does nothing twice: not on the same day, and nothing that is written already on the next', async () => {
    await tell(profile, story());
    await runAt('2026-01-17T00:30:00Z');
    const before = await scanTable(environment.dynoxide.endpoint, table);
    await runAt('2026-01-17T01:30:00Z');
    await runAt('2026-01-17T23:30:00Z');
    expect(await scanTable(environment.dynoxide.endpoint, table)).toEqual(before);
    const { run } = await runAt('2026-01-18T00:30:00Z');
    expect(run.written).toEqual({ closed: 1, corrected: 0, carried: 0 });
    expect(await revisionsOf('2026-01-16')).toHaveLength(1);
  });

  it('revises a day for which a fact came late, and those it runs through; what stood there stays', async () => {
    await tell(profile, story().slice(0, 3));
    await runAt('2026-01-08T00:30:00Z');
    const [first] = await revisionsOf('2026-01-06');
    await tell(profile, [returned('2026-01-06T12:00:00Z', { 1: 1 })]);
    const { run } = await runAt('2026-01-09T00:30:00Z');
    expect(run.written).toEqual({ closed: 1, corrected: 1, carried: 1 });
    expect(await revisionsOf('2026-01-06')).toMatchObject([
      { revision: 2, atMs: at('2026-01-09T00:30:00Z'), because: 'corrected', row: { reversed: 500 } },
      first,
    ]);
    expect(await revisionsOf('2026-01-07')).toMatchObject([
      { revision: 2, because: 'carried', row: { reversed: 0, opening: { pending: 200 }, closing: { pending: 200 } } },
      { revision: 1, because: 'closed', row: { opening: { pending: 700 } } },
    ]);
    expect(await revisionsOf('2026-01-05')).toHaveLength(1);
  });

  it('leaves to the one that came first what two of them write at once', async () => {
    const { writeDays } = await import('../../../functions/liability/write-days.ts');
    const { newPart } = await import('../../../shared/domain/liability/part.ts');
    // Of the same loading of the modules: a conflict is known by its class.
    const { liabilityStore: open } = await import('../../../shared/adapters/dynamo/liability-store.ts');
    const store = open(environment.dynoxide.client, table);
    const partOf = (points: number) => {
      const part = newPart();
      const moved = new Map([['available' as const, points]]);
      const postings = new Map([['earn' as const, moved]]);
      part.tally.days.set('2026-01-05', { postings, lots: new Map(), debt: { incurred: 0, repaid: 0 } });
      return part;
    };
    const terms = { atMs: 10, closedDay: '2026-01-06', policies: policiesFrom(policyOf()) };
    const records = await Promise.all([5, 5, 5].map((points) => writeDays(partOf(points), store, terms)));
    expect(records.map(({ written }) => written.closed).sort()).toEqual([0, 0, 2]);
    const later = await Promise.all(
      [6, 7].map((points, n) => writeDays(partOf(points), store, { ...terms, atMs: 20 + n })),
    );
    expect(later.every(({ written }) => written.closed === 0)).toBe(true);
    const kept = (await revisionsOf('2026-01-05')).map(({ revision, row }) => [revision, row.closing.available]);
    expect(kept.at(-1)).toEqual([1, 5]);
    expect(kept[0]?.[1]).toBe(7);
  });

  it('goes on where it was cut short, as of the instant at which it began', async () => {
    await tell(profile, story());
    let calls = 0;
    const short = () => (++calls > 12 ? 1_000 : 900_000);
    expect((await runAt('2026-01-17T00:30:00Z', short)).run).toBeUndefined();
    expect(printed).toMatchObject([{ message: 'goes_on' }]);
    const scan = liabilityScan(environment.dynoxide.client, table);
    expect(await scan.loadOpenRun()).toMatchObject({ closedDay: '2026-01-16' });
    expect(await liability.loadDays()).toEqual(new Map());
    await expect(runAt('2026-01-17T01:00:00Z', () => 1_000)).rejects.toThrow('in the time of a run');
    await runAt('2026-01-17T01:30:00Z');
    const { runs } = await liability.listRuns({ limit: 10 });
    expect(runs).toMatchObject([{ atMs: at('2026-01-17T00:30:00Z'), members: 2, written: { closed: 12 } }]);
    expect(runs[0]?.journal).toEqual(runs[0]?.accounts);
    expect(await scan.loadOpenRun()).toBeUndefined();
  });
});

describe('drift', () => {
  beforeEach(() => tell(profile, story()));

  it.each([
    {
      what: 'points given by hand',
      disagree: ['available', 'lots'],
      change: ({ account }: AccountRecord) => account.lots.push({ expiresAtMs: at('2027-02-28'), points: 5 }),
    },
    {
      what: 'a debt forgotten',
      disagree: ['debt'],
      change: ({ account }: AccountRecord) => {
        account.debt = 7;
      },
    },
    {
      what: 'a lot that lasts longer',
      disagree: ['lots'],
      change: ({ account }: AccountRecord) => {
        for (const lot of account.lots) lot.expiresAtMs = at('2027-03-31T23:59:59.999Z');
      },
    },
    {
      what: 'an entry taken out',
      disagree: ['entries'],
      change: ({ journal }: AccountRecord) => journal.tail.pop(),
    },
  ])('is found and metered: $what', async ({ disagree, change }) => {
    await alter('bob', change);
    const { run, drift } = await runAt('2026-01-17T00:30:00Z');
    expect(drift).toBe(1);
    expect(run.drift).toMatchObject({ count: 1, listed: [{ memberId: 'bob' }] });
    expect(run.drift.listed[0]?.disagree).toEqual(expect.arrayContaining(disagree));
    // How many, and not who.
    expect(printed.find(({ message }) => message === 'closed')).toMatchObject({ level: 'error', drift: 1 });
    expect(JSON.stringify(printed)).not.toContain('bob');
    expect(run.unbalancedDays).toEqual([]);
  });

  it.each([
    { what: 'a page', key: profileKeys.journalPage('bob', 1) },
    { what: 'an account', key: profileKeys.account('bob') },
  ])('is $what that is not there any more', async ({ key }) => {
    await tell(profile, laterOfBob());
    await environment.dynoxide.client.send(new DeleteItemCommand({ TableName: table, Key: keyItem(key) }));
    const { run, drift } = await runAt('2026-04-17T00:30:00Z');
    expect(drift).toBe(1);
    expect(run.drift.listed).toMatchObject([{ memberId: 'bob', disagree: expect.arrayContaining(['entries']) }]);
  });

  it('is over once the account is right again', async () => {
    const right = await profile.loadAccount('bob');
    await alter('bob', ({ account }) => {
      account.debt = 7;
    });
    expect((await runAt('2026-01-17T00:30:00Z')).drift).toBe(1);
    await alter('bob', (record) => Object.assign(record, right));
    expect((await runAt('2026-01-18T00:30:00Z')).drift).toBeUndefined();
  });
});

describe('accounts that are written while the run reads', () => {
  it('are no drift: a page later than its account does not count, an earlier one is looked for', async () => {
    const { countMembers } = await import('../../../functions/liability/count-members.ts');
    const { always } = await import('../../../shared/policy/policies.ts');
    const { currentPolicy } = await import('../../../shared/policy/policy.ts');
    await tell(profile, story());
    const scan = liabilityScan(environment.dynoxide.client, table);
    const old = await profile.loadAccount('bob');
    await tell(profile, laterOfBob());
    expect((await profile.loadAccount('bob'))?.journal.pages).toBeGreaterThan(old?.journal.pages ?? 0);
    /** The scan met bob's account before that, or the account as it is and none of its pages. */
    const meeting = (early: boolean) => ({
      ...scan,
      async *members(segment: number) {
        for await (const met of scan.members(segment)) {
          if (met.memberId !== 'bob' || old === undefined) yield met;
          else yield early ? { ...met, record: old } : { ...met, pages: new Map() };
        }
      },
    });
    const terms = { atMs: at('2026-05-01'), closedDay: '2026-04-30', policies: always(currentPolicy) };
    for (const early of [true, false]) {
      const stores = { liability, profile, policies: { load: async () => terms.policies }, scan: meeting(early) };
      const parts = await countMembers([], stores, terms, () => true);
      const found = [...parts.values()];
      expect(found.reduce((sum, { drift }) => sum + drift.count, 0)).toBe(0);
      expect(found.reduce((sum, { tally }) => sum + tally.members, 0)).toBe(2);
    }
  });

  it('are read again where they change under the eyes of the run, and left to the next where they do not stop', async () => {
    const { checkAgain } = await import('../../../functions/liability/check-again.ts');
    const { newPart } = await import('../../../shared/domain/liability/part.ts');
    const { always } = await import('../../../shared/policy/policies.ts');
    const { currentPolicy } = await import('../../../shared/policy/policy.ts');
    await tell(profile, story());
    const record = await profile.loadAccount('bob');
    if (record === undefined) throw new Error('no account');
    const terms = { atMs: at('2026-05-01'), closedDay: '2026-04-30', policies: always(currentPolicy) };
    const met = { memberId: 'bob', record, pages: new Map() };
    const around = { liability, scan: liabilityScan(environment.dynoxide.client, table) };
    const policies = { load: async () => terms.policies };
    /** The history comes with an account that is wrong for so many readings, and the version moves on all the time. */
    const busy = (readings: number) => {
      let left = readings;
      return {
        loadHistory: async (memberId: string) => {
          const found = await profile.loadHistory(memberId);
          left -= 1;
          return left >= 0
            ? { ...found, record: { ...found.record, account: { ...found.record.account, debt: 1 } } }
            : found;
        },
        loadAccount: async () => ({ ...record, version: 1_000 + left }),
      };
    };
    const settled = newPart();
    expect(await checkAgain(settled, met, { ...around, policies, profile: busy(3) }, terms)).not.toHaveProperty(
      'drift',
    );
    expect(settled).toMatchObject({ folded: 1, unsettled: 0, drift: { count: 0 } });
    const restless = newPart();
    expect(await checkAgain(restless, met, { ...around, policies, profile: busy(100) }, terms)).not.toHaveProperty(
      'drift',
    );
    expect(restless).toMatchObject({ unsettled: 1, drift: { count: 0 } });
  });

  it('are read again under the policies that the shop has put meanwhile', async () => {
    const { checkAgain } = await import('../../../functions/liability/check-again.ts');
    const { newPart } = await import('../../../shared/domain/liability/part.ts');
    const first = policyOf();
    const policies = policiesFrom(first, { from: '2026-01-05', policy: policyOf({ 'points.checkIn': 25 }) });
    await tell(profile, story(), policies);
    const record = await profile.loadAccount('bob');
    if (record === undefined) throw new Error('no account');
    const met = { memberId: 'bob', record, pages: new Map() };
    const stores = { liability, profile, scan: liabilityScan(environment.dynoxide.client, table) };
    const terms = { atMs: at('2026-05-01'), closedDay: '2026-04-30', policies: policiesFrom(first) };
    const unaware = newPart();
    const checked = await checkAgain(unaware, met, { ...stores, policies: { load: async () => policies } }, terms);
    expect(checked?.drift).toBeUndefined();
    const stale = await checkAgain(unaware, met, { ...stores, policies: { load: async () => terms.policies } }, terms);
    expect(stale?.drift).toMatchObject({ memberId: 'bob', disagree: ['available', 'lots'] });
  });
});
