/** Numbers that look like chance and follow from a seed, so that every run is the same. */
export type Chance = {
  /** From 0 up to but not 1. */
  next(): number;
  /** A whole number from the one to the other, both included. */
  whole(from: number, to: number): number;
  happens(share: number): boolean;
  /** One of several; throws where there is none. */
  one<T>(of: readonly T[]): T;
  /** So many different ones, or as many as there are. */
  some<T>(of: readonly T[], count: number): T[];
};

/** Mulberry32 (T. Ettinger), which is enough for drawing lots. */
export function chanceOf(seed: number): Chance {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const whole = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1));
  const one = <T>(of: readonly T[]): T => {
    const found = of[whole(0, of.length - 1)];
    if (found === undefined) throw new Error('There is nothing to choose from.');
    return found;
  };
  return {
    next,
    whole,
    one,
    happens: (share) => next() < share,
    some<T>(of: readonly T[], count: number): T[] {
      const left = [...of];
      const chosen: T[] = [];
      while (chosen.length < count && left.length > 0) chosen.push(...left.splice(whole(0, left.length - 1), 1));
      return chosen;
    },
  };
}
