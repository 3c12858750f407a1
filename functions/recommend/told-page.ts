import type { ChainAnswer } from '../../shared/domain/recommend/engine-chain.ts';
import type { ExplainedItem } from '../../shared/domain/recommend/reasons.ts';

/** Scores are told to so many parts of one, latencies to hundredths of a millisecond. */
const PARTS = 1e12;
const LATENCY_PARTS = 100;

const scoreOf = (value: number): number => Math.round(value * PARTS) / PARTS;
const latencyOf = (value: number): number => Math.round(value * LATENCY_PARTS) / LATENCY_PARTS;

/** A page with its figures as people read them; what is cut off a score is far less than what reasons may be apart from it. */
export function toldPage({ items, engine }: ChainAnswer<ExplainedItem>): ChainAnswer<ExplainedItem> {
  return {
    items: items.map((item) => ({
      ...item,
      score: scoreOf(item.score),
      reasons: item.reasons.map((reason) => ({ ...reason, contribution: scoreOf(reason.contribution) })),
    })),
    engine: {
      ...engine,
      latencyMs: latencyOf(engine.latencyMs),
      attempts: engine.attempts.map((attempt) => ({ ...attempt, latencyMs: latencyOf(attempt.latencyMs) })),
    },
  };
}
