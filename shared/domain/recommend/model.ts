import type { BasketNeighbours } from './basket-neighbours.ts';
import type { WeightsByContext } from './features.ts';
import type { ItemNeighbours } from './item-neighbours.ts';
import type { MemberNeighbours } from './member-neighbours.ts';
import type { Popularity } from './popularity.ts';
import type { ProductFacts } from './product-facts.ts';
import type { RepeatTable } from './repeat.ts';
import type { SessionIndex } from './session-index.ts';

/** What a model says of itself. */
export type ModelHeader = {
  /** `20260105T100000-3f2a9c01`: when it was trained and the beginning of the hash of what is in it. */
  version: string;
  /** The shop and stage it was trained for; a model of another shop is refused. */
  shop: string;
  trainedAtMs: number;
  /** Products that changed after this instant may differ from the model's. */
  catalogueUpToMs: number;
  counts: { items: number; sessions: number; interactions: number; purchases: number };
  /** What was chosen on held-out days. */
  weights: WeightsByContext;
  /** What the model reached on the held-out days, on the items that were to be found. */
  figures: Readonly<Record<string, number>>;
};

/** A trained model: never changed once it is written. Items are indexes into `ids`. */
export type Model = {
  header: ModelHeader;
  ids: readonly string[];
  /** What the catalogue said of the items when the model was trained; by index, undefined where it knew nothing. */
  products: readonly (ProductFacts | undefined)[];
  sessions: SessionIndex;
  neighbours: ItemNeighbours;
  repeat: RepeatTable;
  together: BasketNeighbours;
  members: MemberNeighbours;
  popularity: Popularity;
};
