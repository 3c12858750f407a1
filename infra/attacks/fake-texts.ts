import type { Chance } from './chance.ts';
import type { SimulatedReview } from './simulated-review.ts';

/** What a false review is to say, and when it is written: from then on nothing can be copied. */
export type Wanted = { stars: number; beforeMs: number };

/** Where those who write false reviews get their words from. */
export type TextSource = {
  /** A real review of about these stars, with some small edits. */
  copied(wanted: Wanted): string;
  /** Two or three sentences of different real reviews of about these stars, edited: new as a whole. */
  composed(wanted: Wanted): string;
  /** Two or three words that thousands write. */
  short(wanted: Wanted): string;
};

/** Shorter reviews are not worth copying, shorter parts not worth composing with. */
const LEAST_LENGTH = 60;
const LEAST_PART_LENGTH = 15;

const SHORT = {
  good: [
    'Muito bom',
    'Ótimo produto',
    'Recomendo',
    'Excelente',
    'Gostei muito',
    'Produto de qualidade',
    'Perfeito!',
    'Bom',
  ],
  bad: ['Péssimo', 'Não recomendo', 'Muito ruim', 'Produto ruim', 'Não gostei', 'Decepcionado'],
} as const;

/** Words that say the same, for those who edit what they copied. */
const SYNONYMS: Readonly<Record<string, string>> = {
  muito: 'bem',
  otimo: 'excelente',
  ótimo: 'excelente',
  excelente: 'ótimo',
  produto: 'item',
  chegou: 'veio',
  rapido: 'ligeiro',
  rápido: 'ligeiro',
  comprei: 'adquiri',
  loja: 'vendedor',
  gostei: 'adorei',
  recomendo: 'indico',
  bonito: 'lindo',
  prazo: 'tempo',
  antes: 'bem antes',
  ruim: 'péssimo',
  recebi: 'ganhei',
};

const OPENINGS = ['Olha, ', 'Gente, ', 'Comprei e ', 'Sinceramente, ', 'Bom dia. '] as const;
const ENDINGS = [' Valeu!', ' Obrigado', ' Recomendo', ' 👍', '!!', ' Comprarei de novo.', ' Nota 10'] as const;

type Line = { text: string; atMs: number };

/** Nobody copies what is not there yet; at the very beginning of a stream there is so much to begin with. */
const LEAST_LINES = 100;

/** Texts after those of the real reviews given, which stand in order of time. */
export function textSource(reviews: readonly SimulatedReview[], chance: Chance): TextSource {
  const long = reviews.filter(({ text }) => text.length >= LEAST_LENGTH);
  const texts = { good: long.filter(({ stars }) => stars >= 4), bad: long.filter(({ stars }) => stars <= 2) };
  const parts = { good: texts.good.flatMap(partsOf), bad: texts.bad.flatMap(partsOf) };
  const mood = (stars: number) => (stars >= 3 ? 'good' : 'bad');
  const oneBefore = (lines: readonly Line[], beforeMs: number) => {
    const later = lines.findIndex(({ atMs }) => atMs >= beforeMs);
    const known = Math.max(later === -1 ? lines.length : later, Math.min(LEAST_LINES, lines.length));
    return lines[chance.whole(0, known - 1)]?.text ?? '';
  };
  return {
    copied: ({ stars, beforeMs }) => edited(oneBefore(texts[mood(stars)], beforeMs), chance),
    composed({ stars, beforeMs }) {
      const chosen = Array.from({ length: chance.whole(2, 3) }, () => oneBefore(parts[mood(stars)], beforeMs));
      return edited(`${chosen.join('. ')}.`, chance);
    },
    short: ({ stars }) => chance.one(SHORT[mood(stars)]),
  };
}

function partsOf({ text, atMs }: Line): Line[] {
  const parts = text.split(/[.!?;\n]+/).map((part) => part.trim());
  return parts.filter((part) => part.length >= LEAST_PART_LENGTH).map((part) => ({ text: part, atMs }));
}

/** One to four small edits, as somebody in a hurry makes them who does not want to be found out. */
export function edited(text: string, chance: Chance): string {
  let result = text;
  for (let edits = chance.whole(1, 4); edits > 0; edits -= 1) result = chance.one(EDITS)(result, chance);
  return result;
}

const EDITS: readonly ((text: string, chance: Chance) => string)[] = [
  // A word less.
  (text, chance) => withWords(text, (words) => words.splice(chance.whole(0, words.length - 1), 1)),
  // Two words change places.
  (text, chance) =>
    withWords(text, (words) => {
      const at = chance.whole(0, words.length - 2);
      words.splice(at, 2, words[at + 1] ?? '', words[at] ?? '');
    }),
  // A slip of the fingers.
  (text, chance) => {
    const at = chance.whole(1, text.length - 2);
    return `${text.slice(0, at)}${text[at + 1] ?? ''}${text[at] ?? ''}${text.slice(at + 2)}`;
  },
  // Other words for the same.
  (text, chance) =>
    withWords(text, (words) => {
      const known = [...words.keys()].filter((index) => SYNONYMS[(words[index] ?? '').toLowerCase()] !== undefined);
      if (known.length === 0) return;
      const at = chance.one(known);
      words[at] = SYNONYMS[(words[at] ?? '').toLowerCase()] ?? '';
    }),
  (text, chance) => `${chance.one(OPENINGS)}${text}`,
  (text, chance) => `${text}${chance.one(ENDINGS)}`,
  // Without accents, all small, or other marks.
  (text) => text.normalize('NFD').replace(/\p{M}/gu, ''),
  (text) => text.toLowerCase(),
  (text) => text.replace(/[.,]/g, ' ').trim(),
];

function withWords(text: string, change: (words: string[]) => void): string {
  const words = text.split(/\s+/);
  if (words.length < 4) return text;
  change(words);
  return words.join(' ');
}
