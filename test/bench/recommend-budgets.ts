/** What recommendations have to reach, and what others have reached on the same data. */

export const RECOMMEND_BUDGETS = {
  /** Hit rate and mean reciprocal rank among 20, of the next item of a session; the second of each is what one would like. */
  diginetica: { hr20: 0.53, mrr20: 0.189, wished: { hr20: 0.545, mrr20: 0.191 } },
  retailrocket: { hr20: 0.58, mrr20: 0.3, wished: { hr20: 0.6, mrr20: 0.312 } },
  modelBytesPerInteraction: 40,
  /** Of the next basket. */
  tafeng: { recall10: 0.129, ndcg10: 0.105 },
  training: {
    smaller: { interactions: 900_000, seconds: 15 },
    larger: { interactions: 10_000_000, seconds: 240, peakRssMb: 3_072 },
  },
  /** In process, of 100,000 products and a million sessions. */
  answerP50Ms: 1,
  answerP99Ms: 5,
  scoringP99Ms: 2,
  /** Over HTTP, with so many requests a second. */
  requestsPerSecond: 200,
  requestP90Ms: 15,
  clickSeconds: 1,
  /** At the default policy. */
  lessAlike: 0.1,
  hitsLost: 0.01,
} as const;

export type Reference = { method: string; diginetica?: string; retailrocket?: string };

/** HR@20 / MRR@20; the published ones stand in the papers' own tables. */
export const SESSION_REFERENCES: readonly Reference[] = [
  { method: 'item kNN', diginetica: '.358 / .116' },
  { method: 'GRU4Rec', diginetica: '.308 / .082' },
  { method: 'NARM', diginetica: '.483 / .160' },
  { method: 'SR-GNN', diginetica: '.513 / .178' },
  { method: 'GCE-GNN', diginetica: '.542 / .190' },
  { method: 'plain session neighbours', diginetica: '.5205 / .1869', retailrocket: '.5749 / .2981' },
];
