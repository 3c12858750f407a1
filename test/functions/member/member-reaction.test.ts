import { expect, it } from 'vitest';
import { memberUpdated } from '../../../events/member/member-updated.v1.ts';
import { memberReaction } from '../../../functions/member/member-reaction.ts';
import { WriteConflict } from '../../../shared/adapters/dynamo/profile-records.ts';
import type { DeadLetter } from '../../../shared/adapters/sqs/dead-letters.ts';
import type { MemberDecision } from '../../../shared/domain/member/registration.ts';
import { lambdaContext, lineCollector, sqsBatch } from '../../support/lambda.ts';
import { memoryInbox } from '../../support/memory-inbox.ts';

/** The reaction over a store that finds, so many times, that somebody else was faster. */
async function deliver({ conflicts, receiveCount = 1 }: { conflicts: number; receiveCount?: number }) {
  const letters: DeadLetter[] = [];
  const saved: MemberDecision[] = [];
  let loads = 0;
  const handler = memberReaction('updated', memberUpdated, () => ({
    inbox: memoryInbox(),
    deadLetters: { send: async (letter) => void letters.push(letter) },
    maxReceiveCount: 2,
    write: lineCollector().write,
    members: {
      load: async () => {
        loads += 1;
        return {};
      },
      save: async (decision) => {
        if (loads <= conflicts) throw new WriteConflict(new Error('somebody else'));
        saved.push(decision);
      },
    },
  }));
  const answer = await handler(sqsBatch({ body: memberUpdated.sample, receiveCount }), lambdaContext());
  return { failed: answer.batchItemFailures.length, letters: letters.map((it) => it.code), saved: saved.length, loads };
}

it.each([
  { conflicts: 0, outcome: { failed: 0, letters: [], saved: 1, loads: 1 } },
  { conflicts: 1, outcome: { failed: 0, letters: [], saved: 1, loads: 2 } },
  { conflicts: 7, outcome: { failed: 0, letters: [], saved: 1, loads: 8 } },
  { conflicts: 8, outcome: { failed: 1, letters: [], saved: 0, loads: 8 } },
])('a fact is decided anew after each of $conflicts conflicts', async ({ conflicts, outcome }) => {
  expect(await deliver({ conflicts })).toEqual(outcome);
});

it('a fact that never gets through is a dead letter at its last delivery', async () => {
  expect(await deliver({ conflicts: 8, receiveCount: 2 })).toMatchObject({ failed: 0, letters: ['retries_exhausted'] });
});
