export type Polarity = 'positive' | 'negative' | 'neutral';

/** So far to either side of an even chance a model is not believed: about two of five texts there are told wrongly. */
const NEUTRAL_REACH = 0.15;

/** What a probability of being positive comes to. */
export function polarityOf(score: number): Polarity {
  if (Math.abs(score - 0.5) < NEUTRAL_REACH) return 'neutral';
  return score > 0.5 ? 'positive' : 'negative';
}
