import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endOfMonth } from '../../../shared/domain/calendar/calendar.ts';

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
