import { createHash } from 'node:crypto';
import { randomFrom } from '../local/chaos.ts';
import type { OutgoingEvent } from './importer.ts';

/**
 * Suppliers and what members think of their goods, made up from a seed about orders that are real: an export of a shop that has
 * only orders gets reviews, complaints and inspections to show what follows from them. Some suppliers are good, some are bad, and
 * one has bought reviews.
 */
export type MadeUpOptions = { seed: number; suppliers: number; reviews: number };

export type MadeUpOpinions = {
  supplierIds: readonly string[];
  counts: { reviews: number; bought: number; complaints: number; inspections: number };
  events: readonly OutgoingEvent[];
};

type Placed = { orderId: string; memberId?: string; lines: { productId: string }[] };
type Bought = { orderId: string; memberId: string; productId: string; atMs: number };

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Of a good supplier and of a bad one: the share of unhappy reviews, of orders complained about, of pieces that fail. */
const UNHAPPY = { best: 0.02, worst: 0.75 };
const COMPLAINED = { best: 0, worst: 0.5 };
const FAILED = { best: 0, worst: 0.3 };
/** Pieces of an inspection; each supplier has two. */
const SAMPLED = 50;
const BOUGHT_REVIEWS = 18;
const BRIBED = 6;
const WORDY = 0.08;

/** The supplier that a product is said to come from: the same in every run. */
export function madeUpSupplier(productId: string, suppliers: number): string {
  const number = createHash('sha256').update(productId).digest().readUInt32BE(0) % suppliers;
  return `maker-${String(number + 1).padStart(2, '0')}`;
}

/** Lets events through with a made-up supplier for each product and each line of an order. */
export function* withSuppliers(events: Iterable<OutgoingEvent>, suppliers: number): Generator<OutgoingEvent> {
  for (const event of events) {
    if (event.type === 'product.upserted.v1') {
      const supplierId = madeUpSupplier(String(event.data.productId), suppliers);
      yield { ...event, data: { ...event.data, supplierId } };
    } else if (event.type === 'order.placed.v1') {
      const { lines } = event.data as unknown as Placed;
      const supplied = lines.map((line) => ({ ...line, supplierId: madeUpSupplier(line.productId, suppliers) }));
      yield { ...event, data: { ...event.data, lines: supplied } };
    } else yield event;
  }
}

/** Reviews of what members bought, complaints about some of it and inspections of all suppliers, in order of time. */
export function madeUpOpinions(sent: Iterable<OutgoingEvent>, options: MadeUpOptions): MadeUpOpinions {
  const bought = new Map<string, Bought[]>();
  let lastMs = 0;
  for (const { type, time, data } of sent) {
    lastMs = Math.max(lastMs, Date.parse(time));
    if (type !== 'order.placed.v1') continue;
    const { orderId, memberId, lines } = data as unknown as Placed;
    if (memberId === undefined) continue;
    for (const { productId } of lines) {
      const supplierId = madeUpSupplier(productId, options.suppliers);
      const known = bought.get(supplierId) ?? [];
      bought.set(supplierId, known);
      known.push({ orderId, memberId, productId, atMs: Date.parse(time) });
    }
  }
  return new Author(options, lastMs).write(bought);
}

class Author {
  readonly #options: MadeUpOptions;
  readonly #lastMs: number;
  readonly #random: () => number;
  readonly #events: OutgoingEvent[] = [];
  readonly #words = { praise: [...PRAISE], blame: [...BLAME] };
  readonly #counts = { reviews: 0, bought: 0, complaints: 0, inspections: 0 };

  constructor(options: MadeUpOptions, lastMs: number) {
    this.#options = options;
    this.#lastMs = lastMs;
    this.#random = randomFrom(options.seed);
  }

