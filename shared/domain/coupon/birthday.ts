import { createHash } from 'node:crypto';
import { ID_PATTERN } from '../../../events/ids.ts';
import type { Policy } from '../../policy/policy.ts';
import { DAY_MS } from '../calendar/calendar.ts';
import type { Person } from '../member/registration.ts';
import { dayAfter, daysAfter } from './days.ts';

/** That a member may have a birthday on a day of the year, as one fact said; the person's record is the truth. */
export type BirthdayHint = { memberId: string; monthDay: string; atMs: number; eventId: string; notedAtMs: number };

/** `02-29` of `02-29` or `2000-02-29`. */
export function monthDayOf(birthday: string): string {
  return birthday.slice(-5);
}

/** The days of the year whose birthdays are kept on a day: 29 February is kept on the 28th where there is none. */
export function birthdaysKeptOn(day: string): string[] {
  const monthDay = day.slice(5);
  const tomorrow = dayAfter(day).slice(5);
  return monthDay === '02-28' && tomorrow === '03-01' ? ['02-28', '02-29'] : [monthDay];
}

/** Birthdays longer ago than this are not made up for after an interruption. */
export const DAYS_BACK_LIMIT = 40;

/** The days whose birthdays are to be gone through, today among them: a member may get to a tier in the course of it. */
export function birthdaysDue(doneUntil: string | undefined, today: string): string[] {
  const earliest = dayAfter(today, -1 - DAYS_BACK_LIMIT);
  const done = doneUntil ?? dayAfter(today, -1);
  return daysAfter(done > earliest ? done : earliest, today, DAYS_BACK_LIMIT + 1);
}

/** How long a hint waits for the fact it was taken from, where nobody has written that yet. */
const PATIENCE_MS = 7 * DAY_MS;

/**
 * Whether a hint is no longer true: a later fact says another day, or the shop knows no birthday of the member. As long
 * as the fact the hint was taken from may only be late, the hint is kept.
 */
export function isOutdated(hint: BirthdayHint, person: Person | undefined, nowMs: number): boolean {
  const said = person?.birthday;
  if (said === undefined) return nowMs - hint.notedAtMs >= PATIENCE_MS;
  if (monthDayOf(said.value) === hint.monthDay) return false;
  return said.atMs > hint.atMs || (said.atMs === hint.atMs && said.eventId > hint.eventId);
}

/**
 * The coupon that a tier gives for a birthday, by its definition, and whether members get it who never said anything about marketing; undefined
 * where the tier gives none. It is a promise of the tier, and so given unless the policy or the member says otherwise.
 */
export function birthdayVoucher(
  policy: Policy,
  tierId: string,
): { coupon: string; withoutStatement: 'allowed' | 'refused' } | undefined {
  const step = policy.tiers.steps.find((it) => it.id === tierId);
  for (const id of step?.benefits ?? []) {
    const benefit = policy.benefits[id];
    if (benefit?.kind !== 'birthday_voucher') continue;
    return { coupon: benefit.coupon, withoutStatement: benefit.withoutStatement ?? 'allowed' };
  }
  return undefined;
}

/** One id for a member and a year, so that a birthday is given for once, however often it is gone through. */
export function birthdayCouponId(memberId: string, year: number): string {
  const id = `birthday:${memberId}:${year}`;
  if (ID_PATTERN.test(id)) return id;
  return `birthday:${createHash('sha256').update(memberId).digest('hex').slice(0, 40)}:${year}`;
}

/** Every day that somebody may have a birthday on, `02-29` among them. */
export function daysOfYear(): string[] {
  const leapYear = Date.UTC(2024, 0, 1);
  return Array.from({ length: 366 }, (_, day) => new Date(leapYear + day * DAY_MS).toISOString().slice(5, 10));
}
