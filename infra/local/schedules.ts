/**
 * Schedules by the backend's own clock. Due times are the multiples of the rate since 1970, so that they are the same
 * in every run. A clock that jumps over several fires once, at the latest of them: a report of each missed hour would
 * tell nothing that the last does not.
 */
import { randomUUID } from 'node:crypto';
import { asyncQueueOf } from './bus.ts';
import type { LocalClock } from './clock.ts';
import type { Store } from './store.ts';
import type { ScheduleModel, Wiring } from './wiring/model.ts';

/** A last run further ahead than this was by a clock that has been set right since: the schedule does not wait for that time to come. */
const WRONG_BY_MS = 24 * 3_600_000;
/** Timers count in 32 bits; a longer wait is taken in steps. */
const LONGEST_TIMER_MS = 2_147_483_647;

export class Schedules {
  readonly #wiring: Wiring;
  readonly #store: Store;
  readonly #clock: LocalClock;
  readonly #onDue: (queues: readonly string[]) => void;
  #timer: NodeJS.Timeout | undefined;
  #running = false;

  constructor(wiring: Wiring, store: Store, clock: LocalClock, onDue: (queues: readonly string[]) => void) {
    this.#wiring = wiring;
    this.#store = store;
    this.#clock = clock;
    this.#onDue = onDue;
  }

  start(): void {
    this.#running = true;
    for (const schedule of this.#wiring.schedules) {
      // A schedule counts from the moment it first exists.
      if (this.#lastMs(schedule) === undefined) this.#setLast(schedule, latestDueMs(schedule, this.#clock.nowMs()));
    }
    this.#clock.onAdvance(() => this.fireDue());
    this.fireDue();
  }

  stop(): void {
    this.#running = false;
    clearTimeout(this.#timer);
  }

  /** Queues an invocation of every schedule that is due. */
  fireDue(): void {
    if (!this.#running) return;
    const nowMs = this.#clock.nowMs();
    const queues: string[] = [];
    for (const schedule of this.#wiring.schedules) {
      if (schedule.patient && this.#clock.kind === 'virtual') continue;
      const dueMs = latestDueMs(schedule, nowMs);
      if ((this.#lastMs(schedule) ?? 0) - nowMs > WRONG_BY_MS) this.#setLast(schedule, dueMs);
      const queue = asyncQueueOf(schedule.functionName);
      // While a run still waits, the next one would only repeat it; it is due again as soon as that run is done.
      if (dueMs <= (this.#lastMs(schedule) ?? 0) || this.#store.depth(queue) > 0) continue;
      this.#store.transaction(() => {
        this.#setLast(schedule, dueMs);
        this.#store.add({
          queue,
          messageId: randomUUID(),
          body: JSON.stringify(schedule.input ?? this.#eventOf(schedule, dueMs)),
          attributes: {},
          visibleAtMs: 0,
        });
      });
      queues.push(queue);
    }
    if (queues.length > 0) this.#onDue(queues);
    if (this.#clock.kind === 'real') this.#setTimer(nowMs);
  }

  #setTimer(nowMs: number): void {
    clearTimeout(this.#timer);
    const next = Math.min(...this.#wiring.schedules.map((schedule) => latestDueMs(schedule, nowMs) + schedule.everyMs));
    if (!Number.isFinite(next)) return;
    this.#timer = setTimeout(() => this.fireDue(), Math.min(next - nowMs, LONGEST_TIMER_MS));
    this.#timer.unref();
  }

  #eventOf(schedule: ScheduleModel, dueMs: number): Record<string, unknown> {
    return {
      version: '0',
      id: randomUUID(),
      'detail-type': 'Scheduled Event',
      source: 'aws.events',
      account: this.#wiring.account,
      time: new Date(dueMs).toISOString().replace(/\.\d+Z$/, 'Z'),
      region: this.#wiring.region,
      resources: [schedule.arn],
      detail: {},
    };
  }

  #lastMs(schedule: ScheduleModel): number | undefined {
    const mark = this.#store.mark(`schedule:${schedule.name}`);
    return mark === undefined ? undefined : Number(mark);
  }

  #setLast(schedule: ScheduleModel, ms: number): void {
    this.#store.setMark(`schedule:${schedule.name}`, String(ms));
  }
}

function latestDueMs({ everyMs }: ScheduleModel, nowMs: number): number {
  return Math.floor(nowMs / everyMs) * everyMs;
}
