type NumbersArray = Uint8Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;

/** A column of numbers that is as long as it turns out to be: rows come one by one, and nobody knows how many. */
export class GrowingNumbers<Numbers extends NumbersArray> {
  readonly #make: new (
    length: number,
  ) => Numbers;
  #numbers: Numbers;
  length = 0;

  constructor(make: new (length: number) => Numbers) {
    this.#make = make;
    this.#numbers = new make(1_024);
  }

  push(value: number): void {
    if (this.length === this.#numbers.length) {
      const wider = new this.#make(2 * this.length);
      wider.set(this.#numbers);
      this.#numbers = wider;
    }
    this.#numbers[this.length] = value;
    this.length += 1;
  }

  /** The numbers, in a column of exactly their length. */
  taken(): Numbers {
    return this.#numbers.slice(0, this.length) as Numbers;
  }
}
