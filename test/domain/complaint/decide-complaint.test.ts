import { describe, expect, it } from 'vitest';
import { newComplaint, stateAt } from '../../../shared/domain/complaint/complaint.ts';
import { FACTS_PER_COMPLAINT_LIMIT } from '../../../shared/domain/complaint/complaint-facts.ts';
import { decideCommand, type Saying } from '../../../shared/domain/complaint/decide-complaint.ts';
import { commanded, complaintOf, facts, hours, opening, policies, recordOf } from './case-builder.ts';

const answer = { kind: 'answered', actor: 'ann', text: 'We look into it.' } satisfies Saying;
const upheld = { kind: 'decided', outcome: 'upheld', actor: 'ann', compensation: 500 } satisfies Saying;
const rejected = { kind: 'decided', outcome: 'rejected', actor: 'ann' } satisfies Saying;
const appeal = { kind: 'appealed', actor: 'mem-1' } satisfies Saying;
const rated = { kind: 'rated', satisfaction: 4 } satisfies Saying;

type Row = { what: string; before: (readonly [number, Saying])[]; hour: number; command: Saying; code: string };

const refusals: Row[] = [
  {
    what: 'an opening that says something else',
    before: [],
    hour: 1,
    command: { ...opening, category: 'service' },
    code: 'id_reused',
  },
  { what: 'a rating before the decision', before: [[1, answer]], hour: 2, command: rated, code: 'not_decided' },
  { what: 'an appeal before the decision', before: [], hour: 2, command: appeal, code: 'not_decided' },
  {
    what: 'a rating while an appeal waits',
    before: [
      [1, upheld],
      [2, appeal],
    ],
    hour: 3,
    command: rated,
    code: 'not_decided',
  },
  { what: 'another decision', before: [[1, upheld]], hour: 2, command: rejected, code: 'already_decided' },
  {
    what: 'the same decision by another person',
    before: [[1, upheld]],
    hour: 2,
    command: { ...upheld, actor: 'bob' },
    code: 'already_decided',
  },
  {
    what: 'the same decision with another compensation',
    before: [[1, upheld]],
    hour: 2,
    command: { ...upheld, compensation: 501 },
    code: 'already_decided',
  },
  {
    what: 'an investigation of what is decided',
    before: [[1, upheld]],
    hour: 2,
    command: { kind: 'investigating', actor: 'ann' },
    code: 'already_decided',
  },
  {
    what: 'a second appeal',
    before: [
      [1, rejected],
      [2, appeal],
    ],
    hour: 3,
    command: { ...appeal, text: 'Again' },
    code: 'already_appealed',
  },
  {
    what: 'a decision on the appeal by who decided first',
    before: [
      [1, rejected],
      [2, appeal],
    ],
    hour: 3,
    command: upheld,
    code: 'same_person',
  },
  {
    what: 'the first decision once more, after the appeal',
    before: [
      [1, rejected],
      [2, appeal],
    ],
    hour: 3,
    command: rejected,
    code: 'same_person',
  },
  {
    what: 'a decision on the appeal by who appeals',
    before: [
      [1, rejected],
      [2, appeal],
    ],
    hour: 3,
    command: { ...upheld, actor: 'mem-1' },
    code: 'same_person',
  },
  {
    what: 'a decision on the appeal by nobody',
    before: [
      [1, rejected],
      [2, appeal],
    ],
    hour: 3,
    command: { kind: 'decided', outcome: 'upheld' },
    code: 'same_person',
  },
  {
    what: 'another rating',
    before: [
      [1, upheld],
      [2, rated],
    ],
    hour: 3,
    command: { ...rated, satisfaction: 1 },
    code: 'already_rated',
  },
  {
    what: 'an answer on a closed case',
    before: [
      [1, upheld],
      [2, rated],
    ],
    hour: 3,
    command: answer,
    code: 'complaint_closed',
  },
  {
    what: 'a decision on a closed case',
    before: [
      [1, upheld],
      [2, rated],
    ],
    hour: 3,
    command: rejected,
    code: 'complaint_closed',
  },
  {
    what: 'an investigation of a closed case',
    before: [
      [1, upheld],
      [2, rated],
    ],
    hour: 3,
    command: { kind: 'investigating', actor: 'ann' },
    code: 'complaint_closed',
  },
  {
    what: 'an appeal on a closed case',
    before: [
      [1, upheld],
      [2, rated],
    ],
    hour: 3,
    command: appeal,
    code: 'complaint_closed',
  },
  {
    what: 'a rating after the case has closed by time',
    before: [[0, upheld]],
    hour: 14 * 24 + 1,
    command: rated,
    code: 'complaint_closed',
  },
  {
    what: 'a third decision',
    before: [
      [1, rejected],
      [2, appeal],
      [3, { ...upheld, actor: 'bob' }],
    ],
    hour: 4,
    command: { ...rejected, actor: 'cid' },
    code: 'already_decided',
  },
];

