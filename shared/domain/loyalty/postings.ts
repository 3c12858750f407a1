import type { CausePosting } from './cause-effect.ts';
import type { OrderPosting } from './order-effect.ts';

/** What an account is a fold of: the steps of its orders' lives, and of its other causes. */
export type Posting = OrderPosting | CausePosting;

/** Where a posting stands in time; postings are folded in this order. */
export type PostingKey = { atMs: number; rank: number; eventId: string; subject: string };

/** Of one instant: who the member is comes first, then orders, then what members and shop do besides. */
const RANK: Record<Posting['kind'], number> = {
  introduced: -1,
  placed: 0,
  completed: 1,
  returned: 2,
  cancelled: 3,
  redeemed: 4,
  released: 5,
  checked_in: 6,
  granted: 7,
  pended: 8,
  confirmed: 9,
  dropped: 10,
  taken: 11,
  closed: 12,
};

export function isOrderPosting(posting: Posting): posting is OrderPosting {
  return 'taste' in posting;
}

export function postingKey(posting: Posting): PostingKey {
  const { atMs, eventId, subject } = posting;
  return { atMs, rank: RANK[posting.kind], eventId, subject };
}

/** Order in time; of one instant by kind, then event id, then subject. */
export function comparePostingKeys(a: PostingKey, b: PostingKey): number {
  return a.atMs - b.atMs || a.rank - b.rank || compareText(a.eventId, b.eventId) || compareText(a.subject, b.subject);
}

/** All postings of an account in the order in which it folds them. */
export function inTime(postings: readonly Posting[]): Posting[] {
  const sorted = [...postings].sort((a, b) => comparePostingKeys(postingKey(a), postingKey(b)));
  const orders = new Map<string, { left: number; over: boolean }>();
  return sorted.map((posting) => {
    if (!isOrderPosting(posting)) return posting.kind === 'redeemed' ? billed(posting, orders) : posting;
    const { subject, kind } = posting;
    const { left, over } = orders.get(subject) ?? { left: posting.net ?? 0, over: false };
    const back = kind === 'returned' ? posting.returned : 0;
    orders.set(subject, { left: left - back, over: over || kind === 'cancelled' });
    return posting;
  });
}

/**
 * A redemption was decided on what was known of its order by then. What had come back of it before, or that it had been
 * cancelled, and became known only later, gives points back as if it had happened at that moment.
 */
function billed(posting: CausePosting, orders: ReadonlyMap<string, { left: number; over: boolean }>): CausePosting {
  const { orderId = '', orderNet } = posting;
  const order = orders.get(orderId);
  if (orderNet === undefined || order === undefined) return posting;
  const orderBack = Math.max(0, orderNet - order.left);
  return { ...posting, ...(orderBack > 0 && { orderBack }), ...(order.over && { orderOver: true }) };
}

export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
