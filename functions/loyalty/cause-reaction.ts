import type { EventDefinition } from '../../events/define-event.ts';
import type { CloudEvent } from '../../events/envelope.ts';
import type { CauseFact } from '../../shared/domain/loyalty/cause-facts.ts';
import { queueHandler } from '../../shared/runtime/queue-handler.ts';
import { bookCause } from './book-cause.ts';
import { type LoyaltyDependencies, loadPolicies, openLoyalty } from './order-reaction.ts';

/**
 * The handler of an event that is one fact of one of a member's causes: `read` says which, or that it is none.
 */
export function causeReaction<Type extends string, Data extends { memberId: string }>(
  definition: EventDefinition<Type, Data>,
  read: (event: CloudEvent<Type, Data>, hash: string) => { causeId: string; fact: CauseFact } | undefined,
  open: () => LoyaltyDependencies = openLoyalty,
) {
  return queueHandler(
    definition,
    open,
    async (event: CloudEvent<Type, Data>, { profile }, { nowMs, contentHash, before: policies }) => {
      const found = read(event, contentHash);
      if (found === undefined) return;
      await bookCause({ memberId: event.data.memberId, ...found }, { profile, policies, nowMs });
    },
    { serialKey: ({ data }) => data.memberId, before: loadPolicies },
  );
}
