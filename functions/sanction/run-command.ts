import { WriteConflict } from '../../shared/adapters/dynamo/profile-records.ts';
import {
  type CommandRefusal,
  decideCommand,
  type SanctionSaying,
} from '../../shared/domain/sanction/decide-sanction.ts';
import { noRestrictions } from '../../shared/domain/sanction/restrictions.ts';
import { openSanction } from '../../shared/domain/sanction/sanction.ts';
import { receiptOf } from '../../shared/domain/sanction/sanction-view.ts';
import { presentMs } from '../../shared/policy/policies.ts';
import { Problem } from '../../shared/runtime/errors.ts';
import { retryConflicts } from '../../shared/runtime/retry-conflicts.ts';
import type { SanctionStores } from './stores.ts';
import { besideFact, wordsOf } from './words-of.ts';

/**
 * Runs a command on a case: load, decide, save, and again from the start where somebody else has written in between. The answer
 * is the case as it stood with the command, so the same command is answered the same again.
 */
export async function runCommand(
  { sanctionId, id, said }: { sanctionId: string; id?: string | undefined; said: SanctionSaying },
  { sanctions, words, policies: source, nowMs }: SanctionStores & { nowMs: number },
) {
  const policies = await source.load();
  return retryConflicts(WriteConflict, async () => {
    const record = await sanctions.load(sanctionId);
    const target = openSanction(record)?.folded.notice.data;
    const restrictions = target === undefined ? noRestrictions : await sanctions.restrictionsOf(target);
    const at = { policies, nowMs: presentMs(policies, nowMs), id };
    const decision = decideCommand({ record, restrictions }, said, at);
    if (decision.kind === 'refused') throw problemOf(decision);
    if (decision.kind === 'write') {
      if (said.kind === 'notice') await refuseUnknown(said, sanctions);
      const { told, restrictions: after } = decision;
      const beside = await besideFact(sanctionId, told, words);
      await sanctions.save(decision.record, { beside, restrictions: target && after && { target, after } });
    }
    const fact = decision.kind === 'write' ? decision.told.fact : decision.fact;
    const sanction = openSanction(decision.record);
    if (sanction === undefined) throw new Error('A command on a case without a notice was taken.');
    return receiptOf(sanction, fact, await wordsOf(decision.record, words));
  });
}

function problemOf({ code, detail }: CommandRefusal): Problem {
  return new Problem(code === 'unknown_sanction' ? 'not_found' : code, detail);
}

/** Notice is given of what the shop knows. */
async function refuseUnknown(
  { causes }: Extract<SanctionSaying, { kind: 'notice' }>,
  sanctions: SanctionStores['sanctions'],
): Promise<void> {
  const unknown = await sanctions.unknownCauses(causes);
  if (unknown.length === 0) return;
  const named = unknown.map(({ type, id }) => `${type} ${id}`).join(', ');
  throw new Problem('unknown_cause', `The shop does not know of: ${named}.`);
}
