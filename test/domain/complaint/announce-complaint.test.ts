import { describe, expect, it } from 'vitest';
import { complaintAnnouncements } from '../../../shared/domain/complaint/announce-complaint.ts';
import type { ComplaintRecord } from '../../../shared/domain/complaint/complaint.ts';
import { markDue } from '../../../shared/domain/complaint/complaint-due.ts';
import type { Saying } from '../../../shared/domain/complaint/decide-complaint.ts';
import { currentPolicy } from '../../../shared/policy/policy.ts';
import { facts, hours, opening, recordOf } from './case-builder.ts';

const decided = { kind: 'decided', outcome: 'upheld', actor: 'ann' } satisfies Saying;
const told = (before: ComplaintRecord | undefined, after: ComplaintRecord | undefined) =>
  complaintAnnouncements(before, after).map(({ event }) => event);
const marked = (record: ComplaintRecord, hour: number) => {
  const next = markDue(record, hours(hour));
  if (next === undefined) throw new Error('Nothing is due.');
  return next;
};

describe('what is told of a complaint', () => {
  it('is the state that it has come to, with its cause and without a word', () => {
    const [first, second] = [recordOf(facts([0, opening])), recordOf(facts([0, opening], [5, decided]))];
    expect(told(undefined, first)).toMatchObject([
      {
        id: 'complaint.changed.cmp-1.1',
        type: 'complaint.changed.v1',
        subject: 'cmp-1',
        data: { to: 'open', memberId: 'mem-1' },
      },
    ]);
    expect(told(first, second)).toMatchObject([
      {
        time: new Date(hours(5)).toISOString(),
        data: {
          from: 'open',
          to: 'decided',
          outcome: 'upheld',
          cause: { eventId: 'e1', type: 'complaint.decided.v1', subject: 'cmp-1' },
        },
      },
    ]);
    expect(JSON.stringify(told(undefined, second))).not.toContain(opening.text);
  });

  it('is nothing where the state is the same, or nobody has opened it', () => {
    const first = recordOf(facts([0, opening]));
    expect(told(first, first)).toEqual([]);
    expect(told(undefined, recordOf(facts([5, decided])))).toEqual([]);
    expect(told(first, undefined)).toEqual([]);
  });

  it('is a deadline that has passed, with how far up the case is by then', () => {
    const open = recordOf(facts([0, opening]));
    const [late, later] = [marked(open, 24), marked(marked(open, 24), 72)];
    expect(told(open, late)).toMatchObject([
      {
        id: 'complaint.overdue.cmp-1.answer',
        time: new Date(hours(24)).toISOString(),
        data: {
          deadline: 'answer',
          dueAt: new Date(hours(24)).toISOString(),
          level: 1,
          to: 'team_lead',
          policyVersion: currentPolicy.stamp,
        },
      },
    ]);
    expect(told(late, later)).toMatchObject([{ id: 'complaint.overdue.cmp-1.decision', data: { level: 2 } }]);
    expect(told(late, late)).toEqual([]);
  });

  it('is that it has closed by time, once that is marked', () => {
    const record = recordOf(facts([0, opening], [5, decided]));
    expect(told(record, marked(record, 24 * 30))).toMatchObject([
      { data: { from: 'decided', to: 'closed', cause: { eventId: 'deadline/closing', type: 'complaint.deadline' } } },
    ]);
  });

  it('has ids within their limit, whatever the length of the complaint’s', () => {
    const complaintId = 'c'.repeat(128);
    const record = { ...recordOf(facts([0, opening])), complaintId };
    const [event] = told(undefined, record);
    expect(event?.id.length).toBeLessThanOrEqual(128);
    expect(event?.subject).toBe(complaintId);
  });
});
