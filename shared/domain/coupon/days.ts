import { DAY_MS } from '../calendar/calendar.ts';

/** The day so many days after another, or before it: days are written `2026-01-05`. */
export function dayAfter(day: string, days = 1): string {
  return new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);
}

/** The days after one up to and with another, oldest first, at most so many. */
export function daysAfter(day: string, until: string, limit: number): string[] {
  const days: string[] = [];
  for (let next = dayAfter(day); next <= until && days.length < limit; next = dayAfter(next)) days.push(next);
  return days;
}
