import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sanctionAnnouncements } from '../../shared/domain/sanction/announce-sanction.ts';
import { decideCommand, factOf, type SanctionSaying } from '../../shared/domain/sanction/decide-sanction.ts';
import { noRestrictions, restrictionOf, stateOf } from '../../shared/domain/sanction/restrictions.ts';
import { addFact, newSanction, openSanction, type SanctionRecord } from '../../shared/domain/sanction/sanction.ts';
import { markDue, sanctionDue } from '../../shared/domain/sanction/sanction-due.ts';
import type { SanctionFact } from '../../shared/domain/sanction/sanction-facts.ts';
import { receiptOf, sanctionView } from '../../shared/domain/sanction/sanction-view.ts';
import { always } from '../../shared/policy/policies.ts';
import { currentPolicy } from '../../shared/policy/policy.ts';

const DAY_MS = 86_400_000;
const START = Date.parse('2026-01-05T10:00:00Z');
const HORIZON = START + 400 * DAY_MS;
const policies = always(currentPolicy);

const by = fc.constantFrom('carl', 'dora', 'emil');
const text = fc.constantFrom(undefined, 'a', 'b');
const reason = fc.constantFrom('returns', 'complaints');
const actor = fc.constant('hearth-legal');
const notice = fc.record({
  kind: fc.constant('notice' as const),
  brandId: fc.constant('hearth'),
  restriction: fc.constantFrom('ranking' as const, 'sales_limit' as const),
  reason,
  causes: fc.constant([{ type: 'complaint' as const, id: 'cmp-1' }]),
  by,
  text,
});
const saying: fc.Arbitrary<SanctionSaying> = fc.oneof(
  { weight: 1, arbitrary: notice },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('answer' as const), actor, by, text }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('decision' as const),
      verdict: fc.constantFrom('restrict' as const, 'restrict' as const, 'dismiss' as const),
      untilMs: fc.option(
        fc.integer({ min: -2, max: 120 }).map((day) => START + day * DAY_MS),
        { nil: undefined, freq: 5 },
      ),
      reason,
      by,
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('appeal' as const), actor, by, text }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('appeal_decision' as const),
      verdict: fc.constantFrom('uphold' as const, 'lift' as const),
      reason,
      by,
    }),
  },
);
const day = fc.integer({ min: -2, max: 40 });

/** A course that goes as it should; some of its first steps are among the facts, so that there is much to contradict. */
const sound: readonly (readonly [day: number, said: SanctionSaying])[] = [
  [3, { kind: 'answer', actor: 'hearth-legal', by: 'carl' }],
  [5, { kind: 'decision', verdict: 'restrict', untilMs: START + 30 * DAY_MS, reason: 'returns', by: 'dora' }],
  [9, { kind: 'appeal', actor: 'hearth-legal', by: 'carl' }],
  [12, { kind: 'appeal_decision', verdict: 'lift', reason: 'evidence', by: 'emil' }],
];
const history = fc
  .tuple(notice, fc.nat({ max: sound.length }), fc.array(fc.tuple(day, saying), { maxLength: 10 }))
  .map(([first, taken, others]) =>
    [[0, { ...first, by: 'carl' }] as const, ...sound.slice(0, taken), ...others].map(
      ([at, said], index) => factOf(said, { eventId: `e${index}`, atMs: START + at * DAY_MS }).fact,
    ),
  );

function keep(facts: readonly SanctionFact[]): SanctionRecord {
  return facts.reduce((record, fact) => {
    const added = addFact(record, fact, policies);
    return added.kind === 'added' ? added.record : record;
  }, newSanction('san-1'));
}

function caseOf(record: SanctionRecord) {
  const sanction = openSanction(record);
  if (sanction === undefined) throw new Error('Nobody has given notice.');
  return sanction;
}

test('any order and duplication of its facts ends in the same case, and the same restriction', () => {
  const shuffled = history.chain((facts) =>
    fc.tuple(
      fc.constant(facts),
      fc.shuffledSubarray([...facts, ...facts, ...facts], { minLength: 3 * facts.length, maxLength: 3 * facts.length }),
    ),
  );
  fc.assert(
    fc.property(shuffled, ([facts, delivered]) => {
      const [a, b] = [caseOf(keep(facts)), caseOf(keep(delivered))];
      expect(b.terms).toEqual(a.terms);
      expect(b.folded).toEqual(a.folded);
      expect(sanctionView(b, new Map(), HORIZON)).toEqual(sanctionView(a, new Map(), HORIZON));
      expect(restrictionOf(b)).toEqual(restrictionOf(a));
    }),
    { numRuns: 300 },
  );
});

