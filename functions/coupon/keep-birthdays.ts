import { WriteConflict } from '../../shared/adapters/dynamo/profile-records.ts';
import {
  type BirthdayHint,
  birthdayCouponId,
  birthdaysKeptOn,
  birthdayVoucher,
  isOutdated,
  monthDayOf,
} from '../../shared/domain/coupon/birthday.ts';
import { isIssued } from '../../shared/domain/coupon/coupon.ts';
import { accountAt } from '../../shared/domain/loyalty/fold.ts';
import { relyOn } from '../../shared/domain/member/consent.ts';
import { type Policies, policyAt } from '../../shared/policy/policies.ts';
import { retryConflicts } from '../../shared/runtime/retry-conflicts.ts';
import { issueCoupon } from './issue-coupon.ts';
import type { BirthdaySchedule } from './schedule-stores.ts';

type Surroundings = Omit<BirthdaySchedule, 'policies'> & { policies: Policies; nowMs: number };

/** How many members are looked up in one request, with three items each at most. */
const MEMBERS_PER_PAGE = 33;

/** Gives everybody whose birthday is kept on a day what their tier gives for it; tells how many got something. */
export async function keepBirthdays(day: string, around: Surroundings): Promise<number> {
  let given = 0;
  for (const monthDay of birthdaysKeptOn(day)) {
    let after: string | undefined;
    do {
      const hints = await around.calendar.birthdays(monthDay, { after, limit: MEMBERS_PER_PAGE });
      given += await keepPage(hints, Number(day.slice(0, 4)), around);
      after = hints.length < MEMBERS_PER_PAGE ? undefined : hints.at(-1)?.memberId;
    } while (after !== undefined);
  }
  return given;
}

/** Neither members nor days are logged: together they would tell a birthday. */
async function keepPage(hints: readonly BirthdayHint[], year: number, around: Surroundings): Promise<number> {
  const { calendar, coupons, policies, nowMs } = around;
  const celebrants = await calendar.loadCelebrants(hints.map(({ memberId }) => memberId));
  const known = await coupons.loadCoupons(hints.map(({ memberId }) => birthdayCouponId(memberId, year)));
  let given = 0;
  for (const hint of hints) {
    const { memberId, monthDay } = hint;
    const { account, registration, person } = celebrants.get(memberId) ?? {};
    if (isOutdated(hint, person, nowMs)) await calendar.forgetBirthday(hint);
    const couponId = birthdayCouponId(memberId, year);
    const isToday = person?.birthday !== undefined && monthDayOf(person.birthday.value) === monthDay;
    if (!isToday || account === undefined || isIssued(known.get(couponId))) continue;
    const tierId = accountAt(account, nowMs, policies).account.tier.id;
    const voucher = birthdayVoucher(policyAt(policies, nowMs), tierId);
    if (voucher === undefined) continue;
    const { allowed, proof } = relyOn(registration?.marketing, voucher.withoutStatement);
    if (!allowed) continue;
    const command = { couponId, memberId, definitionId: voucher.coupon, year, consent: { marketing: proof } };
    const outcome = await retryConflicts(WriteConflict, () => issueCoupon(command, { coupons, policies, nowMs }));
    if (outcome.kind === 'issue') given += 1;
  }
  return given;
}
