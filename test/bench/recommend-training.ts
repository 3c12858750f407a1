/** What it takes to learn a model of a made-up shop. */
import { buildBasketNeighbours } from '../../shared/domain/recommend/basket-neighbours.ts';
import { defaultWeights } from '../../shared/domain/recommend/default-weights.ts';
import { buildItemNeighbours } from '../../shared/domain/recommend/item-neighbours.ts';
import { buildMemberNeighbours } from '../../shared/domain/recommend/member-neighbours.ts';
import { encodeModel } from '../../shared/domain/recommend/model-format.ts';
import { buildRepeatTable } from '../../shared/domain/recommend/repeat.ts';
import { buildSessionIndex } from '../../shared/domain/recommend/session-index.ts';
import { decideTraining } from '../../shared/domain/recommend/train-decision.ts';
import { trainModel } from '../../shared/domain/recommend/train-model.ts';
import { currentPolicy } from '../../shared/policy/policy.ts';
import { sampleShop } from './sample-shop.ts';

export type TrainingOptions = {
  interactions: number;
  products: number;
  /** Learns each part once more by itself, to see where the time goes, and then all that a training does. */
  parts: boolean;
};

export type TrainingRow = {
  interactions: number;
  products: number;
  sessions: number;
  purchases: number;
  /** From the logs to the model. */
  seconds: number;
  encodeSeconds: number;
  fileBytes: number;
  /** Of the file what was learnt, without ids and what the catalogue says of products. */
  learntBytes: number;
  /** Before learning began, and the most ever held. */
  startRssMb: number;
  peakRssMb: number;
  partSeconds?: Record<string, number>;
  /** A training from the logs to the decision: the weights are learnt on held-out days, and the model with them. */
  decisionSeconds?: number;
};

const KB_PER_MB = 1_024;
const { recommendations: policy } = currentPolicy;

export function measureTraining({ interactions, products, parts }: TrainingOptions): TrainingRow {
  const data = sampleShop({ products, interactions, seed: 3 });
  const startRssMb = peakRssMb();
  const startedMs = performance.now();
  const model = trainModel(data, { shop: 'dev', weights: defaultWeights, figures: {} });
  const trainedMs = performance.now();
  const fileBytes = encodeModel(model).length;
  const encodedMs = performance.now();
  const learnt = [model.sessions, model.neighbours, model.repeat, model.together, model.members, model.popularity];
  const row = {
    interactions,
    products,
    sessions: model.header.counts.sessions,
    purchases: model.header.counts.purchases,
    seconds: (trainedMs - startedMs) / 1_000,
    encodeSeconds: (encodedMs - trainedMs) / 1_000,
    fileBytes,
    learntBytes: learnt.flatMap((part) => Object.values(part)).reduce((sum, { byteLength }) => sum + byteLength, 0),
    startRssMb,
    peakRssMb: peakRssMb(),
  };
  if (!parts) return row;
  const { sessions, purchases } = data;
  return {
    ...row,
    partSeconds: {
      sessions: secondsOf(() => buildSessionIndex(sessions)),
      'item to item': secondsOf(() => buildItemNeighbours(sessions)),
      'bought again': secondsOf(() => buildRepeatTable(purchases)),
      'bought together': secondsOf(() => buildBasketNeighbours(purchases)),
      'members alike': secondsOf(() => buildMemberNeighbours(purchases)),
    },
    decisionSeconds: secondsOf(() => decideTraining(data, { shop: 'dev', serving: undefined, policy })),
  };
}

function secondsOf(work: () => unknown): number {
  const startedMs = performance.now();
  work();
  return (performance.now() - startedMs) / 1_000;
}

/** The most that this process ever held. */
function peakRssMb(): number {
  return process.resourceUsage().maxRSS / KB_PER_MB;
}
