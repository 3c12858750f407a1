import { defaultWeights } from '../../shared/domain/recommend/default-weights.ts';
import type { Engine } from '../../shared/domain/recommend/engine-chain.ts';
import type { HistoryOwner } from '../../shared/domain/recommend/history-facts.ts';
import {
  foreignList,
  inHouseList,
  type ListRequest,
  type MadeList,
  newestList,
  popularList,
} from '../../shared/domain/recommend/lists.ts';
import type { ExplainedItem } from '../../shared/domain/recommend/reasons.ts';
import type { Recommender } from '../../shared/domain/recommend/recommender.ts';
import type { RecommendationPolicy } from '../../shared/policy/recommend-schema.ts';
import type { RecommendStores } from './stores.ts';

type Asked = {
  recommender: Recommender;
  asked: ListRequest;
  recommendations: RecommendationPolicy;
  owner: HistoryOwner | undefined;
  productId: string | undefined;
  personal: boolean;
  /** Counts what the lists have left out, by why. */
  leftOut: Record<string, number>;
};

/** The engines for one question: each makes its list when it is asked. */
export function enginesOf(
  { recommender, asked, recommendations: policy, owner, productId, personal, leftOut }: Asked,
  { managed, pseudonyms, recommenders }: Pick<RecommendStores, 'managed' | 'pseudonyms' | 'recommenders'>,
): Engine<{ limit: number }, ExplainedItem>[] {
  const listed = (list: MadeList, modelVersion?: string) => {
    // Engines leave out the same products, so their counts are no sum.
    for (const [code, count] of Object.entries(list.leftOut)) leftOut[code] = Math.max(leftOut[code] ?? 0, count);
    return { items: list.items, ...(modelVersion !== undefined && { modelVersion }) };
  };
  const inHouse = () => {
    const list = inHouseList(recommender, asked, policy, defaultWeights);
    if ('items' in list) return listed(list, recommender.model?.header.version);
    return recommenders.refusal() === undefined ? list : { cause: 'refused_model' as const };
  };
  const personalize: Engine<{ limit: number }, ExplainedItem>['recommend'] = async ({ limit }, signal, spent) => {
    // The service knows people by the names that they have in the lake.
    const userId = owner !== undefined && personal ? (await pseudonyms())(owner.kind, owner.id) : undefined;
    const request = { limit, userId, itemId: productId, policy: policy.personalize };
    const answer = await managed.recommend(request, signal, spent);
    if (answer.cause !== undefined) return answer;
    return listed(foreignList(answer.items, recommender, asked, policy));
  };
  return [
    { name: 'in_house', recommend: inHouse },
    { name: 'personalize', recommend: personalize },
    { name: 'popular', recommend: () => listed(popularList(recommender, asked, policy)) },
    { name: 'newest', recommend: () => listed(newestList(recommender, asked, policy)) },
  ];
}
