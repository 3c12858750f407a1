/** What reviews, complaints and completed orders take of the reputation side: the quantities that the bill is made of. */
import { type Effort, Samples, sum } from './effort.ts';
import { ASSUMPTIONS } from './prices.ts';
import { SampleChance } from './sample-chance.ts';
import { type SampleEvent, type SampleOrder, SampleOrders } from './sample-orders.ts';
import { SampleReviews } from './sample-reviews.ts';
import { type Announced, type Following, together, WiredShop } from './wired-shop.ts';

/** Averages per event of what the followers of a stream make of it, in batches of the assumed size. */
export type FollowEffort = {
  name: string;
  records: number;
  invocations: number;
  wru: number;
  rru: number;
  policyRru: number;
  cpuMs: number;
  logBytes: number;
  logLines: number;
};

/** An event with all that it sets off. */
export type Consequences = {
  /** The reactions of its queues, of the events that are announced of it too. */
  reactions: { name: string; per: number; effort: Effort }[];
  followers: FollowEffort[];
  /** What is put on the bus of it, by type. */
  announced: Record<string, number>;
};

export type ReputationLife = {
  products: number;
  members: number;
  reviews: number;
  published: number;
  review: Consequences;
  complaint: Consequences;
  /** What follows of the order in the Reputation table; what the loyalty side takes of it is not in it. */
  completed: Consequences;
  /** Records of orders that were placed, as far as they were handed to the reputation side. */
  recordsOfPlaced: number;
  lines: number;
};

export type ReputationLifeOptions = { members: number; rounds: number; products: number };

export const REPUTATION_LIFE: ReputationLifeOptions = { members: 30, rounds: 8, products: 40 };
export const QUICK_REPUTATION_LIFE: ReputationLifeOptions = { members: 10, rounds: 4, products: 20 };

const LOYALTY = ['loyalty-order-placed', 'loyalty-order-completed'];
const REVIEWS: Readonly<Record<string, string>> = {
  'review.published.v1': 'loyalty-review-published',
  'review.held.v1': 'loyalty-review-held',
  'review.rejected.v1': 'loyalty-review-rejected',
};
const COMPLAINTS = ['complaint-opened', 'complaint-answered', 'complaint-decided', 'complaint-rated'];
const FOLLOWERS = ['reputation-fold', 'reputation-publisher', 'reputation-orders', 'loyalty-publisher'];
const FUNCTIONS = [
  'catalog-product-upserted',
  'member-registered',
  'review-submitted',
  ...LOYALTY,
  ...Object.values(REVIEWS),
  ...COMPLAINTS,
  ...FOLLOWERS,
];
const BATCH = 10;
const LINES = 10;
const RHYTHM_DAYS = 9;
const BRANDS = 8;
const WARM_UP_ROUNDS = 2;

/** Members order, receive, review one of the products they have bought, and complain now and then, round by round. */
export async function measureReputationLife(options: ReputationLifeOptions): Promise<ReputationLife> {
  const shop = await WiredShop.start(FUNCTIONS);
  try {
    return await new Life(shop, options).live();
  } finally {
    await shop.stop();
  }
}

class Life {
  readonly #shop: WiredShop;
  readonly #options: ReputationLifeOptions;
  readonly #orders = new SampleOrders(53);
  readonly #reviews = new SampleReviews(59);
  readonly #chance = new SampleChance(61);
  /** Events that a reaction is given at a time: in every other round one. */
  #batch = BATCH;

  constructor(shop: WiredShop, options: ReputationLifeOptions) {
    this.#shop = shop;
    this.#options = options;
  }

