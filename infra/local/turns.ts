/** Lets so many run at once for each key; the others wait for their turn, first come first served. */
export class Turns {
  readonly #atOnce: number;
  readonly #running = new Map<string, number>();
  readonly #waiting = new Map<string, (() => void)[]>();

  constructor(atOnce: number) {
    this.#atOnce = atOnce;
  }

  async take<Result>(key: string, work: () => Promise<Result>): Promise<Result> {
    const running = this.#running.get(key) ?? 0;
    if (running < this.#atOnce) {
      this.#running.set(key, running + 1);
    } else {
      // Whoever ends hands its place on, so the count stays as it is.
      await new Promise<void>((resolve) => {
        this.#waiting.set(key, [...(this.#waiting.get(key) ?? []), resolve]);
      });
    }
    try {
      return await work();
    } finally {
      const next = this.#waiting.get(key)?.shift();
      if (next === undefined) this.#running.set(key, (this.#running.get(key) ?? 1) - 1);
      else next();
    }
  }
}
