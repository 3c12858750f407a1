import { type Component, judge } from '../../shared/domain/reputation/component.ts';
import { type Counters, quarterNumber, quarterOf, sumOf } from '../../shared/domain/reputation/counts.ts';
import { type CreditEntry, creditOf } from '../../shared/domain/reputation/credit.ts';
import { gradeOf } from '../../shared/domain/reputation/grade.ts';
import { ratingOf, reviewWeight } from '../../shared/domain/reputation/rating.ts';
import { reviewCounts } from '../../shared/domain/reputation/review-counts.ts';
import { scoreOf } from '../../shared/domain/reputation/score.ts';
import { scorecardOf } from '../../shared/domain/reputation/scorecard.ts';
import { currentPolicy } from '../../shared/policy/policy.ts';
import type { ReputationPolicy } from '../../shared/policy/reputation-schema.ts';
import { countersOf, type Known, NOW_MS } from './reputation-facts.ts';

/** A row of the document: its line, the kind of table it stands in, and its cells by their column. */
export type RuleRow = { line: number; section: string; kind: string; cells: Cells };
type Cells = Record<string, string>;

const { reputation: policy, complaints } = currentPolicy;
const around = { nowMs: NOW_MS, policy };
const DAY_MS = 86_400_000;

/** Reads all rows of all tables; the first column of a table says what kind it is. */
export function readRows(markdown: string): { sections: string[]; rows: RuleRow[] } {
  const sections: string[] = [];
  const rows: RuleRow[] = [];
  let columns: string[] | undefined;
  markdown.split('\n').forEach((text, index) => {
    if (text.startsWith('## ')) sections.push(text.slice(3));
    if (!text.startsWith('|')) {
      columns = undefined;
      return;
    }
    const cells = text
      .slice(1, text.lastIndexOf('|'))
      .split('|')
      .map((cell) => cell.trim());
    if (columns === undefined) columns = cells;
    else if (!cells.every((cell) => /^-+:?$/.test(cell))) {
      const [kind = ''] = columns;
      if (!(kind in KINDS)) throw new Error(`Line ${index + 1}: no table begins with ${kind}.`);
      if (cells.length !== columns.length) throw new Error(`Line ${index + 1}: ${columns.length} cells are expected.`);
      const byColumn = Object.fromEntries(columns.map((column, at) => [column, cells[at] ?? '']));
      rows.push({ line: index + 1, section: sections.at(-1) ?? '', kind, cells: byColumn });
    }
  });
  return { sections, rows };
}

/** The row as the code says it should be: what is given stays, what follows from it is worked out. */
export function rowOf({ kind, cells, line }: RuleRow): Cells {
  const worked = KINDS[kind]?.(cells) ?? {};
  for (const column of Object.keys(cells)) {
    if (!(column in worked) && !GIVEN.has(column)) throw new Error(`Line ${line}: nothing is called ${column}.`);
  }
  return Object.fromEntries(Object.keys(cells).map((column) => [column, worked[column] ?? cells[column] ?? '']));
}

/** What is given, by the name of its column; what is left out or empty is 0. */
const KNOWN: Record<string, keyof Known> = {
  Reviews: 'reviews',
  Positive: 'positive',
  Orders: 'orders',
  Returned: 'returned',
  Complaints: 'complaints',
  Upheld: 'upheld',
  Rejected: 'rejected',
  Withdrawn: 'withdrawn',
  Unmet: 'overdue',
  Inspected: 'sampled',
  Failed: 'failed',
  Mark: 'mark',
};

const GIVEN = new Set([
  ...Object.keys(KNOWN),
  ...['Review', 'Supplier', 'Product', 'Reviewer', 'Stars', 'Part', 'Figure', 'Level', 'Late answers', 'Rate'],
  ...['By', 'Verified', 'Paid for', 'Helpful', 'Unhelpful', 'Characters', 'Pictures', 'Named', 'Ratings', 'Fakes'],
]);

const number = (cells: Cells, column: string) => Number(cells[column] || 0);
const yes = (cells: Cells, column: string) => cells[column] === 'yes';

function countersFrom(cells: Cells): Counters {
  const known = Object.entries(KNOWN).flatMap(([column, name]) =>
    cells[column] === undefined || cells[column] === '' ? [] : [[name, Number(cells[column])]],
  );
  const late = number(cells, 'Late answers');
  return countersOf({ ...(Object.fromEntries(known) as Known), ...(late > 0 && { answered: late, overdue: late }) });
}

