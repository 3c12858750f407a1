import { describe, expect, it } from 'vitest';
import { detectLanguage } from '../../../shared/domain/text/language.ts';
import { clausesMarked, clausesOf, normalise, READ_LIMIT } from '../../../shared/domain/text/normalise.ts';
import { simplified } from '../../../shared/domain/text/simplified.ts';

describe('the language', () => {
  it.each([
    ['很快，好吃，味道足，量大', 'zh'],
    ['東西很好，物流也快', 'zh'],
    ['这个 iPhone 的 battery 很好用，我很满意', 'zh'],
    ['好', 'zh'],
    ['Keeps the tea warm and pours without a drop.', 'en'],
    ['Gorgeous dress!', 'en'],
    ['I DON’T LIKE IT', 'en'],
    ['The 茶 is very good and I will buy it again', 'en'],
    ['Produto muito bom, chegou antes do prazo', 'other'],
    ['Material recebido', 'other'],
    ['El producto es muy bueno, gracias', 'other'],
    ['Sehr gute Qualität, schnelle Lieferung', 'other'],
    ['Très bon produit', 'other'],
    ['この商品はとても良いです', 'other'],
    ['배송이 빨라요', 'other'],
    ['Очень хорошо, very good, рекомендую всем', 'other'],
    ['xqzt vbn', 'other'],
    ['👍👍👍', 'other'],
    ['12345 !!!', 'other'],
    ['', 'other'],
    [' \n\t ', 'other'],
    ['\u0000\u0007 very good quality \u009f', 'en'],
    ['👍 质量很好 👍', 'zh'],
    ['<script>alert("x")</script> the quality is not what I wanted', 'en'],
    ['<div class="review the-best"><p>好吃</p></div>', 'zh'],
    ['<b>', 'other'],
    ['\ud800', 'other'],
  ])('of %j is %s', (text, language) => {
    expect(detectLanguage(text)).toBe(language);
  });

  it.each([
    ['这本书不错', 'zh'],
    ['it is good ', 'en'],
    ['👍', 'other'],
    ['ﷺ', 'other'],
    ['a', 'other'],
    ['\u0001', 'other'],
  ])('of 100 KB of %j is %s', (piece, language) => {
    expect(detectLanguage(piece.repeat(102_400 / piece.length))).toBe(language);
  });
});

describe('a text', () => {
  it.each([
    ['ＶＥＲＹ　Ｇｏｏｄ！', 'very good!'],
    ['很\u200b好\u0007吃', '很好 吃'],
    ['  a \t b  ', 'a b'],
    [' a \r\n\t b\u2028\n', 'a\nb'],
    ['品質很好，沒問題，價錢貴', '品质很好,没问题,价钱贵'],
    ['<b>Good</b>', '<b>good</b>'],
    ['Don’t', "don't"],
  ])('%j is seen as %j', (text, seen) => {
    expect(normalise(text)).toBe(seen);
  });

  it('is seen to a limit, also where a character stands for many', () => {
    expect(normalise('ﷺ'.repeat(100_000)).length).toBeLessThanOrEqual(READ_LIMIT);
  });

  it.each([
    ['很好,,,很快', ',很好,很快,'],
    ['good\nbad.\nfine', ',good,bad,fine,'],
    ['好好好好好好!!!!!', ',好好好!!!,'],
    ['18.5 元', ',00,0 元,'],
    ['', ',,'],
  ])('%j has its clauses marked as %j', (text, marked) => {
    expect(clausesMarked(text)).toBe(marked);
  });

  it('falls into clauses', () => {
    expect(clausesOf('好吃,就是慢!下次再来。 ok - fine; well-made\nsoft but small')).toEqual([
      '好吃',
      '就是慢',
      '下次再来',
      'ok',
      'fine',
      'well-made',
      'soft',
      'small',
    ]);
    expect(clausesOf('!!!')).toEqual([]);
  });
});

describe('a traditional character', () => {
  it('has one simplified form, which is not traditional itself', () => {
    const once = simplified('個們來這時會說沒對國過後還學經開點東車長見問間門馬頭價錢賣買質貨');
    expect(once).toBe('个们来这时会说没对国过后还学经开点东车长见问间门马头价钱卖买质货');
    expect(simplified(once)).toBe(once);
  });
});
