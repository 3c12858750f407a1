import { describe, expect, it } from 'vitest';
import type { DayRow } from '../../../shared/domain/liability/day-rows.ts';
import { revise } from '../../../shared/domain/liability/revise.ts';

const row: DayRow = {
  day: '2026-01-05',
  issued: 10,
  released: 0,
  redeemed: 0,
  reversed: 0,
  expired: 0,
  debtIncurred: 0,
  debtRepaid: 0,
  postings: [
    { movement: 'earn', account: 'available', points: 10 },
    { movement: 'earn', account: 'issued', points: -10 },
  ],
  opening: { pending: 0, available: 0, debt: 0 },
  closing: { pending: 0, available: 10, debt: 0, lots: [{ month: '2027-01', points: 10 }] },
};
const first = { revision: 1, atMs: 100, because: 'closed', row } as const;

describe('a revision of a day', () => {
  it('is the first when the day has ended', () => {
    expect(revise(undefined, row, 100)).toEqual(first);
  });

  it('is not written where nothing is new', () => {
    expect(revise(first, structuredClone(row), 200)).toBeUndefined();
  });

  it.each([
    { because: 'corrected', change: { issued: 20 } },
    { because: 'carried', change: { opening: { ...row.opening, pending: 5 } } },
    { because: 'carried', change: { closing: { ...row.closing, lots: [{ month: '2027-02', points: 10 }] } } },
  ])('is the next one, $because, where $change is new', ({ because, change }) => {
    const next = { ...row, ...change };
    expect(revise(first, next, 200)).toEqual({ revision: 2, atMs: 200, because, row: next });
  });

  it('is not written by a run that began before the last one was written', () => {
    expect(revise(first, { ...row, issued: 20 }, 99)).toBeUndefined();
  });
});
