import { describe, expect, it } from 'vitest';
import { reviewPublished } from '../../../events/reputation/review-published.v1.ts';
import { reviewRejected } from '../../../events/reputation/review-rejected.v1.ts';
import { causeEffect } from '../../../shared/domain/loyalty/cause-effect.ts';
import { addCauseFact, newCause, reviewFactsOf } from '../../../shared/domain/loyalty/cause-facts.ts';
import { always } from '../../../shared/policy/policies.ts';
import { currentPolicy } from '../../../shared/policy/policy.ts';

type Parts = { id: string; time: string; rewarded?: boolean; penalty?: number };

function outcome(definition: typeof reviewPublished | typeof reviewRejected, { id, time, ...parts }: Parts) {
  const data = { ...(definition.sample.data as object), ...parts };
  const event = definition.build({ id, source: 'rapport.reputation', time, data });
  return reviewFactsOf(event as never, `hash of ${id}`);
}

/** What some outcomes come to in each of the causes they are facts of. */
function effects(...outcomes: ReturnType<typeof outcome>[]): Record<string, string[]> {
  const causes = new Map<string, ReturnType<typeof newCause>>();
  for (const { causeId, fact } of outcomes.flat()) {
    const added = addCauseFact(causes.get(causeId) ?? newCause('mem-1', causeId), fact);
    if (added.kind === 'added') causes.set(causeId, added.cause);
  }
  const told = [...causes].map(([causeId, cause]) => {
    const postings = causeEffect(cause, always(currentPolicy));
    return [causeId, postings.map(({ kind, points }) => `${kind} ${points}`)] as const;
  });
  return Object.fromEntries(told);
}

const published = outcome(reviewPublished, { id: 'r:1', time: '2026-01-10T10:00:00Z' });

describe("a review's outcome in its author's account", () => {
  it('is paid for once for a product, whichever review of it stands', () => {
    const later = outcome(reviewPublished, { id: 'q:1', time: '2026-01-20T10:00:00Z' });
    expect(effects(published, later)).toEqual({ 'review:teapot': ['granted 5'] });
  });

  it('is nothing where the author has replaced the review', () => {
    expect(outcome(reviewRejected, { id: 'r:2', time: '2026-01-11T10:00:00Z', rewarded: false })).toEqual([]);
  });

  it('costs points beside the ones it earned, which come back when the rejection is lifted', () => {
    const rejected = outcome(reviewRejected, { id: 'r:2', time: '2026-01-11T10:00:00Z', penalty: 20 });
    const dearer = outcome(reviewRejected, { id: 'r:3', time: '2026-01-12T10:00:00Z', penalty: 50 });
    const lifted = outcome(reviewPublished, { id: 'r:4', time: '2026-01-13T10:00:00Z', penalty: 0 });
    expect(effects(published, rejected, dearer)).toEqual({
      'review:teapot': ['granted 5', 'taken 5'],
      'penalty:rev-1': ['taken 20', 'taken 30'],
    });
    const all = {
      'review:teapot': ['granted 5', 'taken 5', 'granted 5'],
      'penalty:rev-1': ['taken 20', 'taken 30', 'granted 50'],
    };
    expect(effects(published, rejected, dearer, lifted)).toEqual(all);
    expect(effects(lifted, dearer, lifted, rejected, published)).toEqual(all);
  });
});
