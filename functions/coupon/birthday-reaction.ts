import type { DataOf, EventDefinition } from '../../events/define-event.ts';
import type { memberRegistered } from '../../events/member/member-registered.v1.ts';
import { type BirthdayStore, birthdayStore } from '../../shared/adapters/dynamo/birthday-store.ts';
import { dynamoClient } from '../../shared/adapters/dynamo/client.ts';
import { pseudonyms } from '../../shared/adapters/kms/pseudonyms.ts';
import { openVault } from '../../shared/adapters/vault/open-vault.ts';
import { monthDayOf } from '../../shared/domain/coupon/birthday.ts';
import { readEnv } from '../../shared/runtime/env.ts';
import { type QueueDependencies, queueHandler } from '../../shared/runtime/queue-handler.ts';
import { openQueue } from '../../shared/runtime/queue-wiring.ts';

type BirthdayDependencies = QueueDependencies & { calendar: BirthdayStore };

function openCalendar(): BirthdayDependencies {
  const dynamo = dynamoClient();
  const vault = openVault(dynamo);
  const { PROFILE_TABLE, PSEUDONYM_KEY_ID } = readEnv('PROFILE_TABLE', 'PSEUDONYM_KEY_ID');
  const calendar = birthdayStore(dynamo, PROFILE_TABLE, { pseudonyms: pseudonyms(PSEUDONYM_KEY_ID), vault });
  return { ...openQueue(dynamo), vault, calendar };
}

/**
 * Notes on which day of the year a member may have a birthday. The note is a hint and nothing is read for it: the
 * member's own record is the truth, and what it contradicts goes when the day is gone through.
 */
export function birthdayReaction(definition: EventDefinition<string, DataOf<typeof memberRegistered>>) {
  return queueHandler(
    definition,
    openCalendar,
    async ({ id: eventId, time, data }, { calendar }, { nowMs }) => {
      const { memberId, birthday } = data;
      if (birthday === undefined) return;
      const monthDay = monthDayOf(birthday);
      await calendar.noteBirthday({ memberId, monthDay, atMs: Date.parse(time), eventId, notedAtMs: nowMs });
    },
    { serialKey: ({ data }) => data.memberId },
  );
}
