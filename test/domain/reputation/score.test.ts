import { describe, expect, it } from 'vitest';
import { type Score, scoreOf } from '../../../shared/domain/reputation/score.ts';
import { currentPolicy } from '../../../shared/policy/policy.ts';
import { countersOf, type Known, NOW_MS, together } from '../../support/reputation-facts.ts';

const policy = currentPolicy.reputation;
const score = (known: Known) => scoreOf(countersOf(known), { nowMs: NOW_MS, policy });

const TABLE = [
  { positive: 95, complaints: 0, expected: 98, level: 'excellent' },
  { positive: 50, complaints: 5, expected: 85, level: 'good' },
  { positive: 5, complaints: 10, expected: 75, level: 'fair' },
];

describe.each(TABLE)('with $positive of 100 reviews positive and $complaints complaints on 1,000 orders', (row) => {
  const { positive, complaints, expected, level } = row;
  const known = { reviews: 100, positive, orders: 1_000, complaints };

  it.each([
    { what: 'all upheld', also: { upheld: complaints } },
    { what: 'none decided yet', also: {} },
    { what: 'some of them upheld', also: { upheld: Math.floor(complaints / 2) } },
    { what: 'decided in time', also: { upheld: complaints, decided: complaints, decidedInTime: complaints } },
    { what: 'and every deadline gone by', also: { overdue: complaints } },
    { what: 'and others rejected or withdrawn', also: { complaints: complaints + 50, rejected: 30, withdrawn: 20 } },
    { what: 'the other reviews of three stars', also: { otherStars: 3 as const } },
    { what: 'all of it long ago', also: { time: '2019-02-03T00:00:00Z' } },
  ])(`is ${expected} ($what)`, ({ also }) => {
    expect(score({ ...known, ...also })).toMatchObject({ score: expected, level, rated: true });
  });

  it(`is ${expected} where it happened over a year`, () => {
    const counters = ['2025-08-01', '2025-11-01', '2026-02-01', '2026-05-01'].map((time, index) =>
      countersOf({
        time: `${time}T00:00:00Z`,
        reviews: 25,
        positive: Math.floor((positive + index) / 4),
        orders: 250,
        complaints: Math.floor((complaints + index) / 4),
      }),
    );
    expect(scoreOf(together(...counters), { nowMs: NOW_MS, policy }).score).toBe(expected);
  });
});

