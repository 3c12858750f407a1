/**
 * What speaks for a product: R(u, i) = sum over k of w_k x f_k(u, i). Each feature is scaled to 0..1 within one answer, so
 * that weights can be compared; its contribution to a score is its weight times its value.
 */
export const featureNames = [
  /** Sessions of others that went as this one goes. */
  'session',
  /** Products that are looked at one after the other. */
  'neighbours',
  /** Products that this member buys again and again, when it is time. */
  'repeat',
  /** Products that are bought together with what this member has bought or put in the basket. */
  'bought_together',
  /** What members buy who buy as this one does. */
  'similar_members',
  /** Products that are described alike. */
  'content',
  /** What many look at and buy these days. */
  'trending',
  /** Categories and brands that this member or visitor comes back to. */
  'category',
  'brand',
  /** The quality grade of a product. */
  'trust',
] as const;
export type FeatureName = (typeof featureNames)[number];

export const contexts = ['home', 'product', 'cart'] as const;
export type RecommendContext = (typeof contexts)[number];

/** A weight per feature; a feature that is not named has none. */
export type Weights = Readonly<Partial<Record<FeatureName, number>>>;
export type WeightsByContext = Readonly<Record<RecommendContext, Weights>>;

/** The values of one feature for the items it speaks for, by item index; reused from one question to the next. */
export class FeatureScores {
  readonly values: Float64Array;
  /** The items with a value, each once, in the order in which they came; `count` of them. */
  readonly items: Uint32Array;
  count = 0;

  constructor(itemCount: number) {
    this.values = new Float64Array(itemCount);
    this.items = new Uint32Array(itemCount);
  }

  /** Adds to the value of an item. What is no positive number is left out: one NaN would spoil every comparison. */
  add(item: number, value: number): void {
    if (!(value > 0) || value === Number.POSITIVE_INFINITY || item >= this.values.length) return;
    const before = this.values[item] ?? 0;
    if (before === 0) {
      this.items[this.count] = item;
      this.count += 1;
    }
    this.values[item] = before + value;
  }

  clear(): void {
    for (let at = 0; at < this.count; at += 1) this.values[this.items[at] ?? 0] = 0;
    this.count = 0;
  }
}

/** What of the question speaks most for an item: "viewed P12 today". Without an item of its own it is the feature as such. */
export type Anchor = { item?: number; category?: string; brand?: string };

type FeatureParts = {
  name: FeatureName;
  /** What in the question speaks most for the item; asked for the few that are shown. */
  anchor?(question: Question, item: number): Anchor | undefined;
};

/** Finds products to recommend: adds a value, in whatever scale, for each item that it speaks for. */
export type FindingFeature = FeatureParts & { kind: 'finds'; score(question: Question, into: FeatureScores): void };
/** Judges products that others have found; `valueOf` gives 0..1. `prepare` is called once per question. */
export type JudgingFeature = FeatureParts & {
  kind: 'judges';
  prepare(question: Question): void;
  valueOf(item: number): number;
};
export type Feature = FindingFeature | JudgingFeature;

/** Something that happened between this member or visitor and a product that the model or the catalogue knows. */
export type Happened = { item: number; kind: HappenedKind; atMs: number };
export const happenedKinds = ['view', 'click', 'favourite', 'cart', 'order'] as const;
export type HappenedKind = (typeof happenedKinds)[number];

/**
 * A question to the scorer: plain facts, items by index. `recent` holds what is known of the last time, `session` the end of it that
 * belongs together (no gap longer than the policy's, the product of the page as its last), `basket` what is in the basket,
 * `purchases` what was bought; all oldest first. Without consent to personalisation `recent` is `session` and there are no purchases.
 */
export type Question = {
  context: RecommendContext;
  session: readonly Happened[];
  recent: readonly Happened[];
  basket: readonly number[];
  purchases: readonly Happened[];
  nowMs: number;
};

/** One product with its score and what the score is made of: the contributions, in the order of `featureNames`, add up to it. */
export type Candidate = { item: number; score: number; contributions: Float64Array };
