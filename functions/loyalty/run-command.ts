import { hash } from 'node:crypto';
import { fitsOneUnit, WriteConflict } from '../../shared/adapters/dynamo/profile-records.ts';
import type { Beside } from '../../shared/adapters/vault/words.ts';
import { canonicalJson } from '../../shared/domain/intake/content-hash.ts';
import { newAccountRecord } from '../../shared/domain/loyalty/book-postings.ts';
import { newCause } from '../../shared/domain/loyalty/cause-facts.ts';
import type { KnownCause } from '../../shared/domain/loyalty/decide-cause.ts';
import type { CommandDecision } from '../../shared/domain/loyalty/decide-redemption.ts';
import { retryConflicts } from '../../shared/runtime/retry-conflicts.ts';
import type { Surroundings } from './book-order.ts';

export type Outcome<Code extends string, Receipt> =
  | { kind: 'done'; receipt: Receipt; again: boolean }
  | { kind: 'refused'; code: Code; detail: string }
  | { kind: 'unknown_member' };

/** What a command says, as a hash: the same id with another one is another command. */
export function commandHash(content: unknown): string {
  return hash('sha256', canonicalJson(content), 'base64url').slice(0, 22);
}

/**
 * Runs a command on a member's account: load, decide, save, and again from the start where somebody else has written the
 * account in between; `beside`: what is written together with it. The limits it is decided by stand in the condition of the write: nothing changes unnoticed.
 */
export async function runCommand<Code extends string, Receipt>(
  { memberId, causeId }: { memberId: string; causeId: string },
  decide: (known: KnownCause) => Promise<CommandDecision<Code, Receipt>>,
  { profile, policies }: Omit<Surroundings, 'nowMs'>,
  beside: () => Promise<Beside> = async () => [],
): Promise<Outcome<Code, Receipt>> {
  return retryConflicts(WriteConflict, async () => {
    const found = await profile.loadCauseTogether({ memberId, causeId, consistent: true });
    if (found.account === undefined && !(await profile.knowsMember(memberId))) return { kind: 'unknown_member' };
    // An account that is closed is as good as none.
    if (found.account?.account.closedAtMs !== undefined) return { kind: 'unknown_member' };
    const known: KnownCause = {
      cause: found.cause ?? newCause(memberId, causeId),
      account: found.account ?? newAccountRecord(memberId, policies),
      fits: fitsOneUnit,
    };
    let decision = await decide(known);
    if (decision.kind === 'need') {
      const { record, history } = await profile.loadHistory(memberId);
      decision = await decide({ ...known, account: record, history });
    }
    if (decision.kind === 'need') throw new Error('A command with all of its history at hand asks for more.');
    if (decision.kind === 'refused') return decision;
    if (decision.kind === 'write') await profile.save(decision, await beside());
    return { kind: 'done', receipt: decision.receipt, again: decision.kind === 'again' };
  });
}
