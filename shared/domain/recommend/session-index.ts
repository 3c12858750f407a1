import { FeatureScores, type FindingFeature, type Question } from './features.ts';
import { itemPostings } from './item-postings.ts';
import { addLogScaled } from './log-scale.ts';
import { momentumOf } from './momentum.ts';
import { defaultSessionSettings, packSettings, type SessionSettings, unpackSettings } from './session-settings.ts';
import { shortSessions } from './short-sessions.ts';
import type { SessionLog } from './training-log.ts';
import { returnFactor, type Visited, visitedOf } from './visited.ts';

export { defaultSessionSettings, type SessionSettings } from './session-settings.ts';

/** Sessions of others, by session and by item. */
export type SessionIndex = {
  /** The items of session s are `items[from[s]]` up to `items[from[s + 1]]`, oldest first. */
  from: Uint32Array;
  items: Uint32Array;
  /** The latest sessions with item i are `sessions[sessionsFrom[i]]` up to `sessions[sessionsFrom[i + 1]]`, the latest first. */
  sessionsFrom: Uint32Array;
  sessions: Uint32Array;
  /** In how many sessions an item occurs. */
  counts: Uint32Array;
  momentum: Float32Array;
  settings: Float64Array;
};

/** Builds the index from sessions in the order in which they ended. Takes time and memory linear in the log. */
export function buildSessionIndex(log: SessionLog, settings: SessionSettings = defaultSessionSettings): SessionIndex {
  const short = shortSessions(log, settings.itemsPerSession);
  const postings = itemPostings(short, settings.sessionsPerItem);
  return {
    from: short.from,
    items: short.items,
    sessionsFrom: postings.from,
    sessions: postings.sessions,
    counts: postings.counts,
    momentum: momentumOf(short, settings),
    settings: packSettings(settings, defaultSessionSettings),
  };
}

/**
 * Sessions that went as this one goes, and what else was looked at in them. Nearest neighbours over sessions with the refinements that the
 * field has found to count: vector multiplication with decay by position (Ludewig and Jannach 2018), recency and distance to the item that
 * is shared (Garg et al., STAN, 2019), rarity, and an index by item that bounds the work (Kersbergen et al., Serenade, 2022). Here every
 * shared item gives to what lies around it, before and after, so that order counts on both sides.
 */
export function sessionFeature(index: SessionIndex): FindingFeature {
  const neighbourhood = new Neighbourhood(index);
  return {
    kind: 'finds',
    name: 'session',
    score: (question, into) => neighbourhood.score(question, into),
    anchor: (question, item) => neighbourhood.anchor(question, item),
  };
}

/** The work on one question after the other, in columns that are reused. */
class Neighbourhood {
  readonly #index: SessionIndex;
  readonly #settings: SessionSettings;
  readonly #itemCount: number;
  readonly #rarity: Float64Array;
  readonly #rarityFound: Float64Array;
  /** What a session of so many items counts, and one of such an age, in steps. */
  readonly #byLength: Float64Array;
  readonly #byAge: Float64Array;
  readonly #spread: Float64Array;
  /** What an item of the running session gives to those around it; 0 for all others. */
  readonly #gives: Float64Array;
  readonly #raw: FeatureScores;
  readonly #agreement: Float64Array;
  readonly #met: Uint32Array;
  /** The sessions that agree most, as a heap with the least of them on top. */
  readonly #nearest: Uint32Array;
  readonly #nearness: Float64Array;
  #nearestCount = 0;
  #answered: Question | undefined;

