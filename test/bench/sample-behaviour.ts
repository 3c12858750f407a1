/** What members and visitors of a storefront do with products, the same in every run. */
import { SampleChance } from './sample-chance.ts';
import type { SampleEvent } from './sample-orders.ts';

export type Who = { memberId: string } | { anonymousId: string };
export type Behaviour = 'viewed' | 'carted' | 'favourited';

export class SampleBehaviour {
  readonly #chance: SampleChance;

  constructor(seed: number) {
    this.#chance = new SampleChance(seed);
  }

  /** Somebody meets a product: `product.viewed.v1` and so on. */
  meets(behaviour: Behaviour, productId: string, who: Who, atMs: number): SampleEvent {
    return this.#event(`product.${behaviour}.v1`, productId, { productId, ...who, channel: 'web' }, atMs);
  }

  shown(productIds: readonly string[], who: Who, atMs: number): SampleEvent {
    const recommendationId = `rec-${this.#chance.uuid()}`;
    return this.#event('recommendation.shown.v1', recommendationId, { recommendationId, productIds, ...who }, atMs);
  }

  clicked(shown: SampleEvent, productId: string, who: Who, atMs: number): SampleEvent {
    const { recommendationId } = shown.data;
    return this.#event('recommendation.clicked.v1', shown.subject, { recommendationId, productId, ...who }, atMs);
  }

  /** The catalogue tells of a product. */
  upserted({ productId, asOf, eventId: _, ...facts }: SampleFacts): SampleEvent {
    return this.#event('product.upserted.v1', productId, { productId, ...facts }, Date.parse(asOf));
  }

  #event(type: string, subject: string, data: SampleEvent['data'], atMs: number): SampleEvent {
    const time = new Date(atMs).toISOString();
    return { specversion: '1.0', id: this.#chance.uuid(), source: '/storefront/web', type, time, subject, data };
  }
}

type SampleFacts = { productId: string; asOf: string; eventId: string; categories: readonly string[] };
