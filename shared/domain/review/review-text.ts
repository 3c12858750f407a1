/**
 * What was read out of a review's words when it came in, and all that is kept of them beside the words themselves: what
 * language they are in, what they feel like and are about, and a fingerprint that near copies share.
 */
export type TextReading = {
  language: string;
  /** The probability that they are positive, in thousandths; left out for a language that no model knows. */
  positive?: number | undefined;
  /** What it is about, and how that fares. */
  topics?: readonly { id: string; sentiment?: 'positive' | 'negative' | 'neutral' | undefined }[] | undefined;
  /** Characters. */
  length: number;
  /** Left out for a text too short to say whose it is. */
  fingerprint?: string | undefined;
  /** What speaks against them by themselves, as small whole numbers; left out where nothing does. */
  signals?: Readonly<Record<string, number>> | undefined;
};
