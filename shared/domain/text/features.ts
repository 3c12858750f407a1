import { clausesMarked, normalise } from './normalise.ts';

/**
 * What of a text is counted: `characters` are n-grams of 1 to 3 characters, for scripts without spaces between words; `words` are
 * words and pairs of words, and n-grams of 3 to 5 characters inside a word, which forgive endings and slips of the pen.
 */
export type FeatureKind = 'characters' | 'words';

/** Features are known by a hash of so many bits: among 200,000 features one in eighty shares its number with another. */
export const FEATURE_BITS = 24;

const FEATURE_MASK = 2 ** FEATURE_BITS - 1;
const CHARACTERS = { from: 1, to: 3 };
const IN_WORDS = { from: 3, to: 5 };

/** The features of a text, sorted, each as often as it occurs. */
export function featuresOf(text: string, kind: FeatureKind): Uint32Array {
  const marked = clausesMarked(normalise(text));
  const found = kind === 'characters' ? characterFeatures(marked) : wordFeatures(marked);
  return found.sort();
}

function characterFeatures(text: string): Uint32Array<ArrayBuffer> {
  const found = new Uint32Array(text.length * CHARACTERS.to);
  return found.subarray(0, addGrams(text, CHARACTERS, found, 0));
}

const WORD = /[\p{L}\p{M}\p{N}']+|[!?]/gu;

function wordFeatures(text: string): Uint32Array<ArrayBuffer> {
  const words = text.match(WORD) ?? [];
  const letters = words.reduce((sum, word) => sum + word.length + 2, 0);
  const found = new Uint32Array(letters * IN_WORDS.to + 2 * words.length);
  let size = 0;
  let previous: number | undefined;
  for (const word of words) {
    size = addGrams(` ${word} `, IN_WORDS, found, size);
    const hash = hashOf(word);
    found[size++] = finished(hash) & FEATURE_MASK;
    if (previous !== undefined) found[size++] = finished(Math.imul(previous, 31) ^ hash) & FEATURE_MASK;
    previous = hash;
  }
  return found.subarray(0, size);
}

function addGrams(text: string, { from, to }: { from: number; to: number }, found: Uint32Array, start: number): number {
  let size = start;
  for (let at = 0; at < text.length; at += 1) {
    let hash = 0x2545f491;
    for (let length = 1; length <= to && at + length <= text.length; length += 1) {
      hash = step(hash, text.charCodeAt(at + length - 1));
      if (length >= from) found[size++] = finished(hash + length) & FEATURE_MASK;
    }
  }
  return size;
}

function hashOf(word: string): number {
  let hash = 0x61c88647;
  for (let at = 0; at < word.length; at += 1) hash = step(hash, word.charCodeAt(at));
  return hash;
}

/** FNV-1a's step with a rotation, as its high bits alone depend on the last characters. */
function step(hash: number, code: number): number {
  const product = Math.imul(hash ^ code, 0x01000193);
  return (product << 13) | (product >>> 19);
}

/** The finaliser of MurmurHash3 (A. Appleby, public domain): every bit of the result depends on every bit of the hash. */
function finished(hash: number): number {
  let mixed = hash;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}]/gu;

/** The kind that suits most of the letters of some texts; a few hundred of them say enough. */
export function kindFor(texts: readonly string[]): FeatureKind {
  let unspaced = 0;
  let letters = 0;
  for (const text of texts.slice(0, 500)) {
    unspaced += text.match(UNSPACED)?.length ?? 0;
    letters += text.match(/\p{L}/gu)?.length ?? 0;
  }
  return unspaced * 2 > letters ? 'characters' : 'words';
}
