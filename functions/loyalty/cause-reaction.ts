import type { EventDefinition } from '../../events/define-event.ts';
import type { CloudEvent } from '../../events/envelope.ts';
import type { CauseFact } from '../../shared/domain/loyalty/cause-facts.ts';
import { queueHandler } from '../../shared/runtime/queue-handler.ts';
import { bookCause } from './book-cause.ts';
import { type LoyaltyDependencies, loadPolicies, openLoyalty } from './order-reaction.ts';

type FactOfCause = { causeId: string; fact: CauseFact };

/**
 * The handler of an event that is a fact of one or more of a member's causes: `read` says which, or that it is of none.
 */
export function causeReaction<Type extends string, Data extends { memberId: string }>(
  definition: EventDefinition<Type, Data>,
  read: (event: CloudEvent<Type, Data>, hash: string) => FactOfCause | readonly FactOfCause[] | undefined,
  open: () => LoyaltyDependencies = openLoyalty,
) {
  return queueHandler(
    definition,
    open,
    async (event: CloudEvent<Type, Data>, { profile }, { nowMs, contentHash, before: policies }) => {
      for (const found of [read(event, contentHash) ?? []].flat()) {
        await bookCause({ memberId: event.data.memberId, ...found }, { profile, policies, nowMs });
      }
    },
    { serialKey: ({ data }) => data.memberId, before: loadPolicies },
  );
}
