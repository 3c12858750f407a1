import type { Policies } from '../../policy/policies.ts';
import { policyAt } from '../../policy/policies.ts';
import type { AccountRecord } from './book-postings.ts';
import type { OrderDecision } from './decide-order.ts';
import { balanceOf } from './decide-redemption.ts';
import { isEntry } from './entries.ts';
import { accountAt } from './fold.ts';
import { type LedgerLine, lineOf } from './ledger.ts';
import { orderEffect } from './order-effect.ts';
import type { OrderFact } from './order-facts.ts';
import { tierSpend } from './tiers.ts';

export type PreviewRefusal = { kind: 'refused'; code: string; detail: string };

/**
 * What a return would bring, read from the very decision that would book it: `before` is the account that the decision
 * was made on. Refused where the fact would be, with the same code.
 */
export function previewReturn(
  decision: Exclude<OrderDecision, { kind: 'need' }>,
  fact: OrderFact,
  before: AccountRecord | undefined,
  policies: Policies,
) {
  if (decision.kind === 'refused') return decision;
  if (decision.kind === 'erased') return refuse('not_found', 'The shop knows no order of this id.');
  if (decision.kind === 'nothing') return refuse('invalid_request', 'Nothing would come back.');
  const effect = orderEffect(decision.order);
  const refused = effect.refused.find(({ eventId }) => eventId === fact.eventId);
  if (refused !== undefined) return refuse(refused.code, refused.detail);
  const posting = effect.postings.find(({ eventId }) => eventId === fact.eventId);
  if (posting === undefined) return refuse('not_found', 'The order is not known yet.');
  const returned = { net: posting.returned, points: posting.points, arithmetic: posting.arithmetic };
  const write = decision.accounts.find(({ record }) => record.memberId === before?.memberId);
  if (before === undefined || write === undefined) return { kind: 'preview', returned } as const;
  const atMs = Math.max(posting.atMs, write.record.account.clockMs);
  const policy = policyAt(policies, atMs);
  const now = accountAt(before.account, atMs, policies).account;
  const after = accountAt(write.record.account, atMs, policies).account;
  const written = [...write.pages.flatMap(({ entries }) => entries), ...write.record.journal.tail];
  const entries: LedgerLine[] = written
    .filter(isEntry)
    .filter(({ eventId, seq }) => eventId === fact.eventId && seq > before.journal.count)
    .map(lineOf);
  return {
    kind: 'preview',
    memberId: before.memberId,
    returned,
    entries,
    balance: { before: balanceOf(now), after: balanceOf(after) },
    tier: { before: now.tier.id, after: after.tier.id, spendAfter: tierSpend(after, atMs, policy) },
  } as const;
}

function refuse(code: string, detail: string): PreviewRefusal {
  return { kind: 'refused', code, detail };
}
