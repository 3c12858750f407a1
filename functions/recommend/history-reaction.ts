import type { EventDefinition } from '../../events/define-event.ts';
import type { CloudEvent } from '../../events/envelope.ts';
import { dynamoClient } from '../../shared/adapters/dynamo/client.ts';
import { type HistoryPart, historyStore } from '../../shared/adapters/dynamo/history-store.ts';
import { policyStore } from '../../shared/adapters/dynamo/policy-store.ts';
import { recentStore } from '../../shared/adapters/dynamo/recent-store.ts';
import { ownerOf } from '../../shared/domain/recommend/history-facts.ts';
import type { HistoryFacts } from '../../shared/domain/recommend/history-fold.ts';
import { latestPolicy, type PolicySource } from '../../shared/policy/policies.ts';
import { readEnv } from '../../shared/runtime/env.ts';
import { errorFields } from '../../shared/runtime/log.ts';
import { queueHandler } from '../../shared/runtime/queue-handler.ts';
import { openQueue } from '../../shared/runtime/queue-wiring.ts';
import { gatherRecent, gatherRemembered } from './gathered-writes.ts';

/** Opens what the reactions that fold histories need, from their environment. */
export function openHistories() {
  const client = dynamoClient();
  const { PROFILE_TABLE, RECOMMEND_TABLE } = readEnv('PROFILE_TABLE', 'RECOMMEND_TABLE');
  const histories = historyStore(client, RECOMMEND_TABLE);
  return {
    ...openQueue(client),
    policies: policyStore(client, PROFILE_TABLE),
    histories,
    remember: gatherRemembered(),
    noteRecent: gatherRecent(recentStore(client, RECOMMEND_TABLE)),
  };
}

export const loadPolicies = ({ policies }: { policies: PolicySource }) => policies.load();

type Who = { memberId?: string | undefined; anonymousId?: string | undefined };

/**
 * The handler of one kind of event: what it says becomes part of a history, and of the sample of what happens in the shop. The
 * sample may miss it, the history never.
 */
export function historyReaction<Type extends string, Data extends Who>(
  definition: EventDefinition<Type, Data>,
  part: HistoryPart,
  factsOf: (event: CloudEvent<Type, Data>) => Partial<HistoryFacts>,
) {
  return queueHandler(
    definition,
    openHistories,
    async (event, { histories, remember, noteRecent }, { nowMs, log, before: policies }) => {
      const owner = ownerOf(event.data);
      const facts = factsOf(event);
      const around = { histories, policy: latestPolicy(policies).recommendations.history, nowMs };
      await Promise.all([
        noteRecent(facts, nowMs).catch((error: unknown) => log.warn('recent_left', errorFields(error))),
        owner && remember({ owner, part, facts, around }),
      ]);
    },
    { before: loadPolicies },
  );
}
