/** The figures of the reputation side as rows of the table of budgets, and as the tables behind them. */
import type { AttackFigures } from '../../infra/attacks/figures.ts';
import { ATTACKS } from '../../infra/attacks/simulated-review.ts';
import type { BundleRow } from './bundles.ts';
import { money } from './cost-report.ts';
import type { HotItems, HotRow } from './hot-items.ts';
import type { OlistImport } from './olist-import.ts';
import { BUDGETS } from './prices.ts';
import { type BudgetRow, cell, kb, ms, percent, section } from './report-parts.ts';
import type { ReputationMeasurements } from './reputation-bench.ts';
import { wruOfAll } from './reputation-life.ts';
import type { ReputationRuntime } from './reputation-runtime.ts';

export function reputationRows(measured: ReputationMeasurements): BudgetRow[] {
  const { sentiment, attacks, hot, runtime, olist, wholeOlist, life, cost } = measured;
  return [
    ...(typeof sentiment === 'string'
      ? [{ what: 'sentiment', budget: '', measured: `not measured: ${sentiment}` }]
      : sentiment),
    ...(typeof attacks === 'string'
      ? [{ what: 'false reviews', budget: '', measured: `not measured: ${attacks}` }]
      : attackRows(attacks)),
    ...hotRows(hot),
    latencyRow(runtime),
    olistRow('Olist import, a slice', olist),
    wholeOlist === undefined
      ? { what: 'Olist import, all of it', budget: budgetOfOlist, measured: 'only with --olist' }
      : olistRow('Olist import, all of it', wholeOlist),
    {
      what: '1,000,000 reviews / complaints / orders completed (reputation side), in addition',
      budget: '',
      measured:
        `${[cost.review, cost.complaint, cost.completed].map(({ dollars }) => money(dollars).trim()).join(' / ')}; ` +
        `${[life.review, life.complaint, life.completed].map((it) => wruOfAll(it).toFixed(1)).join(' / ')} WRU each`,
    },
    {
      what: '  of order.placed',
      budget: '0 records',
      measured: `${life.recordsOfPlaced} records handed to the reputation side`,
      within: life.recordsOfPlaced === 0,
    },
  ];
}

function attackRows(found: AttackFigures): BudgetRow[] {
  const moves = ATTACKS.map((kind) => found.ratingMoves[kind]);
  const [shown, plain] = [Math.max(...moves.map((it) => it.shown.mean)), Math.max(...moves.map((it) => it.plain.mean))];
  const least = ATTACKS.every((kind) => found.ratingMoves[kind].shown.mean < found.ratingMoves[kind].plain.mean);
  return [
    {
      what: 'false reviews, all attacks together: precision',
      budget: `>= ${BUDGETS.precision.toFixed(2)}`,
      measured: `${found.precision.toFixed(3)}; ${found.attackReviews} false of ${found.reviews} reviews`,
      within: found.precision >= BUDGETS.precision,
    },
    {
      what: '  recall',
      budget: `>= ${BUDGETS.recall.toFixed(2)}`,
      measured: `${found.recall.toFixed(3)}; ${ATTACKS.map((kind) => `${kind} ${found.perAttack[kind].recall.toFixed(2)}`).join(', ')}`,
      within: found.recall >= BUDGETS.recall,
    },
    {
      what: '  real reviews that are held or rejected',
      budget: `<= ${percent(BUDGETS.falseHolds)}`,
      measured: `${percent(found.falseHolds)}, rejected unseen ${percent(found.falseRejections)}; if nobody attacked ${percent(found.falseHoldsInPeace)}`,
      within: found.falseHolds <= BUDGETS.falseHolds,
    },
    {
      what: '  the shown rating moves, mean of the products, worst attack',
      budget: `<= ${BUDGETS.shownMove} stars, plain mean more`,
      measured: `${shown.toFixed(3)}, the plain mean ${plain.toFixed(3)}; worst product ${Math.max(...moves.map((it) => it.shown.worst)).toFixed(3)}, plain ${Math.max(...moves.map((it) => it.plain.worst)).toFixed(3)}`,
      within: shown <= BUDGETS.shownMove && least,
    },
  ];
}

function hotRows({ rows, growth }: HotItems): BudgetRow[] {
  const [first] = growth;
  const last = growth.at(-1);
  return [
    ...rows.map((row) => ({
      what: `most written item, 1,000 ${row.what}, ${row.shards === 1 ? 'one shard' : `${row.shards} shards`}`,
      budget: `<= ${BUDGETS.hotWrites} writes`,
      measured: `${cell(row.writesPerThousand)} writes, ${cell(row.unitsPerThousand)} WRU (${row.hottest}); ${row.unitsPerEvent.toFixed(1)} WRU per event in all`,
      within: row.writesPerThousand <= BUDGETS.hotWrites,
    })),
    ...(first === undefined || last === undefined
      ? []
      : [
          {
            what: '  a review more of a product that has many',
            budget: 'does not grow',
            measured: growth
              .map((it) => `${it.to}: ${ms(it.cpuMsPerReview)} CPU, ${it.unitsPerReview.toFixed(0)} WRU`)
              .join('; '),
          },
        ]),
  ];
}

