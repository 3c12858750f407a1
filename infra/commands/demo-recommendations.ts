import type { ShopConnection } from '../importers/shop-connection.ts';
import { type Cell, formatTable } from '../importers/table.ts';

type Reason = { code: string; contribution: number; text: string };
type Item = { productId: string; score: number; reasons: Reason[] };
type Answer = {
  items: Item[];
  engine: { name: string; modelVersion?: string; latencyMs: number; fallback?: { from: string; cause: string } };
};

/** What the section on recommendations ends with. */
export type Recommendations = {
  seconds: number;
  training: unknown;
  lists: { who: string; answer: Answer | undefined }[];
};

/** Members shown, and products of each of their lists. */
const MEMBERS = 3;
const PRODUCTS = 5;
/** How far the parts of a score may be from it. */
const TOLERANCE = 1e-9;
const VISITOR = 'somebody-new';

/** Trains the shop's model on what has just happened, and asks it what it recommends to some members and to a visitor. */
export async function demonstrateRecommendations(
  shop: ShopConnection,
  memberIds: readonly string[],
): Promise<Recommendations> {
  const startedMs = performance.now();
  const training = await shop.post('/local/train', {});
  const seconds = (performance.now() - startedMs) / 1000;
  const lists = [];
  for (const memberId of memberIds.slice(0, MEMBERS)) {
    const answer = await shop.get<Answer>(`/v1/members/${memberId}/recommendations?limit=${PRODUCTS}`);
    lists.push({ who: `member ${memberId}`, answer });
  }
  const answer = await shop.get<Answer>(`/v1/visitors/${VISITOR}/recommendations?limit=${PRODUCTS}`);
  return { seconds, training, lists: [...lists, { who: 'a visitor nobody has seen before', answer }] };
}

/** The lists as they are shown; `nameOf` gives a product its name. */
export function describeRecommendations(
  { seconds, lists }: Recommendations,
  nameOf: (productId: string) => string | undefined,
): string {
  const rows = (items: readonly Item[]): Cell[][] =>
    items.map(({ productId, score, reasons }) => [
      nameOf(productId) ?? productId,
      score.toFixed(3),
      reasons
        .slice(0, 2)
        .map(({ contribution, text }) => `${contribution < 0 ? '' : '+'}${contribution.toFixed(3)} ${text}`)
        .join('; '),
    ]);
  return [
    `What the shop recommends, by a model trained in ${seconds.toFixed(1)} s on what you have just seen`,
    ...lists.map(({ who, answer }) => {
      if (answer === undefined) return `For ${who}: no answer`;
      const { name, fallback } = answer.engine;
      const why = fallback === undefined ? '' : `, as ${fallback.from} cannot: ${fallback.cause}`;
      return `For ${who} (${name}${why})\n${formatTable(rows(answer.items), ['product', 'score', 'because'])}`;
    }),
  ].join('\n\n');
}

/** Where the section on recommendations is not as it has to be. */
export function differencesOfRecommendations({ lists }: Recommendations): string[] {
  return lists.flatMap(({ who, answer }) => {
    if (answer === undefined || answer.items.length === 0) return [`no recommendations for ${who}`];
    return answer.items
      .filter(({ score, reasons }) => {
        const sum = reasons.reduce((total, { contribution }) => total + contribution, 0);
        return Math.abs(sum - score) > TOLERANCE;
      })
      .map(({ productId }) => `the reasons for ${productId} do not add up to its score, for ${who}`);
  });
}

export function recommendationFigures({ seconds, lists }: Recommendations): Record<string, unknown> {
  return {
    trainSeconds: Math.round(seconds * 10) / 10,
    lists: lists.map(({ answer }) => ({ engine: answer?.engine.name, items: answer?.items.length ?? 0 })),
  };
}
