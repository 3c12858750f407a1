export const DAY_MS = 86_400_000;

/**
 * The last millisecond of the month that lies `months` after the month of an instant, as clocks in a time zone show
 * it. Months are counted on the calendar, so a lot of 31 January and one of 1 January end on the same day.
 * @param fromMs instant in milliseconds since 1970
 */
export function endOfMonth(fromMs: number, months: number, timeZone: string): number {
  const local = new Date(fromMs + offsetMs(fromMs, timeZone));
  const nextMonthLocal = Date.UTC(local.getUTCFullYear(), local.getUTCMonth() + months + 1, 1);
  return instantOf(nextMonthLocal, timeZone) - 1;
}

/** The month an instant lies in, as clocks in a time zone show it: months since year 0, so that they can be counted. */
export function monthOf(atMs: number, timeZone: string): number {
  const local = new Date(atMs + offsetMs(atMs, timeZone));
  return local.getUTCFullYear() * 12 + local.getUTCMonth();
}

/** The instant at which a month, counted since year 0, begins in a time zone. */
export function startOfMonth(month: number, timeZone: string): number {
  return instantOf(Date.UTC(Math.floor(month / 12), month % 12, 1), timeZone);
}

/** The day of an instant, as clocks in a time zone show it: `2026-01-05`. */
export function dayOf(atMs: number, timeZone: string): string {
  return new Date(atMs + offsetMs(atMs, timeZone)).toISOString().slice(0, 10);
}

/** The instant at which clocks in a time zone are so many minutes past the midnight that begins a day, `2026-01-05`. */
export function instantAt(day: string, minutes: number, timeZone: string): number {
  return instantOf(Date.parse(day) + minutes * 60_000, timeZone);
}

/**
 * The instant at which clocks in the zone show a local time, given as if it were UTC. Right across offset changes:
 * where the clocks jump past that time, it is the instant at which they do.
 */
function instantOf(localMs: number, timeZone: string): number {
  const guess = localMs - offsetMs(localMs, timeZone);
  const instant = localMs - offsetMs(guess, timeZone);
  return offsetMs(instant, timeZone) === offsetMs(guess, timeZone) ? instant : Math.max(guess, instant);
}

const formatters = new Map<string, Intl.DateTimeFormat>();

/** How far the clocks of a zone are ahead of UTC at an instant, in milliseconds. */
function offsetMs(atMs: number, timeZone: string): number {
  if (timeZone === 'UTC') return 0;
  const formatter = formatters.get(timeZone) ?? newFormatter(timeZone);
  formatters.set(timeZone, formatter);
  const part: Record<string, number> = {};
  for (const { type, value } of formatter.formatToParts(atMs)) part[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  const shown = Date.UTC(year, month - 1, day, hour, minute, second);
  return shown - Math.floor(atMs / 1000) * 1000;
}

function newFormatter(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
}
