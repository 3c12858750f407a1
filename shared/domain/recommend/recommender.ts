import type { RecommendationPolicy } from '../../policy/recommend-schema.ts';
import { brandFeature, categoryFeature, trustFeature } from './affinity.ts';
import { togetherFeature } from './basket-neighbours.ts';
import { ContentIndex, contentFeature } from './content.ts';
import { isNewAt } from './exploration.ts';
import type { Anchor, Candidate, Feature, FeatureName, Happened, HappenedKind, Question, Weights } from './features.ts';
import { neighboursFeature } from './item-neighbours.ts';
import { LiveCatalogue } from './live-catalogue.ts';
import { similarMembersFeature } from './member-neighbours.ts';
import type { Model } from './model.ts';
import { buildPopularity, trendingFeature } from './popularity.ts';
import type { ProductFacts, Standing } from './product-facts.ts';
import { repeatFeature, repeatIntervalDaysOf, repeatShareOf } from './repeat.ts';
import { createScorer, type Scorer } from './scorer.ts';
import { sessionFeature } from './session-index.ts';

/** How many products may come before the columns of the scorer have to be made anew. */
const ROOM = { share: 0.2, least: 1_000 };

/** Something that happened in the shop, whoever it was. */
export type ShopInteraction = { productId: string; kind: HappenedKind; atMs: number };

/**
 * All that answers need, in memory: a model, the catalogue as it is now, and what has happened in the shop since. Without a model what
 * products are like and what the shop looks at these days is still known.
 */
export class Recommender {
  readonly model: Model | undefined;
  readonly catalogue: LiveCatalogue;
  readonly #content = new ContentIndex();
  readonly #live: Happened[] = [];
  readonly #features: Feature[];
  #scorer: Scorer;
  #capacity: number;

  constructor(model?: Model) {
    this.model = model;
    this.catalogue = new LiveCatalogue(model);
    model?.products.forEach((facts, item) => {
      if (facts !== undefined) this.#content.add(item, facts);
    });
    const none = { itemCount: 0, items: new Uint32Array(), kinds: new Uint8Array(), at: new Uint32Array() };
    this.#features = [
      ...(model === undefined ? [] : learntFeatures(model)),
      contentFeature(this.#content),
      trendingFeature(model?.popularity ?? buildPopularity(none, 0), this.#live),
      categoryFeature(this.catalogue),
      brandFeature(this.catalogue),
      trustFeature(this.catalogue),
    ];
    this.#capacity = capacityFor(this.catalogue.size);
    this.#scorer = createScorer(this.#features, this.#capacity);
  }

  /** Takes over a fact of the catalogue; one that is known, or older than what is known, changes nothing. */
  applyProduct(facts: ProductFacts): void {
    const item = this.catalogue.applyProduct(facts);
    if (item !== undefined) this.#content.add(item, facts);
  }

  applyStanding(standing: Standing): void {
    this.catalogue.applyStanding(standing);
  }

  /** Replaces what is known to have happened lately; what the model has learnt from is left out. */
  setLive(interactions: readonly ShopInteraction[]): void {
    const since = this.model?.header.trainedAtMs ?? Number.NEGATIVE_INFINITY;
    this.#live.length = 0;
    for (const { productId, kind, atMs } of interactions) {
      if (atMs >= since) this.#live.push({ item: this.catalogue.indexOrNew(productId), kind, atMs });
    }
  }

  /** See `Scorer`. */
  score(
    question: Question,
    options: { weights: Weights; limit: number; accepts?: (item: number) => boolean },
  ): Candidate[] {
    if (this.catalogue.size > this.#capacity) {
      this.#capacity = capacityFor(this.catalogue.size);
      this.#scorer = createScorer(this.#features, this.#capacity);
    }
    return this.#scorer.score(question, options);
  }

  /** What in a question speaks most for an item, as a feature sees it. */
  anchorOf(question: Question, code: string, item: number): Anchor | undefined {
    return this.#scorer.feature(code as FeatureName)?.anchor?.(question, item);
  }

  /** How alike two products are described, 0 to 1. */
  similarity(one: number, other: number): number {
    return this.#content.similarity(one, other);
  }

  /** The share of a product's buyers who bought it again; 0 where no model knows it. */
  repeatShareOf(item: number): number {
    return this.#isLearnt(item) ? repeatShareOf(this.model.repeat, item) : 0;
  }

  /** After how many days a product is usually bought again. */
  intervalDaysOf(item: number): number | undefined {
    return this.#isLearnt(item) ? repeatIntervalDaysOf(this.model.repeat, item) : undefined;
  }

  /** Whether a product came after the model was trained: nothing that was learnt can speak for it. */
  isNew(item: number, nowMs: number, exploration: RecommendationPolicy['exploration']): boolean {
    const facts = this.catalogue.factsOf(item);
    if (this.model === undefined || item < this.catalogue.modelItems || facts === undefined) return false;
    return isNewAt(Date.parse(facts.asOf), nowMs, exploration);
  }

  /** All that came after the model was trained. */
  newcomers(): number[] {
    if (this.model === undefined) return [];
    const { modelItems, size } = this.catalogue;
    return Array.from({ length: size - modelItems }, (_, index) => modelItems + index);
  }

  #isLearnt(item: number): this is { model: Model } {
    return this.model !== undefined && item < this.catalogue.modelItems;
  }
}

/** The features of what a model has learnt, without those of the catalogue. */
function learntFeatures(model: Model): Feature[] {
  return [
    sessionFeature(model.sessions),
    neighboursFeature(model.neighbours),
    repeatFeature(model.repeat),
    togetherFeature(model.together),
    similarMembersFeature(model.members),
  ];
}

function capacityFor(size: number): number {
  return Math.ceil(size * (1 + ROOM.share)) + ROOM.least;
}
