import { describe, expect, it } from 'vitest';
import { sanctionAnnouncements } from '../../../shared/domain/sanction/announce-sanction.ts';
import { restrictionOf, restrictionsView } from '../../../shared/domain/sanction/restrictions.ts';
import { newSanction, type SanctionRecord, stateAt } from '../../../shared/domain/sanction/sanction.ts';
import { sanctionAttention } from '../../../shared/domain/sanction/sanction-attention.ts';
import { markDue, sanctionDue } from '../../../shared/domain/sanction/sanction-due.ts';
import { receiptOf, sanctionView } from '../../../shared/domain/sanction/sanction-view.ts';
import { always } from '../../../shared/policy/policies.ts';
import { policyOf } from '../../support/policies.ts';
import {
  answer,
  appeal,
  caseOf,
  commanded,
  days,
  dismiss,
  facts,
  lift,
  notice,
  recordOf,
  restrict,
  type Said,
  uphold,
} from './case-builder.ts';

const none = new Map();
const heard: Said[] = [
  [0, notice],
  [1, answer],
];
const restricted: Said[] = [...heard, [2, restrict]];
const appealed: Said[] = [...restricted, [3, appeal]];

const typesOf = (before: SanctionRecord | undefined, after: SanctionRecord) =>
  sanctionAnnouncements(before, after).map(({ event }) => event.type);

/** The record with everything marked that has fallen due by a day. */
function marked(record: SanctionRecord, day: number): SanctionRecord {
  const next = markDue(record, days(day));
  if (next === undefined) throw new Error('Nothing has fallen due.');
  return next;
}

describe('where a case stands', () => {
  it.each<{ said: Said[]; day: number; state: string }>([
    { said: [[0, notice]], day: 6.999, state: 'noticed' },
    { said: [[0, notice]], day: 7, state: 'unanswered' },
    { said: heard, day: 8, state: 'answered' },
    { said: [...heard, [2, dismiss]], day: 3, state: 'dismissed' },
    { said: restricted, day: 39.999, state: 'restricted' },
    { said: restricted, day: 40, state: 'ended' },
    { said: appealed, day: 4, state: 'appealed' },
    { said: appealed, day: 41, state: 'appealed' },
    { said: [...appealed, [4, uphold]], day: 5, state: 'upheld' },
    { said: [...appealed, [4, uphold]], day: 40, state: 'ended' },
    { said: [...appealed, [4, lift]], day: 5, state: 'lifted' },
    { said: [...appealed, [4, lift]], day: 90, state: 'lifted' },
  ])('is $state on day $day', ({ said, day, state }) => {
    expect(stateAt(caseOf(commanded(...said).record), days(day))).toBe(state);
  });

  it('goes by the policy of the day of the notice', () => {
    const later = policyOf({ 'sanctions.answerDays': 30, 'sanctions.appealDays': 1 });
    const changed = [...always(policyOf()), { fromMs: days(0.5), policy: later }] as const;
    const record = recordOf(facts(...heard, [2, restrict]), changed);
    expect(sanctionView(caseOf(record), none, days(3))).toMatchObject({
      answerBy: '2026-01-12T10:00:00.000Z',
      appealBy: '2026-01-21T10:00:00.000Z',
    });
  });

  it('is nothing while only its other facts are known, and all of it once the notice is', () => {
    const [first, ...others] = facts(...restricted);
    if (first === undefined) throw new Error('There is no notice.');
    expect(stateAt(caseOf(recordOf([...others, first])), days(3))).toBe('restricted');
    expect(() => caseOf(recordOf(others))).toThrow('Nobody has given notice.');
  });
});