describe('a command', () => {
  it.each(refusals)('is refused: $what', ({ before, hour, command, code }) => {
    const record = commanded([0, opening], ...before);
    const decision = decideCommand(record, command, { policies, nowMs: hours(hour) });
    expect(decision).toMatchObject({ kind: 'refused', code, detail: expect.any(String) });
  });

  it('is refused where an id of an answer stands for another', () => {
    const first = decideCommand(commanded([0, opening]), answer, { policies, nowMs: hours(1), id: 'a-1' });
    if (first.kind !== 'write') throw new Error(first.kind);
    const second = { ...answer, text: 'Something else.' };
    expect(decideCommand(first.record, second, { policies, nowMs: hours(2), id: 'a-1' })).toMatchObject({
      kind: 'refused',
      code: 'id_reused',
    });
    expect(decideCommand(first.record, second, { policies, nowMs: hours(2), id: 'a-2' }).kind).toBe('write');
  });

  it('is refused where too much has happened', () => {
    const answers = Array.from(
      { length: FACTS_PER_COMPLAINT_LIMIT - 1 },
      (_, n) => [1, { ...answer, text: `No. ${n}` }] as const,
    );
    const record = recordOf(facts([0, opening], ...answers));
    expect(decideCommand(record, upheld, { policies, nowMs: hours(2) })).toMatchObject({ code: 'too_many_facts' });
  });

  it.each([
    { what: 'an opening', before: [], command: opening },
    { what: 'an investigation', before: [], command: { kind: 'investigating', actor: 'ann' } },
    { what: 'an answer', before: [], command: answer },
    { what: 'a decision', before: [], command: upheld },
    { what: 'an appeal', before: [[1, upheld]], command: appeal },
    {
      what: 'a decision on an appeal',
      before: [
        [1, upheld],
        [2, appeal],
      ],
      command: { ...rejected, actor: 'bob' },
    },
    { what: 'a rating', before: [[1, upheld]], command: rated },
  ] satisfies { what: string; before: (readonly [number, Saying])[]; command: Saying }[])(
    'is answered as before where it comes again: $what',
    ({ before, command }) => {
      const record = commanded([0, opening], ...before, [5, command]);
      const again = decideCommand(record, command, { policies, nowMs: hours(6) });
      expect(again).toMatchObject({ kind: 'again', record, fact: { kind: command.kind } });
    },
  );

  it('is the same as the event that says the same', () => {
    const record = recordOf(facts([0, opening], [1, upheld]));
    expect(decideCommand(record, opening, { policies, nowMs: hours(2) })).toMatchObject({
      kind: 'again',
      fact: { eventId: 'e0' },
    });
    expect(decideCommand(record, upheld, { policies, nowMs: hours(2) })).toMatchObject({
      kind: 'again',
      fact: { eventId: 'e1' },
    });
  });

  it('that comes in the millisecond of the one before comes after it', () => {
    const record = commanded(
      [0, opening],
      [0, answer],
      [0, rejected],
      [0, appeal],
      [0, { ...upheld, actor: 'bob' }],
      [0, rated],
    );
    const { steps, refused } = complaintOf(record).folded;
    expect(steps.map(({ fact }) => fact.kind)).toEqual([
      'opened',
      'answered',
      'decided',
      'appealed',
      'decided',
      'rated',
    ]);
    expect(refused).toEqual([]);
    expect(stateAt(complaintOf(record), hours(1))).toBe('closed');
  });

  it('opens what is known by later facts alone, and these take effect', () => {
    const waiting = recordOf(facts([1, answer], [2, upheld]));
    const decision = decideCommand(waiting, opening, { policies, nowMs: hours(0) });
    if (decision.kind !== 'write') throw new Error(decision.kind);
    expect(stateAt(complaintOf(decision.record), hours(3))).toBe('decided');
  });

  it('keeps words apart from what it says', () => {
    const decision = decideCommand(newComplaint('cmp-1'), opening, { policies, nowMs: hours(0) });
    expect(decision).toMatchObject({ kind: 'write', told: { words: { text: opening.text }, fact: { words: true } } });
    expect(JSON.stringify((decision as { record: unknown }).record)).not.toContain(opening.text);
  });
});
