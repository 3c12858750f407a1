import type { ConsentProof } from '../../shared/domain/member/consent.ts';
import type { RecommendContext } from '../../shared/domain/recommend/features.ts';
import type { ListFilters } from '../../shared/domain/recommend/filters.ts';
import type { HistoryOwner } from '../../shared/domain/recommend/history-facts.ts';
import type { MetricCounts } from '../../shared/runtime/metrics.ts';

/** Which page is asked for, and by whom. */
export type PageRequest = {
  owner: HistoryOwner | undefined;
  context: RecommendContext;
  productId?: string | undefined;
  filters: ListFilters;
  limit: number;
  locale?: string | undefined;
  personal: boolean;
  /** What of a member's consent that rests on. */
  consent?: { personalisation: ConsentProof } | undefined;
  nowMs: number;
  /** Where the sums of what is counted of pages go. */
  count: (sums: MetricCounts) => void;
};
