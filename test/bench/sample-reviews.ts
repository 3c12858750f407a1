/** Reviews and complaints of a middling shop, the same in every run. */
import { SampleChance } from './sample-chance.ts';
import { instantOf, type SampleEvent } from './sample-orders.ts';

export type SampleReview = {
  memberId: string;
  productId: string;
  orderId?: string | undefined;
  /** On which day of the shop's history; fractions are hours. */
  day: number;
};

/** What sentences are made of, beside words that nobody else uses: no two texts may be taken for copies of each other. */
const OPENINGS = ['I bought this', 'We ordered it', 'It came', 'A friend chose it', 'My second one', 'Bought'];
const WHEN = ['in spring', 'for the office', 'last week', 'as a gift', 'after the old one broke', 'for my parents'];
const THINGS = [
  'the handle',
  'the colour',
  'the lid',
  'the size',
  'the packaging',
  'the delivery',
  'the price',
  'the material',
  'the smell',
  'the box',
  'customer service',
  'the description',
];
const GOOD = ['is better than expected', 'was excellent', 'feels solid', 'is worth it', 'fits well', 'looks lovely'];
const BAD = ['was disappointing', 'broke at once', 'is too small', 'smells odd', 'took two weeks', 'looks cheap'];
const ADVERBS = ['really', 'honestly', 'mostly', 'so far', 'to be fair', 'in daily use', 'after a month', 'at first'];
const SYLLABLES = [
  'ba',
  'cor',
  'del',
  'fi',
  'gran',
  'hol',
  'ju',
  'kem',
  'lis',
  'mor',
  'nat',
  'pel',
  'quo',
  'ri',
  'sun',
  'tor',
];
const OWN_WORDS = 7;
const STARS = [5, 5, 5, 4, 4, 4, 3, 2, 1];

export class SampleReviews {
  readonly #chance: SampleChance;

  constructor(seed: number) {
    this.#chance = new SampleChance(seed);
  }

  product(productId: string, makers: { brandId: string; supplierId: string }, day: number): SampleEvent {
    const data = { productId, name: `Product ${productId}`, ...makers, categories: ['Home/Kitchen'], price: 1_299 };
    return this.#event('product.upserted.v1', productId, { day, data });
  }

  registered(memberId: string, day: number): SampleEvent {
    return this.#event('member.registered.v1', memberId, { day, data: { memberId, channel: 'web' } });
  }

  review({ memberId, productId, orderId, day }: SampleReview): SampleEvent {
    const chance = this.#chance;
    const stars = chance.pick(STARS);
    const reviewId = `rev-${chance.uuid()}`;
    const data = {
      reviewId,
      memberId,
      productId,
      ...(orderId !== undefined && { orderId }),
      ratings: { product: stars, ...(chance.below(3) === 0 && { logistics: chance.pick(STARS) }) },
      text: this.#text(stars),
      mediaCount: chance.below(4) === 0 ? 1 : 0,
    };
    return this.#event('review.submitted.v1', reviewId, { day, data });
  }

  complaint(memberId: string, names: { productId: string; orderId: string }, day: number): SampleEvent {
    const complaintId = `cmp-${this.#chance.uuid()}`;
    const text = this.#text(1);
    const data = { complaintId, memberId, ...names, category: 'quality', severity: 'normal', wish: 'refund', text };
    return this.#event('complaint.opened.v1', complaintId, { day, data });
  }

  answered(complaintId: string, day: number): SampleEvent {
    const data = { complaintId, actor: 'agent-7', text: 'We are sorry. A new one is on its way.' };
    return this.#event('complaint.answered.v1', complaintId, { day, data });
  }

  decided(complaintId: string, day: number): SampleEvent {
    const reason = 'The handle was glued badly.';
    const data = { complaintId, outcome: 'upheld', actor: 'agent-8', compensation: { amount: 1_299 }, reason };
    return this.#event('complaint.decided.v1', complaintId, { day, data });
  }

  rated(complaintId: string, day: number): SampleEvent {
    return this.#event('complaint.rated.v1', complaintId, { day, data: { complaintId, satisfaction: 4 } });
  }

  #text(stars: number): string {
    const chance = this.#chance;
    const sentences = Array.from({ length: 1 + chance.below(4) }, () => {
      const fares = chance.pick(chance.below(5) < stars ? GOOD : BAD);
      return `${chance.pick(THINGS)} ${fares} ${chance.pick(ADVERBS)}, ${this.#ownWords()}`;
    });
    return `${chance.pick(OPENINGS)} ${chance.pick(WHEN)}, ${this.#ownWords()}: ${sentences.join('. ')}.`;
  }

  #ownWords(): string {
    const chance = this.#chance;
    const word = () => Array.from({ length: 3 }, () => chance.pick(SYLLABLES)).join('');
    return Array.from({ length: OWN_WORDS }, word).join(' ');
  }

  #event(type: string, subject: string, { day, data }: { day: number; data: SampleEvent['data'] }): SampleEvent {
    const time = new Date(instantOf(day)).toISOString();
    return { specversion: '1.0', id: this.#chance.uuid(), source: '/storefront/web', type, time, subject, data };
  }
}
