import { dayOf } from '../../shared/domain/calendar/calendar.ts';
import { birthdaysDue } from '../../shared/domain/coupon/birthday.ts';
import { dayAfter } from '../../shared/domain/coupon/days.ts';
import { policyAt } from '../../shared/policy/policies.ts';
import { scheduleHandler } from '../../shared/runtime/schedule-handler.ts';
import { keepBirthdays } from './keep-birthdays.ts';
import { openBirthdays } from './schedule-stores.ts';

/**
 * Every hour: goes through the birthdays of every day since the last one done, and of today again, in the shop's time
 * zone. It is the one offer that the shop makes to a member by itself, so nobody is given it who has said no to marketing. A coupon's id names member and year, so going through a day twice gives nobody anything twice, and a run that
 * was cut off is made up for by the next.
 */
export const handler = scheduleHandler(
  openBirthdays,
  async ({ policies: source, ...stores }, { nowMs, functionName, log }) => {
    const { calendar } = stores;
    const [policies, doneUntil] = await Promise.all([source.load(), calendar.birthdaysDoneUntil()]);
    const today = dayOf(nowMs, policyAt(policies, nowMs).timeZone);
    if (doneUntil === undefined) await calendar.setBirthdaysDone(dayAfter(today, -1));
    let given = 0;
    for (const day of birthdaysDue(doneUntil, today)) {
      given += await keepBirthdays(day, { ...stores, policies, nowMs });
      if (day < today) await calendar.setBirthdaysDone(day);
    }
    log.info('birthdays', { function: functionName, given });
  },
);
