import { createHash } from 'node:crypto';
import { FEATURE_BITS, type FeatureKind, featuresOf } from './features.ts';

/**
 * A linear model of sentiment. The decision on a text is `bias + sum(w x) / |x|` with `x = (1 + ln tf) scale` over the features
 * that the model knows; its probability of being positive is the logistic function of `slope` times that.
 */
export type TextModel = {
  /** The first 16 hex digits of the SHA-256 of the serialised model: two models of one id are the same model. */
  id: string;
  about: ModelAbout;
  /** Numbers of the features, rising. */
  features: Uint32Array;
  /** By feature, as steps of `unit * (code / most) ** 2`. */
  scales: Uint8Array;
  weights: Int8Array;
  /** Where a feature stands in the three lists: open addressing, -1 where there is none. */
  slots: Int32Array;
  /** What the steps mean, by code; of weights by code + 127. */
  scaleOf: Float64Array;
  weightOf: Float64Array;
};

export type ModelAbout = {
  /** Of the texts it was trained on: `zh`, `en`, or what the trainer called it. */
  language: string;
  kind: FeatureKind;
  bias: number;
  slope: number;
  scaleUnit: number;
  weightUnit: number;
  trainedOn: { reviews: number; positive: number; seed: number };
};

export type ModelParts = {
  about: ModelAbout;
  features: Uint32Array;
  scales: Uint8Array;
  weights: Int8Array;
};

const SCALE_STEPS = 255;
const WEIGHT_STEPS = 127;

/** Steps grow with the square, as most weights are small: a hundredth of the largest is still ten steps away from none. */
export function scaleCode(scale: number, unit: number): number {
  return unit === 0 ? 0 : Math.round(SCALE_STEPS * Math.sqrt(scale / unit));
}

export function weightCode(weight: number, unit: number): number {
  return unit === 0 ? 0 : Math.sign(weight) * Math.round(WEIGHT_STEPS * Math.sqrt(Math.abs(weight) / unit));
}

export function assemble(parts: ModelParts): TextModel {
  return assembled(parts, idOf(bodyOf(parts)));
}

function assembled(parts: ModelParts, id: string): TextModel {
  const { about, features } = parts;
  // At most two thirds full, so that a look-up takes a step or two.
  const slots = new Int32Array(2 ** Math.ceil(Math.log2(features.length * 1.5 + 2))).fill(-1);
  const mask = slots.length - 1;
  for (let index = 0; index < features.length; index += 1) {
    let slot = (features[index] ?? 0) & mask;
    while (slots[slot] !== -1) slot = (slot + 1) & mask;
    slots[slot] = index;
  }
  return {
    ...parts,
    id,
    slots,
    scaleOf: Float64Array.from({ length: SCALE_STEPS + 1 }, (_, code) => about.scaleUnit * (code / SCALE_STEPS) ** 2),
    weightOf: Float64Array.from({ length: 2 * WEIGHT_STEPS + 1 }, (_, index) => {
      const code = index - WEIGHT_STEPS;
      return Math.sign(code) * about.weightUnit * (code / WEIGHT_STEPS) ** 2;
    }),
  };
}

/** The model's decision on features that are sorted: above 0 is positive. */
export function decisionOn(features: Uint32Array, model: TextModel): number {
  const { slots, features: known, scales, weights, scaleOf, weightOf } = model;
  const mask = slots.length - 1;
  let sum = 0;
  let square = 0;
  for (let at = 0; at < features.length; ) {
    const feature = features[at] ?? 0;
    const from = at;
    while (at < features.length && features[at] === feature) at += 1;
    let slot = feature & mask;
    let index = slots[slot] ?? -1;
    while (index !== -1 && known[index] !== feature) {
      slot = (slot + 1) & mask;
      index = slots[slot] ?? -1;
    }
    if (index === -1) continue;
    const times = at - from;
    const scale = scaleOf[scales[index] ?? 0] ?? 0;
    const value = (times === 1 ? 1 : 1 + Math.log(times)) * scale;
    sum += value * (weightOf[(weights[index] ?? 0) + WEIGHT_STEPS] ?? 0);
    square += value * value;
  }
  return model.about.bias + (square === 0 ? 0 : sum / Math.sqrt(square));
}

/** The probability that a text is positive, 0 to 1; at 0.5 the model cannot tell. */
export function positiveProbability(text: string, model: TextModel): number {
  return probabilityOf(decisionOn(featuresOf(text, model.about.kind), model), model);
}

export function probabilityOf(decision: number, { about }: Pick<TextModel, 'about'>): number {
  return 1 / (1 + Math.exp(-about.slope * decision));
}

/** Of what `parseModel` reads; a later format gets a number of its own and is refused by earlier releases. */
export const MODEL_FORMAT = 1;

const MAGIC = 0x4d545052; // RPTM
const PREFIX_BYTES = 12;
const CHECKSUM_BYTES = 32;
const ABOUT_BYTES_LIMIT = 4_096;
const FEATURES_LIMIT = 1_000_000;

/**
 * A model as bytes, little endian: `RPTM`, format (u32), length of what follows up to the features (u32), that as JSON, the
 * features as differences of 7 bits a byte, scales, weights, and the SHA-256 of all of it. The same model gives the same bytes.
 */