describe('what time brings', () => {
  it('is the end of the answer period, unless an answer comes before', () => {
    const { record } = commanded([0, notice]);
    expect(sanctionDue(record)).toBe(days(7));
    expect(markDue(record, days(7) - 1)).toBeUndefined();
    expect(typesOf(record, marked(record, 7))).toEqual(['sanction.changed.v1']);
    expect(sanctionDue(marked(record, 7))).toBeUndefined();
    expect(sanctionDue(commanded(...heard).record)).toBeUndefined();
    expect(sanctionDue(newSanction('san-2'))).toBeUndefined();
  });

  it('is told though a decision or a late answer has come since', () => {
    for (const said of [restrict, answer]) {
      const { record } = commanded([0, notice], [8, said]);
      expect(sanctionDue(record)).toBe(days(7));
      expect(sanctionAnnouncements(record, marked(record, 9)).map(({ event }) => event)).toMatchObject([
        { data: { step: 'answer_period_over', state: 'unanswered', at: '2026-01-12T10:00:00.000Z' } },
      ]);
    }
  });

  it('is the end of a restriction, told once', () => {
    const { record } = commanded(...restricted);
    expect(sanctionDue(record)).toBe(days(40));
    const over = marked(record, 40.02);
    expect(sanctionAnnouncements(record, over).map(({ event }) => event)).toMatchObject([
      {
        type: 'sanction.changed.v1',
        data: { step: 'end', state: 'ended', by: 'clock', at: '2026-02-14T10:00:00.000Z' },
      },
      { type: 'brand.reinstated.v1', subject: 'hearth', data: { reason: 'end_date', at: '2026-02-14T10:00:00.000Z' } },
    ]);
    expect(sanctionDue(over)).toBeUndefined();
    expect(sanctionAnnouncements(over, over)).toEqual([]);
  });

  it('is nothing where the restriction was lifted, and the end all the same where it was upheld', () => {
    expect(sanctionDue(commanded(...appealed, [4, lift]).record)).toBeUndefined();
    expect(sanctionDue(commanded(...appealed, [4, uphold]).record)).toBe(days(40));
  });

  it('has ended a restriction that is lifted later: told once, whichever is written first', () => {
    const lifted: Said[] = [...appealed, [41, lift]];
    const { record } = commanded(...lifted);
    const before = commanded(...appealed).record;
    expect(typesOf(before, record)).toEqual(['sanction.changed.v1']);
    expect(typesOf(record, marked(record, 42))).toEqual(['sanction.changed.v1', 'brand.reinstated.v1']);
    const first = marked(before, 40);
    expect(typesOf(before, first)).toEqual(['sanction.changed.v1', 'brand.reinstated.v1']);
    expect(typesOf(first, { ...record, told: first.told })).toEqual(['sanction.changed.v1']);
    expect(restrictionOf(caseOf(record))).not.toHaveProperty('liftedAtMs');
  });
});

