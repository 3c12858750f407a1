/**
 * The time by which messages wait: what the clock on the wall said when this process began, and what has gone by since. A clock that is set
 * back by an hour then leaves nothing waiting for an hour, and one that is set ahead delivers nothing before its time.
 * @returns milliseconds since 1970; they never go back
 */
export function steadyNowMs(): number {
  return Math.round(performance.timeOrigin + performance.now());
}
