/** What a look at a product, an order and an answer take of the recommendation side: the quantities that the bill is made of. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closeServer, listen } from '../../infra/local/listen.ts';
import { createObjects } from '../../infra/local/objects.ts';
import { dynamoClient } from '../../shared/adapters/dynamo/client.ts';
import { modelVersionStore } from '../../shared/adapters/dynamo/model-version-store.ts';
import { s3Client } from '../../shared/adapters/s3/client.ts';
import { modelStore } from '../../shared/adapters/s3/model-store.ts';
import { DAY_MS } from '../../shared/domain/calendar/calendar.ts';
import { defaultWeights } from '../../shared/domain/recommend/default-weights.ts';
import { encodeModel } from '../../shared/domain/recommend/model-format.ts';
import { type TrainingData, trainModel } from '../../shared/domain/recommend/train-model.ts';
import { httpEvent } from '../support/lambda.ts';
import { type Effort, Samples } from './effort.ts';
import { SampleBehaviour, type Who } from './sample-behaviour.ts';
import { SampleChance } from './sample-chance.ts';
import { instantOf, type SampleEvent, SampleOrders } from './sample-orders.ts';
import { sampleShop } from './sample-shop.ts';
import { WiredShop } from './wired-shop.ts';
import { CREDENTIALS, REGION } from './wiring-of-dev.ts';

export type RecommendLife = {
  members: number;
  products: number;
  lines: number;
  view: Effort;
  shown: Effort;
  /** In addition to what the loyalty side takes of it. */
  order: Effort;
  /** With the shop's own model, and before there is one. */
  answer: Effort;
  answerWithoutModel: Effort;
  related: Effort;
  modelBytes: number;
};

export type RecommendLifeOptions = { members: number; rounds: number; products: number };

export const RECOMMEND_LIFE: RecommendLifeOptions = { members: 30, rounds: 10, products: 400 };
export const QUICK_RECOMMEND_LIFE: RecommendLifeOptions = { members: 10, rounds: 5, products: 200 };

const REACTIONS = {
  viewed: 'recommend-product-viewed',
  shown: 'recommend-recommendation-shown',
  order: 'recommend-order-placed',
  product: 'catalog-product-upserted',
} as const;
const HTTP = 'recommend-http';
const STAGE = 'dev';
const LOCAL = { region: REGION, credentials: CREDENTIALS };
const CLAIMS = { sub: 'storefront', scope: 'members:read' };
const BATCH = 10;
const VIEWS = 5;
const LINES = 10;
const SHOWN = 20;
const ROUND_MS = 6 * 3_600_000;
/** The first rounds warm the code up and give everybody a past. */
const WARM_UP_ROUNDS = 2;

/** Members look at products, are shown lists, order and ask for recommendations, round by round; half way there is a model. */
export async function measureRecommendLife(options: RecommendLifeOptions): Promise<RecommendLife> {
  const folder = mkdtempSync(join(tmpdir(), 'rapport-bench-models-'));
  const shop = await WiredShop.start([...Object.values(REACTIONS), HTTP]);
  const { MODEL_BUCKET: bucket = '', RECOMMEND_TABLE: table = '' } = shop.environmentOf(HTTP);
  const objects = createObjects({ buckets: () => new Map([[bucket, folder]]) });
  const kept = process.env.AWS_ENDPOINT_URL_S3;
  process.env.AWS_ENDPOINT_URL_S3 = `http://127.0.0.1:${await listen(objects, 0)}`;
  try {
    return await new Life(shop, { ...options, bucket, table }).live();
  } finally {
    delete process.env.AWS_ENDPOINT_URL_S3;
    if (kept !== undefined) process.env.AWS_ENDPOINT_URL_S3 = kept;
    await shop.stop();
    await closeServer(objects);
    rmSync(folder, { recursive: true, force: true });
  }
}

class Life {
  readonly #shop: WiredShop;
  readonly #options: RecommendLifeOptions & { bucket: string; table: string };
  readonly #behaviour = new SampleBehaviour(71);
  readonly #orders = new SampleOrders(73);
  readonly #chance = new SampleChance(79);
  readonly #data: TrainingData;

  constructor(shop: WiredShop, options: RecommendLifeOptions & { bucket: string; table: string }) {
    this.#shop = shop;
    this.#options = options;
    this.#data = sampleShop({ products: options.products, interactions: 30 * options.products, seed: 83 });
  }