function latencyRow({ latencies }: ReputationRuntime): BudgetRow {
  const budgeted = latencies.filter(({ route }) => route.endsWith('/reputation'));
  const name = (route: string) => route.split('/').slice(2).join('/');
  return {
    what: 'a reputation in the local runtime, p99',
    budget: `<= ${BUDGETS.reputationP99Ms} ms`,
    measured: latencies.map(({ route, p50Ms, p99Ms }) => `${name(route)} ${ms(p99Ms)} (p50 ${ms(p50Ms)})`).join(', '),
    within: budgeted.every(({ p99Ms }) => p99Ms <= BUDGETS.reputationP99Ms),
  };
}

const budgetOfOlist = `<= ${BUDGETS.olistSeconds / 60} min`;

function olistRow(what: string, olist: OlistImport | string): BudgetRow {
  if (typeof olist === 'string') return { what, budget: budgetOfOlist, measured: `not measured: ${olist}` };
  const { orders, events, eventsPerSecond, seconds, peakRssMb, deadLetters } = olist;
  const peak = peakRssMb === undefined ? '' : `, ${peakRssMb.toFixed(0)} MB at most`;
  const letters = deadLetters === 0 ? '' : `, ${deadLetters} dead letters`;
  return {
    what,
    budget: orders === undefined ? budgetOfOlist : '',
    measured: `${events} events${orders === undefined ? '' : ` of ${orders} orders`} in ${seconds.toFixed(0)} s, ${eventsPerSecond.toFixed(0)} a second once it was read${peak}${letters}`,
    ...(orders === undefined && { within: seconds <= BUDGETS.olistSeconds }),
  };
}

/** The reaction that reads the words, with what is loaded only for a text in its language. */
export function textBundleRow(rows: readonly BundleRow[]): BudgetRow[] {
  const row = rows.find(({ name }) => name === 'review-submitted');
  if (row === undefined) return [];
  return [
    {
      what: '  of review-submitted',
      budget: `<= ${BUDGETS.bundleBytes / 1_024} KB`,
      measured: `${kb(row.bytes)}, ${kb(row.gzippedBytes)} gzipped; loaded only when needed, the models of both languages above all, ${kb(row.folderBytes - row.bytes)}, ${kb(row.folderGzippedBytes - row.gzippedBytes)} gzipped`,
      within: row.bytes <= BUDGETS.bundleBytes && row.gzippedBytes <= BUDGETS.gzippedBytes,
    },
  ];
}

export function reputationText({ attacks, hot, runtime }: ReputationMeasurements): string[] {
  return [
    section('Hot items: what follows from the streams, in batches as the stacks are set to', [
      [
        '',
        'events',
        'shards',
        'WRU of the reaction',
        'of what follows',
        'events/s here',
        'delivered again',
        'published',
        'longest invocation',
      ],
      ...hot.rows.map(hotCells),
    ]),
    section('One product with ever more reviews, per review', [
      ['reviews', 'time', 'CPU', 'WRU', 'RRU', 'longest invocation'],
      ...hot.growth.map((row) => [
        `${row.from} to ${row.to}`,
        ms(row.msPerReview),
        ms(row.cpuMsPerReview),
        row.unitsPerReview.toFixed(1),
        row.readUnitsPerReview.toFixed(1),
        ms(row.longestMs),
      ]),
    ]),
    section(`Latency with a product of ${runtime.published} published reviews, one request at a time`, [
      ['', 'requests', 'p50', 'p99'],
      ...runtime.latencies.map((row) => [row.route, cell(row.requests), ms(row.p50Ms), ms(row.p99Ms)]),
    ]),
    `  ${runtime.reviews} reviews of one product, with all that follows: ${runtime.reviewsPerSecond.toFixed(0)} a second`,
    ...(typeof attacks === 'string' ? [] : [attackTable(attacks)]),
  ];
}

function attackTable({ perAttack, ratingMoves }: AttackFigures): string {
  const stars = (value: number) => value.toFixed(3);
  return section('Attacks on the later half of Olist; moves of the rating in stars, when the last review has come in', [
    ['', 'reviews', 'found', 'at once', 'products', 'shown rating', 'worst', 'plain mean', 'worst'],
    ...ATTACKS.map((kind) => {
      const { reviews, recall, atOnce } = perAttack[kind];
      const { products, shown, plain } = ratingMoves[kind];
      const moves = [shown.mean, shown.worst, plain.mean, plain.worst].map(stars);
      return [kind, cell(reviews), percent(recall), percent(atOnce), cell(products), ...moves];
    }),
  ]);
}

function hotCells(row: HotRow): string[] {
  return [
    row.what,
    cell(row.events),
    cell(row.shards),
    row.reactionUnitsPerEvent.toFixed(1),
    row.unitsPerEvent.toFixed(1),
    row.eventsPerSecond.toFixed(0),
    cell(row.again),
    cell(row.published),
    ms(row.longestMs),
  ];
}
