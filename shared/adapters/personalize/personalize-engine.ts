import {
  GetPersonalizedRankingCommand,
  GetRecommendationsCommand,
  type PersonalizeRuntimeClient,
} from '@aws-sdk/client-personalize-runtime';
import * as z from 'zod/mini';
import { productIdSchema } from '../../../events/ids.ts';
import { type Breaker, closedBreaker, failed, permit, succeeded } from '../../domain/recommend/breaker.ts';
import type { Engine, EngineAnswer } from '../../domain/recommend/engine-chain.ts';
import { capMicrosOf, costMicrosOf, monthOf } from '../../domain/recommend/spend.ts';
import type { RecommendationPolicy } from '../../policy/recommend-schema.ts';
import { nowMs as clockMs } from '../../runtime/clock.ts';
import type { SpendStore } from '../dynamo/spend-store.ts';

/** The campaigns of a stage, by what their recipes are for; each is asked only for that. */
export type Campaigns = {
  /** Items for a user. */
  personal?: string | undefined;
  /** Items like one. */
  related?: string | undefined;
  /** The order of given items for a user. */
  ranking?: string | undefined;
};

/** What the service is asked, and nothing else of whoever it is for. */
export type PersonalizeRequest = {
  limit: number;
  /** A keyed pseudonym of the member or visitor, never the id: the service has no need to know who that is. */
  userId?: string | undefined;
  /** The product that others are looked for beside. */
  itemId?: string | undefined;
  /** Products to be put in order, rather than found. */
  candidates?: readonly string[] | undefined;
  /** What the recipe takes for context, `{device: 'phone'}`. */
  context?: Readonly<Record<string, string>> | undefined;
  policy: RecommendationPolicy['personalize'];
};

export type PersonalizeItem = { productId: string; score?: number | undefined };

export type PersonalizeOptions = {
  client: PersonalizeRuntimeClient;
  campaigns: Campaigns;
  spend: Pick<SpendStore, 'reserve'>;
  nowMs?: () => number;
};

type Answer = EngineAnswer<PersonalizeItem>;
type Failure = { cause: 'timeout' | 'error' | 'no_campaign'; detail?: string };

/** The most that the service gives, or takes to put in order. */
const MAX_ITEMS = 500;

const items = z
  .array(z.object({ itemId: productIdSchema, score: z.optional(z.number()) }))
  .check(z.maxLength(MAX_ITEMS));
const recommendations = z.object({ itemList: items });
const ranking = z.object({ personalizedRanking: items });

/**
 * Amazon Personalize as an engine. Before each question its cost is counted against the month's cap, and a service that fails is left alone for a while; both by
 * the policy of the question. Never rejects.
 */
export function personalizeEngine({
  client,
  campaigns,
  spend,
  nowMs = clockMs,
}: PersonalizeOptions): Engine<PersonalizeRequest, PersonalizeItem> {
  let breaker: Breaker = closedBreaker;
  return {
    name: 'personalize',
    async recommend(request, signal, spent): Promise<Answer> {
      const { policy } = request;
      const question = questionOf(request, campaigns);
      if ('cause' in question) return question;
      if (capMicrosOf(policy) === 0) return { cause: 'spend_cap' };
      const { breaker: next, permit: asked } = permit(breaker, nowMs(), policy.breaker);
      breaker = next;
      if (asked === undefined) return { cause: 'breaker_open' };
      const money = await reserve(spend, policy, nowMs());
      if (money !== 'reserved') return money;
      spent(costMicrosOf(policy));
      if (signal.aborted) return { cause: 'timeout' };
      let isOpen = true;
      const conclude = (next: (breaker: Breaker) => Breaker): void => {
        if (isOpen) breaker = next(breaker);
        isOpen = false;
      };
      const fail = () => conclude((it) => failed(it, asked, nowMs(), policy.breaker));
      const succeed = () => conclude((it) => succeeded(it, asked));
      // At once, and not only when the SDK has wound the call up: by then the next one may have been asked.
      signal.addEventListener('abort', fail, { once: true });
      try {
        const found = await question.ask(client, signal);
        succeed();
        return found.length === 0 ? { cause: 'empty' } : { items: found };
      } catch (error) {
        const failure = failureOf(error);
        // A question that is wrong says nothing of the service.
        if (failure.detail === 'invalid_input') succeed();
        else fail();
        return failure;
      }
    },
  };
}

