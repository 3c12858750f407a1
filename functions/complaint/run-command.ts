import { WriteConflict } from '../../shared/adapters/dynamo/profile-records.ts';
import { type OpenedComplaint, openedComplaint } from '../../shared/domain/complaint/complaint.ts';
import { receiptOf } from '../../shared/domain/complaint/complaint-view.ts';
import { decideCommand, type Saying } from '../../shared/domain/complaint/decide-complaint.ts';
import { presentMs } from '../../shared/policy/policies.ts';
import { Problem } from '../../shared/runtime/errors.ts';
import { retryConflicts } from '../../shared/runtime/retry-conflicts.ts';
import type { Caller } from '../../shared/runtime/route.ts';
import type { ComplaintStores } from './stores.ts';
import { besideFact, wordsOf } from './words-of.ts';

/** Somebody else's complaint is told from none by nobody. */
export function ownComplaint(complaint: OpenedComplaint | undefined, caller: Caller): OpenedComplaint {
  const mine = caller.kind === 'service' || complaint?.folded.opened.data.memberId === memberOf(caller);
  if (complaint === undefined || !mine || complaint.record.erased === true)
    throw new Problem('not_found', 'There is no complaint of this id.');
  return complaint;
}

function memberOf(caller: Caller): string | undefined {
  return caller.kind === 'member' ? caller.memberId : undefined;
}

/** Who acts for the shop: whom the command names, or else whom the token was given to. */
export function actorOf(caller: Caller, named: string | undefined): string {
  return named ?? (caller.kind === 'service' ? caller.subject : undefined) ?? 'desk';
}

/**
 * Runs a command on a complaint: load, decide, save, and again from the start where somebody else has written it in between. The
 * answer is the complaint as it stood with the command, so the same command is answered the same again.
 */
export async function runCommand(
  { complaintId, id, caller }: { complaintId: string; id?: string | undefined; caller: Caller },
  say: (complaint: OpenedComplaint | undefined) => Saying,
  { complaints, words, policies: source, nowMs }: ComplaintStores & { nowMs: number },
) {
  const policies = await source.load();
  return retryConflicts(WriteConflict, async () => {
    const stored = await complaints.load(complaintId);
    const said = say(openedComplaint(stored.record));
    if (said.kind !== 'opened') ownComplaint(openedComplaint(stored.record), caller);
    const decision = decideCommand(stored.record, said, { policies, nowMs: presentMs(policies, nowMs), id });
    if (decision.kind === 'refused') throw new Problem(decision.code, decision.detail);
    if (decision.kind === 'write') {
      await complaints.save(stored, decision.record, await besideFact(complaintId, decision.told, words));
    }
    const fact = decision.kind === 'write' ? decision.told.fact : decision.fact;
    const receipt = receiptOf(decision.record, fact, await wordsOf(decision.record, words));
    if (receipt === undefined) throw new Error('A command on a complaint that nobody has opened was taken.');
    return receipt;
  });
}
