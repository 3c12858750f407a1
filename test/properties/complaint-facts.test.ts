import fc from 'fast-check';
import { expect, test } from 'vitest';
import { complaintAnnouncements } from '../../shared/domain/complaint/announce-complaint.ts';
import {
  addFact,
  type ComplaintRecord,
  newComplaint,
  openedComplaint,
} from '../../shared/domain/complaint/complaint.ts';
import { complaintCounts } from '../../shared/domain/complaint/complaint-counts.ts';
import { complaintDueMs, markDue } from '../../shared/domain/complaint/complaint-due.ts';
import type { ComplaintFact } from '../../shared/domain/complaint/complaint-facts.ts';
import { complaintView } from '../../shared/domain/complaint/complaint-view.ts';
import { decideCommand, factOf, type Saying } from '../../shared/domain/complaint/decide-complaint.ts';
import { type Counts, canonical, difference, sumOf } from '../../shared/domain/reputation/counts.ts';
import { always } from '../../shared/policy/policies.ts';
import { currentPolicy } from '../../shared/policy/policy.ts';
import { policyOf } from '../support/policies.ts';

const HOUR_MS = 3_600_000;
const START = Date.parse('2026-01-05T10:00:00Z');
const HORIZON = START + 100 * 24 * HOUR_MS;
const day = { from: '09:00', to: '17:00' };
const policies = fc.constantFrom(
  always(currentPolicy),
  always(policyOf({ 'complaints.businessHours': { monday: day, wednesday: day, friday: day } })),
);

const actor = fc.constantFrom('ann', 'bob', 'mem-1');
const text = fc.constantFrom(undefined, 'a', 'b');
const opening = fc.record({
  kind: fc.constant('opened' as const),
  memberId: fc.constant('mem-1'),
  brandId: fc.constantFrom(undefined, 'hearth'),
  productId: fc.constant('teapot'),
  category: fc.constantFrom('quality' as const, 'service' as const),
  severity: fc.constantFrom('normal' as const, 'high' as const),
  text,
});
const saying: fc.Arbitrary<Saying> = fc.oneof(
  { weight: 1, arbitrary: opening },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('investigating' as const), actor }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('answered' as const), actor, text }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('decided' as const),
      actor: fc.option(actor, { nil: undefined }),
      outcome: fc.constantFrom('upheld' as const, 'rejected' as const, 'withdrawn' as const),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('appealed' as const), actor: fc.constant('mem-1'), text }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('rated' as const), satisfaction: fc.integer({ min: 1, max: 5 }) }),
  },
);
const hour = fc.integer({ min: -2, max: 500 });
const history = fc
  .tuple(opening, fc.array(fc.tuple(hour, saying), { maxLength: 12 }))
  .map(([first, others]) =>
    [[0, first] as const, ...others].map(
      ([at, said], index) => factOf(said, { eventId: `e${index}`, atMs: START + at * HOUR_MS }).fact,
    ),
  );

type Known = { facts: readonly ComplaintFact[]; policies: Parameters<typeof addFact>[2] };

/** The record after every fact, with what each write of it changed in the counters, and what was told of it. */
function keep({ facts, policies }: Known) {
  let record = newComplaint('cmp-1');
  let counted: Counts = {};
  const told: string[] = [];
  const write = (next: ComplaintRecord) => {
    counted = sumOf([counted, difference(complaintCounts(next), complaintCounts(record))]);
    told.push(...complaintAnnouncements(record.version === 0 ? undefined : record, next).map(({ event }) => event.id));
    record = next;
  };
  for (const fact of facts) {
    const added = addFact(record, fact, policies);
    if (added.kind === 'added') write(added.record);
  }
  for (let due = markDue(record, HORIZON); due !== undefined; due = markDue(record, HORIZON)) write(due);
  return { record, counted, told };
}

const stateOf = ({ facts, terms }: ComplaintRecord) => ({ facts, terms });

