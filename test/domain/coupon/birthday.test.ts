import { describe, expect, it } from 'vitest';
import { ID_PATTERN } from '../../../events/ids.ts';
import {
  birthdayCouponId,
  birthdaysDue,
  birthdaysKeptOn,
  birthdayVoucher,
  isOutdated,
  monthDayOf,
} from '../../../shared/domain/coupon/birthday.ts';
import { dayAfter, daysAfter } from '../../../shared/domain/coupon/days.ts';
import { currentPolicy } from '../../../shared/policy/policy.ts';
import { at } from '../../support/coupon-shop.ts';

describe('the birthdays kept on a day', () => {
  it.each([
    { day: '2026-02-28', kept: ['02-28', '02-29'] },
    { day: '2026-03-01', kept: ['03-01'] },
    { day: '2028-02-28', kept: ['02-28'] },
    { day: '2028-02-29', kept: ['02-29'] },
    { day: '2100-02-28', kept: ['02-28', '02-29'] },
    { day: '2000-02-29', kept: ['02-29'] },
    { day: '2026-12-31', kept: ['12-31'] },
  ])('$day: $kept', ({ day, kept }) => {
    expect(birthdaysKeptOn(day)).toEqual(kept);
  });

  it('are one a year for everybody', () => {
    for (const year of [2026, 2028]) {
      const days = daysAfter(`${year - 1}-12-31`, `${year}-12-31`, 400).flatMap(birthdaysKeptOn);
      expect(days).toHaveLength(366);
      expect(new Set(days).size).toBe(366);
    }
  });

  it('are found with and without a year of birth', () => {
    expect(monthDayOf('02-29')).toBe('02-29');
    expect(monthDayOf('2000-02-29')).toBe('02-29');
  });
});

describe('the days that are due', () => {
  it.each([
    { what: 'nothing was done ever', done: undefined, first: '2026-03-10', count: 1 },
    { what: 'yesterday was done', done: '2026-03-09', first: '2026-03-10', count: 1 },
    { what: 'three days were not done', done: '2026-03-06', first: '2026-03-07', count: 4 },
    { what: 'a year was not done', done: '2025-03-10', first: '2026-01-29', count: 41 },
    { what: 'today was done, as the clocks went back', done: '2026-03-10', first: undefined, count: 0 },
  ])('where $what', ({ done, first, count }) => {
    const days = birthdaysDue(done, '2026-03-10');
    expect(days).toHaveLength(count);
    expect(days[0]).toBe(first);
    expect(days.at(-1) ?? '2026-03-10').toBe('2026-03-10');
  });

  it('end at a limit', () => {
    expect(daysAfter('2026-01-01', '2026-12-31', 3)).toEqual(['2026-01-02', '2026-01-03', '2026-01-04']);
    expect(dayAfter('2026-03-01', -1)).toBe('2026-02-28');
  });
});

describe('a hint', () => {
  const hint = { memberId: 'ann', monthDay: '02-29', atMs: 100, eventId: 'm', notedAtMs: at('2026-01-01') };
  const person = (value: string, atMs: number, eventId = 'm') => ({
    memberId: 'ann',
    version: 1,
    birthday: { value, atMs, eventId },
  });

  it.each([
    { what: 'the member has that birthday', known: person('2000-02-29', 100), outdated: false },
    { what: 'the member says so again', known: person('02-29', 500), outdated: false },
    { what: 'a later fact says another day', known: person('03-01', 101), outdated: true },
    { what: 'a fact of the same instant says another day', known: person('03-01', 100, 'z'), outdated: true },
    { what: 'what is known is older than the hint', known: person('03-01', 99, 'z'), outdated: false },
    { what: 'no birthday is known yet', known: undefined, outdated: false },
    { what: 'no birthday is known after a week', known: undefined, now: '2026-01-08', outdated: true },
    {
      what: 'the birthday is gone after a week',
      known: { memberId: 'ann', version: 2 },
      now: '2026-01-08',
      outdated: true,
    },
  ])('where $what is outdated: $outdated', ({ known, outdated, now = '2026-01-07' }) => {
    expect(isOutdated(hint, known, at(now))).toBe(outdated);
  });
});

describe('what a tier gives for a birthday', () => {
  it.each([
    ['basic', undefined],
    ['silver', undefined],
    ['gold', 'birthday'],
    ['diamond', 'birthday'],
    ['nobody', undefined],
  ])('%s: %s', (tier, coupon) => {
    expect(birthdayVoucher(currentPolicy, tier)?.coupon).toBe(coupon);
  });

  it.each(['allowed', 'refused'] as const)('is %s to members who never said anything, as the policy has it', (said) => {
    const benefits = { ...currentPolicy.benefits };
    benefits.birthday_voucher = { kind: 'birthday_voucher', coupon: 'birthday', withoutStatement: said };
    expect(birthdayVoucher({ ...currentPolicy, benefits }, 'gold')).toEqual({
      coupon: 'birthday',
      withoutStatement: said,
    });
    expect(birthdayVoucher(currentPolicy, 'gold')?.withoutStatement).toBe('allowed');
  });

  it('has one id for a member and a year', () => {
    expect(birthdayCouponId('ann', 2026)).toBe('birthday:ann:2026');
    const long = (end: string) => birthdayCouponId('x'.repeat(127) + end, 2026);
    expect(long('a')).toMatch(ID_PATTERN);
    expect(long('a')).toMatch(/^birthday:[0-9a-f]{40}:2026$/);
    expect(long('a')).not.toBe(long('b'));
    expect(long('a')).not.toBe(birthdayCouponId(`${'x'.repeat(127)}a`, 2027));
  });
});
