import { reviewVoted } from '../../events/review/review-voted.v1.ts';
import { dynamoClient } from '../../shared/adapters/dynamo/client.ts';
import { type OpenMemberStore, openMemberStore } from '../../shared/adapters/dynamo/member-store.ts';
import { decideVote } from '../../shared/domain/review/decide-vote.ts';
import { readEnv } from '../../shared/runtime/env.ts';
import { PermanentFailure } from '../../shared/runtime/errors.ts';
import { queueHandler } from '../../shared/runtime/queue-handler.ts';
import { openReviews, type ReviewDependencies } from './review-reaction.ts';

type VoteDependencies = ReviewDependencies & { members: OpenMemberStore };

function open(): VoteDependencies {
  return { ...openReviews(), members: openMemberStore(dynamoClient(), readEnv('PROFILE_TABLE').PROFILE_TABLE) };
}

/** A vote is an item of its own, counted from the table's stream; the latest of a voter counts. */
export const handler = queueHandler(reviewVoted, open, async (event, { reviews, members }) => {
  const { reviewId, voterId, helpful } = event.data;
  const [[review], { registration }] = await Promise.all([
    reviews.load([reviewId]),
    members.load(voterId, ['registration'], false),
  ]);
  const staffOf = registration?.staffOf?.value;
  const decision = decideVote(voterId, { review: review?.record, staffOf });
  if (decision.kind === 'refused') throw new PermanentFailure(decision.code, decision.detail);
  await reviews.saveVote({ reviewId, voterId, staffOf, helpful, atMs: Date.parse(event.time), eventId: event.id });
});
