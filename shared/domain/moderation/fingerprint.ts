import { letters, withoutStock, wordsOf } from './review-words.ts';

/**
 * A MinHash (A. Broder, On the resemblance and containment of documents, 1997) of the runs of characters a text is made of: 24
 * hashes of 18 bits, three characters each, so that it is a text of 72 characters. The share of hashes that two texts have in
 * common estimates the share of runs that they have in common.
 */
export type Fingerprint = string;

const HASHES = 24;
const BANDS = 6;
/** Few, so that texts which have half of their runs in common still meet; the bands take the first 18 hashes. */
const ROWS_PER_BAND = 3;
const CHARACTERS_PER_HASH = 3;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** A Chinese character says about as much as two or three letters of an alphabet. */
const RUN = { han: 3, alphabet: 5 };
/** A text of fewer different runs says too little to be known again: thousands write the same short praise by themselves. */
const LEAST_RUNS = { han: 14, alphabet: 30 };

/**
 * The fingerprint of a review's text; undefined for one that says too little. Case, accents, digits and punctuation make no
 * difference, and stock phrases are passed over: what everybody writes is nobody's own.
 */
export function fingerprintOf(text: string): Fingerprint | undefined {
  const words = wordsOf(text);
  const { han } = letters(words);
  const script = han * 2 > words.length ? 'han' : 'alphabet';
  const runs = runsOf(withoutStock(words), RUN[script]);
  if (runs.size < LEAST_RUNS[script]) return undefined;
  const least = new Uint32Array(HASHES).fill(0xffffffff);
  for (const run of runs) {
    const hash = hashOf(run);
    for (let index = 0; index < HASHES; index += 1) {
      const mixed = mix(hash ^ Math.imul(index + 1, 0x9e3779b1));
      if (mixed < (least[index] ?? 0)) least[index] = mixed;
    }
  }
  return [...least].map(written).join('');
}

/** The bands of a fingerprint: near copies share at least one of the six; those who share none differ in much. */
export function bandsOf(fingerprint: Fingerprint): string[] {
  const size = ROWS_PER_BAND * CHARACTERS_PER_HASH;
  return Array.from({ length: BANDS }, (_, band) => {
    return `${band}${fingerprint.slice(band * size, (band + 1) * size)}`;
  });
}

/** The share of runs of characters that two texts have in common, from 0 to 1 in steps of 1/24. */
export function similarity(one: Fingerprint, other: Fingerprint): number {
  let equal = 0;
  for (let at = 0; at < HASHES * CHARACTERS_PER_HASH; at += CHARACTERS_PER_HASH) {
    if (one.slice(at, at + CHARACTERS_PER_HASH) === other.slice(at, at + CHARACTERS_PER_HASH)) equal += 1;
  }
  return equal / HASHES;
}

function runsOf(pieces: readonly string[], size: number): Set<string> {
  const runs = new Set<string>();
  for (const piece of pieces) {
    const characters = [...piece];
    for (let at = 0; at + size <= characters.length; at += 1) runs.add(characters.slice(at, at + size).join(''));
  }
  return runs;
}

/** FNV-1a over the code points. */
function hashOf(run: string): number {
  let hash = 0x811c9dc5;
  for (const character of run) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return hash >>> 0;
}

/** Spreads 32 bits over all 32 (the finaliser of MurmurHash3). */
function mix(value: number): number {
  let hash = value >>> 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function written(hash: number): string {
  return [12, 6, 0].map((shift) => ALPHABET[(hash >>> shift) & 63]).join('');
}