  async live(): Promise<ReputationLife> {
    const { members, rounds, products } = this.#options;
    const [review, complaint, completed] = [new Tally(), new Tally(), new Tally()];
    let [reviews, published, complaints, recordsOfPlaced] = [0, 0, 0, 0];
    await this.#begin();
    const reviewed = new Set<string>();
    for (let round = 0; round < rounds; round += 1) {
      this.#batch = round % 2 === 0 ? BATCH : 1;
      // The first rounds warm the code up and give everybody a past.
      const counts = round >= WARM_UP_ROUNDS;
      const orders = Array.from({ length: members }, (_, member) => this.#order(member, round));
      await this.#react(
        'loyalty-order-placed',
        orders.map((order) => this.#orders.placed(order)),
      );
      const ofPlaced = await this.#follow();
      if (counts) recordsOfPlaced += ofPlaced.get('reputation-orders')?.records ?? 0;
      await this.#react(
        'loyalty-order-completed',
        orders.map((order) => this.#orders.completed(order, 1)),
      );
      // What the loyalty side makes of it is in the bill of the order.
      await this.#shop.follow('loyalty-publisher');
      this.#shop.announced();
      const ofCompleted = await this.#follow();
      if (counts) completed.add(ofCompleted, this.#shop.announced());

      const wanted = orders.map((order, member): SampleEvent => {
        const productId =
          order.lines.map((line) => line.productId).find((it) => !reviewed.has(`${member} ${it}`)) ?? '';
        reviewed.add(`${member} ${productId}`);
        const day = round * RHYTHM_DAYS + 4 + member / members;
        return this.#reviews.review({ memberId: memberId(member), productId, orderId: order.orderId, day });
      });
      const samples = counts ? review.of('review-submitted') : undefined;
      await this.#react('review-submitted', wanted, samples);
      samples?.onBus(wanted);
      const ofReviews = await this.#follow();
      const told = this.#shop.announced();
      for (const [type, name] of Object.entries(REVIEWS)) {
        const events = told.filter((it) => it.type === type).map(({ detail }) => detail);
        if (counts && type === 'review.published.v1') published += events.length;
        await this.#react(name, events, counts ? review.of(name) : undefined);
      }
      const ofPoints = await this.#follow();
      if (counts) {
        reviews += wanted.length;
        review.add(ofReviews, told);
        review.add(ofPoints, this.#shop.announced());
      }

      const unhappy = orders.filter((_, member) => (member + round) % 3 === 0);
      const opened = unhappy.map((order, index) =>
        this.#reviews.complaint(
          'memberId' in order.owner ? order.owner.memberId : '',
          { orderId: order.orderId, productId: order.lines[0]?.productId ?? '' },
          round * RHYTHM_DAYS + 5 + index / 100,
        ),
      );
      const ids = opened.map(({ subject }) => subject);
      const steps: [string, SampleEvent[]][] = [
        ['complaint-opened', opened],
        ['complaint-answered', ids.map((id) => this.#reviews.answered(id, round * RHYTHM_DAYS + 5.5))],
        ['complaint-decided', ids.map((id) => this.#reviews.decided(id, round * RHYTHM_DAYS + 6.5))],
        ['complaint-rated', ids.map((id) => this.#reviews.rated(id, round * RHYTHM_DAYS + 7))],
      ];
      for (const [name, events] of steps) {
        const ofStep = counts ? complaint.of(name) : undefined;
        await this.#react(name, events, ofStep);
        ofStep?.onBus(events);
        const following = await this.#follow();
        if (counts) complaint.add(following, this.#shop.announced());
      }
      if (counts) complaints += opened.length;
      this.#shop.announced();
    }
    return {
      products,
      members,
      reviews,
      published,
      review: review.consequences(reviews),
      complaint: complaint.consequences(complaints),
      completed: completed.consequences(members * (rounds - WARM_UP_ROUNDS)),
      recordsOfPlaced,
      lines: LINES,
    };
  }

  /** Products that are told of, and members who have been known for a while. */
  async #begin(): Promise<void> {
    const { members, products } = this.#options;
    const told = Array.from({ length: products }, (_, index) =>
      this.#reviews.product(
        productId(index),
        { brandId: brandOf(index), supplierId: `sup-life-${index % (2 * BRANDS)}` },
        -400,
      ),
    );
    await this.#react('catalog-product-upserted', told);
    const registered = Array.from({ length: members }, (_, member) =>
      this.#reviews.registered(memberId(member), -200 + (member % 100)),
    );
    await this.#react('member-registered', registered);
    await this.#follow();
    this.#shop.announced();
  }

  /** Every line another product of those that are known. */
  #order(member: number, round: number): SampleOrder & { owner: { memberId: string } } {
    const { members, products } = this.#options;
    const owner = { memberId: memberId(member) };
    const order = this.#orders.order(LINES, owner, round * RHYTHM_DAYS + member / members);
    const first = this.#chance.below(products);
    const lines = order.lines.map((line, index) => {
      const product = (first + index) % products;
      return { ...line, productId: productId(product), brandId: brandOf(product) };
    });
    return { ...order, owner, lines };
  }

  async #react(name: string, events: readonly SampleEvent[], samples?: Samples): Promise<void> {
    for (let from = 0; from < events.length; from += this.#batch) {
      const batch = events.slice(from, from + this.#batch);
      const took = await this.#shop.react(name, batch);
      samples?.took(took, { events: batch.length });
    }
  }

  #follow(): Promise<Map<string, Following>> {
    return this.#shop.settle({ batchSize: ASSUMPTIONS.recordsPerBatch });
  }
}

/** Gathers what events of one kind set off. */
class Tally {
  readonly #reactions = new Map<string, Samples>();
  readonly #followers = new Map<string, Following>();
  readonly #announced = new Map<string, number>();

  of(reaction: string): Samples {
    const samples = this.#reactions.get(reaction) ?? new Samples();
    this.#reactions.set(reaction, samples);
    return samples;
  }

  add(followings: ReadonlyMap<string, Following>, announced: readonly Announced[]): void {
    for (const [name, following] of followings) {
      this.#followers.set(name, together(this.#followers.get(name), following));
    }
    for (const { type } of announced) this.#announced.set(type, (this.#announced.get(type) ?? 0) + 1);
  }

  consequences(events: number): Consequences {
    return {
      reactions: [...this.#reactions]
        .filter(([, samples]) => samples.events > 0)
        .map(([name, samples]) => ({ name, per: samples.events / events, effort: samples.effort() })),
      followers: [...this.#followers]
        .filter(([, { records }]) => records > 0)
        .map(([name, { took, records, invocations }]) => ({
          name,
          records: records / events,
          invocations: invocations / events,
          wru: (took.tableWrites + took.noteWrites) / events,
          rru: (took.tableReads + took.noteReads) / events,
          policyRru: took.policyReads / events,
          cpuMs: took.cpuMs / events,
          logBytes: took.logBytes / events,
          logLines: took.logLines / events,
        })),
      announced: Object.fromEntries([...this.#announced].map(([type, count]) => [type, count / events])),
    };
  }
}

/** Write units of an event with all that it sets off. */
export function wruOfAll({ reactions, followers }: Consequences): number {
  return (
    sum(reactions.map(({ per, effort }) => per * (effort.claimWru + effort.wru + effort.noteWru))) +
    sum(followers.map(({ wru }) => wru))
  );
}

const memberId = (member: number): string => `mem-life-${member}`;
const productId = (product: number): string => `sku-life-${product}`;
const brandOf = (product: number): string => `brand-life-${product % BRANDS}`;
