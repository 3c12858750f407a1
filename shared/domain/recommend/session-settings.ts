/** How sessions of others are found and what is read from them. */
export type SessionSettings = {
  /** How many of the last items of the running session count. */
  lastItems: number;
  /** In how many of its latest sessions an item is looked for, and how many of those found are read: both bound the work of a question. */
  sessionsPerItem: number;
  neighbours: number;
  /** How many of the last items of a session are kept; what follows a thousand clicks is no shopper. */
  itemsPerSession: number;
  /** What an item of the running session counts, d items before its end: exp(-positionDecay x d). */
  positionDecay: number;
  /** An item that came before in the running session adds this share of what that occurrence counts. */
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
};

/**
 * Chosen on the last tenth of the training sessions of two shops together (Diginetica, RetailRocket), one set for both.
 */
export const defaultSessionSettings: SessionSettings = {
  lastItems: 20,
  sessionsPerItem: 1000,
  neighbours: 300,
  itemsPerSession: 100,
  positionDecay: 0.3,
  repeatGain: 0.3,
  rarity: 2,
  rarityFound: 0.6,
  lengthPower: 0.2,
  recencySpan: 0.7,
  agreementPower: 1.4,
  matchPower: 0.5,
  distanceDecay: 0.4,
  backward: 0.7,
  self: 2,
};

const names = Object.keys(defaultSessionSettings) as (keyof SessionSettings)[];

/** The settings as a column of a model, in the order in which they stand above; further ones come at the end. */
export function packSettings(settings: SessionSettings): Float64Array {
  return Float64Array.from(names, (name) => settings[name]);
}

export function unpackSettings(column: Float64Array): SessionSettings {
  const settings = { ...defaultSessionSettings };
  for (const [at, name] of names.entries()) settings[name] = column[at] ?? defaultSessionSettings[name];
  return settings;
}
