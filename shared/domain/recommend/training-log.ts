/**
 * What models learn from, as columns of numbers: items are indexes, times whole seconds since 1970. Rows that belong together lie side by
 * side: those of group g are `from[g]` up to, and not with, `from[g + 1]`.
 */

/** Sessions, ordered by when they ended; items oldest first. */
export type SessionLog = {
  itemCount: number;
  from: Uint32Array;
  items: Uint32Array;
  /** When each session ended. */
  endedAt: Uint32Array;
};

/** Baskets by member: those of member m are `from[m]` up to `from[m + 1]`, oldest first; the lines of basket b are `lines[b]` up to `lines[b + 1]`. */
export type PurchaseLog = {
  itemCount: number;
  from: Uint32Array;
  lines: Uint32Array;
  items: Uint32Array;
  /** When each basket was bought. Without times it is the number of the basket in days, so that intervals count baskets. */
  boughtAt: Uint32Array;
};

/** Everything that happened to products, in no order that counts. `kinds` are indexes into `happenedKinds`. */
export type InteractionLog = { itemCount: number; items: Uint32Array; kinds: Uint8Array; at: Uint32Array };

/** A part of a model: columns of numbers by name. What a part is built with that is no column stands in one of its own. */
export type Section = Readonly<Record<string, Numbers>>;
export type Numbers = Uint8Array | Uint16Array | Uint32Array | Int32Array | Float32Array | Float64Array;
