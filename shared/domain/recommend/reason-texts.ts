import type { HappenedKind } from './features.ts';
import type { ReasonCode } from './reasons.ts';

export type ReasonLocale = 'en' | 'zh';

/** What a sentence may name: products, categories, brands, grades and days. Nothing of the person stands here, so nothing can be said. */
export type TextAnchor = {
  product?: string | undefined;
  happened?: { kind: HappenedKind; daysAgo: number } | undefined;
  category?: string | undefined;
  brand?: string | undefined;
  grade?: string | undefined;
  boughtDaysAgo?: number | undefined;
  /** After how many days this member buys the product again, and members as such. */
  everyDays?: number | undefined;
  usualDays?: number | undefined;
  /** The question knows the product of its page and nothing that anybody did. */
  pageAlone?: boolean | undefined;
};

/** A sentence that says why, in one language. Names are the catalogue's, cut where they are long. */
export function reasonText(code: ReasonCode, anchor: TextAnchor, locale: ReasonLocale): string {
  return sentences[locale][code]({
    ...anchor,
    product: anchor.product && shortened(anchor.product),
    category: anchor.category && shortened(anchor.category),
    brand: anchor.brand && shortened(anchor.brand),
  });
}

const MOST_CHARACTERS = 80;

function shortened(name: string): string {
  const characters = [...name];
  return characters.length <= MOST_CHARACTERS ? name : `${characters.slice(0, MOST_CHARACTERS - 1).join('')}…`;
}

type Sentences = Record<ReasonCode, (anchor: TextAnchor) => string>;

/** Putting something in a basket is said around the product, not before it. */
type Verbs = Record<Exclude<HappenedKind, 'cart'>, string>;
const verbs: Record<ReasonLocale, Verbs> = {
  en: { view: 'viewed', click: 'looked at', favourite: 'saved', order: 'bought' },
  zh: { view: '浏览过', click: '查看过', favourite: '收藏过', order: '购买过' },
};

const english: Sentences = {
  session: (it) => youDidInEnglish(it) ?? 'Others who looked around as you do went on to this',
  neighbours: (it) => youDidInEnglish(it) ?? 'Often looked at next',
  repeat: ({ everyDays, boughtDaysAgo, usualDays }) => {
    if (everyDays !== undefined) return `You buy this about every ${daysOf(everyDays)}`;
    const usual = usualDays === undefined ? '' : `; it is usually bought again after about ${daysOf(usualDays)}`;
    return boughtDaysAgo === undefined
      ? `Often bought again${usual}`
      : `You bought this ${dayInEnglish(boughtDaysAgo)}${usual}`;
  },
  bought_together: ({ product }) =>
    product === undefined ? 'Often bought together with what you chose' : `Often bought together with ${product}`,
  similar_members: () => 'Bought by members whose purchases are like yours',
  content: ({ product }) => (product === undefined ? 'Similar to what you viewed' : `Similar to ${product}`),
  trending: () => 'Popular in the shop this week',
  category: ({ category, pageAlone }) => {
    if (pageAlone === true) return category === undefined ? 'Of the same category' : `Also in ${category}`;
    return category === undefined ? 'From a category that you come back to' : `Because you come back to ${category}`;
  },
  brand: ({ brand, pageAlone }) => {
    if (pageAlone === true) return brand === undefined ? 'Of the same brand' : `Also of the brand ${brand}`;
    return brand === undefined ? 'From a brand that you come back to' : `Because you come back to the brand ${brand}`;
  },
  trust: ({ grade }) => (grade === undefined ? 'Good quality record' : `Quality grade ${grade}`),
  personalize: () => 'Chosen for you from what members look at and buy',
  newest: () => 'New in the shop',
  demotion: () => 'Placed lower: its brand or supplier is under a restriction',
  diversity: ({ product }) =>
    product === undefined
      ? 'Placed lower so that the list stays varied'
      : `Placed lower so that the list stays varied: ${product} is much like it`,
  limit_relaxed: () => 'Placed at the end: the list holds many of this brand or category already',
  exploration: () => 'New in the shop: it gets a place so that members can discover it',
};

const chinese: Sentences = {
  session: (it) => youDidInChinese(it) ?? '与您浏览习惯相近的人接着看了这件商品',
  neighbours: (it) => youDidInChinese(it) ?? '常被接着浏览',
  repeat: ({ everyDays, boughtDaysAgo, usualDays }) => {
    if (everyDays !== undefined) return `您大约每${everyDays}天购买一次`;
    const usual = usualDays === undefined ? '' : `，通常约${usualDays}天后会再次购买`;
    return boughtDaysAgo === undefined
      ? `经常被再次购买${usual}`
      : `您${dayInChinese(boughtDaysAgo)}购买过这件商品${usual}`;
  },
  bought_together: ({ product }) => (product === undefined ? '常与您选择的商品一起购买' : `常与“${product}”一起购买`),
  similar_members: () => '购买习惯与您相近的会员也买了',
  content: ({ product }) => (product === undefined ? '与您浏览过的商品相似' : `与“${product}”相似`),
  trending: () => '本周店内热门',
  category: ({ category, pageAlone }) => {
    if (pageAlone === true) return category === undefined ? '同类商品' : `同属“${category}”类`;
    return category === undefined ? '来自您常看的类别' : `因为您常看“${category}”类商品`;
  },
  brand: ({ brand, pageAlone }) => {
    if (pageAlone === true) return brand === undefined ? '同品牌商品' : `同属“${brand}”品牌`;
    return brand === undefined ? '来自您常看的品牌' : `因为您常看“${brand}”品牌`;
  },
  trust: ({ grade }) => (grade === undefined ? '质量记录良好' : `质量等级${grade}`),
  personalize: () => '根据会员的浏览和购买为您挑选',
  newest: () => '店内新品',
  demotion: () => '排序靠后：其品牌或供应商正受限制',
  diversity: ({ product }) =>
    product === undefined ? '为保持列表多样而排序靠后' : `为保持列表多样而排序靠后：与“${product}”很相近`,
  limit_relaxed: () => '排在末尾：列表中同品牌或同类别的商品已较多',
  exploration: () => '店内新品：为让会员发现而展示',
};

const sentences: Record<ReasonLocale, Sentences> = { en: english, zh: chinese };

function youDidInEnglish({ product, happened }: TextAnchor): string | undefined {
  if (product === undefined) return undefined;
  if (happened === undefined) return `Goes with ${product}`;
  const when = dayInEnglish(happened.daysAgo);
  if (happened.kind === 'cart') return `Because you put ${product} in your basket ${when}`;
  return `Because you ${verbs.en[happened.kind]} ${product} ${when}`;
}

function youDidInChinese({ product, happened }: TextAnchor): string | undefined {
  if (product === undefined) return undefined;
  if (happened === undefined) return `与“${product}”相关`;
  const when = dayInChinese(happened.daysAgo);
  if (happened.kind === 'cart') return `因为您${when}将“${product}”加入过购物车`;
  return `因为您${when}${verbs.zh[happened.kind]}“${product}”`;
}

function dayInEnglish(daysAgo: number): string {
  if (daysAgo === 0) return 'today';
  return daysAgo === 1 ? 'yesterday' : `${daysAgo} days ago`;
}

function dayInChinese(daysAgo: number): string {
  if (daysAgo === 0) return '今天';
  return daysAgo === 1 ? '昨天' : `${daysAgo}天前`;
}

function daysOf(days: number): string {
  return days === 1 ? 'day' : `${days} days`;
}