describe('a score', () => {
  const known = {
    reviews: 80,
    positive: 66,
    orders: 640,
    complaints: 9,
    upheld: 4,
    returned: 33,
    sampled: 120,
    failed: 2,
  };

  it('is the sum of its components, and what was lost is the rest', () => {
    const { score: total, components, reasons } = score(known);
    expect(components.reduce((sum, { contribution }) => sum + contribution, 0)).toBeCloseTo(total, 9);
    expect(reasons.reduce((sum, { lost }) => sum + lost, 0)).toBeCloseTo(100 - total, 9);
    expect(components.reduce((sum, { weight }) => sum + weight, 0)).toBe(100);
  });

  it('says who lost how much for what, and where to turn', () => {
    expect(score(known).reasons).toEqual([
      { code: 'complaints', lost: 12.4, n: 9, of: 640, basis: 'measured', appeal: 'complaint_appeal' },
      { code: 'satisfaction', lost: 2.9, n: 14, of: 80, basis: 'measured', appeal: 'review_check' },
      { code: 'returns', lost: 1, n: 33, of: 640, basis: 'measured', appeal: 'fact_correction' },
      { code: 'inspections', lost: 0.7, n: 2, of: 120, basis: 'measured', appeal: 'inspection_recheck' },
    ]);
  });

  it('can be worked out again from the answer alone', () => {
    const answer = JSON.parse(JSON.stringify(score({ ...known, mark: 92 }))) as Score;
    let total = 0;
    for (const { weight, curve, mark, evidence, ...shown } of answer.components) {
      const { n, of, minimum, assumed, grace } = evidence;
      const wrong = Math.max(0, n - grace) + Math.max(0, minimum - of) * assumed;
      const rate = Math.min(1, Math.round((wrong / Math.max(of, minimum)) * 1e6) / 1e6);
      expect(shown.rate).toBe(rate);
      const right = curve.find((point) => point.rate >= rate) ?? curve.at(-1)!;
      const left = curve.findLast((point) => point.rate <= rate)!;
      const part = left === right || right.rate < rate ? 0 : (rate - left.rate) / (right.rate - left.rate);
      const value = Math.min(left.value + (right.value - left.value) * part, mark ?? 100);
      expect(shown.value).toBeCloseTo(value, 4);
      total += Math.round((weight * shown.value) / 10) / 10;
    }
    expect(answer.score).toBeCloseTo(total, 9);
    expect(answer.level).toBe(answer.levels.find(({ from }) => answer.score >= from)?.id);
  });

  it('of whom nothing is known is made of what is assumed, says so, and has no level', () => {
    const nothing = scoreOf({}, { nowMs: NOW_MS, policy });
    expect(nothing).toMatchObject({ level: 'unrated', rated: false, coverage: 0, window: { basis: 'all' } });
    expect(nothing.components.map(({ basis }) => basis)).toEqual(Array(6).fill('assumed'));
  });

  it('has a level once a quarter of it rests on evidence', () => {
    expect(score({ reviews: 20, positive: 20 })).toMatchObject({ coverage: 20, level: 'unrated' });
    expect(score({ reviews: 20, positive: 20, orders: 14 })).toMatchObject({ coverage: 27, level: 'excellent' });
  });

  it.each([
    { what: 'nothing', also: {}, contribution: 40, counted: 0 },
    { what: 'one open', also: { complaints: 1 }, contribution: 34, counted: 1 },
    { what: 'one upheld', also: { complaints: 1, upheld: 1 }, contribution: 34, counted: 1 },
    { what: 'one rejected', also: { complaints: 1, rejected: 1 }, contribution: 40, counted: 0 },
    { what: 'one withdrawn', also: { complaints: 1, withdrawn: 1 }, contribution: 40, counted: 0 },
    { what: 'a flood that nobody has looked into', also: { complaints: 500 }, contribution: 30, counted: 2 },
    { what: 'one upheld of the flood', also: { complaints: 500, upheld: 1 }, contribution: 27, counted: 3 },
    { what: 'all of it upheld', also: { complaints: 500, upheld: 500 }, contribution: 0, counted: 500 },
  ])('of few orders with $what among complaints', ({ also, contribution, counted }) => {
    const { components, complaints } = score({ orders: 10, ...also });
    expect(components.find(({ id }) => id === 'complaints')).toMatchObject({ contribution });
    expect(complaints).toMatchObject({ counted, total: also.complaints ?? 0, upheld: also.upheld ?? 0 });
  });

  it('tells complaints apart', () => {
    expect(score({ orders: 10, complaints: 10, upheld: 4, rejected: 3, withdrawn: 1 }).complaints).toEqual({
      open: 2,
      total: 10,
      upheld: 4,
      undecided: 2,
      rejected: 3,
      withdrawn: 1,
      counted: 6,
    });
  });

  it.each([
    {
      what: 'ten late answers are forgiven',
      late: { answered: 40, answeredInTime: 30 },
      id: 'response',
      n: 10,
      value: 100,
    },
    { what: 'five more are not', late: { answered: 40, answeredInTime: 25 }, id: 'response', n: 15, value: 75 },
    { what: 'late decisions count', late: { decided: 30, decidedInTime: 5 }, id: 'resolution', n: 25, value: 25 },
    { what: 'so do deadlines gone by', late: { overdue: 25 }, id: 'resolution', n: 25, value: 25 },
    {
      what: 'but a late answer counts once',
      late: { overdue: 25, answered: 25, answeredInTime: 0 },
      id: 'resolution',
      n: 0,
      value: 100,
    },
  ])('of service: $what', ({ late, id, n, value }) => {
    const component = score({ orders: 1_000, complaints: 60, ...late }).components.find((it) => it.id === id);
    expect(component).toMatchObject({ value, evidence: { n, of: 1_000, grace: 10 } });
  });
});
