import { type BusinessHours, minutesOf, weekdays } from '../../policy/complaint-schema.ts';
import { dayOf, instantAt } from '../calendar/calendar.ts';
import { dayAfter } from '../coupon/days.ts';

/** More than the longest deadline takes with the shortest week and every holiday that a policy may name. */
const DAYS_LIMIT = 5_000;

/**
 * The instant at which so much time has passed since another: on the clock or, with business hours, while the shop is open by
 * the clocks of its time zone.
 */
export function afterServiceTime(
  fromMs: number,
  durationMs: number,
  { businessHours, timeZone }: { businessHours?: BusinessHours | undefined; timeZone: string },
): number {
  if (businessHours === undefined) return fromMs + durationMs;
  const holidays = new Set(businessHours.holidays);
  let leftMs = durationMs;
  let day = dayOf(fromMs, timeZone);
  for (let count = 0; count < DAYS_LIMIT; count += 1, day = dayAfter(day)) {
    const opening = holidays.has(day) ? undefined : businessHours[weekdayOf(day)];
    if (opening === undefined) continue;
    const opensMs = Math.max(instantAt(day, minutesOf(opening.from), timeZone), fromMs);
    const openMs = instantAt(day, minutesOf(opening.to), timeZone) - opensMs;
    if (openMs <= 0) continue;
    if (leftMs <= openMs) return opensMs + leftMs;
    leftMs -= openMs;
  }
  throw new RangeError('The business hours of the policy leave no time for a deadline.');
}

function weekdayOf(day: string): (typeof weekdays)[number] {
  return weekdays[new Date(Date.parse(day)).getUTCDay()] ?? 'sunday';
}
