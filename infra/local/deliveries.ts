/**
 * Takes messages out of the queues and hands them to functions: at least once, in batches, several at a time. A failed
 * message comes back after a short while, and moves to the dead-letter queue when it was received too often.
 */
import type { Chaos } from './chaos.ts';
import { steadyNowMs } from './steady-time.ts';
import type { Message, Store } from './store.ts';

/** What became of a batch: nothing for a message means it is done. */
export type BatchOutcome = ReadonlyMap<string, string>;

export type Consumer = {
  queue: string;
  batchSize: number;
  maxConcurrency: number;
  /** After this many receives a message moves to `deadLetterQueue`, or is dropped and told to `onDropped`. */
  maxReceiveCount: number;
  deadLetterQueue?: string;
  /** @returns the reason of failure by message id */
  deliver(messages: readonly Message[]): Promise<BatchOutcome>;
};

export type DeliveryNotice = { kind: 'dead-letter' | 'dropped'; queue: string; message: Message; reason: string };

/**
 * A failed message is visible again after this long times its number of receives. Deployed, it would be the queue's
 * visibility timeout: minutes in which nobody at a terminal wants to wait.
 */
export const REDELIVERY_STEP_MS = 100;

/** Batches in flight over all functions: more do not make two cores faster, they only make each other wait. */
const MAX_IN_FLIGHT = 8;

/** Marks a message that a function holds; functions have timeouts of their own, so it always comes back. */
const HELD = Number.MAX_SAFE_INTEGER;

export class Deliveries {
  readonly #store: Store;
  readonly #consumers: readonly Consumer[];
  readonly #chaos: () => Chaos | undefined;
  readonly #onNotice: (notice: DeliveryNotice) => void;
  readonly #mayHaveMessages: Set<string>;
  readonly #inFlight = new Map<string, number>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #batches = new Set<Promise<void>>();
  #idleWaiters: (() => void)[] = [];
  #next = 0;
  #planned = false;
  #running = false;

  constructor(
    store: Store,
    consumers: readonly Consumer[],
    chaos: () => Chaos | undefined,
    onNotice: (notice: DeliveryNotice) => void,
  ) {
    this.#store = store;
    this.#consumers = consumers;
    this.#chaos = chaos;
    this.#onNotice = onNotice;
    this.#mayHaveMessages = new Set(consumers.map(({ queue }) => queue));
  }

  start(): void {
    this.#running = true;
    this.#plan();
  }

  /** Tells that queues got messages. */
  wake(queues: Iterable<string>): void {
    for (const queue of queues) this.#mayHaveMessages.add(queue);
    this.#plan();
  }

  /** True where no message waits or is being worked on in any consumed queue. */
  get isIdle(): boolean {
    return this.#batches.size === 0 && this.#consumers.every(({ queue }) => this.#store.depth(queue) === 0);
  }

  /** Waits until `isIdle`, or until it is stopped. */
  async idle(): Promise<void> {
    while (this.#running && !this.isIdle) {
      await new Promise<void>((resolve) => {
        this.#idleWaiters.push(resolve);
      });
    }
  }

  /** Takes no further message and waits for the batches under way. Whatever is left stays in the store. */
  async stop(): Promise<void> {
    this.#running = false;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    await Promise.allSettled(this.#batches);
    this.#tellWaiters();
  }

  /** Plans one round for the end of this turn, so that messages sent together are received together. */
  #plan(): void {
    if (this.#planned || !this.#running) return;
    this.#planned = true;
    setImmediate(() => {
      this.#planned = false;
      if (this.#running) this.#dispatch();
    });
  }

  /** Fills the free places, one batch per queue in turn, so that a long queue does not starve the others. */
  #dispatch(): void {
    let fruitless = 0;
    while (fruitless < this.#consumers.length && this.#batches.size < MAX_IN_FLIGHT) {
      const consumer = this.#consumers[this.#next % this.#consumers.length];
      this.#next += 1;
      fruitless = consumer !== undefined && this.#takeBatch(consumer) ? 0 : fruitless + 1;
    }
  }

  #takeBatch(consumer: Consumer): boolean {
    const { queue, batchSize, maxConcurrency } = consumer;
    const inFlight = this.#inFlight.get(queue) ?? 0;
    if (!this.#mayHaveMessages.has(queue) || inFlight >= maxConcurrency) return false;
    const messages = this.#store.receive(queue, batchSize, steadyNowMs(), HELD);
    if (messages.length < batchSize) {
      this.#mayHaveMessages.delete(queue);
      this.#wakeLater(queue);
    }
    if (messages.length === 0) return false;
    this.#inFlight.set(queue, inFlight + 1);
    const batch = this.#process(consumer, messages).finally(() => {
      this.#batches.delete(batch);
      this.#inFlight.set(queue, (this.#inFlight.get(queue) ?? 1) - 1);
      this.#tellWaiters();
      this.#plan();
    });
    this.#batches.add(batch);
    return true;
  }

  async #process(consumer: Consumer, received: readonly Message[]): Promise<void> {
    const outcome = await this.#attempt(consumer, this.#chaos()?.order(received) ?? received);
    const notices: DeliveryNotice[] = [];
    this.#store.transaction(() => {
      for (const message of received) {
        const reason = outcome.get(message.messageId);
        if (reason === undefined) {
          this.#store.remove(message.id);
        } else if (message.receiveCount < consumer.maxReceiveCount) {
          this.#store.release(message.id, steadyNowMs() + REDELIVERY_STEP_MS * message.receiveCount);
        } else {
          notices.push(this.#giveUp(consumer, message, reason));
        }
      }
    });
    this.#wakeLater(consumer.queue);
    for (const notice of notices) this.#onNotice(notice);
  }

  async #attempt(consumer: Consumer, messages: readonly Message[]): Promise<BatchOutcome> {
    const allFailed = (reason: string): BatchOutcome => new Map(messages.map(({ messageId }) => [messageId, reason]));
    // The last attempts are spared: a test of convergence must not end in the dead-letter queue by bad luck alone.
    const maySuffer = messages.every(({ receiveCount }) => receiveCount < consumer.maxReceiveCount - 1);
    const chaos = maySuffer ? this.#chaos() : undefined;
    if (chaos?.strikes('crashBefore') === true) return allFailed('chaos: crashed before it began');
    try {
      const outcome = await consumer.deliver(messages);
      return chaos?.strikes('crashAfter') === true ? allFailed('chaos: crashed before it could answer') : outcome;
    } catch (error) {
      return allFailed(error instanceof Error ? error.message : String(error));
    }
  }

  #giveUp({ deadLetterQueue, queue }: Consumer, message: Message, reason: string): DeliveryNotice {
    if (deadLetterQueue === undefined) {
      this.#store.remove(message.id);
      return { kind: 'dropped', queue, message, reason };
    }
    this.#store.moveToDeadLetters(message.id, deadLetterQueue, reason);
    return { kind: 'dead-letter', queue: deadLetterQueue, message, reason };
  }

  /** Sets the alarm for the next message of a queue that is not visible yet. */
  #wakeLater(queue: string): void {
    clearTimeout(this.#timers.get(queue));
    this.#timers.delete(queue);
    const at = this.#store.nextVisibleAtMs(queue);
    if (!this.#running || at === undefined || at >= HELD) return;
    const wake = (): void => this.wake([queue]);
    const inMs = at - steadyNowMs();
    if (inMs <= 0) wake();
    else this.#timers.set(queue, setTimeout(wake, inMs));
  }

  #tellWaiters(): void {
    const waiters = this.#idleWaiters;
    this.#idleWaiters = [];
    for (const tell of waiters) tell();
  }
}