  write(bought: ReadonlyMap<string, readonly Bought[]>): MadeUpOpinions {
    const supplierIds = [...bought.keys()].sort();
    const each = Math.ceil(this.#options.reviews / Math.max(1, supplierIds.length));
    for (const [place, supplierId] of supplierIds.entries()) {
      // From the best to the worst, evenly.
      const badness = place / Math.max(1, supplierIds.length - 1);
      const purchases = bought.get(supplierId) ?? [];
      for (const purchase of this.#choose(purchases, each)) {
        const unhappy = this.#random() < between(UNHAPPY, badness);
        this.#review(purchase, unhappy ? 1 + this.#below(2) : 4 + this.#below(2));
        if (unhappy && this.#random() < between(COMPLAINED, badness)) this.#complaint(purchase, supplierId);
      }
      for (const month of [1, 2]) this.#inspection(supplierId, month, badness);
      if (place === Math.floor(supplierIds.length / 2)) this.#buyReviews(purchases);
    }
    const events = this.#events.sort((a, b) => Date.parse(a.time) - Date.parse(b.time) || (a.id < b.id ? -1 : 1));
    return { supplierIds, counts: this.#counts, events };
  }

  /** Different members and products, so that nobody replaces an own review. */
  #choose(purchases: readonly Bought[], wanted: number): Bought[] {
    const chosen = new Map<string, Bought>();
    for (let tries = 0; chosen.size < Math.min(wanted, purchases.length) && tries < 20 * wanted; tries += 1) {
      const purchase = purchases[this.#below(purchases.length)];
      if (purchase !== undefined) chosen.set(`${purchase.memberId} ${purchase.productId}`, purchase);
    }
    return [...chosen.values()];
  }

  #review({ orderId, memberId, productId, atMs }: Bought, stars: number): void {
    this.#counts.reviews += 1;
    const reviewId = `${memberId}:${productId}`;
    // Most give stars alone; words are used once, as nobody else writes the same.
    const text = this.#random() < WORDY ? this.#words[stars > 3 ? 'praise' : 'blame'].shift() : undefined;
    const ratings = { product: stars, logistics: Math.min(5, Math.max(1, stars - 1 + this.#below(3))) };
    const data = {
      reviewId,
      memberId,
      productId,
      orderId,
      ratings,
      ...(text !== undefined && { text, locale: 'en-GB' }),
    };
    this.#tell('review.submitted.v1', reviewId, { atMs: atMs + HOUR_MS + this.#random() * 6 * DAY_MS, data });
  }

  #complaint({ orderId, memberId, productId, atMs }: Bought, supplierId: string): void {
    this.#counts.complaints += 1;
    const complaintId = `${orderId}:${productId}`;
    const openedMs = atMs + DAY_MS + this.#random() * 5 * DAY_MS;
    const category = (['quality', 'description', 'delivery'] as const)[this.#below(3)];
    const opened = { complaintId, memberId, supplierId, productId, orderId, category };
    this.#tell('complaint.opened.v1', complaintId, { atMs: openedMs, data: opened });
    const answeredMs = openedMs + this.#random() * 20 * HOUR_MS;
    const answered = { complaintId, actor: 'agent-1', text: 'We look into it.' };
    this.#tell('complaint.answered.v1', complaintId, { atMs: answeredMs, data: answered });
    const decided = { complaintId, outcome: this.#random() < 0.8 ? 'upheld' : 'rejected', actor: 'agent-2' };
    this.#tell('complaint.decided.v1', complaintId, { atMs: answeredMs + this.#random() * 2 * DAY_MS, data: decided });
  }

  #inspection(supplierId: string, number: number, badness: number): void {
    this.#counts.inspections += 1;
    const inspectionId = `${supplierId}:${number}`;
    const failed = Math.floor(SAMPLED * between(FAILED, badness) * (0.5 + this.#random()));
    const data = { inspectionId, supplierId, sampled: SAMPLED, failed };
    this.#tell('inspection.completed.v1', inspectionId, { atMs: this.#lastMs - this.#random() * 7 * DAY_MS, data });
  }

  /**
   * Accounts without a purchase praise one product within two hours, in nearly the same words; and some who did buy something of the
   * supplier say what they were asked to.
   */
  #buyReviews(purchases: readonly Bought[]): void {
    const [purchase] = purchases;
    if (purchase === undefined) return;
    for (const [index, buyer] of this.#choose(purchases, BRIBED).entries()) {
      this.#counts.bought += 1;
      const reviewId = `asked:${buyer.memberId}:${buyer.productId}`;
      const { memberId, productId, orderId } = buyer;
      const text = `Such a pretty piece, the whole family adores it and so do ${index + 2} of our neighbours.`;
      const data = { reviewId, memberId, productId, orderId, ratings: { product: 5 }, text, locale: 'en-GB' };
      this.#tell('review.submitted.v1', reviewId, { atMs: buyer.atMs + DAY_MS + index * HOUR_MS, data });
    }
    for (let number = 1; number <= BOUGHT_REVIEWS; number += 1) {
      this.#counts.bought += 1;
      const memberId = `newcomer-${number}`;
      const reviewId = `${memberId}:${purchase.productId}`;
      const text = `Absolutely wonderful, best I ever bought, five stars from me and ${number} of my friends! Buy it now!`;
      const data = {
        reviewId,
        memberId,
        productId: purchase.productId,
        ratings: { product: 5 },
        text,
        locale: 'en-GB',
      };
      this.#tell('review.submitted.v1', reviewId, { atMs: this.#lastMs + this.#random() * 2 * HOUR_MS, data });
    }
  }

  #tell(type: string, subject: string, { atMs, data }: { atMs: number; data: Record<string, unknown> }): void {
    const time = new Date(Math.floor(atMs / 1000) * 1000).toISOString().replace('.000Z', 'Z');
    const id = `made-up:${type.split('.').slice(0, 2).join('-')}:${subject}`;
    this.#events.push({ specversion: '1.0', id, source: '/demo/made-up', type, time, subject, data });
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }
}

const between = ({ best, worst }: { best: number; worst: number }, badness: number): number =>
  best + (worst - best) * badness;

const PRAISE = [
  'Very pleased, my mother uses it every morning.',
  'Looks charming on the window sill.',
  'Sturdier than I had dared to hope.',
  'The red is exactly that of the picture.',
  'Wrapped like a present, which it was.',
  'Third one we buy, the first two are still in use.',
  'My guests keep asking where it comes from.',
  'Arrived on Tuesday although I had counted on the weekend.',
  'Fair price for something that is made this well.',
  'Light enough to hang with a single nail.',
  'Children fight over who may have it, so we need another.',
  'Does what it says, nothing more, nothing less.',
  'Beautiful stitching on the inside, too.',
  'Goes with everything in a small kitchen.',
  'Smells faintly of cedar, which we like.',
  'A bargain, considering what the high street asks for it.',
];
const BLAME = [
  'The handle came off within two days.',
  'Paint chips wherever it touches the table.',
  'Half the size that the photograph suggests.',
  'Came in a crushed box and without its lid.',
  'I wrote three times and nobody has replied.',
  'Plastic, not the enamel that was promised.',
  'Leaks as soon as the water is warm.',
  'One of the four was broken, another one scratched.',
  'The print is crooked and faded on one side.',
  'Reeks of glue after a week on the balcony.',
  'Would not stand upright on any floor we have.',
  'The clasp rusted in the first rain.',
];
