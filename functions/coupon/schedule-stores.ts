import { type BirthdayStore, birthdayStore } from '../../shared/adapters/dynamo/birthday-store.ts';
import { dynamoClient } from '../../shared/adapters/dynamo/client.ts';
import { type CouponCalendarStore, couponCalendarStore } from '../../shared/adapters/dynamo/coupon-calendar-store.ts';
import { type CouponStore, couponStore } from '../../shared/adapters/dynamo/coupon-store.ts';
import { policyStore } from '../../shared/adapters/dynamo/policy-store.ts';
import { pseudonyms } from '../../shared/adapters/kms/pseudonyms.ts';
import { openVault } from '../../shared/adapters/vault/open-vault.ts';
import type { PolicySource } from '../../shared/policy/policies.ts';
import { readEnv } from '../../shared/runtime/env.ts';
import type { ScheduleDependencies } from '../../shared/runtime/schedule-handler.ts';

export type BirthdaySchedule = ScheduleDependencies & {
  coupons: CouponStore;
  calendar: BirthdayStore;
  policies: PolicySource;
};

/** Opens what giving for birthdays takes, from the function's environment. */
export function openBirthdays(): BirthdaySchedule {
  const { PROFILE_TABLE, PSEUDONYM_KEY_ID } = readEnv('PROFILE_TABLE', 'PSEUDONYM_KEY_ID');
  const dynamo = dynamoClient();
  const around = { pseudonyms: pseudonyms(PSEUDONYM_KEY_ID), vault: openVault(dynamo) };
  return {
    coupons: couponStore(dynamo, PROFILE_TABLE),
    calendar: birthdayStore(dynamo, PROFILE_TABLE, around),
    policies: policyStore(dynamo, PROFILE_TABLE),
  };
}

export type ExpirySchedule = ScheduleDependencies & { coupons: CouponStore; calendar: CouponCalendarStore };

/** Opens what giving back expired coupons takes: nothing that says anything of a person. */
export function openExpiries(): ExpirySchedule {
  const { PROFILE_TABLE } = readEnv('PROFILE_TABLE');
  const dynamo = dynamoClient();
  return { coupons: couponStore(dynamo, PROFILE_TABLE), calendar: couponCalendarStore(dynamo, PROFILE_TABLE) };
}