test('a fact that does not count might as well never have come', () => {
  fc.assert(
    fc.property(history, (facts) => {
      const { folded } = caseOf(keep(facts));
      for (const { fact } of folded.refused) {
        expect(caseOf(keep(facts.filter((it) => it !== fact))).folded.steps).toEqual(folded.steps);
      }
    }),
    { numRuns: 200 },
  );
});

test('nobody is restricted without a second person, a hearing and an end, and nobody decides an appeal of their own', () => {
  fc.assert(
    fc.property(history, (facts) => {
      const { notice, answer, answerByMs, decision, appealDecision } = caseOf(keep(facts)).folded;
      if (decision === undefined) return;
      expect(decision.fact.data.by).not.toBe(notice.data.by);
      expect((answer?.atMs ?? answerByMs) <= decision.atMs).toBe(true);
      if (decision.fact.data.verdict === 'restrict') {
        const { longestDays } = currentPolicy.sanctions;
        const lasts = (decision.fact.data.untilMs ?? Number.NaN) - decision.atMs;
        expect(lasts > 0 && lasts <= longestDays[notice.data.restriction] * DAY_MS).toBe(true);
      }
      if (appealDecision === undefined) return;
      expect([notice.data.by, decision.fact.data.by]).not.toContain(appealDecision.fact.data.by);
    }),
    { numRuns: 300 },
  );
});

/** What would come next in a case that goes as it should. */
function nextSaying(record: SanctionRecord, verdict: 'uphold' | 'lift', nowMs: number): SanctionSaying {
  const { answer, decision, appeal } = caseOf(record).folded;
  const spoken = { actor: 'hearth-legal', by: 'fay' };
  if (decision === undefined && answer === undefined) return { kind: 'answer', ...spoken };
  if (decision === undefined) {
    const untilMs = nowMs + 30 * DAY_MS;
    return { kind: 'decision', verdict: 'restrict', untilMs, reason: 'returns', by: 'gil' };
  }
  if (appeal === undefined) return { kind: 'appeal', ...spoken };
  return { kind: 'appeal_decision', verdict, reason: 'evidence', by: 'hal' };
}

/** In the order of time: what somebody says, what would come next, or the clock's look at the case. */
const course = fc.array(
  fc.tuple(
    fc.integer({ min: 0, max: 8 * 24 }),
    fc.oneof(saying, fc.constantFrom('uphold' as const, 'lift' as const), fc.constant('clock' as const)),
  ),
  { maxLength: 14 },
);

test('commands and the clock: every step is told once, a restriction begins and ends once, and in the end nothing is due', () => {
  fc.assert(
    fc.property(notice, course, (first, others) => {
      const told: { id: string; type: string }[] = [];
      let [record, restrictions, nowMs] = [newSanction('san-1'), noRestrictions, START];
      const write = (next: SanctionRecord | undefined) => {
        if (next === undefined) return;
        told.push(...sanctionAnnouncements(record.version === 0 ? undefined : record, next).map(({ event }) => event));
        record = next;
      };
      for (const [hours, what] of [[0, first] as const, ...others]) {
        nowMs += hours * (DAY_MS / 24);
        if (what === 'clock') {
          write(markDue(record, nowMs));
          continue;
        }
        const said = typeof what === 'string' ? nextSaying(record, what, nowMs) : what;
        const decision = decideCommand({ record, restrictions }, said, { policies, nowMs });
        if (decision.kind !== 'write') continue;
        write(decision.record);
        restrictions = decision.restrictions ?? restrictions;
        const receipt = receiptOf(caseOf(record), decision.told.fact, new Map());
        const again = decideCommand({ record, restrictions }, said, { policies, nowMs: nowMs + DAY_MS });
        expect(again).toMatchObject({ kind: 'again' });
        if (again.kind === 'again') expect(receiptOf(caseOf(record), again.fact, new Map())).toEqual(receipt);
      }
      write(markDue(record, HORIZON));
      expect(sanctionDue(record)).toBeUndefined();
      const { folded } = caseOf(record);
      const typed = (type: string) => told.filter((it) => it.type === type).length;
      expect(new Set(told.map(({ id }) => id)).size).toBe(told.length);
      const clock = Object.keys(record.told ?? {}).length;
      expect(typed('sanction.changed.v1')).toBe(folded.steps.length + clock);
      const restricted = folded.decision?.fact.data.verdict === 'restrict' ? 1 : 0;
      expect([typed('brand.restricted.v1'), typed('brand.reinstated.v1')]).toEqual([restricted, restricted]);
      // What everybody can read says the same as the case.
      const restriction = restrictionOf(caseOf(record));
      expect(restrictions.restrictions).toEqual(restriction === undefined ? [] : [restriction]);
      if (restriction !== undefined) expect(stateOf(restriction, HORIZON)).not.toBe('in_force');
    }),
    { numRuns: 300 },
  );
});
