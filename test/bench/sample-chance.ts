/** Numbers that look like chance and are the same in every run. */
export class SampleChance {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** Storefronts number events with UUIDs; they are what compresses worst in an item, so a shorter id would flatter. */
  uuid(): string {
    const hex = Array.from({ length: 8 }, () => this.below(0x10000).toString(16).padStart(4, '0')).join('');
    return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20)].join(
      '-',
    );
  }

  pick<Value>(values: readonly Value[]): Value {
    const value = values[this.below(values.length)];
    if (value === undefined) throw new Error('There is nothing to pick from');
    return value;
  }

  /** A whole number from 0 on, below a limit (mulberry32). */
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * limit);
  }
}