  constructor(index: SessionIndex) {
    const settings = unpackSettings(index.settings, defaultSessionSettings);
    const sessionCount = index.from.length - 1;
    this.#index = index;
    this.#settings = settings;
    this.#itemCount = index.counts.length;
    const information = Float64Array.from(index.counts, (count) => Math.log(1 + sessionCount / Math.max(count, 1)));
    this.#rarity = information.map((value) => value ** settings.rarity);
    this.#rarityFound = information.map((value) => value ** settings.rarityFound);
    this.#byLength = Float64Array.from({ length: settings.itemsPerSession + 1 }, (_, length) =>
      length === 0 ? 0 : length ** -settings.lengthPower,
    );
    this.#byAge = Float64Array.from({ length: AGE_STEPS + 1 }, (_, step) =>
      Math.exp(-(AGE_STEPS - step) / AGE_STEPS / settings.recencySpan),
    );
    this.#spread = Float64Array.from({ length: REACH }, (_, at) => Math.exp(-settings.distanceDecay * at));
    this.#gives = new Float64Array(this.#itemCount);
    this.#raw = new FeatureScores(this.#itemCount);
    this.#agreement = new Float64Array(sessionCount);
    this.#met = new Uint32Array(sessionCount);
    this.#nearest = new Uint32Array(settings.neighbours);
    this.#nearness = new Float64Array(settings.neighbours);
  }

  score(question: Question, into: FeatureScores): void {
    const visited = this.#begin(question);
    const { from, items, momentum } = this.#index;
    const raw = this.#raw;
    raw.clear();
    for (let at = 0; at < this.#nearestCount; at += 1) {
      const session = this.#nearest[at] as number;
      const start = from[session] as number;
      const end = from[session + 1] as number;
      const nearness = this.#nearness[at] as number;
      for (let shared = start; shared < end; shared += 1) {
        const gives = this.#gives[items[shared] as number] as number;
        if (gives === 0) continue;
        const until = Math.min(end, shared + REACH + 1);
        for (let found = Math.max(start, shared - REACH); found < until; found += 1) {
          raw.add(items[found] as number, nearness * gives * this.#share(found - shared));
        }
      }
    }
    for (let at = 0; at < raw.count; at += 1) {
      const item = raw.items[at] as number;
      raw.values[item] =
        (raw.values[item] as number) * (this.#rarityFound[item] as number) * (momentum[item] as number);
    }
    for (const one of visited) {
      const { item } = one;
      raw.values[item] = (raw.values[item] as number) * returnFactor(one, this.#settings);
      this.#gives[item] = 0;
    }
    addLogScaled(raw, this.#settings.contrast, into);
  }

  /** The item of the running session that gives most to one that was found. */
  anchor(question: Question, wanted: number): { item: number } | undefined {
    const visited = this.#begin(question);
    const { from, items } = this.#index;
    const given = new Map<number, number>();
    for (let at = 0; at < this.#nearestCount; at += 1) {
      const session = this.#nearest[at] as number;
      const start = from[session] as number;
      const end = from[session + 1] as number;
      for (let found = start; found < end; found += 1) {
        if (items[found] !== wanted) continue;
        for (let shared = Math.max(start, found - REACH); shared < Math.min(end, found + REACH + 1); shared += 1) {
          const item = items[shared] as number;
          const gives = this.#gives[item] as number;
          if (gives === 0) continue;
          const adds = (this.#nearness[at] as number) * gives * this.#share(found - shared);
          given.set(item, (given.get(item) ?? 0) + adds);
        }
      }
    }
    for (const { item } of visited) this.#gives[item] = 0;
    const [most] = [...given].sort(([one, gives], [other, more]) => more - gives || one - other);
    return most === undefined ? undefined : { item: most[0] };
  }

  /** What a shared item gives to what lies so many places after it. */
  #share(places: number): number {
    if (places === 0) return this.#settings.self;
    return places > 0
      ? (this.#spread[places - 1] as number)
      : (this.#spread[-places - 1] as number) * this.#settings.backward;
  }

  /** Finds the nearest sessions, and notes what each item of the running session gives to what lies around it in them. */
  #begin(question: Question): Visited[] {
    const { lastItems, positionDecay, repeatGain, matchPower } = this.#settings;
    const visited = visitedOf(question, this.#itemCount, lastItems);
    const counts = visited.map(({ places }) => {
      const parts = places.map((place) => Math.exp(-positionDecay * place));
      return parts.reduce((sum, part) => sum + repeatGain * part, (1 - repeatGain) * (parts[0] ?? 0));
    });
    for (const [at, { item }] of visited.entries()) this.#gives[item] = (counts[at] ?? 0) ** matchPower;
    // The reasons for an answer are asked for right after it: the neighbours are still there.
    if (this.#answered !== question) this.#find(visited, counts);
    this.#answered = question;
    return visited;
  }

  #find(visited: readonly Visited[], counts: readonly number[]): void {
    const { from, sessionsFrom, sessions } = this.#index;
    const agreement = this.#agreement;
    let met = 0;
    for (const [place, { item }] of visited.entries()) {
      const gives = (counts[place] as number) * (this.#rarity[item] as number);
      const end = sessionsFrom[item + 1] as number;
      for (let at = sessionsFrom[item] as number; at < end; at += 1) {
        const session = sessions[at] as number;
        const before = agreement[session] as number;
        if (before === 0) {
          this.#met[met] = session;
          met += 1;
        }
        agreement[session] = before + gives;
      }
    }
    const ageStep = AGE_STEPS / agreement.length;
    this.#nearestCount = 0;
    for (let at = 0; at < met; at += 1) {
      const session = this.#met[at] as number;
      const length = (from[session + 1] as number) - (from[session] as number);
      const nearness =
        (agreement[session] as number) *
        (this.#byLength[length] as number) *
        (this.#byAge[Math.floor(session * ageStep)] as number);
      agreement[session] = 0;
      this.#offer(session, nearness);
    }
    const { agreementPower } = this.#settings;
    for (let at = 0; at < this.#nearestCount; at += 1) {
      this.#nearness[at] = (this.#nearness[at] as number) ** agreementPower;
    }
  }

  /** Takes a session among the nearest, in place of the least near where they are full; the later one is nearer among equals. */
  #offer(session: number, nearness: number): void {
    const nearest = this.#nearest;
    const nearnesses = this.#nearness;
    if (this.#nearestCount < nearest.length) {
      let at = this.#nearestCount;
      this.#nearestCount += 1;
      while (at > 0) {
        const parent = (at - 1) >> 1;
        const value = nearnesses[parent] as number;
        if (value < nearness || (value === nearness && (nearest[parent] as number) < session)) break;
        nearest[at] = nearest[parent] as number;
        nearnesses[at] = value;
        at = parent;
      }
      nearest[at] = session;
      nearnesses[at] = nearness;
      return;
    }
    const least = nearnesses[0] ?? Number.POSITIVE_INFINITY;
    if (nearness < least || (nearness === least && session < (nearest[0] as number))) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= nearest.length) break;
      const right = child + 1;
      if (right < nearest.length) {
        const difference = (nearnesses[right] as number) - (nearnesses[child] as number);
        if (difference < 0 || (difference === 0 && (nearest[right] as number) < (nearest[child] as number)))
          child = right;
      }
      const value = nearnesses[child] as number;
      if (value > nearness || (value === nearness && (nearest[child] as number) > session)) break;
      nearest[at] = nearest[child] as number;
      nearnesses[at] = value;
      at = child;
    }
    nearest[at] = session;
    nearnesses[at] = nearness;
  }
}

const AGE_STEPS = 1000;
/** Beyond so many places a shared item says nothing of another. */
const REACH = 20;