  async live(): Promise<RecommendLife> {
    const { members, rounds, products } = this.#options;
    const [view, shown, order] = [new Samples(), new Samples(), new Samples()];
    const [answer, answerWithoutModel, related] = [new Samples(), new Samples(), new Samples()];
    await this.#react(
      'product',
      this.#data.products.map((it) => this.#behaviour.upserted(it)),
      { batch: BATCH },
    );
    let modelBytes = 0;
    for (let round = 0; round < rounds; round += 1) {
      const batch = round % 2 === 0 ? BATCH : 1;
      const timed = round >= WARM_UP_ROUNDS;
      const nowMs = this.#data.newestMs + round * ROUND_MS;
      const people = Array.from({ length: members }, (_, member): Who => ({ memberId: `mem-life-${member}` }));
      const views = people.flatMap((who, member) =>
        Array.from({ length: VIEWS }, (_, at) => {
          const atMs = nowMs - (VIEWS - at) * 60_000 - member;
          return this.#behaviour.meets('viewed', this.#product(), who, atMs);
        }),
      );
      await this.#react('viewed', views, { batch, samples: view, timed });
      const lists = people.map((who) => {
        return this.#behaviour.shown(
          Array.from({ length: SHOWN }, () => this.#product()),
          who,
          nowMs,
        );
      });
      await this.#react('shown', lists, { batch, samples: shown, timed });
      const day = (nowMs - instantOf(0)) / DAY_MS;
      const orders = people.map((who) => {
        const lines = this.#orders.order(LINES, who, day);
        const known = lines.lines.map((line) => ({ ...line, productId: this.#product() }));
        return this.#orders.placed({ ...lines, lines: known });
      });
      await this.#react('order', orders, { batch, samples: order, timed });
      if (round === Math.ceil(rounds / 2)) modelBytes = await this.#publish(nowMs);
      for (let member = 0; member < members; member += 1) {
        const path = { id: `mem-life-${member}` };
        const took = await this.#shop.ask(
          HTTP,
          httpEvent('GET /v1/members/{id}/recommendations', { path, claims: CLAIMS }),
          nowMs,
        );
        // What it takes to load the model the first time is no part of an answer.
        if (member > 0) (modelBytes === 0 ? answerWithoutModel : answer).took(took, { timed });
        const page = httpEvent('GET /v1/products/{id}/related', { path: { id: this.#product() } });
        related.took(await this.#shop.ask(HTTP, page, nowMs), { timed });
      }
    }
    return {
      members,
      products,
      lines: LINES,
      view: view.effort(),
      shown: shown.effort(),
      order: order.effort(),
      answer: answer.effort(),
      answerWithoutModel: answerWithoutModel.effort(),
      related: related.effort(),
      modelBytes,
    };
  }

  #product(): string {
    return `sku-${this.#chance.below(this.#options.products)}`;
  }

  async #react(
    reaction: keyof typeof REACTIONS,
    events: readonly SampleEvent[],
    { batch, samples, timed = true }: { batch: number; samples?: Samples; timed?: boolean },
  ): Promise<void> {
    samples?.onBus(events);
    for (let from = 0; from < events.length; from += batch) {
      const some = events.slice(from, from + batch);
      const took = await this.#shop.react(REACTIONS[reaction], some);
      samples?.took(took, { events: some.length, timed });
    }
  }

  /** Lets a model serve, as the training does. @returns the bytes of its file */
  async #publish(nowMs: number): Promise<number> {
    const { bucket, table } = this.#options;
    const data = { ...this.#data, newestMs: nowMs };
    const model = trainModel(data, { shop: STAGE, weights: defaultWeights, figures: {} });
    const file = encodeModel(model);
    const { version, counts } = model.header;
    await modelStore(s3Client(LOCAL), bucket).put(version, file);
    const record = { version, publishedAt: new Date(nowMs).toISOString(), bytes: file.length, counts, figures: {} };
    const client = dynamoClient({ ...LOCAL, endpoint: this.#shop.endpoint });
    const outcome = await modelVersionStore(client, table).publish(record, undefined);
    client.destroy();
    if (outcome !== 'published') throw new Error('The model does not serve');
    return file.length;
  }
}
