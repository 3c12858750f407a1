/** Replays: archived events go through the rules of their bus again, a minute after the other, as EventBridge replays them. */
import { setImmediate as turn } from 'node:timers/promises';
import type { Bus } from './bus.ts';
import type { Store } from './store.ts';
import type { ArchiveModel, Wiring } from './wiring/model.ts';

/** Events handed over between two looks at anything else. */
const EVENTS_AT_ONCE = 100;
const MAX_NAME_LENGTH = 64;

/** A request that EventBridge refuses. */
export class ReplayRefused extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export type ReplayRequest = {
  name: string;
  archiveArn: string;
  busArn: string;
  /** The times of events, both of them included. */
  fromMs: number;
  toMs: number;
  /** The names of the only rules that get the events; all where left out. */
  rules?: readonly string[];
};

type Replay = {
  request: ReplayRequest;
  state: 'RUNNING' | 'COMPLETED' | 'CANCELLED';
  startedMs: number;
  lastMs?: number;
};

export type ReplaysOptions = { wiring: Wiring; store: Store; bus: Bus; nowMs: () => number };

/** The replays of a process; they end with it. */
export class Replays {
  readonly #options: ReplaysOptions;
  readonly #replays = new Map<string, Replay>();
  readonly #running = new Set<Promise<void>>();
  #stopping = false;

  constructor(options: ReplaysOptions) {
    this.#options = options;
  }

  /** What `DescribeArchive` answers. */
  describeArchive(name: string): Record<string, unknown> {
    const archive = this.#options.wiring.archives.find((it) => it.name === name);
    if (archive === undefined) throw new ReplayRefused('ResourceNotFoundException', `Archive ${name} does not exist.`);
    return {
      ArchiveName: name,
      ArchiveArn: archive.arn,
      EventSourceArn: archive.busArn,
      // For ever.
      RetentionDays: 0,
      State: 'ENABLED',
    };
  }

  /** Starts a replay and answers as `StartReplay` does, before it is done. */
  start(request: ReplayRequest): Record<string, unknown> {
    const { name, archiveArn, busArn, fromMs, toMs } = request;
    if (!/^[\w.-]+$/.test(name) || name.length > MAX_NAME_LENGTH) {
      throw new ReplayRefused('ValidationException', `"${name}" is no name of a replay`);
    }
    if (this.#replays.has(name)) {
      throw new ReplayRefused('ResourceAlreadyExistsException', `Replay ${name} already exists.`);
    }
    const archive = this.#options.wiring.archives.find(({ arn }) => arn === archiveArn);
    if (archive === undefined || archive.busArn !== busArn) {
      throw new ReplayRefused('ResourceNotFoundException', `There is no archive ${archiveArn} of the bus ${busArn}.`);
    }
    if (!(fromMs < toMs)) throw new ReplayRefused('ValidationException', 'EventEndTime must be after EventStartTime.');
    const replay: Replay = { request, state: 'RUNNING', startedMs: this.#options.nowMs() };
    this.#replays.set(name, replay);
    const run = this.#run(replay, archive).finally(() => this.#running.delete(run));
    this.#running.add(run);
    return { ReplayArn: archive.arn.replace(/archive\/.*/, `replay/${name}`), State: 'STARTING' };
  }

  /** What `DescribeReplay` answers. */
  describe(name: string): Record<string, unknown> {
    const replay = this.#replays.get(name);
    if (replay === undefined) throw new ReplayRefused('ResourceNotFoundException', `Replay ${name} does not exist.`);
    const { request, state, startedMs, lastMs } = replay;
    return {
      ReplayName: name,
      State: state,
      EventSourceArn: request.archiveArn,
      EventStartTime: request.fromMs / 1000,
      EventEndTime: request.toMs / 1000,
      ReplayStartTime: startedMs / 1000,
      ...(lastMs === undefined ? {} : { EventLastReplayedTime: lastMs / 1000 }),
    };
  }

  /** Waits until no replay runs. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  /** Breaks off what runs. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.idle();
  }

  async #run(replay: Replay, { name, bus }: ArchiveModel): Promise<void> {
    const { request } = replay;
    const rules = request.rules === undefined ? undefined : new Set(request.rules);
    let after = { atMs: request.fromMs - 1, id: 0 };
    for (;;) {
      await turn();
      if (this.#stopping) {
        replay.state = 'CANCELLED';
        return;
      }
      const events = this.#options.store.archived(name, request, after, EVENTS_AT_ONCE);
      const last = events.at(-1);
      if (last === undefined) break;
      this.#options.bus.replay(
        bus,
        request.name,
        events.map(({ event }) => event),
        rules,
      );
      replay.lastMs = last.atMs;
      after = last;
    }
    replay.state = 'COMPLETED';
  }
}