export function serialiseModel(model: ModelParts): Uint8Array<ArrayBuffer> {
  const body = bodyOf(model);
  const bytes = new Uint8Array(body.length + CHECKSUM_BYTES);
  bytes.set(body);
  bytes.set(checksum(body), body.length);
  return bytes;
}

function bodyOf({ about, features, scales, weights }: ModelParts): Uint8Array {
  const { trainedOn } = about;
  // Named one by one, so that the order of an object's fields does not change the bytes.
  const json = JSON.stringify({
    language: about.language,
    kind: about.kind,
    bias: about.bias,
    slope: about.slope,
    scaleUnit: about.scaleUnit,
    weightUnit: about.weightUnit,
    trainedOn: { reviews: trainedOn.reviews, positive: trainedOn.positive, seed: trainedOn.seed },
    features: features.length,
  });
  const header = new TextEncoder().encode(json);
  const packed = packedDifferences(features);
  const body = new Uint8Array(PREFIX_BYTES + header.length + packed.length + scales.length + weights.length);
  const view = new DataView(body.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, MODEL_FORMAT, true);
  view.setUint32(8, header.length, true);
  let at = PREFIX_BYTES;
  for (const part of [header, packed, scales, new Uint8Array(weights.buffer, weights.byteOffset, weights.length)]) {
    body.set(part, at);
    at += part.length;
  }
  return body;
}

function packedDifferences(features: Uint32Array): Uint8Array {
  const packed = new Uint8Array(features.length * Math.ceil(FEATURE_BITS / 7));
  let size = 0;
  let previous = 0;
  for (const feature of features) {
    let rest = feature - previous;
    previous = feature;
    while (rest > 127) {
      packed[size++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    packed[size++] = rest;
  }
  return packed.subarray(0, size);
}

/** Why bytes are no model, in order of precedence. */
export type ModelFault = 'not_a_model' | 'newer_format' | 'truncated_model' | 'corrupt_model';

export type ParsedModel = { kind: 'parsed'; model: TextModel } | { kind: 'refused'; code: ModelFault; detail: string };

/** Reads what `serialiseModel` wrote; anything else is refused, by a code and a sentence. */
export function parseModel(bytes: Uint8Array): ParsedModel {
  const refused = (code: ModelFault, detail: string): ParsedModel => ({ kind: 'refused', code, detail });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length < 8 || view.getUint32(0, true) !== MAGIC) {
    return refused('not_a_model', 'It does not begin as a text model does.');
  }
  const format = view.getUint32(4, true);
  if (format > MODEL_FORMAT) {
    return refused('newer_format', `It is of format ${format}; this release reads up to ${MODEL_FORMAT}.`);
  }
  if (bytes.length < PREFIX_BYTES + CHECKSUM_BYTES) return refused('truncated_model', 'It ends within its beginning.');
  const body = bytes.subarray(0, bytes.length - CHECKSUM_BYTES);
  const read = readBody(body, view.getUint32(8, true));
  const intact = equal(checksum(body), bytes.subarray(body.length));
  if (intact && typeof read === 'object') return { kind: 'parsed', model: assembled(read, idOf(body)) };
  if (read === 'short') return refused('truncated_model', `${bytes.length} bytes are not all of it.`);
  return refused('corrupt_model', 'Its content is not what its checksum was taken of.');
}

function readBody(body: Uint8Array, aboutBytes: number): ModelParts | 'short' | 'odd' {
  if (aboutBytes > ABOUT_BYTES_LIMIT) return 'odd';
  if (PREFIX_BYTES + aboutBytes > body.length) return 'short';
  const header = readAbout(body.subarray(PREFIX_BYTES, PREFIX_BYTES + aboutBytes));
  if (header === undefined) return 'odd';
  const { count, about } = header;
  const features = new Uint32Array(count);
  let at = PREFIX_BYTES + aboutBytes;
  let feature = 0;
  for (let index = 0; index < count; index += 1) {
    let shift = 0;
    let byte = 128;
    let difference = 0;
    while (byte > 127) {
      if (at >= body.length) return 'short';
      if (shift > FEATURE_BITS) return 'odd';
      byte = body[at++] ?? 0;
      difference |= (byte & 127) << shift;
      shift += 7;
    }
    if (index > 0 && difference === 0) return 'odd';
    feature += difference;
    features[index] = feature;
  }
  if (feature >= 2 ** FEATURE_BITS) return 'odd';
  if (body.length < at + 2 * count) return 'short';
  if (body.length > at + 2 * count) return 'odd';
  return { about, features, scales: body.slice(at, at + count), weights: Int8Array.from(body.subarray(at + count)) };
}

function readAbout(bytes: Uint8Array): { count: number; about: ModelAbout } | undefined {
  try {
    const { features: count, ...about } = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as {
      features: unknown;
    } & ModelAbout;
    const numbers = [about.bias, about.slope, about.scaleUnit, about.weightUnit];
    const fine =
      typeof count === 'number' &&
      Number.isInteger(count) &&
      count >= 0 &&
      count <= FEATURES_LIMIT &&
      numbers.every((number) => Number.isFinite(number)) &&
      (about.kind === 'characters' || about.kind === 'words');
    return fine ? { count, about } : undefined;
  } catch {
    return undefined;
  }
}

const checksum = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
const idOf = (body: Uint8Array): string => createHash('sha256').update(body).digest('hex').slice(0, 16);
const equal = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && one.every((byte, index) => byte === other[index]);
