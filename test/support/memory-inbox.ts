import type { Claim, InboxStore, Refusal } from '../../shared/adapters/dynamo/inbox-store.ts';

export type MemoryInbox = Pick<InboxStore, 'standingOf' | 'correlationsOf' | 'claim' | 'refuse'> & {
  claims: Map<string, Claim>;
  refused: Refusal[];
  /** How often each operation was asked for. */
  calls: Record<'standingOf' | 'claim' | 'refuse', number>;
  /** Members who are no more. */
  erased: Set<string>;
};

/** An Inbox without a table. */
export function memoryInbox(): MemoryInbox {
  const claims = new Map<string, Claim>();
  const refused: Refusal[] = [];
  const erased = new Set<string>();
  const calls = { standingOf: 0, claim: 0, refuse: 0 };
  return {
    claims,
    refused,
    calls,
    erased,
    async standingOf(ids, members) {
      calls.standingOf += 1;
      const found = new Map(ids.flatMap((id) => claims.get(id) ?? []).map((it) => [it.eventId, it.contentHash]));
      return { claims: found, erased: new Set(members.filter((memberId) => erased.has(memberId))) };
    },
    async correlationsOf(ids) {
      return new Map(
        ids.flatMap((id) => {
          const { correlationId } = claims.get(id) ?? {};
          return correlationId === undefined ? [] : [[id, correlationId] as const];
        }),
      );
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
