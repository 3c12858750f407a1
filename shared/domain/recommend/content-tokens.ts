import { simplified } from '../text/simplified.ts';
import type { ProductFacts } from './product-facts.ts';

/** How much a kind of token counts before its rarity does. */
const WEIGHT = { word: 1, category: 1.5, brand: 1, price: 0.5 } as const;
/** Bands of prices, each half as wide again as the one before. */
const PRICE_BAND = Math.log(1.5);
/** Tokens looked at of one name: more is no name any more. */
const NAME_TOKENS = 40;

const RUNS = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]+|[\p{L}\p{M}\p{N}]+/gu;
/** Only those of Latin, Greek and Cyrillic letters; the marks of other scripts are letters of their own. */
const ACCENTS = /[\u0300-\u036f]/g;
const UNSPACED = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;

/**
 * What describes a product: words of its name (pairs of characters where a script has no spaces), each step of its categories, its brand,
 * and the band of its price. Each with its weight, once.
 */
export function contentTokens({ name, categories, brandId, price }: ProductFacts): Map<string, number> {
  const tokens = new Map<string, number>();
  for (const word of wordsOf(name)) tokens.set(`w:${word}`, WEIGHT.word);
  for (const path of categories) {
    for (let end = path.indexOf('/'); end !== -1; end = path.indexOf('/', end + 1)) {
      tokens.set(`c:${path.slice(0, end)}`, WEIGHT.category);
    }
    tokens.set(`c:${path}`, WEIGHT.category);
  }
  if (brandId !== undefined) tokens.set(`b:${brandId}`, WEIGHT.brand);
  if (price !== undefined && price > 0) tokens.set(`p:${Math.round(Math.log(price) / PRICE_BAND)}`, WEIGHT.price);
  return tokens;
}

function wordsOf(name: string): string[] {
  const words: string[] = [];
  for (const [run] of folded(name).matchAll(RUNS)) {
    if (words.length >= NAME_TOKENS) break;
    if (!UNSPACED.test(run) || run.length === 1) words.push(run);
    else for (let at = 0; at + 1 < run.length; at += 1) words.push(run.slice(at, at + 2));
  }
  return words.slice(0, NAME_TOKENS);
}

/** Without what makes no difference to what a word means: form, case, accents, and which kind of Chinese characters, as far as the table of them goes. */
function folded(name: string): string {
  return simplified(name.normalize('NFKD').replace(ACCENTS, '').normalize('NFKC').toLowerCase());
}
