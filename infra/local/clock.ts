/** What time it is for the backend: real, or virtual, in which case it follows the events and can be moved, forward only. */
export class LocalClock {
  readonly kind: 'real' | 'virtual';
  #virtualMs: number;
  readonly #listeners: ((nowMs: number) => void)[] = [];

  private constructor(kind: 'real' | 'virtual', startMs: number) {
    this.kind = kind;
    this.#virtualMs = startMs;
  }

  static real(): LocalClock {
    return new LocalClock('real', 0);
  }

  /** @param startMs where it stood when it was last seen, or 0 */
  static virtual(startMs: number): LocalClock {
    return new LocalClock('virtual', startMs);
  }

  nowMs(): number {
    return this.kind === 'real' ? Date.now() : this.#virtualMs;
  }

  /** Moves a virtual clock forward; an earlier time, or a real clock, stays as it is. */
  advanceTo(ms: number): void {
    if (this.kind === 'real' || ms <= this.#virtualMs) return;
    this.#virtualMs = ms;
    for (const listener of this.#listeners) listener(ms);
  }

  /** Sets a virtual clock back to its beginning; for a runtime that starts over. */
  reset(): void {
    this.#virtualMs = 0;
  }

  onAdvance(listener: (nowMs: number) => void): void {
    this.#listeners.push(listener);
  }
}
