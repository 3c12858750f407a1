import { createHmac } from 'node:crypto';
import { type BirthdayStore, birthdayStore } from '../../shared/adapters/dynamo/birthday-store.ts';
import { type CouponCalendarStore, couponCalendarStore } from '../../shared/adapters/dynamo/coupon-calendar-store.ts';
import { type CouponStore, couponStore } from '../../shared/adapters/dynamo/coupon-store.ts';
import { type MemberStore, memberStore } from '../../shared/adapters/dynamo/member-store.ts';
import type { WordsStore } from '../../shared/adapters/vault/words.ts';
import type { CouponDefinition } from '../../shared/policy/coupon-schema.ts';
import type { Policies, PolicySource } from '../../shared/policy/policies.ts';
import { couponPolicies } from './coupon-shop.ts';
import type { Dynoxide, Tables } from './dynoxide.ts';
import { testVault } from './open-vault.ts';

/** A keyed hash with a key that everybody knows. */
export const hashed = (kind: string, id: string) =>
  createHmac('sha256', kind).update(id).digest('base64url').slice(0, 22);

/** A Profile table with what the coupon domain needs over it, and a policy that a test can change. */
export type CouponTable = {
  tables: Tables;
  coupons: CouponStore;
  calendar: CouponCalendarStore;
  birthdays: BirthdayStore;
  words: WordsStore;
  members: MemberStore;
  policies: PolicySource;
  /** From now on these are the coupons that the policy defines. */
  define(...coupons: CouponDefinition[]): void;
  setPolicies(policies: Policies): void;
  /** Members that the shop has heard of, and no more than that. */
  register(...memberIds: string[]): Promise<void>;
};

export async function couponTable({ client, createTables }: Dynoxide): Promise<CouponTable> {
  const tables = await createTables();
  const vault = testVault(client, tables.vault);
  const members = memberStore(client, tables.profile, vault);
  let policies = couponPolicies();
  return {
    tables,
    coupons: couponStore(client, tables.profile),
    calendar: couponCalendarStore(client, tables.profile),
    birthdays: birthdayStore(client, tables.profile, { pseudonyms: async () => hashed, vault }),
    words: vault.words,
    members,
    policies: { load: async () => policies },
    define(...definitions) {
      policies = couponPolicies(...definitions);
    },
    setPolicies(next) {
      policies = next;
    },
    async register(...memberIds) {
      for (const memberId of memberIds) {
        await members.save({ registration: { memberId, version: 1, heardAtMs: 0 } });
      }
    },
  };
}
