import type { EventDefinition } from '../../events/define-event.ts';
import { dynamoClient } from '../../shared/adapters/dynamo/client.ts';
import { type MemberStore, memberStore } from '../../shared/adapters/dynamo/member-store.ts';
import { WriteConflict } from '../../shared/adapters/dynamo/profile-records.ts';
import { openVault } from '../../shared/adapters/vault/open-vault.ts';
import { decideMember, type MemberFact, newPerson, newRegistration } from '../../shared/domain/member/registration.ts';
import { readEnv } from '../../shared/runtime/env.ts';
import { type QueueDependencies, queueHandler } from '../../shared/runtime/queue-handler.ts';
import { openQueue } from '../../shared/runtime/queue-wiring.ts';
import { retryConflicts } from '../../shared/runtime/retry-conflicts.ts';

export type MemberDependencies = QueueDependencies & { members: Pick<MemberStore, 'load' | 'save'> };

function openMembers(): MemberDependencies {
  const dynamo = dynamoClient();
  const vault = openVault(dynamo);
  const { PROFILE_TABLE } = readEnv('PROFILE_TABLE');
  return { ...openQueue(dynamo), vault, members: memberStore(dynamo, PROFILE_TABLE, vault) };
}

/** The handler of one kind of fact about a member: what is known, what the fact changes, saved. */
export function memberReaction<Data extends MemberFact['data']>(
  kind: MemberFact['kind'],
  definition: EventDefinition<string, Data>,
  open: () => MemberDependencies = openMembers,
) {
  return queueHandler<string, Data, MemberDependencies>(
    definition,
    open,
    async ({ id, time, data }, { members }) => {
      const { memberId } = data;
      const fact: MemberFact = { kind, eventId: id, atMs: Date.parse(time), data };
      await retryConflicts(WriteConflict, async () => {
        const known = await members.load(memberId, ['registration', 'person'], true);
        const registration = known.registration ?? newRegistration(memberId);
        await members.save(decideMember(registration, known.person ?? newPerson(memberId), fact));
      });
    },
    { serialKey: ({ data }) => data.memberId },
  );
}
