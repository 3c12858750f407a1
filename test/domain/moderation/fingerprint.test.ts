import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bandsOf, fingerprintOf, similarity } from '../../../shared/domain/moderation/fingerprint.ts';

const ENGLISH =
  'The kettle boils a litre within three minutes and switches itself off, but the lid is stiff and the cord could be longer.';
const PORTUGUESE =
  'A cafeteira esquenta a água em poucos minutos e desliga sozinha, mas a tampa é dura e o fio poderia ser mais comprido.';
const CHINESE = '这个水壶三分钟就能烧开一升水，自动断电很安全，就是盖子有点紧，电源线要是再长一点就更好了。';

const alike = (one: string, other: string): number => similarity(fingerprintOf(one) ?? '', fingerprintOf(other) ?? '');
const meet = (one: string, other: string): boolean => {
  const bands = bandsOf(fingerprintOf(one) ?? '');
  return bandsOf(fingerprintOf(other) ?? '').some((band) => bands.includes(band));
};

describe('the fingerprint of a text', () => {
  it.each([ENGLISH, PORTUGUESE, CHINESE])('is 72 characters long, in six bands: %s', (text) => {
    const fingerprint = fingerprintOf(text) ?? '';
    expect(fingerprint).toMatch(/^[A-Za-z0-9_-]{72}$/);
    expect(new Set(bandsOf(fingerprint)).size).toBe(6);
    expect(similarity(fingerprint, fingerprint)).toBe(1);
  });

  it.each([
    { what: 'case', one: ENGLISH, other: ENGLISH.toUpperCase() },
    { what: 'punctuation', one: ENGLISH, other: ENGLISH.replace(/[.,]/g, ' !!! ') },
    { what: 'accents', one: PORTUGUESE, other: PORTUGUESE.normalize('NFD').replace(/\p{M}/gu, '') },
    { what: 'emoji', one: CHINESE, other: `${CHINESE}👍👍` },
    { what: 'full-width forms', one: `${ENGLISH} ABC`, other: `${ENGLISH} ＡＢＣ` },
    { what: 'figures', one: `${ENGLISH} Ordered 12 on 3 May`, other: `${ENGLISH} Ordered 7 on 28 May` },
  ])('makes no difference between $what', ({ one, other }) => {
    expect(fingerprintOf(other)).toBe(fingerprintOf(one));
  });

  it.each([
    { what: 'a word less', one: ENGLISH, other: ENGLISH.replace('itself ', '') },
    { what: 'another word', one: ENGLISH, other: ENGLISH.replace('stiff', 'tight') },
    { what: 'an opening', one: PORTUGUESE, other: `Olha, ${PORTUGUESE}` },
    { what: 'a slip', one: PORTUGUESE, other: PORTUGUESE.replace('cafeteira', 'cafetiera') },
    { what: 'an ending', one: CHINESE, other: `${CHINESE}推荐给大家` },
    { what: 'a word less in Chinese', one: CHINESE, other: CHINESE.replace('自动断电很安全，', '') },
  ])('finds a copy with $what', ({ one, other }) => {
    expect(alike(one, other)).toBeGreaterThanOrEqual(0.5);
    expect(meet(one, other)).toBe(true);
  });

  it('tells different texts apart', () => {
    const other =
      'My daughter wears this jacket to school every day; the zip broke after a week and nobody answered my letters.';
    expect(alike(ENGLISH, other)).toBeLessThan(0.2);
    expect(meet(ENGLISH, other)).toBe(false);
  });

  it.each([
    '',
    '   ',
    '👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍',
    '5',
    'ok',
    'muito bom',
    'Produto muito bom, recomendo! Chegou antes do prazo.',
    'Ótimo produto, entrega rápida, super recomendo, loja de parabéns.',
    'Very good quality, fast delivery, highly recommended!',
    'I love it! Great product, would buy again. Thank you!',
    '好评',
    '非常好，物流很快，质量不错，性价比高，值得购买，下次还会来。',
    'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
  ])('is left out for what thousands write by themselves: %s', (text) => {
    expect(fingerprintOf(text)).toBeUndefined();
  });

  it('does not depend on stock phrases around what is the author’s own', () => {
    expect(alike(PORTUGUESE, `Recomendo! ${PORTUGUESE} Chegou antes do prazo. Muito bom.`)).toBeGreaterThan(0.85);
  });

  it('takes any text there is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => {
        const fingerprint = fingerprintOf(text);
        if (fingerprint !== undefined) expect(bandsOf(fingerprint)).toHaveLength(6);
      }),
    );
  });
});