const KINDS: Record<string, (cells: Cells) => Cells> = {
  Review: (cells) => {
    const level = policy.credit.levels.find(({ id }) => id === cells.By);
    if (level === undefined) throw new Error(`There is no level ${cells.By}.`);
    const { thousandths, parts } = reviewWeight(
      {
        creditWeight: level.weight,
        verified: yes(cells, 'Verified'),
        incentivised: yes(cells, 'Paid for'),
        helpful: number(cells, 'Helpful'),
        unhelpful: number(cells, 'Unhelpful'),
        length: number(cells, 'Characters'),
        mediaCount: number(cells, 'Pictures'),
      },
      policy,
    );
    const how = parts.map(({ code, factor }) => `${code} ${factor}`).join(' x ');
    return { Weight: String(thousandths / 1_000), How: how };
  },
  Stars: (cells) => {
    const counts = (cells.Stars ?? '').split('; ').flatMap(reviewsOf);
    const { weighted, mean } = ratingOf(sumOf(counts).SHOP ?? {}, around);
    return { Mean: mean === null ? '' : String(mean), Rating: String(weighted) };
  },
  Part: ({ Part: id = '' }) => {
    const rule = policy.score.components[id as keyof ReputationPolicy['score']['components']];
    const { weight, minimum, assumed, grace, curve } = rule;
    return {
      Weight: String(weight),
      'Seen in full from': String(minimum),
      Assumed: percent(assumed),
      Forgiven: String(grace),
      Values: curve.map(({ rate, value }) => `${value} at ${percent(rate)}`).join(', '),
    };
  },
  Level: ({ Level: id = '' }) => {
    const score = policy.score.levels.find((level) => level.id === id);
    const grade = policy.grade.grades[id as keyof ReputationPolicy['grade']['grades']];
    const credit = policy.credit.levels.find((level) => level.id === id);
    return {
      'From a score of': String(score?.from ?? grade),
      'From a credit of': String(credit?.from),
      Weighs: String(credit?.weight),
      Gives: credit?.privileges.join(', ') ?? '',
    };
  },
  Rate: (cells) => {
    const [n = 0, of = 0] = (cells.Rate ?? '').split(' of ').map(Number);
    const { rate, value, contribution } = judge('satisfaction', { n, of }, policy.score.components.satisfaction);
    const made = of >= 20 ? `${n} / ${of}` : `(${n} + ${20 - of} x 0.15) / 20`;
    return { Made: made, Counts: percent(rate), Value: String(value), Contribution: String(contribution) };
  },
  Supplier: (cells) => {
    const { score, level, components, complaints: figures } = scoreOf(countersFrom(cells), around);
    return {
      Score: String(score),
      Level: level,
      Counted: String(figures.counted),
      ...contributions(components),
    };
  },
  Product: (cells) => {
    const { id, score, components, reasons } = gradeOf(countersFrom(cells), around);
    const [first] = reasons;
    const why = first === undefined ? '' : `${first.code}${'lost' in first ? ` -${first.lost}` : ''}`;
    return { Grade: id, Score: score === null ? '' : String(score), Most: why, ...contributions(components) };
  },
  Reviewer: (cells) => {
    const { credit, level, weight, reasons, banUntilMs } = creditOf(entriesOf(cells), around);
    const made = reasons.map(({ code, contribution }) => `${code} ${contribution}`).join(', ');
    const banned = banUntilMs === undefined ? '' : `${(banUntilMs - NOW_MS) / DAY_MS} days`;
    return { Credit: String(credit), Standing: level, Weighs: String(weight), 'Made of': made, Banned: banned };
  },
  Figure: ({ Figure: id = '' }) => {
    const { figures } = scorecardOf({}, { ...around, support: complaints.goals });
    const goal = figures.find((figure) => figure.id === id)?.goal;
    const value = goal === undefined ? '' : id.endsWith('_ms') ? `${goal.value / 60_000} minutes` : percent(goal.value);
    return { Goal: goal === undefined ? '' : `at ${goal.at} ${value}` };
  },
};

const PART_COLUMNS: Record<string, string> = {
  satisfaction: 'For satisfaction',
  complaints: 'For complaints',
  returns: 'For returns',
  inspections: 'For inspections',
  response: 'For response',
  resolution: 'For resolution',
};

function contributions(components: readonly Component[]): Cells {
  return Object.fromEntries(components.map(({ id, contribution }) => [PART_COLUMNS[id] ?? id, String(contribution)]));
}

const percent = (share: number) => `${Math.round(share * 10_000) / 100} %`;

const REVIEWS = /^(\d+) of (\d)(?: weighing ([\d.]+))?(?: (\d+) quarters ago)?$/;

function reviewsOf(text: string) {
  if (text === 'none') return [];
  const parts = REVIEWS.exec(text);
  if (parts === null) throw new Error(`These are no reviews: ${text}.`);
  const [, count, stars, weight = '1', ago = '0'] = parts;
  const number = quarterNumber(quarterOf(NOW_MS)) - Number(ago);
  const review = reviewCounts({
    productId: 'pot',
    atMs: Date.UTC(Math.floor(number / 4), (number % 4) * 3, 2),
    ratings: { product: Number(stars) },
    weightThousandths: Math.round(Number(weight) * 1_000),
  });
  return Array.from({ length: Number(count) }, () => review);
}

/** So many like reviews, written today, and fakes that were rejected so many days ago. */
function entriesOf(cells: Cells): CreditEntry[] {
  const plain = { mediaCount: 0, kinds: 1, length: 0, verified: false, named: false, helpful: 0, unhelpful: 0 };
  const reviews = Array.from({ length: number(cells, 'Reviews') }, (_, index): CreditEntry => {
    return {
      reviewId: `rev-${index}`,
      atMs: NOW_MS,
      state: 'published',
      length: number(cells, 'Characters'),
      mediaCount: number(cells, 'Pictures'),
      kinds: number(cells, 'Ratings') || 1,
      verified: yes(cells, 'Verified'),
      named: yes(cells, 'Named'),
      helpful: number(cells, 'Helpful'),
      unhelpful: number(cells, 'Unhelpful'),
    };
  });
  const fakes = (cells.Fakes ?? '').split(', ').filter((text) => text !== '');
  return [
    ...reviews,
    ...fakes.map((text, index): CreditEntry => {
      const atMs = NOW_MS - Number.parseInt(text, 10) * DAY_MS;
      return { ...plain, reviewId: `fake-${index}`, atMs, rejectedAtMs: atMs, state: 'rejected' };
    }),
  ];
}
