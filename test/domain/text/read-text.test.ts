import { describe, expect, it } from 'vitest';
import { findTopics } from '../../../shared/domain/text/find-topics.ts';
import { polarityOf } from '../../../shared/domain/text/polarity.ts';
import { lengthOf, readText } from '../../../shared/domain/text/read-text.ts';
import { servingModel, servingModels } from '../../../shared/domain/text/serving-models.ts';
import { defaultTopics, TOPIC_LIMITS, withTerms } from '../../../shared/domain/text/topic-terms.ts';

const models = await servingModels();
const read = (text: string) => readText(text, models, { topics: defaultTopics });
/** Topics as `id` with + for well, - for ill, ? where only the model can say. */
const topicsOf = (text: string, language: 'zh' | 'en') =>
  findTopics(text, language, defaultTopics).map(
    ({ id, balance }) => `${id}${balance > 0 ? '+' : balance < 0 ? '-' : '?'}`,
  );

describe('the models of the release', () => {
  it.each([
    ['质量很好，物流也快，非常满意', 'zh', 'positive'],
    ['很好吃，下次还会再来', 'zh', 'positive'],
    ['東西很好，非常滿意', 'zh', 'positive'],
    ['太差了，再也不买了', 'zh', 'negative'],
    ['送餐太慢，菜都凉了，很失望', 'zh', 'negative'],
    ['Great quality, I love it and would buy it again!', 'en', 'positive'],
    ['Fits perfectly and looks beautiful', 'en', 'positive'],
    ['Poor quality, it broke after two days. Do not buy.', 'en', 'negative'],
    ['Very disappointed, cheap fabric and awful fit, returning it', 'en', 'negative'],
    ['<b>Terrible</b> <script>alert("great")</script> waste of money, returned it', 'en', 'negative'],
  ])('tell %j', (text, language, polarity) => {
    expect(read(text)).toMatchObject({ language, sentiment: { polarity, model: models[language as 'zh' | 'en'].id } });
  });

  it('are within 1.5 MB, say what they are of, and are read once', async () => {
    for (const [language, model] of Object.entries(models)) {
      expect(model.about).toMatchObject({ language, kind: language === 'zh' ? 'characters' : 'words' });
      expect(model.features.length * 4).toBeLessThan(1.5 * 1_024 ** 2);
      expect(model.about.trainedOn.reviews).toBeGreaterThan(15_000);
    }
    expect(await servingModel('zh')).toBe(models.zh);
  });
});

describe('a text without sentiment', () => {
  it.each([
    ['', 'no_words'],
    [' \u200b\n', 'no_words'],
    ['👍👍 !!!', 'no_words'],
    ['\u0000\u0007\u009f', 'no_words'],
    ['Produto muito bom, chegou antes do prazo', 'other_language'],
    ['この商品はとても良いです', 'other_language'],
  ])('%j says why: %s', (text, unread) => {
    expect(read(text)).toMatchObject({ language: 'other', topics: [], unread });
    expect(read(text)).not.toHaveProperty('sentiment');
  });

  it('is one whose language has no model; its topics are known all the same', () => {
    expect(readText('质量很好，物流怎么样', {}, { topics: defaultTopics })).toEqual({
      language: 'zh',
      topics: [
        { id: 'quality', sentiment: { polarity: 'positive', by: 'terms' }, evidence: ['质量', '质量很好'] },
        { id: 'delivery', evidence: ['物流'] },
      ],
      length: { characters: 10, words: 9 },
      unread: 'no_model',
    });
  });
});

