import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dayOf, endOfMonth, monthOf, startOfMonth } from '../../../shared/domain/calendar/calendar.ts';

const end = (from: string, months: number, zone: string) =>
  new Date(endOfMonth(Date.parse(from), months, zone)).toISOString();

describe('the end of a month', () => {
  it.each([
    { from: '2026-01-31T12:00:00Z', months: 0, zone: 'UTC', is: '2026-01-31T23:59:59.999Z' },
    { from: '2026-01-31T12:00:00Z', months: 1, zone: 'UTC', is: '2026-02-28T23:59:59.999Z' },
    { from: '2026-01-01T00:00:00Z', months: 1, zone: 'UTC', is: '2026-02-28T23:59:59.999Z' },
    { from: '2026-12-31T23:59:59.999Z', months: 1, zone: 'UTC', is: '2027-01-31T23:59:59.999Z' },
    { from: '2027-02-28T00:00:00Z', months: 12, zone: 'UTC', is: '2028-02-29T23:59:59.999Z' },
    { from: '2026-06-15T00:00:00Z', months: 120, zone: 'UTC', is: '2036-06-30T23:59:59.999Z' },
    { from: '2026-01-31T15:59:59.999Z', months: 0, zone: 'Asia/Shanghai', is: '2026-01-31T15:59:59.999Z' },
    { from: '2026-01-31T16:00:00Z', months: 0, zone: 'Asia/Shanghai', is: '2026-02-28T15:59:59.999Z' },
    { from: '2026-03-15T00:00:00Z', months: 0, zone: 'Europe/London', is: '2026-03-31T22:59:59.999Z' },
    { from: '2026-10-15T00:00:00Z', months: 0, zone: 'Europe/London', is: '2026-10-31T23:59:59.999Z' },
    { from: '2026-01-15T00:00:00Z', months: 6, zone: 'Europe/London', is: '2026-07-31T22:59:59.999Z' },
    { from: '2026-02-15T00:00:00Z', months: 0, zone: 'America/Los_Angeles', is: '2026-03-01T07:59:59.999Z' },
    { from: '2026-02-15T00:00:00Z', months: 0, zone: 'Asia/Kolkata', is: '2026-02-28T18:29:59.999Z' },
    { from: '2026-02-15T00:00:00Z', months: 0, zone: 'Pacific/Kiritimati', is: '2026-02-28T09:59:59.999Z' },
    // The clocks of Paraguay went from 30 September 23:59 straight to 1 October 01:00.
    { from: '2017-09-15T00:00:00Z', months: 0, zone: 'America/Asuncion', is: '2017-10-01T03:59:59.999Z' },
  ])('$months months on from $from in $zone: $is', ({ from, months, zone, is }) => {
    expect(end(from, months, zone)).toBe(is);
  });

  it('is the last millisecond that clocks there show in that month, in every zone there is', () => {
    const zones = Intl.supportedValuesOf('timeZone');
    const month = (ms: number, timeZone: string) => {
      const parts = new Intl.DateTimeFormat('en-US', { timeZone, year: 'numeric', month: 'numeric' }).formatToParts(ms);
      const of = (type: string) => Number(parts.find((part) => part.type === type)?.value);
      return of('year') * 12 + of('month');
    };
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.integer({ min: Date.UTC(2000, 0), max: Date.UTC(2040, 0) }),
        fc.integer({ min: 0, max: 24 }),
        (zone, fromMs, months) => {
          const endMs = endOfMonth(fromMs, months, zone);
          expect(month(endMs, zone)).toBe(month(fromMs, zone) + months);
          expect(month(endMs + 1, zone)).toBe(month(fromMs, zone) + months + 1);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

const AUGUST_2026 = 2026 * 12 + 7;

describe('the month of an instant', () => {
  it.each([
    { at: '2026-08-01T00:00:00Z', zone: 'UTC', is: AUGUST_2026 },
    { at: '2026-08-31T23:59:59.999Z', zone: 'UTC', is: AUGUST_2026 },
    { at: '2026-09-01T00:00:00Z', zone: 'UTC', is: AUGUST_2026 + 1 },
    { at: '2026-12-31T23:59:59.999Z', zone: 'UTC', is: 2026 * 12 + 11 },
    { at: '2027-01-01T00:00:00Z', zone: 'UTC', is: 2027 * 12 },
    { at: '2026-07-31T16:00:00Z', zone: 'Asia/Shanghai', is: AUGUST_2026 },
    { at: '2026-07-31T15:59:59.999Z', zone: 'Asia/Shanghai', is: AUGUST_2026 - 1 },
    { at: '2026-07-31T23:00:00Z', zone: 'Europe/London', is: AUGUST_2026 },
    { at: '2026-08-01T06:59:59.999Z', zone: 'America/Los_Angeles', is: AUGUST_2026 - 1 },
    { at: '2026-12-31T10:00:00Z', zone: 'Pacific/Kiritimati', is: 2027 * 12 },
    { at: '1969-12-31T23:59:59.999Z', zone: 'UTC', is: 1969 * 12 + 11 },
  ])('$at in $zone: $is', ({ at, zone, is }) => {
    expect(monthOf(Date.parse(at), zone)).toBe(is);
  });
});

describe('the start of a month', () => {
  it.each([
    { month: AUGUST_2026, zone: 'UTC', is: '2026-08-01T00:00:00.000Z' },
    { month: 2026 * 12, zone: 'UTC', is: '2026-01-01T00:00:00.000Z' },
    { month: 2026 * 12 + 11, zone: 'UTC', is: '2026-12-01T00:00:00.000Z' },
    { month: AUGUST_2026, zone: 'Asia/Shanghai', is: '2026-07-31T16:00:00.000Z' },
    { month: AUGUST_2026, zone: 'Europe/London', is: '2026-07-31T23:00:00.000Z' },
    { month: 2026 * 12 + 1, zone: 'Europe/London', is: '2026-02-01T00:00:00.000Z' },
    { month: AUGUST_2026, zone: 'Asia/Kathmandu', is: '2026-07-31T18:15:00.000Z' },
    // The clocks of Paraguay went from 30 September 23:59 straight to 1 October 01:00.
    { month: 2017 * 12 + 9, zone: 'America/Asuncion', is: '2017-10-01T04:00:00.000Z' },
    // Samoa left out 30 December 2011; its January began as ever.
    { month: 2012 * 12, zone: 'Pacific/Apia', is: '2011-12-31T10:00:00.000Z' },
  ])('$month in $zone: $is', ({ month, zone, is }) => {
    expect(new Date(startOfMonth(month, zone)).toISOString()).toBe(is);
  });

  it('is the first instant of it, and one after the end of the month before, in every zone there is', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Intl.supportedValuesOf('timeZone')),
        fc.integer({ min: 2000 * 12, max: 2040 * 12 }),
        (zone, month) => {
          const startMs = startOfMonth(month, zone);
          expect(monthOf(startMs, zone)).toBe(month);
          expect(monthOf(startMs - 1, zone)).toBe(month - 1);
          expect(endOfMonth(startMs - 1, 0, zone)).toBe(startMs - 1);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

describe('the day of an instant', () => {
  it.each([
    { at: '2026-01-05T00:00:00Z', zone: 'UTC', is: '2026-01-05' },
    { at: '2026-01-05T23:59:59.999Z', zone: 'UTC', is: '2026-01-05' },
    { at: '2026-01-05T15:00:00Z', zone: 'Asia/Tokyo', is: '2026-01-06' },
    { at: '2026-01-05T14:59:59.999Z', zone: 'Asia/Tokyo', is: '2026-01-05' },
    { at: '2026-01-05T07:59:59.999Z', zone: 'America/Los_Angeles', is: '2026-01-04' },
    { at: '2026-01-05T18:15:00Z', zone: 'Asia/Kathmandu', is: '2026-01-06' },
    { at: '2028-02-29T12:00:00Z', zone: 'UTC', is: '2028-02-29' },
    { at: '2026-12-31T23:00:00Z', zone: 'Europe/Paris', is: '2027-01-01' },
  ])('$at in $zone: $is', ({ at, zone, is }) => {
    expect(dayOf(Date.parse(at), zone)).toBe(is);
  });

  it.each([
    { day: '2026-03-29', zone: 'Europe/London', hours: 23 },
    { day: '2026-10-25', zone: 'Europe/London', hours: 25 },
    { day: '2026-10-24', zone: 'Europe/London', hours: 24 },
    { day: '2026-04-05', zone: 'Australia/Lord_Howe', hours: 24.5 },
    { day: '2011-12-30', zone: 'Pacific/Apia', hours: 0 },
  ])('is one for all the $hours hours of $day in $zone', ({ day, zone, hours }) => {
    const noon = Date.parse(`${day}T12:00:00Z`);
    const quarters = Array.from({ length: 4 * 72 }, (_, index) => noon + (index - 4 * 36) * 900_000);
    expect(quarters.filter((atMs) => dayOf(atMs, zone) === day)).toHaveLength(hours * 4);
  });
});
