import type { Policies } from '../../policy/policies.ts';
import type { AccountRecord } from '../loyalty/book-postings.ts';
import type { CauseRecord } from '../loyalty/cause-facts.ts';
import { isEntry } from '../loyalty/entries.ts';
import { accountAt } from '../loyalty/fold.ts';
import type { JournalEntry } from '../loyalty/journal.ts';
import { lineOf } from '../loyalty/ledger.ts';
import type { OrderRecord } from '../loyalty/order-facts.ts';
import type { Visitor } from '../loyalty/visitor.ts';
import type { History } from '../recommend/history.ts';
import type { HistoryOwner } from '../recommend/history-facts.ts';

type Told = { kind: string; eventId: string; atMs: number; data: unknown };

/** Every value of a record that a fact has said, with the fact. Records keep such values beside plain ones, which are derived from them. */
export function said(record: object | undefined) {
  return Object.entries(record ?? {}).flatMap(([field, it]: [string, unknown]) => {
    if (typeof it !== 'object' || it === null || !('value' in it) || !('atMs' in it)) return [];
    const { atMs, ...rest } = it as { atMs: number; value: unknown; eventId: string };
    return [{ field, ...rest, at: instant(atMs) }];
  });
}

/** Every line of a ledger, oldest first, with what has fallen due since the account was last written. */
export function ledgerLines(
  { account }: AccountRecord,
  written: readonly JournalEntry[],
  policies: Policies,
  nowMs: number,
) {
  const due = accountAt(account, nowMs, policies).entries;
  return [...[...written].sort((a, b) => a.seq - b.seq), ...due].filter(isEntry).map(lineOf);
}

export function plainOrder(order: OrderRecord | undefined) {
  return order === undefined ? [] : [{ orderId: order.orderId, facts: order.facts.map(plainFact) }];
}

export function plainCause({ causeId, facts, receipts }: CauseRecord) {
  return { causeId, facts: facts.map(plainFact), ...(receipts !== undefined && { receipts }) };
}

export function plainHistory(owner: HistoryOwner, { interactions, purchases, shown }: History) {
  const dated = <Of extends { atMs: number }>({ atMs, ...it }: Of) => ({ ...it, at: instant(atMs) });
  return {
    owner,
    interactions: interactions.map(dated),
    purchases: purchases.map(dated),
    shown: shown.map(dated),
  };
}

/** A visitor as far as it is the member's: who else it was is theirs to know. */
export function plainVisitor(visitor: Visitor | undefined, memberId: string) {
  if (visitor === undefined) return [];
  const { anonymousId, identifications, orderIds } = visitor;
  const own = identifications.filter((it) => it.memberId === memberId);
  const isFirst = identifications[0]?.memberId === memberId;
  return [
    {
      anonymousId,
      identifications: own.map(({ eventId, atMs }) => ({ eventId, at: instant(atMs) })),
      orderIds: isFirst ? orderIds : [],
    },
  ];
}

function plainFact({ kind, eventId, atMs, data }: Told) {
  return { kind, eventId, at: instant(atMs), data };
}

function instant(ms: number): string {
  return new Date(ms).toISOString();
}
