import type { ListedReview, Signals } from '../moderation/signals.ts';

/** A review of a window, with what its neighbourhood said of it when it was last looked at. */
export type WindowRow = ListedReview & { signals: Signals };

/** The reviews of a product within one span of time. */
export type ReviewWindow = {
  productId: string;
  span: number;
  /** Counts the writes; 0 is a window never written. */
  version: number;
  rows: WindowRow[];
};

const DAY_MS = 86_400_000;
/** Rows that a span keeps; of more, those whose ids come first by hash, so that it does not depend on who came first. */
export const ROWS_PER_SPAN_LIMIT = 200;

export function newWindow(productId: string, span: number): ReviewWindow {
  return { productId, span, version: 0, rows: [] };
}

/** The number of the span that an instant lies in; spans are as long as the window that judging looks at. */
export function spanOf(atMs: number, windowDays: number): number {
  return Math.max(0, Math.floor(atMs / (windowDays * DAY_MS)));
}

/** The spans that a review's neighbours may be in, and the neighbours of these: what is said of them may change with it. */
export function spansAround(atMs: number, windowDays: number): number[] {
  const span = spanOf(atMs, windowDays);
  return [span - 2, span - 1, span, span + 1, span + 2].filter((it) => it >= 0);
}

export type Enlisted = {
  /** Windows that have changed. */
  changed: ReviewWindow[];
  /** Reviews of which the neighbourhood says something else now. */
  touched: string[];
};

/**
 * Puts rows into the windows of their product, and looks anew at all that lie near them, where they are now or where they were:
 * what a neighbourhood says may change with each that joins or leaves it, also for those who were there before. `windows` are those
 * around each of these times (`spansAround`).
 */
export function enlist(
  windows: readonly ReviewWindow[],
  joining: readonly ListedReview[],
  {
    windowDays,
    signalsOf,
  }: {
    windowDays: number;
    signalsOf: (row: ListedReview, around: readonly ListedReview[]) => Signals;
  },
): Enlisted {
  const joined = new Set(joining.map(({ reviewId }) => reviewId));
  const before = new Map(windows.flatMap(({ rows }) => rows).map((row) => [row.reviewId, row]));
  const filled = windows.map((window) => {
    const own = joining.filter(({ atMs }) => spanOf(atMs, windowDays) === window.span);
    // An edit may move a review to another span.
    const kept = window.rows.filter(({ reviewId }) => !joined.has(reviewId));
    const rows = [...kept, ...own.map((row) => ({ ...row, signals: before.get(row.reviewId)?.signals ?? {} }))];
    return { ...window, rows: limited(rows) };
  });
  const all = filled.flatMap(({ rows }) => rows);
  const isNear = (one: number, other: number) => Math.abs(one - other) <= windowDays * DAY_MS;
  const places = joining.flatMap(({ reviewId, atMs }) => [atMs, before.get(reviewId)?.atMs ?? atMs]);
  const judged = filled.map((window) => ({
    ...window,
    rows: window.rows.map((row) => {
      // Of what lies further away not all neighbours are known here.
      if (!places.some((atMs) => isNear(atMs, row.atMs))) return row;
      const near = all.filter(({ atMs }) => isNear(atMs, row.atMs));
      return { ...row, signals: signalsOf(row, near) };
    }),
  }));
  const touched = judged
    .flatMap(({ rows }) => rows)
    .filter(({ reviewId, signals }) => {
      const known = before.get(reviewId);
      return known !== undefined && !joined.has(reviewId) && !sameSignals(known.signals, signals);
    })
    .map(({ reviewId }) => reviewId);
  const changed = judged.filter((window, index) => !sameRows(window.rows, windows[index]?.rows ?? []));
  return { changed, touched };
}

function limited(rows: readonly WindowRow[]): WindowRow[] {
  const sorted = [...rows].sort((a, b) => a.atMs - b.atMs || (a.reviewId < b.reviewId ? -1 : 1));
  if (sorted.length <= ROWS_PER_SPAN_LIMIT) return sorted;
  const chosen = [...sorted].sort(
    (a, b) => orderOf(a.reviewId) - orderOf(b.reviewId) || (a.reviewId < b.reviewId ? -1 : 1),
  );
  const ids = new Set(chosen.slice(0, ROWS_PER_SPAN_LIMIT).map(({ reviewId }) => reviewId));
  return sorted.filter(({ reviewId }) => ids.has(reviewId));
}

/** A number that follows from the id alone and looks like chance. */
function orderOf(id: string): number {
  let hash = 2_166_136_261;
  for (const character of id) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16_777_619);
  return hash >>> 0;
}

function sameRows(one: readonly WindowRow[], other: readonly WindowRow[]): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function sameSignals(one: Signals, other: Signals): boolean {
  const names = new Set([...Object.keys(one), ...Object.keys(other)] as (keyof Signals)[]);
  return [...names].every((name) => (one[name] ?? 0) === (other[name] ?? 0));
}
