import type { MetMember } from '../../shared/adapters/dynamo/liability-scan.ts';
import { type CheckedMember, checkByFacts, driftOfNoAccount } from '../../shared/domain/liability/check-member.ts';
import { addDrift, type Part } from '../../shared/domain/liability/part.ts';
import type { RunStores, RunTerms } from './stores.ts';

/** An account that is written again and again while it is looked at is left to the next run. */
const ATTEMPTS = 5;

/**
 * Reads all of the member anew, and again where the account or the policies have changed meanwhile, before anything is
 * called drift.
 */
export async function checkAgain(
  part: Part,
  { memberId, record: met, pages }: MetMember,
  { profile, policies: source }: RunStores,
  { policies, atMs }: RunTerms,
): Promise<CheckedMember | undefined> {
  if (met === undefined) {
    // Pages by themselves: the account is met where it stands, if there is one.
    if ((await profile.loadAccount(memberId)) === undefined) addDrift(part, driftOfNoAccount(memberId, pages));
    return undefined;
  }
  part.folded += 1;
  let inForce = policies;
  let checked: CheckedMember | undefined;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const { record, history } = await profile.loadHistory(memberId);
    checked = checkByFacts(record, history, inForce, atMs);
    if (checked.drift === undefined) return checked;
    const before = inForce;
    const [now, current] = await Promise.all([profile.loadAccount(memberId), source.load()]);
    inForce = current;
    if (now?.version === record.version && current === before) return checked;
  }
  part.unsettled += 1;
  return checked && { account: checked.folded ?? checked.account, books: checked.books };
}