test('any order and duplication of its facts ends in the same complaint and the same counts', () => {
  const shuffled = history.chain((facts) =>
    fc.tuple(
      fc.constant(facts),
      fc.shuffledSubarray([...facts, ...facts, ...facts], { minLength: 3 * facts.length, maxLength: 3 * facts.length }),
    ),
  );
  fc.assert(
    fc.property(shuffled, policies, ([facts, delivered], under) => {
      const [straight, other] = [keep({ facts, policies: under }), keep({ facts: delivered, policies: under })];
      expect(stateOf(other.record)).toEqual(stateOf(straight.record));
      expect(canonical(complaintCounts(other.record))).toBe(canonical(complaintCounts(straight.record)));
      // What is counted step by step comes to what is called for in the end.
      for (const { record, counted } of [straight, other])
        expect(canonical(counted)).toBe(canonical(complaintCounts(record)));
      const [a, b] = [straight.record, other.record].map(openedComplaint);
      if (a === undefined || b === undefined) throw new Error('Nobody has opened it.');
      expect(complaintView(b, new Map(), HORIZON)).toEqual(complaintView(a, new Map(), HORIZON));
    }),
    { numRuns: 300 },
  );
});

test('a deadline is told once at most, each telling has an id of its own, and in the end nothing is due', () => {
  fc.assert(
    fc.property(history, fc.array(hour, { maxLength: 6 }), policies, (facts, ticks, under) => {
      const told: string[] = [];
      let record = newComplaint('cmp-1');
      const clock = [...ticks.map((at) => START + at * HOUR_MS)].sort((a, b) => a - b);
      const write = (next: ComplaintRecord | undefined) => {
        if (next === undefined) return;
        told.push(
          ...complaintAnnouncements(record.version === 0 ? undefined : record, next).map(({ event }) => event.id),
        );
        record = next;
      };
      facts.forEach((fact, index) => {
        const added = addFact(record, fact, under);
        if (added.kind === 'added') write(added.record);
        const nowMs = clock[index];
        if (nowMs !== undefined) write(markDue(record, nowMs));
      });
      write(markDue(record, HORIZON));
      expect(new Set(told).size).toBe(told.length);
      expect(complaintDueMs(record)).toBeUndefined();
    }),
    { numRuns: 300 },
  );
});

test('a fact that does not count might as well never have come', () => {
  fc.assert(
    fc.property(history, policies, (facts, under) => {
      const { record } = keep({ facts, policies: under });
      const complaint = openedComplaint(record);
      for (const { fact } of complaint?.folded.refused ?? []) {
        const without = keep({ facts: facts.filter((it) => it !== fact), policies: under }).record;
        expect(openedComplaint(without)?.folded.steps).toEqual(complaint?.folded.steps);
        expect(canonical(complaintCounts(without))).toBe(canonical(complaintCounts(record)));
      }
    }),
    { numRuns: 200 },
  );
});

test('what is left after a fact is taken away is what there would be without it', () => {
  fc.assert(
    fc.property(history, fc.nat(), policies, (facts, at, under) => {
      const taken = facts[at % facts.length];
      const without = keep({ facts: facts.filter((it) => it !== taken), policies: under });
      const withIt = keep({ facts, policies: under });
      const back = sumOf([withIt.counted, difference(complaintCounts(without.record), complaintCounts(withIt.record))]);
      expect(canonical(back)).toBe(canonical(without.counted));
    }),
    { numRuns: 200 },
  );
});

test('a command is taken exactly where the fold counts it, and taken again changes nothing', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 100 }), saying), { maxLength: 12 }),
      policies,
      (commands, under) => {
        let record = newComplaint('cmp-1');
        let nowMs = START;
        const first = commands.findIndex(([, said]) => said.kind === 'opened');
        for (const [hours, said] of first === -1 ? [] : commands.slice(first)) {
          nowMs += hours * HOUR_MS;
          const decision = decideCommand(record, said, { policies: under, nowMs });
          if (decision.kind !== 'write') continue;
          const folded = openedComplaint(decision.record)?.folded;
          expect(folded?.steps.some(({ fact }) => fact.eventId === decision.told.fact.eventId)).toBe(true);
          expect(folded?.refused).toEqual([]);
          expect(decideCommand(decision.record, said, { policies: under, nowMs: nowMs + 1 }).kind).toBe('again');
          record = decision.record;
        }
      },
    ),
    { numRuns: 300 },
  );
});
