/** What was done with one kind of thing that a store held of a member. */
export type StoreReceipt = {
  store: string;
  what: string;
  outcome:
    | 'removed'
    /** It stays, and nothing says any more whose it is. */
    | 'anonymised'
    | 'kept'
    /** It may lie there still, and the key that opens it is destroyed. */
    | 'unreadable';
  /** How many there were when the erasure began; left out where they cannot be told from anybody else's. */
  count?: number | undefined;
  /** Why it is kept, or what makes it unreadable; with times where it ends by itself. */
  why?: string | undefined;
};

/** Who asked for it: the member, or a service with the subject of its token. */
export type AskedBy = { kind: 'member' } | { kind: 'service'; subject?: string | undefined };

/** The proof of an erasure. It names no member and carries nothing personal. */
export type ErasureReceipt = {
  receiptId: string;
  /** `running` until everything has been gone through. */
  state: 'running' | 'done';
  requestedAt: string;
  completedAt?: string | undefined;
  /** When everything was gone through once more, for what was under way while the erasure ran. */
  checkedAt?: string | undefined;
  by: AskedBy;
  stores: StoreReceipt[];
};

/** How many of what a member has left where, when the erasure begins. */
export type Found = {
  orders: number;
  causes: number;
  entries: number;
  registration: number;
  coupons: number;
  visitors: number;
  words: number;
  reviews: number;
  reviewer: number;
  votes: number;
  complaints: number;
  histories: number;
  refused: number;
};

/** How long backups can be restored from: point-in-time recovery keeps that many days. */
export const BACKUP_DAYS = 35;
const DAY_MS = 86_400_000;

/**
 * How long something may still be under way that began before the member was marked as erased: the longest that a function runs. Once it has
 * passed everything is gone through again, and the erasure is closed.
 */
export const UNDER_WAY_MS = 900_000;

/** The receipt of an erasure that begins. */
export function newReceipt(receiptId: string, by: AskedBy, found: Found, nowMs: number): ErasureReceipt {
  return {
    receiptId,
    state: 'running',
    requestedAt: instant(nowMs),
    by,
    stores: [...tables(found), ...elsewhere(nowMs)],
  };
}

function tables(found: Found): StoreReceipt[] {
  const owners = 1 + found.orders + found.reviews + found.complaints + found.visitors;
  const id =
    'it carries an opaque id of the shop, of which nothing is known here any more and which nobody can ask for';
  return [
    row(
      'vault',
      'keys of the member, and of the orders, reviews, complaints and visitors that were theirs',
      'removed',
      owners,
    ),
    row('vault', 'name, birthday, and the words of reviews, appeals, complaints and reasons', 'removed', found.words),
    row('profile', 'registration and consents', 'removed', found.registration),
    row('profile', 'days on which a birthday may be', 'removed'),
    row('profile', 'points that were left: taken out of the books by entries of their own', 'removed'),
    row('profile', 'preferences, and notes of what falls due', 'removed'),
    row('profile', 'ledger entries', 'kept', found.entries, `the books of the shop have to balance; ${id}`),
    row(
      'profile',
      'orders, and the other causes of ledger entries',
      'kept',
      found.orders + found.causes,
      `entries name them as their causes; ${id}`,
    ),
    row(
      'profile',
      'coupons: those that were open are taken back, and their units are free',
      'anonymised',
      found.coupons,
    ),
    row('profile', 'visitors that the member turned out to be', 'removed', found.visitors),
    row('reputation', 'reviews: stars stay and count', 'anonymised', found.reviews),
    row('reputation', 'what the credit as a reviewer rested on', 'removed', found.reviewer),
    row('reputation', 'votes on reviews', 'anonymised', found.votes),
    row('reputation', 'complaints: what they count for stays', 'anonymised', found.complaints),
    row('recommend', 'what the member, and the visitors that they were, did lately', 'removed', found.histories),
    row('inbox', 'events that were refused', 'removed', found.refused),
    row('inbox', 'claims of event ids', 'kept', undefined, 'a claim is an opaque id and a hash'),
    row(
      'inbox',
      'that the member has been erased, and this receipt',
      'kept',
      2,
      'so that late events are not applied, and as proof',
    ),
    row('limits', 'counters of requests', 'kept', undefined, 'they lapse by themselves within a day'),
    row('catalog', 'nothing', 'kept', 0, 'it knows products and brands alone'),
  ];
}

function elsewhere(nowMs: number): StoreReceipt[] {
  const sealed = 'what is personal in it is sealed with a key that has been destroyed';
  const pseudonyms = 'it knows members by a keyed hash, and holds nothing personal';
  const until = instant(nowMs + BACKUP_DAYS * DAY_MS);
  return [
    row('queues and dead letters', 'events of the member', 'unreadable', undefined, sealed),
    row('archive of the bus', 'events of the member', 'unreadable', undefined, sealed),
    row('lake', 'events of the member', 'kept', undefined, pseudonyms),
    row('models', 'figures over all members', 'kept', undefined, 'learnt from the lake'),
    row('Amazon Personalize', 'interactions, where the stage has a campaign', 'kept', undefined, pseudonyms),
    row('logs and metrics', 'nothing', 'kept', 0, 'they name no member'),
    row(
      'backups of the tables',
      'everything, keys included',
      'kept',
      undefined,
      `they can be restored from until ${until}; after a restore every erasure is done again`,
    ),
  ];
}

function row(
  store: string,
  what: string,
  outcome: StoreReceipt['outcome'],
  count?: number,
  why?: string,
): StoreReceipt {
  return { store, what, outcome, ...(count !== undefined && { count }), ...(why !== undefined && { why }) };
}

function instant(ms: number): string {
  return new Date(ms).toISOString();
}
