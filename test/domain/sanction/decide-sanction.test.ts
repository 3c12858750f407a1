import { describe, expect, it } from 'vitest';
import { decideCommand, type SanctionSaying } from '../../../shared/domain/sanction/decide-sanction.ts';
import { sanctionRefusals } from '../../../shared/domain/sanction/fold-sanction.ts';
import { noRestrictions, RESTRICTIONS_LIMIT } from '../../../shared/domain/sanction/restrictions.ts';
import { newSanction, stateAt } from '../../../shared/domain/sanction/sanction.ts';
import { FACTS_PER_SANCTION_LIMIT } from '../../../shared/domain/sanction/sanction-facts.ts';
import {
  answer,
  appeal,
  caseOf,
  commanded,
  DAY_MS,
  days,
  dismiss,
  facts,
  lift,
  notice,
  policies,
  recordOf,
  restrict,
  type Said,
  uphold,
} from './case-builder.ts';

const noticed: Said = [0, notice];
const heard: Said[] = [noticed, [1, answer]];
const restricted: Said[] = [...heard, [2, restrict]];
const appealed: Said[] = [...restricted, [3, appeal]];

type Row = { what: string; before: Said[]; day: number; command: SanctionSaying; code: string };

const refusals: Row[] = [
  {
    what: 'another notice under the same id',
    before: [noticed],
    day: 1,
    command: { ...notice, restriction: 'sales_limit' },
    code: 'id_reused',
  },
  {
    what: 'the same notice by another person',
    before: [noticed],
    day: 1,
    command: { ...notice, by: 'dora' },
    code: 'id_reused',
  },
  {
    what: 'an answer to what is decided',
    before: restricted,
    day: 3,
    command: { ...answer, text: 'One more thing.' },
    code: 'sanction_not_open',
  },
  { what: 'an appeal before the decision', before: heard, day: 2, command: appeal, code: 'not_restricted' },
  {
    what: 'an appeal from a dismissal',
    before: [...heard, [2, dismiss]],
    day: 3,
    command: appeal,
    code: 'not_restricted',
  },
  {
    what: 'a second appeal',
    before: appealed,
    day: 4,
    command: { ...appeal, text: 'Again.' },
    code: 'already_appealed',
  },
  {
    what: 'an appeal when its period is over',
    before: restricted,
    day: 16,
    command: appeal,
    code: 'appeal_period_over',
  },
  {
    what: 'a decision on an appeal that there is none of',
    before: restricted,
    day: 3,
    command: lift,
    code: 'not_appealed',
  },
  { what: 'another decision', before: restricted, day: 3, command: dismiss, code: 'already_decided' },
  {
    what: 'the same decision by another person',
    before: restricted,
    day: 3,
    command: { ...restrict, by: 'emil' },
    code: 'already_decided',
  },
  {
    what: 'another decision on the appeal',
    before: [...appealed, [4, lift]],
    day: 5,
    command: uphold,
    code: 'already_decided',
  },
  {
    what: 'a decision by whoever gave notice',
    before: heard,
    day: 2,
    command: { ...restrict, by: 'carl' },
    code: 'same_person',
  },
  {
    what: 'a decision by whoever spoke for the brand',
    before: heard,
    day: 2,
    command: { ...dismiss, by: 'hearth-legal' },
    code: 'same_person',
  },
  {
    what: 'a decision on the appeal by whoever gave notice',
    before: appealed,
    day: 4,
    command: { ...lift, by: 'carl' },
    code: 'same_person',
  },
  {
    what: 'a decision on the appeal by whoever decided',
    before: appealed,
    day: 4,
    command: { ...uphold, by: 'dora' },
    code: 'same_person',
  },
  {
    what: 'a decision while an answer may come',
    before: [noticed],
    day: 6.999,
    command: restrict,
    code: 'answer_period_running',
  },
  {
    what: 'a dismissal while an answer may come',
    before: [noticed],
    day: 1,
    command: dismiss,
    code: 'answer_period_running',
  },
  {
    what: 'a restriction without an end',
    before: heard,
    day: 2,
    command: { ...restrict, untilMs: undefined },
    code: 'end_date_required',
  },
  {
    what: 'a restriction that has ended',
    before: heard,
    day: 2,
    command: { ...restrict, untilMs: days(2) },
    code: 'end_date_not_ahead',
  },
  {
    what: 'a restriction that lasts too long',
    before: heard,
    day: 2,
    command: { ...restrict, untilMs: days(92) + 1 },
    code: 'end_date_too_far',
  },
];

