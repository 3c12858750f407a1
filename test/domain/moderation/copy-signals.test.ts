import { describe, expect, it } from 'vitest';
import { copySignals, isCopy } from '../../../shared/domain/moderation/copy-signals.ts';
import { fingerprintOf } from '../../../shared/domain/moderation/fingerprint.ts';
import type { TextMatch } from '../../../shared/domain/moderation/signals.ts';
import { currentPolicy } from '../../../shared/policy/policy.ts';
import { NOON_MS, times } from './listed-reviews.ts';

const TEXT =
  'The kettle boils a litre within three minutes and switches itself off, but the lid is stiff and the cord short.';
const EDITED = TEXT.replace('itself ', '')
  .replace('stiff', 'tight')
  .replace('kettle', 'pot')
  .replace('and the', ', the');
const OTHER =
  'My daughter wears this jacket to school every day; the zip broke after a week and nobody answered my letters.';

type Text = { text?: string; hour?: number; memberId?: string; productId?: string };

function match(number: number, { text = TEXT, hour = -number, ...over }: Text = {}): TextMatch {
  return {
    reviewId: `rev-${String(number).padStart(3, '0')}`,
    memberId: `mem-${number}`,
    productId: `product-${number}`,
    atMs: NOON_MS + hour * 3_600_000,
    fingerprint: fingerprintOf(text) ?? '',
    ...over,
  };
}

const signals = (review: Parameters<typeof copySignals>[0], matches: readonly TextMatch[]) =>
  copySignals(review, matches, currentPolicy);

describe('what near-identical texts say against a review', () => {
  it('is nothing without a fingerprint, or without others', () => {
    const { fingerprint: _, ...wordless } = match(0);
    expect(signals(wordless, [match(1)])).toEqual({});
    expect(signals(match(0), [])).toEqual({});
    expect(signals(match(0), [match(0)])).toEqual({});
    expect(signals(match(0), [match(1, { text: OTHER })])).toEqual({});
  });

  it('is how close the closest earlier text by another is, and how many there are', () => {
    expect(signals(match(0), [match(1)])).toEqual({ closeness: 4, copies: 1 });
    expect(signals(match(0), [match(1, { text: EDITED })])).toEqual({ closeness: 2, copies: 1 });
    expect(signals(match(0), [match(1, { text: EDITED }), match(2), match(3)])).toEqual({ closeness: 4, copies: 2 });
    expect(
      signals(
        match(0),
        times(40, (index) => match(index + 1)),
      ),
    ).toEqual({ closeness: 4, copies: 5 });
  });

  it('does not count a match twice that shares several bands', () => {
    expect(signals(match(0), [match(1), match(1), match(1)])).toEqual({ closeness: 4, copies: 1 });
  });

  it('says nothing against who wrote first, however many copy it', () => {
    const later = times(15, (index) => match(index + 1, { hour: index + 1 }));
    expect(signals(match(0), later)).toEqual({});
  });

  it('is decided by the ids where two have the same time', () => {
    const [one, other] = [match(1, { hour: 0 }), match(2, { hour: 0 })];
    expect(signals(one, [other])).toEqual({});
    expect(signals(other, [one])).toEqual({ closeness: 4, copies: 1 });
  });

  it('is the member’s own text on other products, earlier or later', () => {
    const own = [match(1, { memberId: 'mem-0' }), match(2, { memberId: 'mem-0', hour: 5 })];
    expect(signals(match(0), own)).toEqual({ ownCopies: 2 });
    expect(signals(match(0), [match(1, { memberId: 'mem-0', productId: 'product-0' })])).toEqual({});
  });

  it('makes a copy of what is close enough', () => {
    expect(isCopy({})).toBe(false);
    expect(isCopy({ closeness: 1, copies: 5 })).toBe(false);
    expect(isCopy(signals(match(0), [match(1, { text: EDITED })]))).toBe(true);
  });
});
