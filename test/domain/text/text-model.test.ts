import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { featuresOf, kindFor } from '../../../shared/domain/text/features.ts';
import {
  MODEL_FORMAT,
  parseModel,
  positiveProbability,
  scaleCode,
  serialiseModel,
  type TextModel,
  weightCode,
} from '../../../shared/domain/text/text-model.ts';
import { trainModel } from '../../../shared/domain/text/train.ts';
import { chineseSamples, englishSamples } from './samples.ts';

const english = trainModel(englishSamples(200), { language: 'en', seed: 1 });
const chinese = trainModel(chineseSamples(200), { language: 'zh', seed: 1 });

describe('features', () => {
  it.each([
    ['很好', 'characters', 9],
    ['', 'characters', 3],
    ['good tea', 'words', 18],
    ['', 'words', 0],
  ] as const)('of %j by %s are %i, sorted', (text, kind, count) => {
    const features = featuresOf(text, kind);
    expect(features.length).toBe(count);
    expect(features).toEqual(features.toSorted());
    expect(Math.max(0, ...features)).toBeLessThan(2 ** 24);
  });

  it.each([
    [['很好', 'ok', '不好'], 'characters'],
    [['very good', '好'], 'words'],
    [['Muito bom, chegou antes'], 'words'],
    [['とても良い'], 'characters'],
    [[], 'words'],
  ] as const)('of %j are counted by %s', (texts, kind) => {
    expect(kindFor(texts)).toBe(kind);
  });

  it('are the same for what is seen the same', () => {
    expect(featuresOf('品質很好！！', 'characters')).toEqual(featuresOf('品质很好!!', 'characters'));
    expect(featuresOf('GOOD  tea\u0000 25', 'words')).toEqual(featuresOf('good tea 37', 'words'));
  });
});

describe('a trained model', () => {
  it.each([
    ['sturdy and lovely', 0.8, 1],
    ['broken and awful', 0, 0.2],
    ['', 0, 1],
    ['👍', 0, 1],
    ['\u0000\ud800', 0, 1],
    ['<script>alert("lovely")</script>', 0, 1],
    ['lovely '.repeat(15_000), 0.8, 1],
  ])('gives %#: a probability in its bounds', (text, least, most) => {
    const score = positiveProbability(text, english);
    expect(score).toBeGreaterThanOrEqual(least);
    expect(score).toBeLessThanOrEqual(most);
  });

  it('tells Chinese texts apart', () => {
    expect(positiveProbability('质量很满意', chinese)).toBeGreaterThan(0.8);
    expect(positiveProbability('质量很失望', chinese)).toBeLessThan(0.2);
  });

  it('is the same to the byte for the same seed and samples, and another for another seed', () => {
    const again = trainModel(englishSamples(200), { language: 'en', seed: 1 });
    expect(serialiseModel(again)).toEqual(serialiseModel(english));
    const other = trainModel(englishSamples(200), { language: 'en', seed: 2 });
    expect([again.id === english.id, other.id === english.id]).toEqual([true, false]);
  });

  it('leaves out the rarest features until it is as small as it shall be', () => {
    const small = trainModel(englishSamples(200), { language: 'en', seed: 1, featuresLimit: 100 });
    expect(small.features.length).toBeLessThanOrEqual(100);
    expect(small.features.length).toBeGreaterThan(10);
    expect(positiveProbability('sturdy and lovely', small)).toBeGreaterThan(0.5);
  });

  it('has learnt nothing of no samples, and says so by an even chance', () => {
    const empty = trainModel([], { language: 'en', seed: 1 });
    expect([empty.features.length, positiveProbability('good', empty)]).toEqual([0, 0.5]);
  });

  it('of one class takes everything for it', () => {
    const glad = englishSamples(40).filter(({ positive }) => positive);
    expect(positiveProbability('lovely', trainModel(glad, { language: 'en', seed: 1 }))).toBeGreaterThan(0.5);
  });
});

describe('codes of weights and scales', () => {
  it.each([
    [1, 1, 255, 127],
    [0.25, 1, 128, 64],
    [0, 1, 0, 0],
    [0, 0, 0, 0],
  ])('of %d with a unit of %d', (value, unit, scale, weight) => {
    expect([scaleCode(value, unit), weightCode(value, unit), weightCode(-value, unit) + 0]).toEqual([
      scale,
      weight,
      0 - weight,
    ]);
  });
});

