import { dynamoClient } from '../../shared/adapters/dynamo/client.ts';
import { type StarredReviewStore, starredReviewStore } from '../../shared/adapters/dynamo/starred-review-store.ts';
import { type TallyStore, tallyStore } from '../../shared/adapters/dynamo/tally-store.ts';
import { type TextModelStore, textModelStore } from '../../shared/adapters/dynamo/text-model-store.ts';
import { openVault } from '../../shared/adapters/vault/open-vault.ts';
import { wordsStore } from '../../shared/adapters/vault/words.ts';
import { reviewsOfShop } from '../../shared/domain/reputation/reviews-of-shop.ts';
import { servingModel } from '../../shared/domain/text/serving-models.ts';
import { serialiseModel } from '../../shared/domain/text/text-model.ts';
import { STAR_MINIMUM, STAR_REVIEWS_LIMIT, trainFromStars } from '../../shared/domain/text/train-from-stars.ts';
import { readEnv } from '../../shared/runtime/env.ts';
import { type ScheduleDependencies, scheduleHandler } from '../../shared/runtime/schedule-handler.ts';

type TrainDependencies = ScheduleDependencies & {
  starred: StarredReviewStore;
  models: TextModelStore;
  tallies: Pick<TallyStore, 'load'>;
};

/** The table is read from end to end, so it takes so many times the reviews there were the last time. */
const WORTH_ANOTHER_LOOK = 1.5;
/** One seed for all runs: the same reviews give the same model, and one that is the same is not written again. */
const SEED = 1;

function open(): TrainDependencies {
  const dynamo = dynamoClient();
  const { REPUTATION_TABLE } = readEnv('REPUTATION_TABLE');
  return {
    starred: starredReviewStore(dynamo, REPUTATION_TABLE, wordsStore(openVault(dynamo))),
    models: textModelStore(dynamo, REPUTATION_TABLE),
    tallies: tallyStore(dynamo, REPUTATION_TABLE),
  };
}

/**
 * Learns from a shop's own published reviews to read its texts. A model is put to use where reviews that it had not seen show that
 * it reads them better than the release's own; else the log says what is missing. Texts that come in from then on are read with it.
 */
export const handler = scheduleHandler(open, async ({ starred, models, tallies }, { log, nowMs }) => {
  const [counted, before] = await Promise.all([tallies.load(['SHOP']), models.reviewsAtLastRun()]);
  const written = reviewsOfShop(counted.get('SHOP')?.counters ?? {});
  if (written < Math.max(STAR_MINIMUM.reviews, before * WORTH_ANOTHER_LOOK)) return;
  const [reviews, heads] = await Promise.all([starred.load(STAR_REVIEWS_LIMIT), models.heads()]);
  for (const language of ['zh', 'en'] as const) {
    const decision = trainFromStars(reviews, { language, seed: SEED, serving: await servingModel(language) });
    const { positive, negative, own, serving } = decision.evidence;
    const figures = { positive, negative, own: own?.macroF1, serving: serving?.macroF1 };
    if (decision.kind === 'refused') {
      log.info('text_model_kept', { language, code: decision.code, ...figures });
      continue;
    }
    const { id } = decision.model;
    if (heads.get(language)?.id === id) continue;
    await models.save({ language, id, trainedAtMs: nowMs }, serialiseModel(decision.model));
    log.info('text_model_trained', { language, id, ...figures });
  }
  await models.saveRun(written);
});
