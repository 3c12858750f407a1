/** Pseudo-random numbers from 0 to below 1, the same for the same seed (mulberry32, T. Ettinger, public domain). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Puts a list into an order of chance, in place (Fisher and Yates). */
export function shuffle<List extends Int32Array | number[]>(list: List, random: () => number): List {
  for (let at = list.length - 1; at > 0; at -= 1) {
    const other = Math.floor(random() * (at + 1));
    const value = list[at] as number;
    list[at] = list[other] as number;
    list[other] = value;
  }
  return list;
}
