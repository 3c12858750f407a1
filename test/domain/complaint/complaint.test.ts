import { describe, expect, it } from 'vitest';
import { deadlinesOf, escalationAt, statusAt } from '../../../shared/domain/complaint/complaint.ts';
import { complaintCounts } from '../../../shared/domain/complaint/complaint-counts.ts';
import { complaintDueMs, markDue } from '../../../shared/domain/complaint/complaint-due.ts';
import { deskParts } from '../../../shared/domain/complaint/complaint-view.ts';
import type { Saying } from '../../../shared/domain/complaint/decide-complaint.ts';
import { always } from '../../../shared/policy/policies.ts';
import { currentPolicy } from '../../../shared/policy/policy.ts';
import { policyOf } from '../../support/policies.ts';
import { complaintOf, facts, HOUR_MS, hours, opening, recordOf } from './case-builder.ts';

const answer = { kind: 'answered', actor: 'ann' } satisfies Saying;
const upheld = { kind: 'decided', outcome: 'upheld', actor: 'ann' } satisfies Saying;
const appeal = { kind: 'appealed', actor: 'mem-1' } satisfies Saying;
const Q = '@2026q1';

describe('the deadlines', () => {
  it('are 24 hours for an answer, 72 for a decision, and 72 for one on an appeal', () => {
    const complaint = complaintOf(recordOf(facts([0, opening], [10, upheld], [20, appeal])));
    expect(deadlinesOf(complaint)).toEqual([
      { name: 'answer', byMs: hours(24), metAtMs: hours(10) },
      { name: 'decision', byMs: hours(72), metAtMs: hours(10) },
      { name: 'appeal', byMs: hours(92), metAtMs: undefined },
    ]);
  });

  it('are met before they pass and missed from then on', () => {
    const byMs = hours(24);
    expect(statusAt({ name: 'answer', byMs }, byMs - 1)).toBe('pending');
    expect(statusAt({ name: 'answer', byMs }, byMs)).toBe('missed');
    expect(statusAt({ name: 'answer', byMs, metAtMs: byMs - 1 }, hours(99))).toBe('met');
    expect(statusAt({ name: 'answer', byMs, metAtMs: byMs }, hours(99))).toBe('missed');
  });

  it('are shorter for a severity where the policy says so', () => {
    const strict = always(policyOf({ 'complaints.severities': { high: { answerHours: 4 } } }));
    const known = facts([0, { ...opening, severity: 'high' }]);
    expect(deadlinesOf(complaintOf(recordOf(known, strict))).map(({ byMs }) => byMs)).toEqual([hours(4), hours(72)]);
  });

  it('are those of the policy that applied at the opening', () => {
    const changed = [
      { fromMs: Number.NEGATIVE_INFINITY, policy: currentPolicy },
      { fromMs: hours(1), policy: policyOf({ 'complaints.answerHours': 1, version: '2' }) },
    ] as const;
    expect(complaintOf(recordOf(facts([0, opening]), changed)).terms.answerByMs).toBe(hours(24));
    expect(complaintOf(recordOf(facts([1, opening]), changed)).terms.answerByMs).toBe(hours(2));
  });
});

describe('what falls due', () => {
  it('is the answer, then the decision, each told once', () => {
    const record = recordOf(facts([0, opening]));
    expect(complaintDueMs(record)).toBe(hours(24));
    expect(markDue(record, hours(24) - 1)).toBeUndefined();
    const first = markDue(record, hours(24));
    expect(first?.told).toEqual({ answer: hours(24) });
    const second = first && markDue(first, hours(100));
    expect(second?.told).toEqual({ answer: hours(24), decision: hours(72) });
    expect(second && markDue(second, hours(1_000))).toBeUndefined();
  });

  it('is not told again where the fact that met it comes late; the past stays told', () => {
    const told = markDue(recordOf(facts([0, opening])), hours(30));
    const later = recordOf([...(told?.facts ?? []), ...facts([2, answer, 'late'])]);
    const record = { ...later, told: told?.told };
    expect(complaintCounts(record).SHOP?.[`overdue${Q}`]).toBeUndefined();
    expect(markDue(record, hours(30))).toBeUndefined();
    expect(record.told).toEqual({ answer: hours(24) });
  });

  it('is told where what should have met it came after it, though all is known by then', () => {
    const record = recordOf(facts([0, opening], [25, answer], [26, upheld]));
    expect(complaintDueMs(record)).toBe(hours(24));
    expect(markDue(record, hours(27))?.told).toEqual({ answer: hours(24) });
  });

  it('is the closing of what is decided', () => {
    const record = recordOf(facts([0, opening], [1, upheld]));
    expect(complaintDueMs(record)).toBe(hours(1 + 14 * 24));
    const closed = markDue(record, hours(1 + 14 * 24));
    expect(closed && complaintDueMs(closed)).toBeUndefined();
  });

  it('is nothing once the member has rated, nor before anybody has opened it', () => {
    expect(
      complaintDueMs(recordOf(facts([0, opening], [1, upheld], [2, { kind: 'rated', satisfaction: 5 }]))),
    ).toBeUndefined();
    expect(complaintDueMs(recordOf(facts([1, answer])))).toBeUndefined();
  });
});

