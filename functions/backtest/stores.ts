import type { RecordedLimits, RecordedStore } from '../../shared/adapters/dynamo/recorded-store.ts';
import type { PolicySource } from '../../shared/policy/policies.ts';

export type BacktestStores = { policies: PolicySource; recorded: RecordedStore; limits: RecordedLimits };
