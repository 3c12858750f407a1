import { findTopics } from './find-topics.ts';
import { detectLanguage, type Language } from './language.ts';
import { normalise } from './normalise.ts';
import { type Polarity, polarityOf } from './polarity.ts';
import { positiveProbability, type TextModel } from './text-model.ts';
import type { TopicTerms } from './topic-terms.ts';

/** The models that serve; a language without one has no sentiment. */
export type TextModels = { zh?: TextModel; en?: TextModel };

export type Sentiment = {
  polarity: Polarity;
  /** The probability that a reviewer would call it positive, 0 to 1. */
  score: number;
  /** Which model says so, as its `id`. */
  model: string;
};

export type TopicReading = {
  id: string;
  /** How the topic fares; `by` tells whether its terms say so or the model, asked for the clauses that name it. */
  sentiment?: { polarity: Polarity; by: 'terms' | 'model' };
  /** The terms it was known by, with the word that negates one. */
  evidence: string[];
};

export type TextReading = {
  language: Language;
  sentiment?: Sentiment;
  topics: TopicReading[];
  /** Characters without space and control; words, of which a Chinese character is one. */
  length: { characters: number; words: number };
  /** Why there is no sentiment. */
  unread?: 'no_words' | 'other_language' | 'no_model';
};

/**
 * What a review says: its language, how content it is, and with what. A text that is in no known language has neither sentiment nor
 * topics, and `unread` says why. Of the text itself it keeps nothing.
 */
export function readText(text: string, models: TextModels, { topics }: { topics: TopicTerms }): TextReading {
  const length = lengthOf(text);
  const language = detectLanguage(text);
  if (length.words === 0) return { language, topics: [], length, unread: 'no_words' };
  if (language === 'other') return { language, topics: [], length, unread: 'other_language' };
  const model = models[language];
  const found = findTopics(text, language, topics).map(({ id, evidence, clauses, balance }): TopicReading => {
    if (balance !== 0) {
      return { id, sentiment: { polarity: balance > 0 ? 'positive' : 'negative', by: 'terms' }, evidence };
    }
    if (model === undefined) return { id, evidence };
    return {
      id,
      sentiment: { polarity: polarityOf(positiveProbability(clauses.join(','), model)), by: 'model' },
      evidence,
    };
  });
  if (model === undefined) return { language, topics: found, length, unread: 'no_model' };
  const score = positiveProbability(text, model);
  return { language, sentiment: { polarity: polarityOf(score), score, model: model.id }, topics: found, length };
}

const WORD = /\p{Script=Han}|[\p{L}\p{M}\p{N}']+/gu;
const HAN_RUN = /\p{Script=Han}/gu;

/** Of what is looked at of a text; a longer one is as long as that. */
export function lengthOf(text: string): TextReading['length'] {
  const seen = normalise(text);
  const characters = [...seen].filter((character) => character !== ' ' && character !== '\n').length;
  // A Chinese character ends a word of letters too, so that both are counted apart.
  const words = seen.replace(HAN_RUN, ' $& ').match(WORD)?.length ?? 0;
  return { characters, words };
}
