import { describe, expect, it } from 'vitest';
import { type Credit, type CreditEntry, creditOf } from '../../../shared/domain/reputation/credit.ts';
import { currentPolicy } from '../../../shared/policy/policy.ts';
import { policyOf } from '../../support/policies.ts';
import { atMs, NOW_MS } from '../../support/reputation-facts.ts';

const policy = currentPolicy.reputation;
const DAY_MS = 86_400_000;

let made = 0;
function entry(facts: Partial<CreditEntry> = {}): CreditEntry {
  made += 1;
  return {
    reviewId: `rev-${made}`,
    atMs: NOW_MS,
    length: 20,
    mediaCount: 0,
    kinds: 1,
    verified: false,
    named: false,
    state: 'published',
    helpful: 0,
    unhelpful: 0,
    ...facts,
  };
}
const many = (count: number, facts: Partial<CreditEntry> = {}) => Array.from({ length: count }, () => entry(facts));
const rejected = (time: string) => entry({ state: 'rejected', rejectedAtMs: atMs(time) });
const credit = (entries: CreditEntry[], registered?: string) =>
  creditOf(entries, { nowMs: NOW_MS, policy, registeredAtMs: registered === undefined ? undefined : atMs(registered) });
const contributions = ({ reasons }: Credit) =>
  Object.fromEntries(reasons.map(({ code, contribution }) => [code, contribution]));

describe('what credit is given for', () => {
  const rich = { length: 200, mediaCount: 2, kinds: 3 };
  it.each([
    { what: 'a start', entries: [], gives: { start: 25 } },
    { what: 'one short review', entries: many(1), gives: { start: 25, depth: 0.2, frequency: 2.5 } },
    { what: 'one that says all there is to say', entries: many(1, rich), gives: { depth: 3.8, frequency: 2.5 } },
    { what: 'one of a verified purchase', entries: many(1, { verified: true }), gives: { verified: 5 } },
    { what: 'one under the own name', entries: many(1, { named: true }), gives: { named: 3.3 } },
    { what: 'ten helpful votes', entries: many(1, { helpful: 10 }), gives: { helpful: 7.5 } },
    { what: 'ten unhelpful ones', entries: many(1, { unhelpful: 10 }), gives: { helpful: -7.5 } },
    {
      what: 'many good ones',
      entries: many(20, { ...rich, verified: true, named: true, helpful: 3 }),
      gives: { depth: 13, frequency: 12, verified: 13.6, named: 9.1, helpful: 12.9 },
    },
    { what: 'a rejected one', entries: [rejected('2026-05-20T12:00:00Z')], gives: { start: 25, rejected: -20 } },
  ])('$what', ({ entries, gives }) => {
    expect(contributions(credit(entries))).toMatchObject(gives);
  });

  it.each([
    { since: '2026-05-20T12:00:00Z', gives: undefined },
    { since: '2025-11-18T12:00:00Z', gives: 2.5 },
    { since: '2020-01-01T00:00:00Z', gives: 5 },
    { since: undefined, gives: undefined },
  ])('an account since $since: $gives', ({ since, gives }) => {
    expect(contributions(credit([], since)).tenure).toBe(gives);
  });

  it.each(['held', 'removed', 'replaced'] as const)('nothing for reviews that are %s', (state) => {
    expect(contributions(credit(many(5, { ...rich, state, helpful: 9, verified: true })))).toEqual({ start: 25 });
  });

  it('less as time goes by', () => {
    const aYearAgo = NOW_MS - 365 * DAY_MS;
    expect(contributions(credit(many(10, { atMs: NOW_MS }))).frequency).toBe(10);
    expect(contributions(credit(many(10, { atMs: aYearAgo }))).frequency).toBe(7.5);
    const fake = entry({ state: 'rejected', atMs: aYearAgo, rejectedAtMs: aYearAgo });
    expect(contributions(credit([fake])).rejected).toBe(-10);
  });
});

