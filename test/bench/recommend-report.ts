/** The figures of the recommendations as rows of the table of budgets, and as the tables behind them. */
import { featureNames } from '../../shared/domain/recommend/features.ts';
import type { NeutralityVerdict } from '../../shared/domain/recommend/price-neutrality.ts';
import { money } from './cost-report.ts';
import type { RecommendMeasurements } from './recommend-bench.ts';
import { RECOMMEND_BUDGETS as BUDGETS, SESSION_REFERENCES } from './recommend-budgets.ts';
import { type BasketQuality, basketShops, type SessionQuality, sessionShops } from './recommend-quality.ts';
import type { RecommendRuntime } from './recommend-runtime.ts';
import type { ServingRow, Spread } from './recommend-serving.ts';
import type { TrainingRow } from './recommend-training.ts';
import type { VarietyRow } from './recommend-variety.ts';
import { type BudgetRow, cell, ms, percent, section } from './report-parts.ts';

const NAMES = {
  diginetica: 'Diginetica',
  retailrocket: 'RetailRocket',
  tafeng: 'Ta-Feng',
  onlineRetail: 'Online Retail',
};

export function recommendRows(measured: RecommendMeasurements): BudgetRow[] {
  const { sessions, baskets, training, serving, variety, prices, runtime, life, cost } = measured;
  return [
    ...sessionShops.flatMap((shop, at) => sessionRows(shop, sessions[at] ?? '')),
    ...basketShops.flatMap((shop, at) => basketRows(shop, baskets[at] ?? '')),
    ...trainingRows(training),
    ...servingRows(serving),
    ...runtimeRows(runtime),
    ...varietyRows(variety),
    priceRow('prices offered to like members: ordered oftener / less', prices.oftener),
    priceRow('  long ago bought the dearest / the cheapest of a category', prices.dearer),
    {
      what: '  the check can fail: a scorer that steers those who spend much',
      budget: 'is found out',
      measured: `${prices.steered.neutral ? 'no' : 'yes'}: ${verdictText(prices.steered)}`,
      within: !prices.steered.neutral,
    },
    {
      what: '1,000,000 looks at a product / orders (recommendation side), in addition',
      budget: '',
      measured:
        `${[cost.view, cost.order].map(({ dollars }) => money(dollars).trim()).join(' / ')}; ` +
        `${[life.view, life.order].map((it) => (it.claimWru + it.wru).toFixed(2)).join(' / ')} WRU each with the claim`,
    },
    {
      what: '  pages of recommendations / without a model / beside a product',
      budget: '',
      measured:
        `${[cost.answer, cost.answerWithoutModel, cost.related].map(({ dollars }) => money(dollars).trim()).join(' / ')}; ` +
        `${[life.answer, life.answerWithoutModel, life.related].map((it) => (it.rru + it.policyRru).toFixed(1)).join(' / ')} RRU each`,
    },
  ];
}

const rate = (value: number): string => value.toFixed(4).replace(/^0/, '');
const least = (value: number): string => value.toString().replace(/^0/, '');
export const thin = (value: number): string => `${value.toFixed(2)} ms`;

function sessionRows(shop: (typeof sessionShops)[number], found: SessionQuality | string): BudgetRow[] {
  const { hr20, mrr20, wished } = BUDGETS[shop];
  const what = `next item of a session, ${NAMES[shop]}: HR@20 / MRR@20`;
  const budget = `>= ${least(hr20)} / ${least(mrr20)}`;
  if (typeof found === 'string') return [{ what, budget, measured: found }];
  const perInteraction = found.modelBytes / found.interactions;
  const isWished = found.hr20 >= wished.hr20 && found.mrr20 >= wished.mrr20;
  return [
    {
      what,
      budget,
      measured: `${rate(found.hr20)} / ${rate(found.mrr20)} of ${found.predictions}; wished for ${least(wished.hr20)} / ${least(wished.mrr20)}: ${isWished ? 'yes' : 'no'}`,
      within: found.hr20 >= hr20 && found.mrr20 >= mrr20,
    },
    {
      what: '  its model, per interaction',
      budget: `<= ${BUDGETS.modelBytesPerInteraction} bytes`,
      measured: `${perInteraction.toFixed(1)} bytes; learnt in ${found.trainSeconds.toFixed(1)} s from ${found.interactions}`,
      within: perInteraction <= BUDGETS.modelBytesPerInteraction,
    },
  ];
}

const compared = ['globalTop', 'personalTop', 'personalThenGlobal', 'tifuKnn'] as const;

