import type { OpenMemberStore } from '../../shared/adapters/dynamo/member-store.ts';
import type { ModelVersionStore } from '../../shared/adapters/dynamo/model-version-store.ts';
import type { RecommendReader } from '../../shared/adapters/dynamo/recommend-reader.ts';
import type { Pseudonyms } from '../../shared/adapters/kms/pseudonyms.ts';
import type { PersonalizeItem, PersonalizeRequest } from '../../shared/adapters/personalize/personalize-engine.ts';
import type { Engine } from '../../shared/domain/recommend/engine-chain.ts';
import type { PolicySource } from '../../shared/policy/policies.ts';
import type { Tally } from '../../shared/runtime/metrics.ts';
import type { RecommenderSource } from '../../shared/runtime/recommender-source.ts';

export type RecommendStores = {
  reader: RecommendReader;
  recommenders: RecommenderSource;
  members: OpenMemberStore;
  versions: ModelVersionStore;
  policies: PolicySource;
  /** What people are called where their ids are not told. */
  pseudonyms: () => Promise<Pseudonyms>;
  /** Amazon Personalize; without a campaign it says so. */
  managed: Engine<PersonalizeRequest, PersonalizeItem>;
  /** Counts pages, and which engine they came from. */
  tally: Tally;
  /** Gives each answer an id of its own. */
  newId: () => string;
};