/** The rows by what they contradict first: two reasons at once name the one that comes first in the list. */
const both: Row[] = [
  {
    what: 'a decision by the same person while an answer may come',
    before: [noticed],
    day: 1,
    command: { ...restrict, by: 'carl', untilMs: undefined },
    code: 'same_person',
  },
  {
    what: 'another decision by the same person',
    before: restricted,
    day: 3,
    command: { ...dismiss, by: 'carl' },
    code: 'already_decided',
  },
  {
    what: 'an endless restriction while an answer may come',
    before: [noticed],
    day: 1,
    command: { ...restrict, untilMs: undefined },
    code: 'answer_period_running',
  },
];

describe('a command', () => {
  it.each([...refusals, ...both])('refuses $what: $code', ({ before, day, command, code }) => {
    const known = commanded(...before);
    expect(decideCommand(known, command, { policies, nowMs: days(day) })).toMatchObject({ kind: 'refused', code });
  });

  it('has a row for every refusal, in the order of the list', () => {
    expect([...new Set(refusals.map(({ code }) => code))]).toEqual([...sanctionRefusals]);
  });

  it.each([answer, restrict, appeal, lift])('refuses to go on with what nobody has begun: $kind', (command) => {
    const none = { record: newSanction('san-1'), restrictions: noRestrictions };
    expect(decideCommand(none, command, { policies, nowMs: START_MS })).toMatchObject({ code: 'unknown_sanction' });
  });

  it.each([notice, answer, restrict, appeal, uphold])('sent again changes nothing: $kind', (command) => {
    const { record, restrictions } = commanded(...appealed, [4, uphold]);
    const again = decideCommand({ record, restrictions }, command, { policies, nowMs: days(9) });
    expect(again).toMatchObject({ kind: 'again', record, fact: { kind: command.kind, data: { by: command.by } } });
  });

  it('takes the words of an answer under an id once, and no others under it', () => {
    const { record, restrictions } = commanded(noticed);
    const at = { policies, nowMs: days(1), id: 'a1' };
    const first = decideCommand({ record, restrictions }, answer, at);
    if (first.kind !== 'write') throw new Error(first.kind);
    const known = { record: first.record, restrictions };
    expect(decideCommand(known, answer, { ...at, nowMs: days(2) })).toMatchObject({ kind: 'again' });
    expect(decideCommand(known, { ...answer, text: 'Other.' }, at)).toMatchObject({ code: 'id_reused' });
    expect(decideCommand(known, answer, { policies, nowMs: days(2) })).toMatchObject({ kind: 'again' });
  });

  it('may decide the very instant at which the answer period is over', () => {
    expect(stateAt(caseOf(commanded(noticed, [7, restrict]).record), days(7))).toBe('restricted');
  });

  it('takes an answer that comes late but before the decision', () => {
    const { record } = commanded(noticed, [8, answer]);
    expect(stateAt(caseOf(record), days(8))).toBe('answered');
  });

  it('is refused where too much has happened', () => {
    const many = Array.from(
      { length: FACTS_PER_SANCTION_LIMIT - 1 },
      (_, index): Said => [1, { ...answer, text: `Answer ${index}` }],
    );
    const record = recordOf(facts(noticed, ...many));
    const decision = decideCommand({ record, restrictions: noRestrictions }, restrict, { policies, nowMs: days(3) });
    expect(decision).toMatchObject({ kind: 'refused', code: 'too_many_facts' });
  });

  it('is refused where no more restrictions can be kept, as all are in force', () => {
    const { record } = commanded(...heard);
    const restrictions = { version: 1, restrictions: full(days(50)) };
    const at = { policies, nowMs: days(2) };
    expect(decideCommand({ record, restrictions }, restrict, at)).toMatchObject({ code: 'too_many_restrictions' });
    // Where one of them is over, that one makes room.
    const past = { version: 1, restrictions: full(days(1)) };
    const decision = decideCommand({ record, restrictions: past }, restrict, at);
    if (decision.kind !== 'write') throw new Error(decision.kind);
    expect(decision.restrictions?.restrictions).toHaveLength(RESTRICTIONS_LIMIT);
    expect(decision.restrictions?.restrictions[0]).toMatchObject({ sanctionId: 'san-1', untilMs: days(40) });
  });
});

const START_MS = days(0);

function full(untilMs: number) {
  return Array.from({ length: RESTRICTIONS_LIMIT }, (_, index) => ({
    sanctionId: `other-${index}`,
    kind: 'ranking' as const,
    sinceMs: START_MS - DAY_MS,
    untilMs,
    reason: 'returns',
    cause: { eventId: 'command/decision/x', type: 'sanction.decision', subject: `other-${index}` },
  }));
}
