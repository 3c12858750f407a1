import { simplified } from './simplified.ts';

/** UTF-16 units of a text that are looked at: twice what a review may have, so that what comes from elsewhere is bounded too. */
export const READ_LIMIT = 20_000;

/**
 * A text as the models and the term lists see it: compatibility forms (NFKC, so full-width letters are letters), lower case,
 * simplified characters, no control or invisible characters, one space for many, one line end for any space with one in it. Markup
 * stays what it is, characters.
 */
export function normalise(text: string): string {
  return simplified(text.slice(0, READ_LIMIT).normalize('NFKC').slice(0, READ_LIMIT).toLowerCase())
    .replace(/\p{Cf}+/gu, '')
    .replace(/[\s\p{Cc}]+/gu, (gap) => (/[\n\r\u2028\u2029]/.test(gap) ? '\n' : ' '))
    .replace(/[’‘`´]/g, "'")
    .trim();
}

/**
 * What n-grams are taken from: every digit the same, what is repeated for emphasis three times at most, and all that ends a
 * clause or a sentence the same comma, also at the beginning and the end of the text.
 */
export function clausesMarked(normalised: string): string {
  const text = normalised
    .replace(/\p{Nd}/gu, '0')
    .replace(/(.)\1{2,}/gu, '$1$1$1')
    .replace(/[,.;:、。…~\n-]+/g, ',')
    .replace(/^,|,$/g, '');
  return `,${text},`;
}

/** Between two thoughts: marks, and words after which the opposite is said. */
const CLAUSE_END =
  /[,.;:!?、。…~|\n]+|\s-+\s|\b(?:but|however|although|though|except|unfortunately|luckily)\b|但是|不过|可是|然而|只是|但/;

/** The clauses of a normalised text, in their order. */
export function clausesOf(normalised: string): string[] {
  return normalised
    .split(CLAUSE_END)
    .map((clause) => clause.trim())
    .filter((clause) => clause !== '');
}
