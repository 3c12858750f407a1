import { type MetMember, SEGMENTS } from '../../shared/adapters/dynamo/liability-scan.ts';
import { checkByJournal } from '../../shared/domain/liability/check-member.ts';
import { addDrift, daysOfRun, newPart, type Part } from '../../shared/domain/liability/part.ts';
import { countMember, type DayClock, dayClock } from '../../shared/domain/liability/tally.ts';
import { checkAgain } from './check-again.ts';
import type { RunStores, RunTerms } from './stores.ts';

const SIDE_BY_SIDE = 4;

/** Counts the members of all segments that are not done; what has not come to an end when time is short is left out. */
export async function countMembers(
  done: readonly number[],
  stores: RunStores,
  terms: RunTerms,
  hasTime: () => boolean,
): Promise<Map<number, Part>> {
  const open = Array.from({ length: SEGMENTS }, (_, segment) => segment).filter((it) => !done.includes(it));
  const parts = new Map<number, Part>();
  const dayAt = daysOfRun(dayClock(terms.policies), terms.closedDay);
  const work = async () => {
    for (let segment = open.shift(); segment !== undefined && hasTime(); segment = open.shift()) {
      const part = newPart();
      for await (const met of stores.scan.members(segment)) {
        await countOne(part, met, stores, { ...terms, dayAt });
        if (!hasTime()) return;
      }
      parts.set(segment, part);
    }
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work));
  return parts;
}

async function countOne(part: Part, met: MetMember, stores: RunStores, terms: RunTerms & { dayAt: DayClock }) {
  const { policies, atMs, dayAt } = terms;
  const told = met.record && checkByJournal(met.record, met.pages, policies, atMs);
  const checked = told ?? (await checkAgain(part, met, stores, terms));
  if (checked === undefined) return;
  countMember(part.tally, checked.books, checked.account, dayAt);
  if (checked.drift !== undefined) addDrift(part, checked.drift);
}
