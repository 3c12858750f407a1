import { createHash } from 'node:crypto';
import type { KnownOfSomebody } from '../../shared/adapters/dynamo/recommend-reader.ts';
import { consentView } from '../../shared/domain/member/consent.ts';
import { answerWithFallback } from '../../shared/domain/recommend/engine-chain.ts';
import { questionOf } from '../../shared/domain/recommend/question.ts';
import type { Policy } from '../../shared/policy/policy.ts';
import { stopwatch } from '../../shared/runtime/stopwatch.ts';
import { countsOf } from './counts-of.ts';
import { enginesOf } from './engines-of.ts';
import type { PageRequest } from './page-request.ts';
import type { RecommendStores } from './stores.ts';
import { toldPage } from './told-page.ts';

/** So long somebody who asks the same again gets the same list, as far as chance decides about it. */
const SAME_LIST_MS = 3_600_000;

/** A page of recommendations: what is known, the question that it is, and the engines in the order of the policy. */
export async function pageOf(request: PageRequest, known: KnownOfSomebody, policy: Policy, stores: RecommendStores) {
  const { owner, context, productId, limit, personal, nowMs } = request;
  const { recommendations } = policy;
  const recommender = await stores.recommenders.current(known);
  const question = questionOf(known.history, recommender.catalogue, request, recommendations);
  const hour = Math.floor(nowMs / SAME_LIST_MS);
  const seed = createHash('sha256').update([owner?.kind, owner?.id, context, productId, hour].join(' ')).digest();
  const asked = {
    ...{ question, limit, filters: request.filters, locale: request.locale, timeZone: policy.timeZone },
    pageItem: productId === undefined ? undefined : recommender.catalogue.indexOf(productId),
    shown: personal ? known.history.shown : [],
    seed: seed.readUInt32LE(),
  };
  const leftOut: Record<string, number> = {};
  const engines = enginesOf({ recommender, asked, recommendations, owner, productId, personal, leftOut }, stores);
  const { engines: order, timeoutMs } = recommendations;
  const { items, engine } = await answerWithFallback({ limit }, engines, { order, timeoutMs, clock: stopwatch });
  stores.tally(countsOf(engine), request.count);
  const body = {
    recommendationId: stores.newId(),
    ...toldPage({ items, engine }),
    leftOut,
    personal,
    ...(request.consent && { consent: { personalisation: consentView(request.consent.personalisation) } }),
    policyVersion: policy.stamp,
  };
  return { status: 200, body };
}
