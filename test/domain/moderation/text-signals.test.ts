import { describe, expect, it } from 'vitest';
import { textSignals } from '../../../shared/domain/moderation/text-signals.ts';

describe('what a text says against itself', () => {
  it.each([
    { text: undefined, signals: {} },
    { text: '', signals: {} },
    { text: ' \n ', signals: {} },
    { text: 'The kettle boils a litre within three minutes and switches itself off.', signals: {} },
    { text: 'Bought for my mother, works.', signals: { shallow: 1 } },
    { text: 'ok', signals: { shallow: 2 } },
    { text: '👍', signals: { shallow: 2 } },
    { text: '好评', signals: { shallow: 2, templated: 3 } },
    { text: '这个水壶三分钟就能烧开一升水，盖子有点紧，电源线要是再长一点就更好了。', signals: {} },
    { text: '非常好，物流很快，质量不错，值得购买', signals: { templated: 3 } },
    { text: 'Produto muito bom, recomendo! Chegou antes do prazo.', signals: { templated: 3 } },
    {
      text: 'Chegou antes do prazo e muito bom, mas a caixa estava aberta e amassada',
      signals: { templated: 1 },
    },
    { text: 'THE KETTLE BOILS A LITRE WITHIN THREE MINUTES AND SWITCHES OFF', signals: { shouting: 1 } },
    { text: 'THE KETTLE BOILS A LITRE WITHIN THREE MINUTES AND SWITCHES OFF!!!', signals: { shouting: 2 } },
    { text: 'The kettle of the brand ABC boils a litre within three minutes！！！', signals: { shouting: 1 } },
  ])('$text', ({ text, signals }) => {
    expect(textSignals(text)).toEqual(signals);
  });
});
