/** Orders of a middling shop, the same in every run: what they cost must not depend on luck. */
import { SampleChance } from './sample-chance.ts';

const DAY_MS = 86_400_000;
const START_MS = Date.parse('2026-01-05T10:00:00Z');

const CATEGORIES = [
  'Home/Kitchen',
  'Home/Decor',
  'Food/Tea',
  'Garden/Tools',
  'Toys/Wooden',
  'Office/Paper',
  'Bath/Soap',
  'Gifts',
];
const BRANDS = ['hearth', 'nordlys', 'oolong-house', 'fernwood', 'little-acorn', 'papier', 'saltwater', 'brightside'];
const CHANNELS = ['web', 'web', 'web', 'app', 'store'];

type Line = {
  lineId: string;
  productId: string;
  quantity: number;
  unitPrice: number;
  discount?: number;
  brandId: string;
  category: string;
};

type Owner = { memberId: string } | { anonymousId: string } | Record<never, never>;

/** A CloudEvent as a storefront sends it. */
export type SampleEvent = {
  specversion: '1.0';
  id: string;
  source: string;
  type: string;
  time: string;
  subject: string;
  data: { orderId?: string; memberId?: string } & Record<string, unknown>;
};

export type SampleOrder = { orderId: string; owner: Owner; lines: Line[]; placedAtMs: number };

/** What pays part of an order, or takes something off it. */
type Named = { redemptionId?: string; couponIds?: string[] };

/** An instant of the shop's history; fractions of a day are hours. */
export function instantOf(day: number): number {
  return Math.round(START_MS + day * DAY_MS);
}

export class SampleOrders {
  readonly #chance: SampleChance;
  /** The shop's number of its last order; samples of different seeds do not meet. */
  #number: number;

  constructor(seed: number) {
    this.#chance = new SampleChance(seed);
    this.#number = 100_000 + seed * 20_000;
  }

  /** @param day on which day of the shop's history the order is placed; fractions are hours */
  order(lines: number, owner: Owner, day: number): SampleOrder {
    this.#number += 1;
    return {
      orderId: `ord-2026-${this.#number}-${this.#chance.below(1_000)}`,
      owner,
      placedAtMs: instantOf(day),
      lines: Array.from({ length: lines }, (_, index) => this.#line(index + 1)),
    };
  }

  placed({ orderId, owner, lines, placedAtMs }: SampleOrder, named: Named = {}): SampleEvent {
    const channel = this.#chance.pick(CHANNELS);
    const data = { orderId, ...owner, channel, currency: 'EUR', lines, shipping: 490, ...named };
    return this.#event('order.placed.v1', placedAtMs, data);
  }

  completed({ orderId, owner, placedAtMs }: SampleOrder, daysLater = 2): SampleEvent {
    return this.#event('order.completed.v1', placedAtMs + daysLater * DAY_MS, { orderId, ...owner });
  }

  /** One piece of each of the first lines comes back. */
  returned({ orderId, owner, lines, placedAtMs }: SampleOrder, lineCount: number, daysLater = 5): SampleEvent {
    const returnId = `ret-${orderId}`;
    const back = lines.slice(0, lineCount).map(({ lineId }) => ({ lineId, quantity: 1 }));
    const data = { orderId, ...owner, returnId, lines: back, reason: 'did not fit' };
    return this.#event('order.returned.v1', placedAtMs + daysLater * DAY_MS, data);
  }

  cancelled({ orderId, owner, placedAtMs }: SampleOrder, daysLater = 1): SampleEvent {
    const data = { orderId, ...owner, reason: 'changed my mind' };
    return this.#event('order.cancelled.v1', placedAtMs + daysLater * DAY_MS, data);
  }

  checkedIn(memberId: string, day: number): SampleEvent {
    return this.#event('member.checked_in.v1', instantOf(day), { memberId, channel: 'app' });
  }

  /** An id as a storefront makes one up. */
  id(kind: string): string {
    return `${kind}-${this.#chance.uuid()}`;
  }

  #event(type: string, atMs: number, data: SampleEvent['data']): SampleEvent {
    return {
      specversion: '1.0',
      id: this.#chance.uuid(),
      source: '/storefront/web',
      type,
      time: new Date(atMs).toISOString(),
      subject: data.orderId ?? data.memberId ?? '',
      data,
    };
  }

  #line(number: number): Line {
    const unitPrice = 95 + this.#chance.below(6_000);
    const quantity = 1 + this.#chance.below(4);
    return {
      lineId: String(number),
      productId: `sku-${10_000 + this.#chance.below(90_000)}`,
      quantity,
      unitPrice,
      ...(this.#chance.below(5) === 0 ? { discount: Math.floor((unitPrice * quantity) / 10) } : {}),
      brandId: this.#chance.pick(BRANDS),
      category: this.#chance.pick(CATEGORIES),
    };
  }
}
