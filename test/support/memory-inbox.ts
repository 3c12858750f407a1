import type { Claim, InboxStore, Refusal } from '../../shared/adapters/dynamo/inbox-store.ts';

export type MemoryInbox = Pick<InboxStore, 'claimsOf' | 'claim' | 'refuse'> & {
  claims: Map<string, Claim>;
  refused: Refusal[];
  /** How often each operation was asked for. */
  calls: Record<'claimsOf' | 'claim' | 'refuse', number>;
};

/** An Inbox without a table. */
export function memoryInbox(): MemoryInbox {
  const claims = new Map<string, Claim>();
  const refused: Refusal[] = [];
  const calls = { claimsOf: 0, claim: 0, refuse: 0 };
  return {
    claims,
    refused,
    calls,
    async claimsOf(ids) {
      calls.claimsOf += 1;
      return new Map(ids.flatMap((id) => claims.get(id) ?? []).map((it) => [it.eventId, it.contentHash]));
    },
    async claim(claim) {
      calls.claim += 1;
      const known = claims.get(claim.eventId) ?? claim;
      claims.set(claim.eventId, known);
      return known.contentHash === claim.contentHash ? 'claimed' : 'taken';
    },
    async refuse(refusal) {
      calls.refuse += 1;
      refused.push(refusal);
    },
  };
}