describe('what is told', () => {
  it('is every step with its cause, who took it and what the case rests on, and no word of anybody', () => {
    const { record } = commanded(...appealed, [4, lift]);
    const told = sanctionAnnouncements(undefined, record).map(({ event }) => event);
    expect(told.map(({ type, data }) => [type, (data as { step?: string }).step])).toEqual([
      ['sanction.changed.v1', 'notice'],
      ['sanction.changed.v1', 'answer'],
      ['sanction.changed.v1', 'decision'],
      ['sanction.changed.v1', 'appeal'],
      ['sanction.changed.v1', 'appeal_decision'],
      ['brand.restricted.v1', undefined],
      ['brand.reinstated.v1', undefined],
    ]);
    expect(told[1]).toMatchObject({
      subject: 'san-1',
      data: {
        brandId: 'hearth',
        state: 'answered',
        by: 'hearth-legal',
        cause: { type: 'sanction.answer', subject: 'san-1' },
        restsOn: [{ type: 'complaint', id: 'cmp-1' }],
      },
    });
    expect(told[6]).toMatchObject({
      subject: 'hearth',
      data: { reason: 'new_evidence', at: '2026-01-09T10:00:00.000Z', until: '2026-02-14T10:00:00.000Z' },
    });
    expect(JSON.stringify(told)).not.toMatch(/disagree|upheld\./);
    expect(sanctionAnnouncements(undefined, record).map(({ event }) => event.id)).toEqual(told.map(({ id }) => id));
  });

  it('has ids of its own however long the id of the case is', () => {
    const said = commanded(...restricted).record;
    const [one, other] = ['a', 'b'].map((last) => ({ ...said, sanctionId: `${'x'.repeat(127)}${last}` }));
    const ids = [one, other].flatMap((it) => sanctionAnnouncements(undefined, it).map(({ event }) => event.id));
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('is nothing of a case that nobody has given notice of', () => {
    expect(sanctionAnnouncements(undefined, newSanction('san-1'))).toEqual([]);
    expect(sanctionAnnouncements(undefined, undefined)).toEqual([]);
  });
});

describe('what is seen', () => {
  it('is a receipt that stays as it was, whatever comes after it', () => {
    const early = commanded(...restricted).record;
    const late = marked(commanded(...appealed, [4, uphold]).record, 41);
    const decision = caseOf(early).folded.decision?.fact;
    if (decision === undefined) throw new Error('There is no decision.');
    expect(receiptOf(caseOf(late), decision, none)).toEqual(receiptOf(caseOf(early), decision, none));
  });

  it('has the steps in the order of time, with those of the clock', () => {
    const { record } = commanded([0, notice], [8, restrict]);
    const text = 'Five complaints were upheld.';
    const words = new Map([[caseOf(record).folded.notice.eventId, { text }]]);
    expect(sanctionView(caseOf(record), words, days(50)).history).toMatchObject([
      { step: 'notice', at: '2026-01-05T10:00:00.000Z', by: 'carl', text },
      { step: 'answer_period_over', at: '2026-01-12T10:00:00.000Z', by: 'clock' },
      { step: 'decision', at: '2026-01-13T10:00:00.000Z', verdict: 'restrict', reason: 'upheld_complaints' },
      { step: 'end', at: '2026-02-14T10:00:00.000Z', by: 'clock' },
    ]);
  });

  it('is to everybody what the brand is restricted in, and was', () => {
    const { restrictions } = commanded(...appealed, [4, lift]);
    expect(restrictionsView(commanded(...restricted).restrictions, days(40) - 1)).toMatchObject([
      { state: 'in_force' },
    ]);
    expect(restrictionsView(commanded(...restricted).restrictions, days(40))).toMatchObject([{ state: 'ended' }]);
    expect(restrictionsView(restrictions, days(90))).toEqual([
      {
        kind: 'ranking',
        since: '2026-01-07T10:00:00.000Z',
        until: '2026-01-09T10:00:00.000Z',
        state: 'lifted',
        reason: 'upheld_complaints',
        cause: expect.objectContaining({ type: 'sanction.decision', subject: 'san-1' }),
        sanctionId: 'san-1',
      },
    ]);
  });
});

describe('what the desk has to do', () => {
  it.each<{ said: Said[]; attention: ReturnType<typeof sanctionAttention> }>([
    { said: [[0, notice]], attention: { state: 'sanction', sinceMs: days(7) } },
    { said: heard, attention: { state: 'sanction', sinceMs: days(1) } },
    { said: restricted, attention: { state: 'sanction_restricted', sinceMs: days(40) } },
    { said: appealed, attention: { state: 'sanction_appeal', sinceMs: days(3) } },
    { said: [...appealed, [4, uphold]], attention: { state: 'sanction_restricted', sinceMs: days(40) } },
    { said: [...appealed, [4, lift]], attention: undefined },
    { said: [...heard, [2, dismiss]], attention: undefined },
  ])('$attention.state', ({ said, attention }) => {
    expect(sanctionAttention(commanded(...said).record)).toEqual(attention);
  });

  it('is nothing more once the end of a restriction is marked', () => {
    expect(sanctionAttention(marked(commanded(...restricted).record, 41))).toBeUndefined();
    expect(sanctionAttention(newSanction('san-1'))).toBeUndefined();
  });
});