describe('a serialised model', () => {
  const bytes = serialiseModel(english);

  it('is read as it was written', () => {
    const parsed = parseModel(bytes);
    expect(parsed).toMatchObject({ kind: 'parsed', model: { id: english.id, about: english.about } });
    if (parsed.kind === 'parsed') {
      expect(parsed.model).toEqual(english);
      expect(serialiseModel(parsed.model)).toEqual(bytes);
    }
  });

  it('is read from the middle of a larger buffer', () => {
    const larger = new Uint8Array(bytes.length + 20);
    larger.set(bytes, 7);
    expect(parseModel(larger.subarray(7, 7 + bytes.length))).toMatchObject({
      kind: 'parsed',
      model: { id: english.id },
    });
  });

  const changed = (change: (copy: Uint8Array) => void) => {
    const copy = Uint8Array.from(bytes);
    change(copy);
    return copy;
  };
  /** With a checksum that fits, so that what it says is looked at. */
  const resealed = (body: Uint8Array) => new Uint8Array([...body, ...createHash('sha256').update(body).digest()]);
  const withAbout = (about: unknown) => {
    const json = new TextEncoder().encode(JSON.stringify(about));
    const head = new Uint8Array(12);
    head.set(bytes.subarray(0, 8));
    new DataView(head.buffer).setUint32(8, json.length, true);
    return resealed(new Uint8Array([...head, ...json]));
  };
  const about = { ...english.about, features: 0 };

  it.each([
    ['nothing', new Uint8Array(0), 'not_a_model'],
    ['text', new TextEncoder().encode('This is no model at all, only a sentence.'), 'not_a_model'],
    ['a file of a later format', changed((copy) => copy.fill(MODEL_FORMAT + 1, 4, 5)), 'newer_format'],
    ['its first bytes', bytes.slice(0, 10), 'truncated_model'],
    ['a file without its last byte', bytes.slice(0, -1), 'truncated_model'],
    ['half a file', bytes.slice(0, bytes.length / 2), 'truncated_model'],
    ['a changed weight', changed((copy) => copy.fill(99, copy.length - 40, copy.length - 39)), 'corrupt_model'],
    ['a changed checksum', changed((copy) => copy.fill(0, copy.length - 4)), 'corrupt_model'],
    ['a byte too many', new Uint8Array([...bytes, 0]), 'corrupt_model'],
    ['a head without an end', changed((copy) => copy.fill(255, 8, 12)), 'corrupt_model'],
    ['a head that is no JSON', changed((copy) => copy.fill(0, 12, 20)), 'corrupt_model'],
    ['a number that is none', withAbout({ ...about, bias: null }), 'corrupt_model'],
    ['features of no known kind', withAbout({ ...about, kind: 'letters' }), 'corrupt_model'],
    ['features without end', withAbout({ ...about, features: 1e9 }), 'corrupt_model'],
    ['fewer features than it says', withAbout({ ...about, features: 9 }), 'truncated_model'],
  ])('is refused: %s', (_, content, code) => {
    const parsed = parseModel(content);
    expect(parsed).toMatchObject({ kind: 'refused', code, detail: expect.stringMatching(/^[A-Z0-9].*\.$/) });
  });

  it('is refused wherever it is cut off', () => {
    for (let length = 0; length < bytes.length; length += 97) {
      const parsed = parseModel(bytes.slice(0, length));
      expect([length, parsed.kind]).toEqual([length, 'refused']);
    }
  });
});

it('the sum that gives a score can be done by hand', () => {
  const model: TextModel = english;
  const features = featuresOf('sturdy and lovely', 'words');
  let sum = 0;
  let square = 0;
  for (const [index, feature] of model.features.entries()) {
    const times = features.filter((other) => other === feature).length;
    if (times === 0) continue;
    const value = (1 + Math.log(times)) * model.about.scaleUnit * (model.scales[index]! / 255) ** 2;
    const code = model.weights[index]!;
    sum += value * Math.sign(code) * model.about.weightUnit * (code / 127) ** 2;
    square += value ** 2;
  }
  const decision = model.about.bias + sum / Math.sqrt(square);
  expect(positiveProbability('sturdy and lovely', model)).toBeCloseTo(
    1 / (1 + Math.exp(-model.about.slope * decision)),
    12,
  );
});