async function reserve(
  spend: Pick<SpendStore, 'reserve'>,
  policy: RecommendationPolicy['personalize'],
  atMs: number,
): Promise<'reserved' | Extract<Answer, { cause: string }>> {
  try {
    const outcome = await spend.reserve({
      month: monthOf(atMs),
      costMicros: costMicrosOf(policy),
      capMicros: capMicrosOf(policy),
    });
    return outcome === 'reserved' ? outcome : { cause: 'spend_cap' };
  } catch {
    // What cannot be counted is not spent.
    return { cause: 'error', detail: 'spend_unknown' };
  }
}

type Question = { ask(client: PersonalizeRuntimeClient, abortSignal: AbortSignal): Promise<PersonalizeItem[]> };

/** The one call that a request takes, by what is asked and which campaigns there are. */
function questionOf(request: PersonalizeRequest, campaigns: Campaigns): Question | { cause: 'no_campaign' | 'cold' } {
  const { userId, itemId, candidates, limit } = request;
  const { personal, related, ranking: order } = campaigns;
  const context = request.context === undefined ? {} : { context: { ...request.context } };
  const user = userId === undefined ? {} : { userId };
  if (candidates !== undefined && candidates.length > 0 && order !== undefined && userId !== undefined) {
    const inputList = candidates.slice(0, MAX_ITEMS);
    return {
      async ask(client, abortSignal) {
        const command = new GetPersonalizedRankingCommand({ campaignArn: order, userId, inputList, ...context });
        const answer = await client.send(command, { abortSignal });
        return among(inputList, itemsOf(read(ranking, answer).personalizedRanking)).slice(0, limit);
      },
    };
  }
  const campaignArn = itemId !== undefined && related !== undefined ? related : personal;
  if (campaignArn === undefined) return { cause: 'no_campaign' };
  const isRelated = campaignArn === related;
  // A campaign for users has nothing to say to nobody.
  if (!isRelated && userId === undefined) return { cause: 'cold' };
  const item = isRelated && itemId !== undefined ? { itemId } : {};
  return {
    async ask(client, abortSignal) {
      const numResults = Math.min(limit, MAX_ITEMS);
      const command = new GetRecommendationsCommand({ campaignArn, numResults, ...user, ...item, ...context });
      const answer = await client.send(command, { abortSignal });
      return itemsOf(read(recommendations, answer).itemList).slice(0, limit);
    },
  };
}

function itemsOf(found: z.output<typeof items>): PersonalizeItem[] {
  return found.map(({ itemId, score }) => ({ productId: itemId, ...(score !== undefined && { score }) }));
}

class Garbage extends Error {
  override name = 'Garbage';
}

function read<Schema extends z.ZodMiniType>(schema: Schema, answer: unknown): z.output<Schema> {
  const parsed = schema.safeParse(answer);
  if (!parsed.success) throw new Garbage('No list of items');
  return parsed.data;
}

/** An order of items that were not asked for is none. */
function among(inputList: readonly string[], ranked: PersonalizeItem[]): PersonalizeItem[] {
  const asked = new Set(inputList);
  if (ranked.some(({ productId }) => !asked.has(productId))) throw new Garbage('Items that were not asked for');
  return ranked;
}

/** What went wrong, in a word. */
function failureOf(error: unknown): Failure {
  const {
    name = '',
    code,
    $metadata,
    $response,
  } = (error ?? {}) as {
    name?: string;
    code?: string;
    $metadata?: { httpStatusCode?: number };
    $response?: { statusCode?: number };
  };
  // The SDK calls a connection that was reset a timeout too.
  if (code !== 'ETIMEDOUT' && /^E[A-Z]{4,}$/.test(code ?? '')) return { cause: 'error', detail: 'no_connection' };
  if (name === 'AbortError' || name === 'TimeoutError') return { cause: 'timeout' };
  const status = $response?.statusCode ?? $metadata?.httpStatusCode;
  if (status === undefined) return { cause: 'error', detail: isGarbage(error) ? 'garbage' : 'no_connection' };
  if (status === 429 || name.startsWith('Throttling')) return { cause: 'error', detail: 'throttled' };
  if (status >= 500) return { cause: 'error', detail: 'unavailable' };
  if (status < 300) return { cause: 'error', detail: 'garbage' };
  if (name === 'ResourceNotFoundException') return { cause: 'no_campaign', detail: 'not_found' };
  return { cause: 'error', detail: name === 'InvalidInputException' ? 'invalid_input' : 'refused' };
}

/** What the answer or the SDK's reading of it says. */
function isGarbage(error: unknown): boolean {
  return error instanceof Garbage || error instanceof SyntaxError || error instanceof TypeError;
}
