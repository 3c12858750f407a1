/**
 * Seeded misfortune. Every probability is between 0 and 1 and 0 where it is not given. The draws of one seed are always
 * the same; which operation meets which draw depends on how the work interleaves, as it does in production.
 */
export type ChaosOptions = {
  seed: number;
  /** A message is delivered twice. */
  duplicate?: number;
  /** The messages of a batch are shuffled, and a message is overtaken by later ones. */
  reorder?: number;
  /** A message is late, by up to 200 ms. */
  delay?: number;
  /** The function dies before it begins. */
  crashBefore?: number;
  /** The function dies after its last write, before it can answer. */
  crashAfter?: number;
  /** A table answers ProvisionedThroughputExceededException and does nothing. */
  throttle?: number;
  /** A write answers TransactionConflict and does nothing. */
  conflict?: number;
  /** A write is done, but its answer is lost: the caller sees an internal error. */
  lostAnswer?: number;
  /** A table takes up to half a second longer. */
  slow?: number;
  /** A table answers that it has failed, and has done nothing. */
  failed?: number;
  /** A table breaks the connection off in place of an answer: now before it has done anything, now after. */
  brokenOff?: number;
  /** A table does what it is asked, and then keeps the answer for longer than its client waits. */
  hung?: number;
  /** Begins a while in which the tables are not available at all: so many requests in a row are refused. */
  outage?: number;
  /** One entry of PutEvents is not taken; the others are. */
  entryFailed?: number;
  /** The bus takes nothing of a request. */
  busDown?: number;
  /** The key service fails a request. */
  keysDown?: number;
  /** A queue takes no message that a function sends. */
  queueDown?: number;
  /** A bucket fails a request. */
  objectsDown?: number;
};

export type Misfortune = Exclude<keyof ChaosOptions, 'seed'>;

const longestDelayMs = 200;
const longestSlownessMs = 500;
/** More than the five attempts of a client's one request, and fewer than the patience of everybody who asks. */
const requestsOfOutage = 40;
/** Longer than clients of handlers wait for an answer. */
export const HUNG_MS = 6_000;

export class Chaos {
  readonly #options: ChaosOptions;
  readonly #random: () => number;
  readonly #struck = new Map<Misfortune, number>();
  #outageLeft = 0;

  constructor(options: ChaosOptions) {
    this.#options = options;
    this.#random = randomFrom(options.seed);
  }

  /** Draws once: does this misfortune strike now? */
  strikes(misfortune: Misfortune): boolean {
    const probability = this.#options[misfortune] ?? 0;
    if (probability <= 0 || this.#random() >= probability) return false;
    this.#struck.set(misfortune, (this.#struck.get(misfortune) ?? 0) + 1);
    return true;
  }

  /** Whether the tables are not available to this request, because an outage begins with it or lasts. */
  isOutage(): boolean {
    if (this.#outageLeft > 0) this.#outageLeft -= 1;
    else if (this.strikes('outage')) this.#outageLeft = requestsOfOutage - 1;
    else return false;
    return true;
  }

  /** Which of two ways a misfortune goes. */
  either(): boolean {
    return this.#random() < 0.5;
  }

  /** How often each misfortune has struck so far. */
  get struck(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#struck);
  }

  /** How much longer a request to the tables takes, in milliseconds; mostly 0. */
  slowByMs(): number {
    return this.strikes('slow') ? Math.ceil(longestSlownessMs * this.#random()) : 0;
  }

  /** How late a message is, in milliseconds; mostly 0. */
  lateByMs(): number {
    const late = this.strikes('delay') ? longestDelayMs : this.strikes('reorder') ? longestDelayMs / 10 : 0;
    return Math.ceil(late * this.#random());
  }

  /** The order in which a batch is handed over. */
  order<Item>(items: readonly Item[]): Item[] {
    const shuffled = [...items];
    if (!this.strikes('reorder')) return shuffled;
    for (let last = shuffled.length - 1; last > 0; last -= 1) {
      const other = Math.floor(this.#random() * (last + 1));
      [shuffled[last], shuffled[other]] = [shuffled[other] as Item, shuffled[last] as Item];
    }
    return shuffled;
  }
}

/** mulberry32: 32 bits of state, equally distributed, and the same numbers on every machine. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
