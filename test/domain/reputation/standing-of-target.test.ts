import { describe, expect, it } from 'vitest';
import type { Scored } from '../../../shared/domain/reputation/scored.ts';
import { NO_GRADE, standingOfTarget } from '../../../shared/domain/reputation/standing-of-target.ts';
import { always } from '../../../shared/policy/policies.ts';
import { currentPolicy } from '../../../shared/policy/policy.ts';
import { countersOf, type Known, NOW_MS } from '../../support/reputation-facts.ts';

const good: Known = { reviews: 100, positive: 95, orders: 1_000, sampled: 200, failed: 0 };
const around = { policies: always(currentPolicy), nowMs: NOW_MS };
const cause = { eventId: 'e1', type: 'review.submitted.v1', subject: 'rev-1' };
const look = (target: string, known: Known, before?: Scored) =>
  standingOfTarget(target, { counters: countersOf(known), cause }, before, around);

describe.each(['BRAND#hearth', 'SUPPLIER#sup-1', 'PRODUCT#pot'])('of %s', (target) => {
  const [first] = look(target, good);

  it('is told what has never been told, with its cause', () => {
    expect(first).toMatchObject({ target, version: 0, atMs: NOW_MS, cause, policyStamp: currentPolicy.stamp });
    expect(first).not.toHaveProperty('from');
  });

  it('is told nothing where it is what was told before', () => {
    expect(look(target, good, first)).toEqual([]);
  });

  it('is told what it has come to, and from where', () => {
    const [next] = look(target, { ...good, positive: 5, returned: 300 }, first);
    expect(next?.from).toEqual({ score: first?.score, level: first?.level });
    expect(next?.score).toBeLessThan(first?.score ?? 0);
  });
});

describe('a product', () => {
  it('without evidence has no grade, which is not worth telling', () => {
    expect(look('PRODUCT#pot', { reviews: 1, positive: 1 })).toEqual([]);
  });

  it('that loses its grade is told of', () => {
    const [first] = look('PRODUCT#pot', good);
    const [next] = look('PRODUCT#pot', { reviews: 1, positive: 1 }, first);
    expect(next).toMatchObject({ level: NO_GRADE, from: { level: first?.level } });
  });
});

it('has an unknown cause where the counters do not say', () => {
  const [found] = standingOfTarget('BRAND#hearth', { counters: countersOf(good) }, undefined, around);
  expect(found?.cause.eventId).toBe('unknown');
});
