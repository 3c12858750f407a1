import { ERASED } from '../privacy/erased.ts';
import type { DecidedFact, RemovedFact, ReviewFact, Submission } from './review-facts.ts';
import type { ReviewRecord, Standing } from './review-record.ts';
import type { ReviewWindow } from './review-window.ts';
import type { TextBand } from './text-band.ts';

/**
 * A review whose author has been erased: its stars stay and count where they did, and nothing of it says whose they are. One that was not
 * decided on is taken away, for its words are gone. Undefined where that has been done before.
 * @param bands the bands that its texts stand in, which cannot be told from it any more
 */
export function anonymiseReview(
  record: ReviewRecord,
  atMs: number,
  bands: readonly string[] = [],
): ReviewRecord | undefined {
  if (record.anonymisedAtMs !== undefined) return undefined;
  const { standing } = record;
  const undecided = standing?.state === 'held' || standing?.state === 'waiting';
  return {
    ...record,
    facts: record.facts.map(withoutAuthor),
    ...(standing && { standing: undecided ? { ...standing, state: 'removed', sinceMs: atMs } : standing }),
    anonymisedAtMs: atMs,
    ...(bands.length > 0 && { bandsLeft: bands }),
  };
}

function withoutAuthor(fact: ReviewFact): ReviewFact {
  if (fact.kind === 'appealed') return { ...fact, hash: ERASED, data: {} };
  if (fact.kind === 'removed') return { ...fact, hash: ERASED, data: { by: fact.data.by } };
  if (fact.kind !== 'submitted') return fact;
  // What was read out of the words stays, but for what words can be told by.
  const { fingerprint: _, ...text } = fact.data.text ?? { language: '', length: 0 };
  const { orderId: _order, ...data } = fact.data;
  return {
    ...fact,
    hash: ERASED,
    data: { ...data, memberId: ERASED as Submission['memberId'], anonymous: true, ...(fact.data.text && { text }) },
  };
}

/** Where an anonymised review stands: as it stood, until the desk decides on it or takes it away. */
export function anonymisedStanding({ facts, standing, anonymisedAtMs = 0 }: ReviewRecord): Standing | undefined {
  if (standing === undefined) return undefined;
  const later = facts.findLast(
    (it): it is DecidedFact | RemovedFact =>
      it.atMs >= anonymisedAtMs && (it.kind === 'decided' || it.kind === 'removed'),
  );
  if (later === undefined) return standing;
  const state = later.kind === 'removed' ? 'removed' : later.data.verdict === 'publish' ? 'published' : 'rejected';
  // Silently: whom it would be told to is no more.
  return { ...standing, state, sinceMs: later.atMs, by: 'desk' };
}

/** A window in which a review is nobody's; the same window where it is not in it. Its other reviews see it as they did. */
export function anonymisedInWindow(window: ReviewWindow, reviewId: string): ReviewWindow {
  const rows = window.rows.map((row) => (row.reviewId === reviewId ? { ...row, memberId: nobodyOf(reviewId) } : row));
  return changed(window.rows, rows) ? { ...window, rows } : window;
}

/** The same for a band of texts. Its fingerprint stays there: a copy of the words would else pass for new ones. */
export function anonymisedInBand(band: TextBand, reviewId: string): TextBand {
  const rows = band.rows.map((row) => (row.reviewId === reviewId ? { ...row, memberId: nobodyOf(reviewId) } : row));
  return changed(band.rows, rows) ? { ...band, rows } : band;
}

/** Each such review has an author of its own, so that they do not look like many by one. */
function nobodyOf(reviewId: string): string {
  return `${ERASED} ${reviewId}`;
}

function changed(before: readonly { memberId: string }[], after: readonly { memberId: string }[]): boolean {
  return after.some(({ memberId }, index) => memberId !== before[index]?.memberId);
}
