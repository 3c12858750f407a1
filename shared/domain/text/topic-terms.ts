/**
 * By which words a topic is known in a language. `about` says only that it is spoken of; `praise` and `fault` say how as well, unless
 * they are negated. A Chinese term is looked for anywhere, an English one as whole words; `*` at its end stands for any ending.
 */
export type TermLists = {
  about?: readonly string[] | undefined;
  praise?: readonly string[] | undefined;
  fault?: readonly string[] | undefined;
};

/** Topics by their id. Data: a shop adds topics, or terms to those there are, with `withTerms`. */
export type TopicTerms = Readonly<Record<string, { zh?: TermLists | undefined; en?: TermLists | undefined }>>;

/** What a policy that brings terms of its own keeps to. */
export const TOPIC_LIMITS = { topics: 50, termsPerList: 500, termLength: 40 } as const;

const list = (terms: string): string[] => terms.split(' ').filter((term) => term !== '');
const phrases = (terms: string): string[] => terms.split(',').map((term) => term.trim());

export const defaultTopics: TopicTerms = {
  quality: {
    zh: {
      about: list('质量 品质 做工 材质 面料 用料 布料 手感 质感 性能 耐用 口感 味道 新鲜 印刷 纸质 掉色 起球'),
      praise: list(
        '质量好 质量不错 质量很好 质量非常好 质量挺好 做工好 做工精细 做工不错 结实 耐用 很新鲜 味道好 味道不错 好吃 好用 面料好 手感好 纸质好',
      ),
      fault: list(
        '质量差 质量不好 质量太差 质量很差 质量问题 做工粗糙 做工差 粗糙 劣质 次品 坏了 坏的 烂了 烂的 掉色 褪色 起球 开线 破洞 裂开 难吃 不新鲜 变质 ' +
          '发霉 异味 不好用 死机 黑屏 蓝屏 卡顿 缺页 掉页 错别字 线头 漏水 烧坏',
      ),
    },
    en: {
      about: phrases(
        'quality, fabric, material, workmanship, stitching, seam, seams, craftsmanship, durability, texture',
      ),
      praise: phrases(
        'well made, good quality, great quality, high quality, excellent quality, sturdy, durable, solid, well constructed, ' +
          'works well, works great, works perfectly, beautiful quality, beautifully made',
      ),
      fault: phrases(
        'poor quality, low quality, bad quality, cheaply made, poorly made, cheap looking, looks cheap, flimsy, broke, broken, ' +
          'defective, fell apart, falling apart, faulty, does not work, did not work, stopped working, ripped, tore, torn, ' +
          'unravel*, faded, pilling, shrank, stains, snagged, hole, holes, frayed, scratched, leaks, leaking',
      ),
    },
  },
  size: {
    zh: {
      about: list('尺寸 尺码 大小 码数 型号 合身 版型 号码 偏大 偏小 长短 肥瘦 分量 份量'),
      praise: list(
        '合身 大小合适 大小正好 尺码合适 尺码正好 尺寸合适 尺寸正好 很合适 刚好合适 码数合适 分量足 份量足 量足',
      ),
      fault: list(
        '偏大 偏小 太大了 太小了 尺码不准 尺寸不准 尺寸不对 尺码不对 大小不合适 穿不了 穿不上 太紧 太肥 太短 分量少 份量少 量太少 量少',
      ),
    },
    en: {
      about: phrases('size, sizes, sizing, fit, fits, fitting, fitted, petite, length, width, waist, inches'),
      praise: phrases(
        'true to size, fits well, fit well, fits perfectly, fit perfectly, fits great, fit great, perfect fit, fits like a glove, ' +
          'great fit, flattering fit, right size',
      ),
      fault: phrases(
        'too small, too big, too large, too tight, too short, too long, too loose, runs small, runs large, runs big, ran small, ' +
          'ran large, wrong size, did not fit, does not fit, poor fit, bad fit, oversized',
      ),
    },
  },
  price: {
    zh: {
      about: list('价格 价钱 价位 性价比 便宜 昂贵 很贵 好贵 贵的 不贵 优惠 降价 涨价 折扣 划算 实惠 元钱 块钱 值得'),
      praise: list('便宜 不贵 实惠 划算 性价比高 价格合理 价格公道 物美价廉 物超所值 物有所值 超值 优惠'),
      fault: list('太贵 偏贵 有点贵 贵了 价格高 价格偏高 不值 不划算 性价比低 性价比不高 刚买就降价 降价 涨价 坑钱'),
    },
    en: {
      about: phrases(
        'price, prices, priced, pricing, pricey, cost, costs, money, value, worth, expensive, cheap, discount, sale, bargain',
      ),
      praise: phrases(
        'great price, good price, reasonably priced, reasonable price, good value, great value, worth it, worth the money, ' +
          'worth every penny, bargain, great deal, good deal, affordable, inexpensive',
      ),
      fault: phrases(
        'overpriced, too expensive, pricey, over priced, waste of money, not worth, rip off, expensive, poor value, steep, too much money',
      ),
    },
  },
  delivery: {
    zh: {
      about: list('物流 快递 送货 发货 配送 到货 送餐 送达 运输 收货 外卖员 送来 快递员 骑手 小哥 派送'),
      praise: list(
        '物流快 物流很快 送货快 发货快 发货很快 速度快 速度很快 送餐快 送得快 送的快 很快就到 准时 提前到 及时 隔天就到 第二天就到 快递给力 物流给力',
      ),
      fault: list(
        '物流慢 物流太慢 发货慢 发货太慢 送货慢 送餐慢 速度慢 太慢 很慢 有点慢 好慢 真慢 超慢 比较慢 慢死 送得慢 送的慢 迟到 超时 晚到 催了 还没到 没送到 送错 漏送 少送 迟迟 ' +
          '等了一个 等了两个 等了三个 没收到 才送到 才到',
      ),
    },
    en: {
      about: phrases(
        'delivery, delivered, deliver, shipping, shipped, shipment, arrived, arrive, courier, postage, parcel, dispatch*, carrier',
      ),
      praise: phrases(
        'fast delivery, quick delivery, fast shipping, quick shipping, prompt delivery, arrived early, arrived on time, ' +
          'arrived quickly, arrived promptly, delivered on time, next day, speedy',
      ),
      fault: phrases(
        'slow delivery, slow shipping, late delivery, arrived late, delivered late, never arrived, not arrived, never received, ' +
          'has not arrived, was late, came late, days late, weeks late, week late, too late, delayed, delays, lost in the post, wrong address, took forever, still waiting',
      ),
    },
  },
  service: {
    zh: {
      about: list('服务 客服 态度 售后 店家 卖家 商家 老板 前台 退货 换货 退款 服务员 回复 维修'),
      praise: list('服务好 服务很好 服务不错 态度好 态度很好 服务周到 热情 耐心 售后好 周到 有礼貌 贴心 服务热情'),
      fault: list(
        '服务差 服务太差 服务很差 服务不好 态度差 态度很差 态度恶劣 态度不好 态度极差 不理人 没人理 敷衍 推诿 推卸 售后差 投诉 不给退 不退 拒绝 不回复 ' +
          '电话打不通 不耐烦 没人接 不负责',
      ),
    },
    en: {
      about: phrases(
        'service, customer service, support, seller, staff, refund, refunded, replacement, helpline, response, exchange, representative',
      ),
      praise: phrases(
        'great service, good service, excellent service, helpful, friendly, polite, great seller, good seller, responsive, great customer service, quick response',
      ),
      fault: phrases(
        'bad service, poor service, terrible service, awful service, rude, unhelpful, no response, no reply, ignored, refused, ' +
          'bad seller, horrible service, poor customer service, never replied, no refund',
      ),
    },
  },
  packaging: {
    zh: {
      about: list('包装 盒子 箱子 外包装 纸箱 包裹 塑封 包的 餐盒 袋子 瓶盖'),
      praise: list('包装好 包装很好 包装不错 包装精美 包装完好 包装严实 包装结实 包装仔细 包得很好 包的很好 包装完整'),
      fault: list(
        '包装差 包装破 包装太差 包装简陋 包装不好 包装坏 包装损坏 破损 压坏 压烂 挤压 盒子破 箱子破 洒了 漏了 撒了 全洒 没有包装 压扁 盒子烂',
      ),
    },
    en: {
      about: phrases('packaging, packaged, packing, packed, package, wrapping, wrapped, box, boxed, bubble wrap'),
      praise: phrases(
        'well packaged, well packed, nicely packaged, nicely packed, nicely wrapped, beautifully packaged, beautifully wrapped, carefully packed, ' +
          'good packaging, great packaging, securely packed',
      ),
      fault: phrases(
        'poorly packaged, badly packaged, poorly packed, badly packed, damaged box, crushed, box was damaged, poor packaging, ' +
          'bad packaging, dented, no packaging, box was open, torn box, leaked, spilled, spilt',
      ),
    },
  },
  authenticity: {
    zh: {
      about: list('正品 假货 真假 行货 水货 盗版 正版 仿品 冒牌 山寨 假的 真货 防伪 高仿 翻新'),
      praise: list('是正品 正品无疑 正品保证 正版 行货 真货 是真的'),
      fault: list('假货 盗版 仿品 冒牌 山寨 假的 水货 不是正品 不像正品 高仿 翻新机 假冒 二手'),
    },
    en: {
      about: phrases(
        'authentic, genuine, fake, counterfeit, original, replica, knock off, knockoff, imitation, authenticity',
      ),
      praise: phrases('authentic, genuine, the real thing, real deal, original product'),
      fault: phrases(
        'fake, counterfeit, knock off, knockoff, imitation, replica, refurbished, not as described, not as pictured',
      ),
    },
  },
};

/** Put together once for the topics of a policy, which are the same object for all reviews read under it. */
const together = new WeakMap<TopicTerms, WeakMap<TopicTerms, TopicTerms>>();

/** The topics of both; where they share one, its lists with those of `more` added. The same two give the same object. */
export function withTerms(topics: TopicTerms, more: TopicTerms): TopicTerms {
  const known = together.get(topics) ?? new WeakMap<TopicTerms, TopicTerms>();
  together.set(topics, known);
  const both = known.get(more) ?? merged(topics, more);
  known.set(more, both);
  return both;
}

function merged(topics: TopicTerms, more: TopicTerms): TopicTerms {
  const ids = [...new Set([...Object.keys(topics), ...Object.keys(more)])];
  return Object.fromEntries(
    ids.map((id) => [id, { zh: joined(topics[id]?.zh, more[id]?.zh), en: joined(topics[id]?.en, more[id]?.en) }]),
  );
}

function joined(one: TermLists = {}, other: TermLists = {}): TermLists {
  const both = (which: keyof TermLists) => [...new Set([...(one[which] ?? []), ...(other[which] ?? [])])];
  return { about: both('about'), praise: both('praise'), fault: both('fault') };
}