describe('topics', () => {
  it.each([
    ['质量很好，就是有点贵，物流慢', ['quality+', 'price-', 'delivery-']],
    ['衣服太小了，客服态度很差，还是假货', ['size-', 'service-', 'authenticity-']],
    ['包装破损，不便宜', ['price-', 'packaging-']],
    ['是正品，性价比高，包装精美', ['price+', 'packaging+', 'authenticity+']],
    ['不是正品', ['authenticity-']],
    ['物流怎么样', ['delivery?']],
    ['好', []],
  ])('of %j are %j', (text, topics) => {
    expect(topicsOf(text, 'zh')).toEqual(topics);
  });

  it.each([
    ['Great quality but the delivery was late and the box was crushed', ['quality+', 'delivery-', 'packaging-']],
    ['True to size, worth every penny', ['size+', 'price+']],
    ['Not expensive, and it is not a fake', ['price+', 'authenticity+']],
    ['The seller was rude and refused a refund', ['service-']],
    ['The seam unravelled', ['quality-']],
    ['About the fit: no idea', ['size?']],
    ['Infallible profits', []],
    ['', []],
  ])('of %j are %j', (text, topics) => {
    expect(topicsOf(text, 'en')).toEqual(topics);
  });

  it('give the terms as evidence, each once, and no more than five', () => {
    const text = 'Not expensive, not expensive. Price, prices, cost, money, worth, value.';
    expect(findTopics(text, 'en', defaultTopics)).toMatchObject([
      { id: 'price', evidence: ['not expensive', 'price', 'prices', 'cost', 'money'] },
    ]);
  });

  it('which no term decides are asked of the model, by the clauses that name them', () => {
    const { topics } = read('Lovely colour. The delivery was a horrible disappointment, awful');
    expect(topics).toEqual([
      { id: 'delivery', sentiment: { polarity: 'negative', by: 'model' }, evidence: ['delivery'] },
    ]);
  });

  it("can be a shop's own, with terms added to those there are", () => {
    const more = {
      warranty: { zh: { about: ['保修'], fault: ['过保'] }, en: { about: ['warranty', 'guarantee*'] } },
      quality: { en: { praise: ['Rock Solid'] } },
    };
    const topics = withTerms(defaultTopics, more);
    expect(withTerms(defaultTopics, more)).toBe(topics);
    expect(Object.keys(topics)).toEqual([...Object.keys(defaultTopics), 'warranty']);
    const found = findTopics('It is ROCK solid, and guaranteed for life', 'en', topics);
    expect(found.map(({ id, balance, evidence }) => [id, balance, evidence])).toEqual([
      ['quality', 2, ['Rock Solid', 'solid']],
      ['warranty', 0, ['guarantee*']],
    ]);
    expect(findTopics('刚过保就坏了', 'zh', topics).map(({ id }) => id)).toEqual(['quality', 'warranty']);
  });

  it('with terms of nothing are found in nothing', () => {
    const topics = { odd: { zh: { about: ['', ' '] }, en: { fault: ['', '*', '!!'] } } };
    expect([findTopics('好，很好', 'zh', topics), findTopics('good, very good', 'en', topics)]).toEqual([[], []]);
  });

  it('of the release keep to the limits of those of a policy', () => {
    const lists = Object.values(defaultTopics)
      .flatMap(({ zh, en }) => [zh, en])
      .flatMap((it) => [it?.about ?? [], it?.praise ?? [], it?.fault ?? []]);
    expect(Object.keys(defaultTopics)).toEqual([
      'quality',
      'size',
      'price',
      'delivery',
      'service',
      'packaging',
      'authenticity',
    ]);
    expect(Math.max(...lists.map(({ length }) => length))).toBeLessThanOrEqual(TOPIC_LIMITS.termsPerList);
    expect(Math.max(...lists.flat().map(({ length }) => length))).toBeLessThanOrEqual(TOPIC_LIMITS.termLength);
    expect(lists.flat().filter((term) => term.trim() !== term || term === '')).toEqual([]);
  });
});

it.each([
  ['质量很好 OK', 6, 5],
  ["It's fine.", 9, 2],
  ['One\ntwo', 6, 2],
  ['好👍', 2, 1],
  ['', 0, 0],
])('the length of %j is %i characters, %i words', (text, characters, words) => {
  expect(lengthOf(text)).toEqual({ characters, words });
});

it.each([
  [0, 'negative'],
  [0.34, 'negative'],
  [0.36, 'neutral'],
  [0.64, 'neutral'],
  [0.66, 'positive'],
  [1, 'positive'],
])('a score of %d is %s', (score, polarity) => {
  expect(polarityOf(score)).toBe(polarity);
});

it.each([
  ['质量很好，', 'zh'],
  ['good quality, fast delivery. ', 'en'],
  ['👍', 'other'],
  ['质量\u0000', 'zh'],
  ['<i>', 'other'],
  ['\u0301', 'other'],
])('100 KB of %j are read like any text', (piece, language) => {
  const reading = read(piece.repeat(102_400 / piece.length));
  expect(reading.language).toBe(language);
  for (const { evidence } of reading.topics) expect(evidence.length).toBeLessThanOrEqual(5);
});
