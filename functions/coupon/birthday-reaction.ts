import type { DataOf, EventDefinition } from '../../events/define-event.ts';
import type { memberRegistered } from '../../events/member/member-registered.v1.ts';
import { dynamoClient } from '../../shared/adapters/dynamo/client.ts';
import { type CouponCalendarStore, couponCalendarStore } from '../../shared/adapters/dynamo/coupon-calendar-store.ts';
import { openVault } from '../../shared/adapters/vault/open-vault.ts';
import { monthDayOf } from '../../shared/domain/coupon/birthday.ts';
import { readEnv } from '../../shared/runtime/env.ts';
import { type QueueDependencies, queueHandler } from '../../shared/runtime/queue-handler.ts';
import { openQueue } from '../../shared/runtime/queue-wiring.ts';

type BirthdayDependencies = QueueDependencies & { calendar: CouponCalendarStore };

function openCalendar(): BirthdayDependencies {
  const dynamo = dynamoClient();
  const calendar = couponCalendarStore(dynamo, readEnv('PROFILE_TABLE').PROFILE_TABLE);
  return { ...openQueue(dynamo), vault: openVault(dynamo), calendar };
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
