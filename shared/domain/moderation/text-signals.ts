import { letters, withoutStock, wordsOf } from './review-words.ts';
import { type Signals, signalsOf } from './signals.ts';

/** Letters below which a text says next to nothing, and below which it says little; a Chinese character counts three. */
const SHALLOW_LETTERS = [15, 40] as const;
const LETTERS_PER_HAN = 3;
/** A text of fewer letters cannot be told to shout. */
const LEAST_LETTERS_TO_SHOUT = 10;

/**
 * What a review's text says against it by itself: `shallow` 0 to 2, `templated` 0 to 3 (a quarter, half, three quarters of it or
 * more are stock phrases), `shouting` 0 to 2. A review without a text has none of them: most honest reviews have no text.
 */
export function textSignals(text: string | undefined): Signals {
  if (text === undefined || text.trim() === '') return {};
  const words = wordsOf(text);
  const counted = size(words);
  const own = withoutStock(words).reduce((sum, piece) => sum + size(piece), 0);
  const [little, some] = SHALLOW_LETTERS;
  return signalsOf({
    shallow: counted < little ? 2 : counted < some ? 1 : 0,
    templated: counted === 0 ? 0 : Math.min(3, Math.floor(((counted - own) / counted) * 4)),
    shouting: shouting(text),
  });
}

function size(words: string): number {
  const { all, han } = letters(words);
  return all + han * (LETTERS_PER_HAN - 1);
}

function shouting(text: string): number {
  const upper = text.match(/\p{Lu}/gu)?.length ?? 0;
  const lower = text.match(/\p{Ll}/gu)?.length ?? 0;
  const loud = upper + lower >= LEAST_LETTERS_TO_SHOUT && upper >= 3 * lower;
  const marks = /[!！?？]{3}/u.test(text);
  return (loud ? 1 : 0) + (marks ? 1 : 0);
}