function basketRows(shop: (typeof basketShops)[number], found: BasketQuality | string): BudgetRow[] {
  const isTafeng = shop === 'tafeng';
  const what = `next basket, ${NAMES[shop]}: Recall@10 / NDCG@10`;
  const budget = isTafeng
    ? `>= ${least(BUDGETS.tafeng.recall10)} / ${least(BUDGETS.tafeng.ndcg10)}`
    : 'above every baseline';
  if (typeof found === 'string') return [{ what, budget, measured: found }];
  const parts = [
    ['all', (it: BasketQuality['ours']) => it],
    ['repeats', (it: BasketQuality['ours']) => it.repeats],
    ['new items', (it: BasketQuality['ours']) => it.newItems],
  ] as const;
  return parts.map(([part, pick]): BudgetRow => {
    const ours = pick(found.ours);
    const best = {
      recall10: Math.max(...compared.map((it) => pick(found[it]).recall10)),
      ndcg10: Math.max(...compared.map((it) => pick(found[it]).ndcg10)),
    };
    const bound = isTafeng && part === 'all' ? BUDGETS.tafeng : undefined;
    const above = ours.recall10 > best.recall10 && ours.ndcg10 > best.ndcg10;
    const reached = bound === undefined ? above : ours.recall10 >= bound.recall10 && ours.ndcg10 >= bound.ndcg10;
    return {
      what: part === 'all' ? what : `  ${part}`,
      budget: part === 'all' || !isTafeng ? budget : '',
      measured: `${rate(ours.recall10)} / ${rate(ours.ndcg10)}; best of the others ${rate(best.recall10)} / ${rate(best.ndcg10)}`,
      ...((part === 'all' || !isTafeng) && { within: reached }),
    };
  });
}

function trainingRows(rows: readonly TrainingRow[]): BudgetRow[] {
  const { smaller, larger } = BUDGETS.training;
  const row = rows.find(({ interactions }) => interactions === smaller.interactions);
  const large = rows.find(({ interactions }) => interactions === larger.interactions);
  return [
    {
      what: 'learning from 900,000 interactions',
      budget: `<= ${smaller.seconds} s`,
      measured: row === undefined ? 'only without --quick' : trainingText(row),
      ...(row && { within: row.seconds <= smaller.seconds }),
    },
    {
      what: '  from 10,000,000',
      budget: `<= ${larger.seconds / 60} min, <= ${larger.peakRssMb / 1_024} GB`,
      measured: large === undefined ? 'only with --ten-million' : trainingText(large),
      ...(large && { within: large.seconds <= larger.seconds && large.peakRssMb <= larger.peakRssMb }),
    },
    {
      what: '  growth',
      budget: '',
      measured: rows.map((it) => `${millions(it.interactions)}: ${it.seconds.toFixed(1)} s`).join('; '),
    },
  ];
}

const millions = (count: number): string => `${count / 1_000_000} million`;

function trainingText({ seconds, peakRssMb, startRssMb, decisionSeconds }: TrainingRow): string {
  const whole =
    decisionSeconds === undefined ? '' : `; with weights learnt on held-out days ${decisionSeconds.toFixed(1)} s`;
  return `${seconds.toFixed(1)} s, ${peakRssMb.toFixed(0)} MB at most (${startRssMb.toFixed(0)} MB with the logs alone)${whole}`;
}

function servingRows(rows: readonly ServingRow[]): BudgetRow[] {
  const row = rows.at(-1);
  if (row === undefined) return [];
  const { answer, scoring } = row;
  return [
    {
      what: `an answer, ${row.products} products, ${row.sessions} sessions, in process: p50`,
      budget: `<= ${BUDGETS.answerP50Ms} ms`,
      measured: `${thin(answer.p50Ms)} (quietest tenth ${thin(row.quiet.p50Ms)}); ${thin(row.cpuMs)} of processor time`,
      within: answer.p50Ms <= BUDGETS.answerP50Ms,
    },
    {
      what: '  p99',
      budget: `<= ${BUDGETS.answerP99Ms} ms`,
      measured: `${thin(answer.p99Ms)} (quietest tenth ${thin(row.quiet.p99Ms)})`,
      within: answer.p99Ms <= BUDGETS.answerP99Ms,
    },
    {
      what: '  of it the scoring, p99',
      budget: `<= ${BUDGETS.scoringP99Ms} ms`,
      measured: `${thin(scoring.p99Ms)} (p50 ${thin(scoring.p50Ms)})`,
      within: scoring.p99Ms <= BUDGETS.scoringP99Ms,
    },
    {
      what: '  growth with products',
      budget: '',
      measured: rows.map((it) => `${it.products}: ${thin(it.answer.p50Ms)}, p99 ${thin(it.answer.p99Ms)}`).join('; '),
    },
  ];
}

