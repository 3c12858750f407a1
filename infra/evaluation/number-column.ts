/** Numbers that become more and more, in one array that doubles: ten million of them take no ten million objects. */
export class NumberColumn {
  #values: Float64Array = new Float64Array(1024);
  #length = 0;

  constructor(first: readonly number[] = []) {
    for (const value of first) this.push(value);
  }

  get length(): number {
    return this.#length;
  }

  at(index: number): number {
    return this.#values[index] ?? Number.NaN;
  }

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const larger = new Float64Array(2 * this.#length);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#length] = value;
    this.#length += 1;
  }

  toUint32Array(): Uint32Array {
    return Uint32Array.from(this.#values.subarray(0, this.#length));
  }

  toFloat64Array(): Float64Array {
    return this.#values.slice(0, this.#length);
  }
}
