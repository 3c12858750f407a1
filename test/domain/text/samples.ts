import { seeded } from '../../../shared/domain/text/seeded.ts';
import type { Sample } from '../../../shared/domain/text/train.ts';

const pick = (list: readonly string[], random: () => number): string => list[Math.floor(random() * list.length)] ?? '';

type Words = {
  things: string[];
  praise: string[];
  fault: string[];
  sentence: (thing: string, word: string, more: string) => string;
};

const ENGLISH: Words = {
  things: ['teapot', 'cup', 'lamp', 'scarf', 'kettle', 'chair', 'blanket', 'radio'],
  praise: ['lovely', 'sturdy', 'excellent', 'delightful', 'charming', 'flawless'],
  fault: ['awful', 'broken', 'flimsy', 'dreadful', 'shabby', 'crooked'],
  sentence: (thing, word, more) => `The ${thing} is ${word}, and it arrived on a ${more} day.`,
};

const CHINESE: Words = {
  things: ['茶壶', '杯子', '台灯', '围巾', '水壶', '椅子', '毯子', '收音机'],
  praise: ['满意', '喜欢', '精致', '结实', '漂亮'],
  fault: ['失望', '难看', '粗糙', '劣质', '糟糕'],
  sentence: (thing, word, more) => `这个${thing}很${word}，${more}收到的。`,
};

const DAYS = ['rainy', 'sunny', 'windy', 'cold', 'warm'];
const CHINESE_DAYS = ['今天', '昨天', '上周', '早上', '晚上'];

function samples(count: number, words: Words, days: readonly string[]): Sample[] {
  const random = seeded(count);
  return Array.from({ length: count }, (_, index) => {
    const positive = index % 2 === 0;
    const word = pick(positive ? words.praise : words.fault, random);
    return { positive, text: `${words.sentence(pick(words.things, random), word, pick(days, random))} ${index % 89}` };
  });
}

/** Made up reviews of things, every other one content; the same count gives the same ones. */
export const englishSamples = (count: number): Sample[] => samples(count, ENGLISH, DAYS);
export const chineseSamples = (count: number): Sample[] => samples(count, CHINESE, CHINESE_DAYS);
