import { decideCommand, factOf, type SanctionSaying } from '../../../shared/domain/sanction/decide-sanction.ts';
import { noRestrictions, type Restrictions } from '../../../shared/domain/sanction/restrictions.ts';
import {
  addFact,
  newSanction,
  type OpenSanction,
  openSanction,
  type SanctionRecord,
} from '../../../shared/domain/sanction/sanction.ts';
import type { SanctionFact } from '../../../shared/domain/sanction/sanction-facts.ts';
import { always, type Policies } from '../../../shared/policy/policies.ts';
import { currentPolicy } from '../../../shared/policy/policy.ts';

export const DAY_MS = 86_400_000;
export const START = Date.parse('2026-01-05T10:00:00Z');
export const days = (count: number): number => START + count * DAY_MS;
export const policies = always(currentPolicy);

export const notice = {
  kind: 'notice',
  brandId: 'hearth',
  restriction: 'ranking',
  reason: 'upheld_complaints',
  causes: [{ type: 'complaint', id: 'cmp-1' }],
  by: 'carl',
  text: 'Five complaints were upheld.',
} satisfies SanctionSaying;
export const answer = {
  kind: 'answer',
  actor: 'hearth-legal',
  by: 'carl',
  text: 'We disagree.',
} satisfies SanctionSaying;
export const restrict = {
  kind: 'decision',
  verdict: 'restrict',
  untilMs: days(40),
  reason: 'upheld_complaints',
  by: 'dora',
} satisfies SanctionSaying;
export const dismiss = {
  kind: 'decision',
  verdict: 'dismiss',
  reason: 'no_ground',
  by: 'dora',
} satisfies SanctionSaying;
export const appeal = { kind: 'appeal', actor: 'hearth-legal', by: 'carl' } satisfies SanctionSaying;
export const uphold = {
  kind: 'appeal_decision',
  verdict: 'uphold',
  reason: 'nothing_new',
  by: 'emil',
} satisfies SanctionSaying;
export const lift = { ...uphold, verdict: 'lift', reason: 'new_evidence' } satisfies SanctionSaying;

/** What is said, and how many days after the start. */
export type Said = readonly [day: number, said: SanctionSaying];

/** Facts with ids of their own. */
export function facts(...said: readonly Said[]): SanctionFact[] {
  return said.map(([day, it], index) => factOf(it, { eventId: `e${index}`, atMs: days(day) }).fact);
}

export function recordOf(known: readonly SanctionFact[], under: Policies = policies): SanctionRecord {
  return known.reduce((record, fact) => {
    const added = addFact(record, fact, under);
    if (added.kind === 'refused') throw new Error(added.code);
    return added.kind === 'added' ? added.record : record;
  }, newSanction('san-1'));
}

export function caseOf(record: SanctionRecord): OpenSanction {
  const sanction = openSanction(record);
  if (sanction === undefined) throw new Error('Nobody has given notice.');
  return sanction;
}

/** The record, and the restrictions of the brand, after commands each of which is accepted. */
export function commanded(...said: readonly Said[]): { record: SanctionRecord; restrictions: Restrictions } {
  return said.reduce(
    ({ record, restrictions }, [day, it]) => {
      const decision = decideCommand({ record, restrictions }, it, { policies, nowMs: days(day) });
      if (decision.kind === 'refused') throw new Error(`${decision.code}: ${decision.detail}`);
      const changed = decision.kind === 'write' ? decision.restrictions : undefined;
      return { record: decision.record, restrictions: changed ?? restrictions };
    },
    { record: newSanction('san-1'), restrictions: noRestrictions },
  );
}
