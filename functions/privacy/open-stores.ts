import { belongingsStore } from '../../shared/adapters/dynamo/belongings-store.ts';
import { dynamoClient } from '../../shared/adapters/dynamo/client.ts';
import { complaintStore } from '../../shared/adapters/dynamo/complaint-store.ts';
import { couponStore } from '../../shared/adapters/dynamo/coupon-store.ts';
import { dueStore } from '../../shared/adapters/dynamo/due-store.ts';
import { erasureStore } from '../../shared/adapters/dynamo/erasure-store.ts';
import { inboxStore } from '../../shared/adapters/dynamo/inbox-store.ts';
import { policyStore } from '../../shared/adapters/dynamo/policy-store.ts';
import { profileStore } from '../../shared/adapters/dynamo/profile-store.ts';
import { refreshedWrites } from '../../shared/adapters/dynamo/refreshed-writes.ts';
import { reviewStore } from '../../shared/adapters/dynamo/review-store.ts';
import { reviewSurroundings } from '../../shared/adapters/dynamo/review-surroundings.ts';
import { reviewerStore } from '../../shared/adapters/dynamo/reviewer-store.ts';
import { tallyStore } from '../../shared/adapters/dynamo/tally-store.ts';
import { pseudonyms } from '../../shared/adapters/kms/pseudonyms.ts';
import { daysOfYear } from '../../shared/domain/coupon/birthday.ts';
import { readEnv } from '../../shared/runtime/env.ts';
import type { ErasureStores } from './stores.ts';

/** Opens what an erasure goes through, from the function's environment. */
export function openErasures(client = dynamoClient()): ErasureStores {
  const tables = readEnv('PROFILE_TABLE', 'INBOX_TABLE', 'REPUTATION_TABLE', 'RECOMMEND_TABLE', 'VAULT_TABLE');
  const { CATALOG_TABLE: catalog, PSEUDONYM_KEY_ID } = readEnv('CATALOG_TABLE', 'PSEUDONYM_KEY_ID');
  const [profile, inbox, reputation] = [tables.PROFILE_TABLE, tables.INBOX_TABLE, tables.REPUTATION_TABLE];
  const [recommend, vault] = [tables.RECOMMEND_TABLE, tables.VAULT_TABLE];
  const members = profileStore(client, profile);
  const hashes = pseudonyms(PSEUDONYM_KEY_ID);
  return {
    erasures: erasureStore(client, { inbox, vault }),
    belongings: belongingsStore(client, { profile, reputation, recommend, vault }),
    profile: members,
    due: dueStore(client, profile),
    coupons: couponStore(client, profile),
    reviews: reviewStore(client, reputation),
    reviewers: reviewerStore(client, reputation),
    surroundings: reviewSurroundings(client, { reputation, profile, catalog }, members),
    refreshed: refreshedWrites(reputation),
    tallies: tallyStore(client, reputation),
    complaints: complaintStore(client, reputation),
    inbox: inboxStore(client, inbox),
    policies: policyStore(client, profile),
    async birthdays() {
      const hash = await hashes();
      return daysOfYear().map((day) => hash('birthday', day));
    },
  };
}
