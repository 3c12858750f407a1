import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type ComplaintStore, complaintStore } from '../../shared/adapters/dynamo/complaint-store.ts';
import { type InspectionStore, inspectionStore } from '../../shared/adapters/dynamo/inspection-store.ts';
import { type MakerStore, makerStore } from '../../shared/adapters/dynamo/maker-store.ts';
import type { OrderTallyStore } from '../../shared/adapters/dynamo/order-tally-store.ts';
import { policyStore } from '../../shared/adapters/dynamo/policy-store.ts';
import { profileStore } from '../../shared/adapters/dynamo/profile-store.ts';
import { type RefreshedWrites, refreshedWrites } from '../../shared/adapters/dynamo/refreshed-writes.ts';
import { type ReviewStore, reviewStore } from '../../shared/adapters/dynamo/review-store.ts';
import { type ReviewSurroundingsStore, reviewSurroundings } from '../../shared/adapters/dynamo/review-surroundings.ts';
import { type ScoreStore, scoreStore } from '../../shared/adapters/dynamo/score-store.ts';
import { type TallyStore, tallyStore } from '../../shared/adapters/dynamo/tally-store.ts';
import type { PolicySource } from '../../shared/policy/policies.ts';
import { readEnv } from '../../shared/runtime/env.ts';
import type { StreamDependencies } from '../../shared/runtime/stream-handler.ts';
import { openOrders } from './open-orders.ts';

export type FoldStores = StreamDependencies & {
  reviews: ReviewStore;
  surroundings: ReviewSurroundingsStore;
  refreshed: RefreshedWrites;
  tallies: TallyStore;
  scores: ScoreStore;
  inspections: InspectionStore;
  complaints: ComplaintStore;
  makers: MakerStore;
  orders: OrderTallyStore;
  policySource: PolicySource;
};

/** Opens what following the Reputation table takes, from the function's environment. */
export function openFold(dynamo: DynamoDBClient): FoldStores {
  const env = readEnv('REPUTATION_TABLE', 'PROFILE_TABLE', 'CATALOG_TABLE');
  const [reputation, profile, catalog] = [env.REPUTATION_TABLE, env.PROFILE_TABLE, env.CATALOG_TABLE];
  const makers = makerStore(dynamo, { reputation, catalog });
  return {
    reviews: reviewStore(dynamo, reputation),
    surroundings: reviewSurroundings(dynamo, { reputation, profile, catalog }, profileStore(dynamo, profile)),
    refreshed: refreshedWrites(reputation),
    tallies: tallyStore(dynamo, reputation),
    scores: scoreStore(dynamo, reputation),
    inspections: inspectionStore(dynamo, reputation, makers),
    complaints: complaintStore(dynamo, reputation),
    makers,
    orders: openOrders(dynamo),
    policySource: policyStore(dynamo, profile),
  };
}
