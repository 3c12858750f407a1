import { fingerprintOf } from '../../shared/domain/moderation/fingerprint.ts';
import { textSignals } from '../../shared/domain/moderation/text-signals.ts';
import type { ReviewWords } from '../../shared/domain/review/review-facts.ts';
import type { TextReading } from '../../shared/domain/review/review-text.ts';
import { detectLanguage } from '../../shared/domain/text/language.ts';
import { readText } from '../../shared/domain/text/read-text.ts';
import type { TextModel } from '../../shared/domain/text/text-model.ts';
import { defaultTopics, withTerms } from '../../shared/domain/text/topic-terms.ts';
import type { Policy } from '../../shared/policy/policy.ts';

/** What can be told from the words of a review; undefined where there are none. A model is loaded with the first text in its language. */
export async function readWords(
  { title, text }: ReviewWords,
  { texts }: Policy,
  modelFor: (language: 'zh' | 'en') => Promise<TextModel>,
): Promise<TextReading | undefined> {
  const words = [title, text].filter((it) => it !== undefined).join('\n');
  if (words === '') return undefined;
  const language = detectLanguage(words);
  const models = language === 'other' ? {} : { [language]: await modelFor(language) };
  const { sentiment, topics, length } = readText(words, models, {
    topics: withTerms(defaultTopics, texts.topics),
  });
  const fingerprint = text === undefined ? undefined : fingerprintOf(text);
  const signals = textSignals(text);
  return {
    language,
    ...(sentiment && { positive: Math.round(sentiment.score * 1_000) }),
    ...(topics.length > 0 && {
      topics: topics.map(({ id, sentiment: fares }) => ({ id, ...(fares && { sentiment: fares.polarity }) })),
    }),
    length: length.characters,
    ...(fingerprint !== undefined && { fingerprint }),
    ...(Object.keys(signals).length > 0 && { signals }),
  };
}
