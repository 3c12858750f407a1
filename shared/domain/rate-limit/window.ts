/** Requests are counted by the minute of the clock, and nothing is carried over from one to the next. */
export const WINDOW_MS = 60_000;
/** A salt is good for an hour, which windows divide evenly: no window has two. */
export const SALT_MS = 3_600_000;

/** When the window began that an instant lies in, in milliseconds since 1970. */
export function windowOf(nowMs: number): number {
  return Math.floor(nowMs / WINDOW_MS) * WINDOW_MS;
}

/** When the salt began to be used that goes with an instant. */
export function saltHourOf(nowMs: number): number {
  return Math.floor(nowMs / SALT_MS) * SALT_MS;
}

/** In how many whole seconds the next window begins: at least 1. */
export function secondsToNextWindow(nowMs: number): number {
  return Math.ceil((windowOf(nowMs) + WINDOW_MS - nowMs) / 1_000);
}