function runtimeRows({ load, clicks, training }: RecommendRuntime): BudgetRow[] {
  const engines = Object.entries(load.engines).map(([name, count]) => `${name} ${count}`);
  return [
    {
      what: `recommendations over HTTP, ${load.requestsPerSecond} a second for ${load.seconds} s, p90`,
      budget: `<= ${BUDGETS.requestP90Ms} ms, no errors`,
      measured: `${ms(load.p90Ms)} (p50 ${ms(load.p50Ms)}, p99 ${ms(load.p99Ms)}), ${load.errors} errors; ${engines.join(', ')}`,
      within: load.p90Ms <= BUDGETS.requestP90Ms && load.errors === 0,
    },
    {
      what: '  processor time of the backend per answer',
      budget: '',
      measured:
        load.cpuMsPerAnswer === undefined
          ? 'the system does not tell'
          : `${ms(load.cpuMsPerAnswer)}, of it the tables ${ms(load.tablesCpuMsPerAnswer ?? 0)}; the generator sent up to ${ms(load.lateP99Ms)} late`,
    },
    {
      what: 'a look at a product is a reason of the next answer, p99',
      budget: `<= ${BUDGETS.clickSeconds} s`,
      measured:
        clicks.seen === 0
          ? `never, ${training === undefined ? 'without a model' : 'with one'}`
          : `${clicks.p99Seconds.toFixed(3)} s (p50 ${clicks.p50Seconds.toFixed(3)} s), ${clicks.seen} of ${clicks.asked}`,
      within: clicks.seen === clicks.asked && clicks.p99Seconds <= BUDGETS.clickSeconds,
    },
  ];
}

function varietyRows(found: RecommendMeasurements['variety']): BudgetRow[] {
  const what = 'variety, RetailRocket';
  const budget = `${percent(BUDGETS.lessAlike)} less alike, <= ${percent(BUDGETS.hitsLost)} of hits, coverage not lower`;
  if (typeof found === 'string') return [{ what, budget, measured: found }];
  return found.map((row): BudgetRow => {
    const { alike, hits, coverage } = changeOf(row);
    const within = alike <= -BUDGETS.lessAlike && hits >= -BUDGETS.hitsLost && coverage >= 0;
    const measured = `alike ${signed(alike)}, hits ${signed(hits)}, coverage ${signed(coverage)}`;
    return { what: `${what}, first ${row.length}, by ${row.likeness}`, budget, measured, within };
  });
}

function changeOf({ before, after }: VarietyRow): { alike: number; hits: number; coverage: number } {
  const change = (one: number, other: number): number => (one === 0 ? 0 : other / one - 1);
  return {
    alike: change(before.inListSimilarity, after.inListSimilarity),
    hits: change(before.hitRate, after.hitRate),
    coverage: change(before.coverage, after.coverage),
  };
}

const signed = (share: number): string => `${share > 0 ? '+' : ''}${percent(share)}`;

function priceRow(what: string, verdict: NeutralityVerdict): BudgetRow {
  const budget = `<= ${verdict.bound} apart, mean within ${percent(verdict.bound)}`;
  return { what, budget, measured: verdictText(verdict), within: verdict.neutral };
}

function verdictText({ distance, meanRatio, pairs }: NeutralityVerdict): string {
  return `${distance.toFixed(3)} apart, mean x ${meanRatio.toFixed(3)}, ${pairs} pairs`;
}

export function recommendText(measured: RecommendMeasurements): string[] {
  const { sessions, baskets, training, serving, variety } = measured;
  return [
    sessionTable(sessions.filter((it) => typeof it !== 'string')),
    ...baskets.filter((it) => typeof it !== 'string').map(basketTable),
    trainingTable(training),
    servingTable(serving),
    ...(typeof variety === 'string' ? [] : [varietyTable(variety)]),
  ];
}

