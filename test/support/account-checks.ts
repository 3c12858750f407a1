import { expect } from 'vitest';
import { type Account, availablePoints, pendingPoints } from '../../shared/domain/loyalty/account.ts';
import type { AccountRecord } from '../../shared/domain/loyalty/book-postings.ts';
import { type Entry, type EntryKind, isEntry, type Note } from '../../shared/domain/loyalty/entries.ts';
import { accountAt } from '../../shared/domain/loyalty/fold.ts';
import type { JournalEntry } from '../../shared/domain/loyalty/journal.ts';
import type { Policies } from '../../shared/policy/policies.ts';
import { type ModelAccount, type ModelFact, modelAccount } from './account-model.ts';
import type { MemoryProfile } from './memory-profile-store.ts';

export type Books = {
  profile: MemoryProfile;
  facts: readonly ModelFact[];
  /** How many of the facts bear on a member. */
  told: ReadonlyMap<string, number>;
  policies: Policies;
  nowMs: number;
};

type Sums = { states: Record<string, number>; kinds: Record<string, number> };

/** The checks of one run: what must hold after every operation, whatever it was. */
export class AccountChecks {
  readonly members: readonly string[];
  /** What was checked last of a member: where nothing of it has changed there is nothing new to check. */
  readonly checked = new Map<string, string>();
  /** Every journal entry that was ever seen, as it was. */
  readonly seen = new Map<string, string>();
  readonly pageSums = new Map<JournalEntry[], Sums>();

  constructor(members: readonly string[]) {
    this.members = members;
  }

  check(books: Books): void {
    for (const memberId of this.members) {
      const record = books.profile.accounts.get(memberId);
      const inputs = [record?.version, books.told.get(memberId), books.policies.length, books.nowMs].join(' ');
      if (this.checked.get(memberId) === inputs) continue;
      this.checked.set(memberId, inputs);
      this.checkMember(memberId, record, books);
    }
  }

  checkMember(memberId: string, record: AccountRecord | undefined, { profile, facts, policies, nowMs }: Books): void {
    const model = modelAccount(facts, { member: memberId, nowMs, policies });
    if (record === undefined) {
      expect(model.lastAt, `${memberId}: who has done anything has an account`).toBeUndefined();
      return;
    }
    const { account, entries } = accountAt(record.account, Math.max(nowMs, model.lastAt ?? nowMs), policies);
    this.checkBesideModel(memberId, account, model);
    this.checkAccount(memberId, account);
    this.checkLedger(memberId, record, { profile, account, model, due: entries });
  }

  checkBesideModel(memberId: string, account: Account, model: ModelAccount): void {
    const same = (what: string, actual: unknown, expected: unknown) => hold(`${memberId}: ${what}`, actual, expected);
    same('what can be spent is as in the model', availablePoints(account), model.available);
    same('what is pending is as in the model', pendingPoints(account), model.pending);
    same('what is owed is as in the model', account.debt, model.debt);
    const lots = account.lots.map(({ expiresAtMs, points }) => [expiresAtMs, points]);
    same('the lots are those of the model', lots, model.lots);
    const held = account.held.map(({ orderId, points }): [string, number] => [orderId, points]);
    same('the holds are those of the model', held.sort(byName), model.held);
    const { orders, spend, returned } = account.lifetime;
    same('the lifetime figures are those of the model', { orders, spend, returned }, pickOf(model));
    if (model.lastAt === undefined) return;
    const { id, sinceMs, fallsAtMs } = account.tier;
    same('the tier is that of the model', { id, since: sinceMs, falls: fallsAtMs }, model.tier);
    same('the stage is that of the model', { id: account.stage.id, since: account.stage.sinceMs }, model.stage);
  }

  checkAccount(memberId: string, account: Account): void {
    const parts = [
      account.openPoints,
      account.debt,
      ...Object.values(account.lifetime),
      ...Object.values(account.months),
      ...[...account.held, ...account.lots, ...account.lapsed].map(({ points }) => points - 1),
      ...account.redeemed.flatMap(({ points, back, returned }) => [points, back, returned, points - back]),
    ];
    hold(
      `${memberId}: no part of an account is negative`,
      parts.filter((part) => part < 0),
      [],
    );
    const unequal = account.redeemed.filter(
      ({ points, back, lots }) => points !== back + lots.reduce((sum, lot) => sum + lot.points, 0),
    );
    hold(`${memberId}: what was redeemed is what can be given back and what has been`, unequal, []);
  }

