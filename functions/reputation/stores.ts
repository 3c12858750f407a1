import type { CatalogStore } from '../../shared/adapters/dynamo/catalog-store.ts';
import type { SanctionStore } from '../../shared/adapters/dynamo/sanction-store.ts';
import type { TallyStore } from '../../shared/adapters/dynamo/tally-store.ts';
import type { PolicySource } from '../../shared/policy/policies.ts';

export type ReputationStores = {
  tallies: Pick<TallyStore, 'load'>;
  catalog: Pick<CatalogStore, 'knows'>;
  sanctions: Pick<SanctionStore, 'restrictionsOf'>;
  policies: PolicySource;
};
