import type { ReviewWords } from '../../shared/adapters/dynamo/review-store.ts';
import { fingerprintOf } from '../../shared/domain/moderation/fingerprint.ts';
import { textSignals } from '../../shared/domain/moderation/text-signals.ts';
import type { TextReading } from '../../shared/domain/review/review-text.ts';

/** What can be told from the words of a review; undefined where there are none. */
export async function readWords({ title, text }: ReviewWords): Promise<TextReading | undefined> {
  const words = [title, text].filter((it) => it !== undefined).join('\n');
  if (words === '') return undefined;
  const fingerprint = text === undefined ? undefined : fingerprintOf(text);
  const signals = textSignals(text);
  return {
    language: 'other',
    length: [...words].length,
    ...(fingerprint !== undefined && { fingerprint }),
    ...(Object.keys(signals).length > 0 && { signals }),
  };
}
