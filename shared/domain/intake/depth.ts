/** Whether a JSON value has more levels of objects and lists than the limit; never deep on the stack itself. */
export function isDeeperThan(value: unknown, limit: number): boolean {
  let level: object[] = isNested(value) ? [value] : [];
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > limit) return true;
    level = level.flatMap((it) => Object.values(it).filter(isNested));
  }
  return false;
}

const isNested = (value: unknown): value is object => typeof value === 'object' && value !== null;
