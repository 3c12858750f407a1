import { describe, expect, it } from 'vitest';
import type { Anchor, Happened, HappenedKind } from '../../../shared/domain/recommend/features.ts';
import { reasonText } from '../../../shared/domain/recommend/reason-texts.ts';
import {
  type ArrangedItem,
  explain,
  explainList,
  type ReasonCode,
  type ReasonSurroundings,
  reasonCodes,
} from '../../../shared/domain/recommend/reasons.ts';
import { catalogueOf, DAY_MS, HOUR_MS, NOW_MS, question, STAMP } from '../../support/recommend-lists.ts';

const catalogue = catalogueOf([
  { name: 'Teapot', brandId: 'hearth', categories: ['Home/Kitchen'] },
  undefined,
  { name: 'Cup' },
  { name: '茶'.repeat(200) },
]);
catalogue.applyStanding({ kind: 'product', id: 'p2', grade: 'AAA', score: 97, ...STAMP });

const happened = (item: number, kind: HappenedKind, agoMs: number): Happened => ({ item, kind, atMs: NOW_MS - agoMs });
const item = (code: ReasonCode, anchor?: Anchor): ArrangedItem => ({
  item: 2,
  productId: 'p2',
  score: 0.5,
  parts: [{ code, contribution: 0.5, anchor }],
});
const around = (more: Partial<ReasonSurroundings> = {}): ReasonSurroundings => ({
  catalogue,
  question,
  timeZone: 'UTC',
  ...more,
});
const textOf = (code: ReasonCode, anchor?: Anchor, more: Partial<ReasonSurroundings> = {}): (string | undefined)[] =>
  ['en-GB', 'zh-Hans-CN'].map((locale) => explain(item(code, anchor), around({ locale, ...more })).reasons[0]?.text);
const seen = (...all: Happened[]) => ({ question: { ...question, session: all, recent: all } });
const bought = (...daysAgo: number[]) => ({
  question: { ...question, purchases: daysAgo.map((days) => happened(2, 'order', days * DAY_MS)) },
});