describe('escalation', () => {
  it('rises as deadlines pass', () => {
    const complaint = complaintOf(recordOf(facts([0, opening])));
    expect(escalationAt(complaint, hours(23))).toBeUndefined();
    expect(escalationAt(complaint, hours(24))).toMatchObject({ level: 1, to: 'team_lead', atMs: hours(24) });
    expect(escalationAt(complaint, hours(80))).toMatchObject({ level: 2, to: 'head_of_service', atMs: hours(72) });
  });

  it('begins higher for what is severe', () => {
    const complaint = complaintOf(recordOf(facts([0, { ...opening, severity: 'high' }])));
    expect(escalationAt(complaint, hours(0))).toMatchObject({ level: 1, when: 'severity_high' });
  });
});

describe('the counts', () => {
  it('are of all it names, of what was found out about these, and of the shop', () => {
    const record = {
      ...recordOf(facts([0, { ...opening, brandId: 'hearth' }])),
      resolved: { brandId: 'hearth', supplierId: 's1', productIds: ['teapot', 'lid'] },
    };
    expect(Object.keys(complaintCounts(record)).sort()).toEqual([
      'BRAND#hearth',
      'PRODUCT#lid',
      'PRODUCT#teapot',
      'SHOP',
      'SUPPLIER#s1',
    ]);
  });

  it('are none while nobody has opened it', () => {
    expect(complaintCounts(recordOf(facts([1, answer], [2, upheld])))).toEqual({});
  });

  it('follow what becomes of it', () => {
    const counted = (...said: (readonly [number, Saying])[]) =>
      complaintCounts(recordOf(facts([0, opening], ...said))).SHOP;
    expect(counted()).toEqual({ [`complaints${Q}`]: 1, open: 1 });
    expect(counted([2, answer])).toEqual({
      [`complaints${Q}`]: 1,
      [`answered${Q}`]: 1,
      [`answerMs${Q}`]: 2 * HOUR_MS,
      [`answeredInTime${Q}`]: 1,
      open: 1,
    });
    expect(counted([30, upheld], [31, { kind: 'rated', satisfaction: 4 }])).toEqual({
      [`complaints${Q}`]: 1,
      [`upheld${Q}`]: 1,
      [`answered${Q}`]: 1,
      [`answerMs${Q}`]: 30 * HOUR_MS,
      [`decided${Q}`]: 1,
      [`decideMs${Q}`]: 30 * HOUR_MS,
      [`decidedInTime${Q}`]: 1,
      [`overdue${Q}`]: 1,
      [`rated${Q}`]: 1,
      [`satisfaction${Q}`]: 4,
    });
  });

  it('keep the first decision until the appeal is decided, and then count the second', () => {
    const rejected = { ...upheld, outcome: 'rejected' } as const;
    const pending = complaintCounts(recordOf(facts([0, opening], [1, rejected], [2, appeal]))).SHOP;
    expect(pending).toMatchObject({ [`rejected${Q}`]: 1, open: 1 });
    const done = complaintCounts(
      recordOf(facts([0, opening], [1, rejected], [2, appeal], [3, { ...upheld, actor: 'bob' }])),
    ).SHOP;
    expect(done).toMatchObject({ [`upheld${Q}`]: 1 });
    expect(done).not.toHaveProperty(`rejected${Q}`);
    expect(done).not.toHaveProperty('open');
  });
});

describe('suggested answers', () => {
  it('are those of the category, with those for the very wish first', () => {
    const suggestions = (wish?: 'exchange' | 'repair') =>
      deskParts(complaintOf(recordOf(facts([0, { ...opening, wish }]))), currentPolicy.complaints).suggestions.map(
        ({ id }) => id,
      );
    expect(suggestions()).toEqual(['quality_refund']);
    expect(suggestions('exchange')).toEqual(['quality_exchange', 'quality_refund']);
    expect(suggestions('repair')).toEqual(['quality_repair', 'quality_refund']);
  });
});