describe('credit', () => {
  it.each([
    { what: 'a newcomer', entries: [], level: 'regular', weight: 1, privileges: [] },
    { what: 'one rejected review', entries: [rejected('2026-05-01')], level: 'doubtful', weight: 0.3, privileges: [] },
    {
      what: 'ten good reviews',
      entries: many(10, { length: 150, verified: true, named: true }),
      level: 'trusted',
      weight: 1.2,
      privileges: ['badge', 'highlighted'],
    },
    {
      what: 'many that others found helpful',
      entries: many(20, { length: 200, mediaCount: 2, kinds: 3, verified: true, named: true, helpful: 3 }),
      level: 'expert',
      weight: 1.5,
      privileges: ['badge', 'highlighted', 'early_trials'],
    },
  ])('of $what is at the level $level', ({ entries, level, weight, privileges }) => {
    expect(credit(entries)).toMatchObject({ level, weight, privileges, formulaVersion: '1' });
  });

  it('is the sum of its reasons, and stays from 0 to 100', () => {
    const low = credit([rejected('2026-05-01'), rejected('2026-05-02'), rejected('2026-05-03')]);
    expect(low.credit).toBe(0);
    expect(low.reasons.at(-1)).toMatchObject({ code: 'limit', value: 0 });
    const high = credit(
      many(2_000, { length: 999, mediaCount: 9, kinds: 3, verified: true, named: true, helpful: 99 }),
      '2001-01-01',
    );
    expect(high.credit).toBeLessThanOrEqual(100);
    for (const { credit: total, reasons } of [low, high]) {
      expect(reasons.reduce((sum, { contribution }) => sum + contribution, 0)).toBeCloseTo(total, 9);
    }
  });

  it('does not know yet what happens later', () => {
    const later = [entry({ atMs: NOW_MS + 1 }), rejected('2026-05-20T12:00:00.001Z'), rejected('2026-06-01')];
    expect(credit(later)).toEqual(credit([]));
  });
});

describe('repeated fakes', () => {
  it.each([
    { what: 'one', times: ['2026-05-10'], until: undefined },
    { what: 'two within ninety days', times: ['2026-03-01', '2026-05-10'], until: '2026-06-09' },
    { what: 'two further apart', times: ['2026-01-01', '2026-05-10'], until: undefined },
    { what: 'two, a month ago', times: ['2026-04-01', '2026-04-10'], until: undefined },
    { what: 'three within a year', times: ['2025-06-01', '2026-01-01', '2026-05-10'], until: '2027-05-10' },
    {
      what: 'three, and time has not come for the last',
      times: ['2026-03-01', '2026-05-10', '2026-05-21'],
      until: '2026-06-09',
    },
  ])('($what) take the right to review until $until', ({ times, until }) => {
    const { banUntilMs } = credit(times.map(rejected));
    expect(banUntilMs).toBe(until === undefined ? undefined : atMs(until));
  });

  it('take the privileges of the level for as long', () => {
    const good = many(40, { length: 200, mediaCount: 2, kinds: 3, verified: true, named: true, helpful: 9 });
    const fakes = [rejected('2026-05-10'), rejected('2026-05-11')];
    expect(credit(good).privileges).not.toEqual([]);
    expect(credit([...good, ...fakes]).privileges).toEqual([]);
  });

  it('are as good as never rejected once an appeal has restored them', () => {
    const [fake, restored] = [rejected('2026-05-10'), rejected('2026-05-11')];
    expect(credit([fake, restored])).toHaveProperty('banUntilMs');
    const { rejectedAtMs: _, ...entryAfter } = { ...restored, state: 'published' as const };
    const after = credit([fake, entryAfter]);
    expect(after).not.toHaveProperty('banUntilMs');
    expect(after.penalties).toHaveLength(1);
  });

  it('cost what the policy says, the first and those after it', () => {
    const dear = policyOf({ 'reputation.credit.penalty': { first: 50, repeated: 200, withinDays: 30 } }).reputation;
    const entries = ['2026-05-11', '2026-01-01', '2026-05-01'].map(rejected);
    const { penalties } = creditOf(entries, { nowMs: NOW_MS, policy: dear });
    expect(
      penalties.map(({ atMs: at, code, points }) => [new Date(at).toISOString().slice(0, 10), code, points]),
    ).toEqual([
      ['2026-01-01', 'fake_review', 50],
      ['2026-05-01', 'fake_review', 50],
      ['2026-05-11', 'repeated_fake_review', 200],
    ]);
    expect(credit(entries).penalties.map(({ points }) => points)).toEqual([0, 0, 0]);
  });
});

it('can be worked out again from the answer alone', () => {
  const reviews = many(7, { verified: true, named: true, helpful: 2, length: 120 });
  const answer = JSON.parse(JSON.stringify(credit([...reviews, rejected('2026-05-02')], '2025-12-01'))) as Credit;
  let total = 0;
  for (const { contribution, arithmetic } of answer.reasons) {
    const [product = '', divisor = '1'] = arithmetic.split(' / ');
    const [a = 0, b = 0] = product.split(' x ').map(Number);
    const [c = 0, d = 0] = divisor.replace(/[()]/g, '').split(' + ').map(Number);
    expect(contribution).toBe(Math.round(((a * b) / (c + d)) * 10) / 10);
    total += contribution;
  }
  expect(answer.reasons).toHaveLength(8);
  expect(answer.credit).toBeCloseTo(total, 9);
  expect(answer.reasons.find(({ code }) => code === 'frequency')).toEqual({
    code: 'frequency',
    value: 7,
    contribution: 8.8,
    arithmetic: '15 x 7 / (7 + 5)',
  });
});