describe('a reason', () => {
  it.each<[ReasonCode, Anchor | undefined, Partial<ReasonSurroundings>, string, string]>([
    [
      'session',
      { item: 0 },
      seen(happened(0, 'view', HOUR_MS)),
      'Because you viewed Teapot today',
      '因为您今天浏览过“Teapot”',
    ],
    [
      'neighbours',
      { item: 0 },
      seen(happened(0, 'click', DAY_MS)),
      'Because you looked at Teapot yesterday',
      '因为您昨天查看过“Teapot”',
    ],
    [
      'session',
      { item: 1 },
      seen(happened(1, 'favourite', 3 * DAY_MS)),
      'Because you saved p1 3 days ago',
      '因为您3天前收藏过“p1”',
    ],
    [
      'session',
      { item: 0 },
      seen(happened(0, 'cart', 0)),
      'Because you put Teapot in your basket today',
      '因为您今天将“Teapot”加入过购物车',
    ],
    [
      'session',
      { item: 0 },
      seen(happened(0, 'view', DAY_MS), happened(0, 'order', DAY_MS), happened(0, 'cart', DAY_MS)),
      'Because you bought Teapot yesterday',
      '因为您昨天购买过“Teapot”',
    ],
    ['session', { item: 0 }, {}, 'Goes with Teapot', '与“Teapot”相关'],
    [
      'session',
      undefined,
      {},
      'Others who looked around as you do went on to this',
      '与您浏览习惯相近的人接着看了这件商品',
    ],
    ['neighbours', undefined, {}, 'Often looked at next', '常被接着浏览'],
    ['repeat', undefined, bought(60, 30, 4), 'You buy this about every 28 days', '您大约每28天购买一次'],
    ['repeat', undefined, bought(2, 1), 'You buy this about every day', '您大约每1天购买一次'],
    ['repeat', undefined, bought(5), 'You bought this 5 days ago', '您5天前购买过这件商品'],
    [
      'repeat',
      undefined,
      { ...bought(5), intervalDaysOf: () => 21 },
      'You bought this 5 days ago; it is usually bought again after about 21 days',
      '您5天前购买过这件商品，通常约21天后会再次购买',
    ],
    [
      'repeat',
      undefined,
      { ...bought(5), intervalDaysOf: () => 6.087 },
      'You bought this 5 days ago; it is usually bought again after about 6 days',
      '您5天前购买过这件商品，通常约6天后会再次购买',
    ],
    [
      'repeat',
      undefined,
      { ...bought(5), intervalDaysOf: () => 0.0007 },
      'You bought this 5 days ago',
      '您5天前购买过这件商品',
    ],
    ['repeat', undefined, bought(5, 5), 'You bought this 5 days ago', '您5天前购买过这件商品'],
    ['repeat', undefined, {}, 'Often bought again', '经常被再次购买'],
    ['bought_together', { item: 0 }, {}, 'Often bought together with Teapot', '常与“Teapot”一起购买'],
    ['bought_together', undefined, {}, 'Often bought together with what you chose', '常与您选择的商品一起购买'],
    [
      'similar_members',
      undefined,
      {},
      'Bought by members whose purchases are like yours',
      '购买习惯与您相近的会员也买了',
    ],
    ['content', { item: 0 }, {}, 'Similar to Teapot', '与“Teapot”相似'],
    ['content', undefined, {}, 'Similar to what you viewed', '与您浏览过的商品相似'],
    ['trending', undefined, {}, 'Popular in the shop this week', '本周店内热门'],
    ['category', { category: 'Home' }, {}, 'Because you come back to Home', '因为您常看“Home”类商品'],
    ['category', undefined, {}, 'From a category that you come back to', '来自您常看的类别'],
    ['category', { category: 'Home' }, { pageAlone: true }, 'Also in Home', '同属“Home”类'],
    ['category', undefined, { pageAlone: true }, 'Of the same category', '同类商品'],
    ['brand', { brand: 'hearth' }, { pageAlone: true }, 'Also of the brand hearth', '同属“hearth”品牌'],
    ['brand', undefined, { pageAlone: true }, 'Of the same brand', '同品牌商品'],
    ['brand', { brand: 'hearth' }, {}, 'Because you come back to the brand hearth', '因为您常看“hearth”品牌'],
    ['brand', undefined, {}, 'From a brand that you come back to', '来自您常看的品牌'],
    ['trust', undefined, {}, 'Quality grade AAA', '质量等级AAA'],
    ['personalize', undefined, {}, 'Chosen for you from what members look at and buy', '根据会员的浏览和购买为您挑选'],
    ['newest', undefined, {}, 'New in the shop', '店内新品'],
    [
      'demotion',
      undefined,
      {},
      'Placed lower: its brand or supplier is under a restriction',
      '排序靠后：其品牌或供应商正受限制',
    ],
    [
      'diversity',
      { item: 0 },
      {},
      'Placed lower so that the list stays varied: Teapot is much like it',
      '为保持列表多样而排序靠后：与“Teapot”很相近',
    ],
    ['diversity', undefined, {}, 'Placed lower so that the list stays varied', '为保持列表多样而排序靠后'],
    [
      'limit_relaxed',
      undefined,
      {},
      'Placed at the end: the list holds many of this brand or category already',
      '排在末尾：列表中同品牌或同类别的商品已较多',
    ],
    [
      'exploration',
      undefined,
      {},
      'New in the shop: it gets a place so that members can discover it',
      '店内新品：为让会员发现而展示',
    ],
  ])('%s %o is told in English and in Chinese', (code, anchor, more, en, zh) => {
    expect(textOf(code, anchor, more)).toEqual([en, zh]);
  });

  it.each([
    ['zh', 'zh'],
    ['ZH-tw', 'zh'],
    ['en', 'en'],
    ['de-DE', 'en'],
    ['zhx', 'en'],
    ['', 'en'],
    [undefined, 'en'],
  ])('in the locale %s is in %s', (locale, language) => {
    const [reason] = explain(item('newest'), around({ locale })).reasons;
    expect(reason?.text).toBe(language === 'zh' ? '店内新品' : 'New in the shop');
  });

  it('tells days as the clocks of the shop show them', () => {
    const viewed = seen(happened(0, 'view', 13 * HOUR_MS));
    expect(textOf('session', { item: 0 }, viewed)[0]).toBe('Because you viewed Teapot yesterday');
    const east = { ...viewed, timeZone: 'Asia/Shanghai' };
    expect(textOf('session', { item: 0 }, east)[0]).toBe('Because you viewed Teapot today');
    const west = { ...viewed, timeZone: 'America/Los_Angeles' };
    expect(textOf('session', { item: 0 }, west)[0]).toBe('Because you viewed Teapot yesterday');
    const late = seen(happened(0, 'view', 11 * HOUR_MS));
    expect(textOf('session', { item: 0 }, late)[0]).toBe('Because you viewed Teapot today');
    expect(textOf('session', { item: 0 }, { ...late, timeZone: 'America/Los_Angeles' })[0]).toBe(
      'Because you viewed Teapot yesterday',
    );
    expect(textOf('session', { item: 0 }, seen(happened(0, 'view', -DAY_MS)))[0]).toBe(
      'Because you viewed Teapot today',
    );
  });

  it('names what it rests on', () => {
    const viewed = around(seen(happened(0, 'view', HOUR_MS)));
    expect(explain(item('session', { item: 0 }), viewed)).toEqual({
      productId: 'p2',
      score: 0.5,
      reasons: [
        {
          code: 'session',
          contribution: 0.5,
          text: 'Because you viewed Teapot today',
          anchor: { productId: 'p0', kind: 'view', at: '2026-01-20T11:00:00.000Z' },
        },
      ],
    });
    const [reason] = explain(item('brand', { brand: 'hearth' }), around()).reasons;
    expect(reason?.anchor).toEqual({ brandId: 'hearth' });
    const [other] = explain(item('category', { category: 'Home' }), around()).reasons;
    expect(other?.anchor).toEqual({ category: 'Home' });
  });

  it('asks the feature what speaks for the item, and never where the list itself was the reason', () => {
    const asked: [string, number][] = [];
    const anchorOf = (code: string, of: number): Anchor => {
      asked.push([code, of]);
      return { item: 0 };
    };
    expect(textOf('content', undefined, { anchorOf })[0]).toBe('Similar to Teapot');
    expect(textOf('diversity', undefined, { anchorOf })[0]).toBe('Placed lower so that the list stays varied');
    expect(asked).toEqual([
      ['content', 2],
      ['content', 2],
    ]);
  });

  it('is told for a whole list as for each of its items', () => {
    const list = [item('session', { item: 0 }), item('content', { item: 1 }), item('trust')];
    const viewed = around(seen(happened(0, 'view', DAY_MS)));
    expect(explainList(list, viewed)).toEqual(list.map((it) => explain(it, viewed)));
  });

  it('cuts names that are too long for a sentence', () => {
    const [text] = textOf('content', { item: 3 });
    expect(text).toBe(`Similar to ${'茶'.repeat(79)}…`);
  });

  it.each(reasonCodes)('%s says something in every language', (code) => {
    for (const locale of ['en', 'zh'] as const) expect(reasonText(code, {}, locale)).toMatch(/\S/);
  });
});
