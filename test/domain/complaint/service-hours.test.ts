import { describe, expect, it } from 'vitest';
import { afterServiceTime } from '../../../shared/domain/complaint/service-hours.ts';
import { readPolicy } from '../../../shared/policy/policy-schema.ts';
import { policyWith } from '../../support/policies.ts';

const HOUR_MS = 3_600_000;
const day = { from: '09:00', to: '17:00' };
const week = { monday: day, tuesday: day, wednesday: day, thursday: day, friday: { from: '09:00', to: '13:00' } };

describe('time of service', () => {
  it.each([
    { what: 'within a day', from: '2026-01-05T10:00Z', hours: 3, zone: 'UTC', to: '2026-01-05T13:00Z' },
    { what: 'to the very end of a day', from: '2026-01-05T10:00Z', hours: 7, zone: 'UTC', to: '2026-01-05T17:00Z' },
    { what: 'over a night', from: '2026-01-05T16:00Z', hours: 2, zone: 'UTC', to: '2026-01-06T10:00Z' },
    { what: 'from before the shop opens', from: '2026-01-05T03:00Z', hours: 1, zone: 'UTC', to: '2026-01-05T10:00Z' },
    { what: 'over a weekend', from: '2026-01-09T12:00Z', hours: 2, zone: 'UTC', to: '2026-01-12T10:00Z' },
    { what: 'from a Sunday', from: '2026-01-11T12:00Z', hours: 8, zone: 'UTC', to: '2026-01-12T17:00Z' },
    { what: 'a whole week of them', from: '2026-01-05T09:00Z', hours: 36, zone: 'UTC', to: '2026-01-09T13:00Z' },
    {
      what: 'by the clocks of Shanghai',
      from: '2026-01-05T00:00Z',
      hours: 2,
      zone: 'Asia/Shanghai',
      to: '2026-01-05T03:00Z',
    },
    {
      what: 'over a change of the clocks',
      from: '2026-03-27T11:00Z',
      hours: 2,
      zone: 'Europe/Berlin',
      to: '2026-03-30T08:00Z',
    },
  ])('$what', ({ from, hours, zone, to }) => {
    const at = afterServiceTime(Date.parse(from), hours * HOUR_MS, { businessHours: week, timeZone: zone });
    expect(new Date(at).toISOString()).toBe(new Date(to).toISOString());
  });

  it('passes over holidays', () => {
    const businessHours = { ...week, holidays: ['2026-01-06', '2026-01-07'] };
    const at = afterServiceTime(Date.parse('2026-01-05T16:00Z'), 2 * HOUR_MS, { businessHours, timeZone: 'UTC' });
    expect(new Date(at).toISOString()).toBe('2026-01-08T10:00:00.000Z');
  });

  it('is the clock where the shop keeps no hours', () => {
    expect(afterServiceTime(5, HOUR_MS, { timeZone: 'UTC' })).toBe(5 + HOUR_MS);
  });

  it('ends within the longest deadline, the shortest week and the most holidays of a policy', () => {
    const holidays = Array.from({ length: 400 }, (_, n) =>
      new Date(Date.parse('2026-01-05') + n * 7 * 86_400_000).toISOString().slice(0, 10),
    );
    const businessHours = { monday: { from: '09:00', to: '14:00' }, holidays };
    expect(
      afterServiceTime(Date.parse('2026-01-05'), 720 * HOUR_MS, { businessHours, timeZone: 'UTC' }),
    ).toBeGreaterThan(0);
  });
});

describe('business hours in a policy', () => {
  it.each([
    { what: 'a day that closes before it opens', hours: { monday: { from: '17:00', to: '09:00' } }, path: 'monday.to' },
    { what: 'no time of day', hours: { monday: { from: '9', to: '17:00' } }, path: 'monday.from' },
    { what: 'a shop that is hardly open', hours: { monday: { from: '09:00', to: '10:00' } }, path: '' },
    { what: 'a holiday that is no day', hours: { ...week, holidays: ['soon'] }, path: 'holidays[0]' },
    { what: 'a day that there is none of', hours: { ...week, someday: day }, path: 'someday' },
  ])('are refused: $what', ({ hours, path }) => {
    const result = readPolicy(policyWith({ 'complaints.businessHours': hours }));
    const paths = result.ok ? [] : result.errors.map((error) => error.path);
    expect(paths).toContain(['complaints.businessHours', path].filter((it) => it !== '').join('.'));
  });

  it('are taken', () => {
    expect(readPolicy(policyWith({ 'complaints.businessHours': week })).ok).toBe(true);
  });

  it('and two suggestions of one id are refused', () => {
    const one = { id: 'sorry', category: 'other', text: 'We are sorry.' };
    const result = readPolicy(policyWith({ 'complaints.suggestions': [one, one] }));
    expect(result.ok ? [] : result.errors.map((error) => error.path)).toEqual(['complaints.suggestions']);
  });
});