function sessionTable(found: readonly SessionQuality[]): string {
  const shops = found.flatMap((it) => [
    [
      NAMES[it.shop],
      `${rate(it.hr20)} / ${rate(it.mrr20)}`,
      `${rate(it.hr10)} / ${rate(it.mrr10)}`,
      rate(it.coverage20),
      rate(it.popularity20),
      rate(it.gini20),
      `${it.trainSeconds.toFixed(1)} s`,
      `${it.predictMs.p50.toFixed(2)} / ${it.predictMs.p99.toFixed(2)} ms`,
    ],
  ]);
  const others = SESSION_REFERENCES.flatMap(({ method, ...of }) =>
    sessionShops.flatMap((shop) =>
      of[shop] === undefined ? [] : [[`  ${NAMES[shop]}, ${method}`, of[shop], '', '', '', '', '', '']],
    ),
  );
  return section('Next item of a session, beside what others reached on the same data', [
    ['', 'HR@20 / MRR@20', 'HR@10 / MRR@10', 'coverage', 'popularity', 'Gini', 'learnt in', 'predicted in p50 / p99'],
    ...shops,
    ...others,
  ]);
}

function basketTable(found: BasketQuality): string {
  const rows = [['ours', found.ours] as const, ...compared.map((it) => [it, found[it]] as const)];
  const cells = ({ recall10, ndcg10, phr10 }: { recall10: number; ndcg10: number; phr10: number }): string =>
    [recall10, ndcg10, phr10].map(rate).join(' / ');
  return section(
    `Next basket, ${NAMES[found.shop]}, ${found.baskets} baskets of ${found.users} members: Recall / NDCG / PHR @10`,
    [
      ['', 'all', 'repeats', 'new items', 'coverage', 'Gini', 'novelty'],
      ...rows.map(([name, its]) => [
        name,
        cells(its),
        cells(its.repeats),
        cells(its.newItems),
        rate(its.coverage10),
        rate(its.gini10),
        `${its.novelty10.toFixed(1)} bits`,
      ]),
    ],
  );
}

function trainingTable(rows: readonly TrainingRow[]): string {
  const parts = Object.keys(rows[0]?.partSeconds ?? {});
  return section('Learning a made-up shop, in a process of its own', [
    [
      'interactions',
      'products',
      'sessions',
      'lines bought',
      'learnt in',
      'peak',
      'file',
      'learnt, per interaction',
      ...parts,
    ],
    ...rows.map((row) => [
      cell(row.interactions),
      cell(row.products),
      cell(row.sessions),
      cell(row.purchases),
      `${row.seconds.toFixed(1)} s`,
      `${row.peakRssMb.toFixed(0)} MB`,
      `${(row.fileBytes / 1_024 ** 2).toFixed(1)} MB`,
      `${(row.learntBytes / row.interactions).toFixed(1)} bytes`,
      ...parts.map((part) => (row.partSeconds?.[part] === undefined ? '' : `${row.partSeconds[part].toFixed(2)} s`)),
    ]),
  ]);
}

function servingTable(rows: readonly ServingRow[]): string {
  const spread = (it: Spread): string => `${it.meanMs.toFixed(2)} / ${it.p50Ms.toFixed(2)} / ${it.p99Ms.toFixed(2)}`;
  const line = (what: string, pick: (row: ServingRow) => string): string[] => [what, ...rows.map(pick)];
  return section('An answer in process, ms: mean / p50 / p99', [
    line('', (it) => `${it.products} products, ${it.sessions} sessions`),
    line('whole answer, of 20 products', (it) => spread(it.answer)),
    line('  home page', (it) => spread(it.byContext.home)),
    line('  page of a product', (it) => spread(it.byContext.product)),
    line('  basket', (it) => spread(it.byContext.cart)),
    line('the scorer', (it) => spread(it.scoring)),
    line('what of the past speaks for an item', (it) => spread(it.anchors)),
    line('rules, variety, texts: mean', (it) => (it.answer.meanMs - it.scoring.meanMs - it.anchors.meanMs).toFixed(2)),
    ...featureNames.map((name) =>
      line(`  ${name} alone`, ({ features }) => {
        const its = features.find((it) => it.name === name);
        return its === undefined ? '' : spread(its);
      }),
    ),
    line('loading the model', (it) => `${it.loadSeconds.toFixed(2)} s`),
  ]);
}

function varietyTable(rows: readonly VarietyRow[]): string {
  return section('Variety at the default policy, RetailRocket: without / with', [
    ['', 'predictions', 'hit rate', 'MRR', 'alike in a list', 'coverage'],
    ...rows.map(({ likeness, length, predictions, before, after }) => [
      `first ${length}, by ${likeness}`,
      cell(predictions),
      ...(['hitRate', 'mrr', 'inListSimilarity', 'coverage'] as const).map(
        (it) => `${rate(before[it])} / ${rate(after[it])}`,
      ),
    ]),
  ]);
}
