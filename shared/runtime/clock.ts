/**
 * The one place where a handler learns what time it is. On AWS this is the wall clock; the local runtime sets a clock
 * that can be moved. The domain never reads it: it is given the time.
 */
let read: () => number = Date.now;

/** Milliseconds since 1970-01-01T00:00:00Z. */
export function nowMs(): number {
  return read();
}

export function setClock(clock: () => number): void {
  read = clock;
}