  checkLedger(
    memberId: string,
    { journal }: AccountRecord,
    {
      profile,
      account,
      model,
      due,
    }: { profile: MemoryProfile; account: Account; model: ModelAccount; due: readonly (Entry | Note)[] },
  ): void {
    const sums: Sums = { states: {}, kinds: {} };
    let before = 0;
    for (let page = 1; page <= journal.pages; page += 1) {
      const entries = profile.pages.get(`${memberId}/${page}`) ?? [];
      const known = this.pageSums.get(entries);
      const pageSums = known ?? addUp(entries, { states: {}, kinds: {} });
      if (known === undefined) this.checkEntries(memberId, entries, before);
      this.pageSums.set(entries, pageSums);
      merge(sums, pageSums);
      before += entries.length;
    }
    this.checkEntries(memberId, journal.tail, before);
    hold(`${memberId}: the journal has as many entries as it says`, before + journal.tail.length, journal.count);
    addUp(journal.tail, sums);
    addUp(due, sums);

    const { states, kinds } = sums;
    const of = (kind: EntryKind) => kinds[kind] ?? 0;
    hold(
      `${memberId}: every balance is the sum of its entries`,
      { pending: states.pending ?? 0, available: states.available ?? 0, debt: states.debt ?? 0 },
      { pending: pendingPoints(account), available: availablePoints(account), debt: 0 - account.debt },
    );
    const issued = of('earn') + of('adjust');
    const redeemed = 0 - of('redeem') - of('refund');
    const reversed = 0 - of('reverse');
    const expired = 0 - of('expire');
    hold(
      `${memberId}: issued = available + pending + redeemed + reversed + expired - debt`,
      issued,
      availablePoints(account) + pendingPoints(account) + redeemed + reversed + expired - account.debt,
    );
    const { totals } = model;
    hold(
      `${memberId}: the ledger tells of each kind of movement what the model does`,
      {
        earn: of('earn'),
        adjust: of('adjust'),
        reverse: of('reverse'),
        redeem: of('redeem'),
        refund: of('refund'),
        expire: of('expire'),
        available: of('available'),
      },
      {
        earn: totals.earned,
        adjust: totals.given - totals.taken,
        reverse: 0 - totals.reversed,
        redeem: 0 - totals.redeemed,
        refund: totals.refunded,
        expire: 0 - totals.expired,
        available: 0,
      },
    );
  }

  checkEntries(memberId: string, entries: readonly JournalEntry[], before: number): void {
    entries.forEach((entry, index) => {
      hold(`${memberId}: entries are numbered without a gap`, entry.seq, before + index + 1);
      const key = `${memberId} ${entry.seq}`;
      const text = JSON.stringify(entry);
      hold(`${memberId}: no entry is ever edited`, text, this.seen.get(key) ?? text);
      this.seen.set(key, text);
    });
  }
}

function pickOf({ orders, spend, returned }: ModelAccount) {
  return { orders, spend, returned };
}

function addUp(entries: readonly (Entry | Note)[], sums: Sums): Sums {
  for (const entry of entries) {
    if (!isEntry(entry)) continue;
    const { state, kind, points } = entry;
    sums.states[state] = (sums.states[state] ?? 0) + points;
    sums.kinds[kind] = (sums.kinds[kind] ?? 0) + points;
  }
  return sums;
}

function merge(sums: Sums, more: Sums): void {
  for (const part of ['states', 'kinds'] as const) {
    for (const [name, points] of Object.entries(more[part])) sums[part][name] = (sums[part][name] ?? 0) + points;
  }
}

const byName = ([a]: [string, number], [b]: [string, number]) => (a < b ? -1 : a > b ? 1 : 0);

/** An assertion that costs little where it holds, as it nearly always does. */
function hold(what: string, actual: unknown, expected: unknown): void {
  if (actual === expected || JSON.stringify(actual) === JSON.stringify(expected)) return;
  expect(actual, what).toEqual(expected);
}
