import type { MomentumSettings } from './momentum.ts';
import type { ReturnSettings } from './visited.ts';

/** How sessions of others are found and what is read from them. */
export type SessionSettings = MomentumSettings &
  ReturnSettings & {
    /** How many of the last items of the running session count. */
    lastItems: number;
    /** In how many of its latest sessions an item is looked for, and how many of those found are read: both bound the work of a question. */
    sessionsPerItem: number;
    neighbours: number;
    /** How many of the last items of a session are kept. */
    itemsPerSession: number;
    /** What an item of the running session counts, d places before its end: exp(-positionDecay x d). */
    positionDecay: number;
    /** An earlier visit to the same item adds this share of what it would count alone. */
    repeatGain: number;
    /** Items in few sessions say more: log(1 + sessions / sessions with the item) to this power, for an item that is shared and for one that is found. */
    rarity: number;
    rarityFound: number;
    /** A long session shares items by chance: its agreement is divided by its length to this power. */
    lengthPower: number;
    /** Older sessions count less: exp(-share of the sessions that came later / recencySpan). */
    recencySpan: number;
    /** Sessions that agree more count more than in proportion: agreement to this power. */
    agreementPower: number;
    /** What a shared item gives to the items around it: what it counts in the running session to this power. */
    matchPower: number;
    /** What an item d places after the shared one gets is exp(-distanceDecay x (d - 1)), before it that times `backward`; the shared item itself `self`. */
    distanceDecay: number;
    backward: number;
    self: number;
    /** Of the scale on which values are handed on; see `addLogScaled`. */
    contrast: number;
  };

/**
 * One set for every shop: chosen on the last 6 % of the training sessions of two shops together (Diginetica, RetailRocket), one setting after the
 * other for the sum of hit rate and 1.5 times reciprocal rank. `npm run evaluate -- sessions --train FILE --held-out 6` measures what was looked at.
 */
export const defaultSessionSettings: SessionSettings = {
  lastItems: 20,
  sessionsPerItem: 1000,
  neighbours: 300,
  itemsPerSession: 100,
  positionDecay: 0.42,
  repeatGain: 0.2,
  rarity: 2,
  rarityFound: 0.6,
  lengthPower: 0.2,
  recencySpan: 0.7,
  agreementPower: 1.4,
  matchPower: 0.5,
  distanceDecay: 0.8,
  backward: 0.7,
  self: 2.8,
  contrast: 0.004,
  recentShare: 0.04,
  recentPower: 0.25,
  popularPower: 0.4,
  returnToLast: -1,
  returnAfter: 0.15,
  returnOften: 0.6,
};

/** How one goes from item to item. */
export type NeighbourSettings = MomentumSettings &
  ReturnSettings & {
    /** How many neighbours are kept of an item; in how many of its latest sessions, and in how many of the last items of each, they are looked for. */
    neighbours: number;
    sessionsPerItem: number;
    itemsPerSession: number;
    /** How many places apart two items may lie, and what they count: exp(-distanceDecay x (d - 1)), times `backward` for the item before. */
    reach: number;
    distanceDecay: number;
    backward: number;
    /** How far the popularity of what is found is taken out: its visits to this power. */
    popularityPower: number;
    /** From how many of the last items one sets out, and what each counts, d places before the end: exp(-positionDecay x d). */
    lastItems: number;
    positionDecay: number;
    /** What lies in the same direction as the last items counts more: times exp(likeness x cosine). */
    likeness: number;
    contrast: number;
  };

export const defaultNeighbourSettings: NeighbourSettings = {
  neighbours: 30,
  sessionsPerItem: 5000,
  itemsPerSession: 100,
  reach: 4,
  distanceDecay: 0.7,
  backward: 0.8,
  popularityPower: 0.1,
  lastItems: 6,
  positionDecay: 0.84,
  likeness: 4,
  contrast: 0.0015,
  recentShare: 0.04,
  recentPower: 0.25,
  popularPower: 0.4,
  returnToLast: -1,
  returnAfter: 0.15,
  returnOften: 0.6,
};

type Settings = Readonly<Record<string, number>>;

/** Settings as a column of a model, in the order in which they stand above; further ones come at the end. */
export function packSettings<S extends Settings>(settings: S, defaults: S): Float64Array {
  return Float64Array.from(Object.keys(defaults), (name) => settings[name] ?? 0);
}

export function unpackSettings<S extends Settings>(column: Float64Array, defaults: S): S {
  const packed = Object.keys(defaults).map((name, at) => [name, column[at] ?? defaults[name]]);
  return Object.fromEntries(packed) as S;
}
