import { describe, expect, it } from 'vitest';
import { openedComplaint, stateAt } from '../../../shared/domain/complaint/complaint.ts';
import { decideCommand, type Saying } from '../../../shared/domain/complaint/decide-complaint.ts';
import { complaintOf, facts, hours, opening, policies, recordOf } from './case-builder.ts';

const answer = { kind: 'answered', actor: 'ann' } satisfies Saying;
const looking = { kind: 'investigating', actor: 'ann' } satisfies Saying;
const decided = { kind: 'decided', outcome: 'rejected', actor: 'ann' } satisfies Saying;
const again = { kind: 'decided', outcome: 'upheld', actor: 'bob' } satisfies Saying;
const appeal = { kind: 'appealed', actor: 'mem-1' } satisfies Saying;
const rated = { kind: 'rated', satisfaction: 2 } satisfies Saying;

describe('the state of a complaint', () => {
  it.each([
    { what: 'opened', said: [], state: 'open' },
    { what: 'looked into', said: [[1, looking]], state: 'investigating' },
    { what: 'answered', said: [[1, answer]], state: 'answered' },
    {
      what: 'answered, then looked into',
      said: [
        [1, answer],
        [2, looking],
      ],
      state: 'answered',
    },
    { what: 'decided', said: [[1, decided]], state: 'decided' },
    {
      what: 'answered once more after the decision',
      said: [
        [1, decided],
        [2, answer],
      ],
      state: 'decided',
    },
    {
      what: 'appealed',
      said: [
        [1, decided],
        [2, appeal],
      ],
      state: 'investigating',
    },
    {
      what: 'appealed and answered',
      said: [
        [1, decided],
        [2, appeal],
        [3, answer],
      ],
      state: 'answered',
    },
    {
      what: 'decided again',
      said: [
        [1, decided],
        [2, appeal],
        [3, again],
      ],
      state: 'decided',
    },
    {
      what: 'rated',
      said: [
        [1, decided],
        [2, rated],
      ],
      state: 'closed',
    },
  ] satisfies { what: string; said: (readonly [number, Saying])[]; state: string }[])(
    '$what: $state',
    ({ said, state }) => {
      expect(stateAt(complaintOf(recordOf(facts([0, opening], ...said))), hours(10))).toBe(state);
    },
  );

  it('closes so many days after the decision, by the policy', () => {
    const complaint = complaintOf(recordOf(facts([0, opening], [1, decided])));
    expect(stateAt(complaint, hours(14 * 24 + 1) - 1)).toBe('decided');
    expect(stateAt(complaint, hours(14 * 24 + 1))).toBe('closed');
  });

  it('is none while nobody has opened it', () => {
    expect(openedComplaint(recordOf(facts([1, answer], [2, decided])))).toBeUndefined();
  });
});

describe('facts', () => {
  it('that are dated before the opening count from the opening on', () => {
    const { folded } = complaintOf(recordOf(facts([-3, answer], [0, opening])));
    expect(folded.respondedAtMs).toBe(hours(0));
  });

  it.each([
    { what: 'another opening', said: [[1, { ...opening, category: 'service' }]], code: 'id_reused' },
    {
      what: 'another decision',
      said: [
        [1, decided],
        [2, again],
      ],
      code: 'already_decided',
    },
    {
      what: 'an answer after the rating',
      said: [
        [1, decided],
        [2, rated],
        [3, answer],
      ],
      code: 'complaint_closed',
    },
    {
      what: 'an answer after the case has closed',
      said: [
        [1, decided],
        [400, answer],
      ],
      code: 'complaint_closed',
    },
    {
      what: 'a rating before the decision',
      said: [
        [1, rated],
        [2, decided],
      ],
      code: 'not_decided',
    },
    {
      what: 'another rating',
      said: [
        [1, decided],
        [2, rated],
        [3, { ...rated, satisfaction: 5 }],
      ],
      code: 'already_rated',
    },
    {
      what: 'the appeal decided by the same person',
      said: [
        [1, decided],
        [2, appeal],
        [3, { ...again, actor: 'ann' }],
      ],
      code: 'same_person',
    },
  ] satisfies { what: string; said: (readonly [number, Saying])[]; code: string }[])(
    'that contradict others do not count and stay to be seen: $what',
    ({ said, code }) => {
      const { folded, record } = complaintOf(recordOf(facts([0, opening], ...said)));
      expect(folded.refused.map((it) => it.code)).toEqual([code]);
      expect(record.facts).toHaveLength(said.length + 1);
    },
  );

  it('that say the same again, under another id, contradict nothing', () => {
    const { folded } = complaintOf(
      recordOf(facts([0, opening], [1, opening], [2, decided], [3, decided], [4, rated], [5, rated])),
    );
    expect(folded.refused).toEqual([]);
    expect(folded.steps).toHaveLength(3);
  });

  it('that come later and are dated earlier take the place of those that counted', () => {
    const command = decideCommand(recordOf(facts([0, opening])), again, { policies, nowMs: hours(5) });
    if (command.kind !== 'write') throw new Error(command.kind);
    const late = facts([4, decided, 'late']);
    const { folded } = complaintOf(recordOf([...command.record.facts, ...late]));
    expect(folded.decisions.map(({ fact }) => fact.data.outcome)).toEqual(['rejected']);
    expect(folded.refused.map((it) => it.code)).toEqual(['already_decided']);
  });
});
