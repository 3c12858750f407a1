/** Every key shape of every table stands here and nowhere else. */
export type Key = { pk: string; sk: string };

/** Profile: what the shop knows of members, visitors and orders. */
export const profileKeys = {
  /** Balances, open lots, spend, tier and taste of a member, with the youngest journal entries. */
  account: (memberId: string): Key => ({ pk: `MEMBER#${memberId}`, sk: 'ACCOUNT' }),
  /** A full page of journal entries; pages are written once. The padding keeps them in order. */
  journalPage: (memberId: string, page: number): Key => ({
    pk: `MEMBER#${memberId}`,
    sk: `JOURNAL#${String(page).padStart(8, '0')}`,
  }),
  journalPrefix: 'JOURNAL#',
  /** What bears on a member's account and is no order: a check-in, a redemption, a review, an adjustment. */
  cause: (memberId: string, causeId: string): Key => ({ pk: `MEMBER#${memberId}`, sk: `CAUSE#${causeId}` }),
  causePrefix: 'CAUSE#',
  /** A member to look at from an hour on, because something falls due; in one of some shards, by the hour. */
  due: (shard: number, hour: string, memberId: string): Key => ({ pk: `DUE#${shard}`, sk: `${hour}#${memberId}` }),
  /** Registration facts that name nobody: channel, locale, time zone, consents. */
  registration: (memberId: string): Key => ({ pk: `MEMBER#${memberId}`, sk: 'REGISTRATION' }),
  /** An order's facts, for ever. */
  order: (orderId: string): Key => ({ pk: `ORDER#${orderId}`, sk: 'ORDER' }),
  /** A visitor that a member turned out to be. */
  visitorOf: (memberId: string, anonymousId: string): Key => ({
    pk: `MEMBER#${memberId}`,
    sk: `VISITOR#${anonymousId}`,
  }),
  visitorPrefix: 'VISITOR#',
  /** An anonymous visitor: orders, and the member the visitor turned out to be. */
  visitor: (anonymousId: string): Key => ({ pk: `VISITOR#${anonymousId}`, sk: 'VISITOR' }),
  /** One of the counters that guest orders are spread over. */
  shopShard: (shard: number): Key => ({ pk: `SHOP#${shard}`, sk: 'GUESTS' }),
  /** Which policies the shop has had, since when; and each of them, which never changes. */
  policyHead: { pk: 'SHOP#POLICY', sk: 'HEAD' } satisfies Key,
  policyVersion: (number: number): Key => ({ pk: 'SHOP#POLICY', sk: `V#${String(number).padStart(6, '0')}` }),
} as const;

/** Coupons stand in the Profile table too, each in a partition of its own: an order names it by its id alone. */
export const couponKeys = {
  /** One unit: whose it is, who holds it, and the orders that named it. */
  coupon: (couponId: string): Key => ({ pk: `COUPON#${couponId}`, sk: 'COUPON' }),
  /** How many units of a definition are out. */
  budget: (definitionId: string): Key => ({ pk: `COUPONBUDGET#${definitionId}`, sk: 'BUDGET' }),
  /** Which coupons a member has, and how many of each definition. */
  wallet: (memberId: string): Key => ({ pk: `MEMBER#${memberId}`, sk: 'COUPONS' }),
  /** A full page of coupon ids; pages are written once. */
  walletPage: (memberId: string, page: number): Key => ({
    pk: `MEMBER#${memberId}`,
    sk: `COUPONS#${String(page).padStart(8, '0')}`,
  }),
  /** What bears on coupons of the facts of an order. */
  order: (orderId: string): Key => ({ pk: `ORDER#${orderId}`, sk: 'COUPONS' }),
  /** Coupons in the order in which they expire, spread over shards; what is done is taken away. */
  expiry: (shard: number, at: { time: string; couponId: string }): Key => ({
    pk: `COUPONEXPIRY#${shard}`,
    sk: `${at.time}#${at.couponId}`,
  }),
  /** A member who may have a birthday on a day of the year, which is named by a keyed hash. */
  birthday: (day: string, memberId: string): Key => ({ pk: `BIRTHDAY#${day}`, sk: memberId }),
  /** Up to which day birthdays have been gone through. */
  birthdaysDone: { pk: 'BIRTHDAYS', sk: 'DONE' } satisfies Key,
} as const;

/** The liability journal stands in a partition of the Profile table that is its own. */
const LIABILITY = 'SHOP#LIABILITY';
export const liabilityKeys = {
  partition: LIABILITY,
  /** The revision of a day that counts; and those that counted before, which stay as they were. */
  day: (day: string): Key => ({ pk: LIABILITY, sk: `DAY#${day}` }),
  revision: (day: string, revision: number): Key => ({
    pk: LIABILITY,
    sk: `REVISION#${day}#${String(revision).padStart(6, '0')}`,
  }),
  /** What a run has found, by the instant at which it began. */
  run: (time: string): Key => ({ pk: LIABILITY, sk: `RUN#${time}` }),
  /** A run that is not done, and what it has done. */
  openRun: { pk: LIABILITY, sk: 'OPEN' } satisfies Key,
  part: (segment: number): Key => ({ pk: LIABILITY, sk: `PART#${String(segment).padStart(3, '0')}` }),
} as const;

/** Vault: the key of each owner (`MEMBER#id`, `COMPLAINT#id` ...), and what was sealed with it. */
export const vaultKeys = {
  /** The owner's key, wrapped; or that the owner has been erased. */
  key: (owner: string): Key => ({ pk: owner, sk: 'KEY' }),
  /** Name and day of birth of a member. */
  person: (memberId: string): Key => ({ pk: `MEMBER#${memberId}`, sk: 'PERSON' }),
  /**
   * What somebody has written, by the event or command that brought it. Of a member: what a review of theirs says, why they appeal, what they say
   * in a complaint, and why the desk adjusts their points or takes a coupon back. Of `COMPLAINT#id` and `SANCTION#id`: what the desk, the brand or
   * the supplier says in the case. Of `REVIEW#id`: why it was removed, which may be known before it is known whose it is.
   */
  words: (owner: string, eventId: string): Key => ({ pk: owner, sk: `WORDS#${eventId}` }),
  wordsPrefix: 'WORDS#',
  /** A complaint of a member, whose further words have a key of their own. */
  complaint: (memberId: string, complaintId: string): Key => ({
    pk: `MEMBER#${memberId}`,
    sk: `COMPLAINT#${complaintId}`,
  }),
  complaintPrefix: 'COMPLAINT#',
} as const;

/** Inbox: one claim per event id, what was refused, and who has been erased. */
export const inboxKeys = {
  /** A member who has been erased: what still comes of them is counted and not applied. */
  erased: (memberId: string): Key => ({ pk: `ERASED#${memberId}`, sk: 'ERASED' }),
  /** What was done with all that was kept of them. */
  erasureReceipt: (memberId: string): Key => ({ pk: `ERASED#${memberId}`, sk: 'RECEIPT' }),
  /** Every erasure there has been, and those that are to be gone through once more. */
  erasures: 'ERASURES',
  erasure: (memberId: string): Key => ({ pk: 'ERASURES', sk: `ALL#${memberId}` }),
  erasurePrefix: 'ALL#',
  openErasure: (memberId: string): Key => ({ pk: 'ERASURES', sk: `OPEN#${memberId}` }),
  openErasurePrefix: 'OPEN#',
  claim: (eventId: string): Key => ({ pk: `EVENT#${eventId}`, sk: 'CLAIM' }),
  refused: (eventId: string, contentHash: string): Key => ({ pk: `EVENT#${eventId}`, sk: `REFUSED#${contentHash}` }),
} as const;

/** Limits: how many requests of a minute were let through, of callers whose names are hashes that nobody can undo after an hour. */
export const limitKeys = {
  /** What this hour's names are hashed with; the next hour's is written over it. */
  salt: { pk: 'SALT', sk: 'SALT' } satisfies Key,
  counter: (name: string, windowMs: number): Key => ({ pk: `COUNT#${name}`, sk: new Date(windowMs).toISOString() }),
} as const;

/** Catalog: products and brands. */
export const catalogKeys = {
  product: (productId: string): Key => ({ pk: `PRODUCT#${productId}`, sk: 'PRODUCT' }),
  brand: (brandId: string): Key => ({ pk: `BRAND#${brandId}`, sk: 'BRAND' }),
  /** What reputation says of a product, a brand or a supplier. */
  standing: (kind: 'product' | 'brand' | 'supplier', id: string): Key => ({
    pk: `${kind.toUpperCase()}#${id}`,
    sk: 'STANDING',
  }),
} as const;

/**
 * The index over what has changed in the catalogue, in the order in which it came: products, and what reputation says. Whoever knows the
 * products from elsewhere reads all of the latter.
 */
export const CHANGES_INDEX = 'changes';
export type CatalogueFeed = 'changes' | 'standings';

/** Reputation: reviews and their authors, counters of products, brands and suppliers, and what was counted of whom. */
export const reputationKeys = {
  /** A review's facts and where it stands; its words stand in the vault, by the event that brought them. */
  review: (reviewId: string): Key => ({ pk: `REVIEW#${reviewId}`, sk: 'REVIEW' }),
  vote: (reviewId: string, voterId: string): Key => ({ pk: `REVIEW#${reviewId}`, sk: `VOTE#${voterId}` }),
  votePrefix: 'VOTE#',
  /** A review that a member has voted on. */
  votedOn: (voterId: string, reviewId: string): Key => ({ pk: `VOTER#${voterId}`, sk: `ON#${reviewId}` }),
  votedPrefix: 'ON#',
  /** The vote of a member who has been erased: it counts on, and nobody knows whose it was. */
  voteOfNobody: (reviewId: string, receiptId: string): Key => ({ pk: `REVIEW#${reviewId}`, sk: `VOTE##${receiptId}` }),
  /** What a member has reviewed, and the credit that comes of it. */
  reviewer: (memberId: string): Key => ({ pk: `REVIEWER#${memberId}`, sk: 'REVIEWER' }),
  /** The reviews of a product that lie close together in time, as far as judging one of them takes the others. */
  reviewWindow: (productId: string, span: number): Key => ({
    pk: `PRODUCT#${productId}`,
    sk: `WINDOW#${String(span).padStart(6, '0')}`,
  }),
  reviewWindowPrefix: 'WINDOW#',
  /** Reviews whose texts share a band of their fingerprints. */
  textBand: (band: string): Key => ({ pk: `BAND#${band}`, sk: 'BAND' }),
  /** Published reviews of a product by time, and those that readers found helpful by that; in one of some shards. */
  listed: (productId: string, shard: number, row: { time: string; reviewId: string }): Key => ({
    pk: `LISTED#${productId}#${shard}`,
    sk: `NEWEST#${row.time}#${row.reviewId}`,
  }),
  listedHelpful: (productId: string, shard: number, row: { helpful: number; time: string; reviewId: string }): Key => ({
    pk: `LISTED#${productId}#${shard}`,
    sk: `HELPFUL#${String(row.helpful).padStart(7, '0')}#${row.time}#${row.reviewId}`,
  }),
  newestPrefix: 'NEWEST#',
  helpfulPrefix: 'HELPFUL#',
  /** The counters of a product, a brand, a supplier, a review, or one of the shop's. */
  tally: (target: string): Key => ({ pk: target, sk: 'TALLY' }),
  /** The score or grade that was last told of a product, a brand or a supplier. */
  score: (target: string): Key => ({ pk: target, sk: 'SCORE' }),
  /** What has been counted of an order. */
  orderCounted: (orderId: string): Key => ({ pk: `ORDER#${orderId}`, sk: 'COUNTED' }),
  /** A source that waits for a product to be told of, because only then is it known whose it is. */
  awaiting: (productId: string, source: Key): Key => ({ pk: `AWAITING#${productId}`, sk: `${source.pk}#${source.sk}` }),
  /** A model that texts of a language are read with, trained on the shop's own reviews, and the parts of its bytes. */
  textModel: (language: string): Key => ({ pk: `TEXTMODEL#${language}`, sk: 'HEAD' }),
  textModelRun: { pk: 'TEXTMODEL#', sk: 'RUN' } satisfies Key,
  textModelPart: (language: string, id: string, part: number): Key => ({
    pk: `TEXTMODEL#${language}`,
    sk: `PART#${id}#${String(part).padStart(3, '0')}`,
  }),
  inspection: (inspectionId: string): Key => ({ pk: `INSPECTION#${inspectionId}`, sk: 'INSPECTION' }),
} as const;

/** Complaints stand in the Reputation table, each in a partition of its own. */
export const complaintKeys = {
  /** Facts, deadlines that were told, and what is due in the counters. */
  complaint: (complaintId: string): Key => ({ pk: `COMPLAINT#${complaintId}`, sk: 'COMPLAINT' }),
  /** A complaint to look at from an hour on, because a deadline passes in it; in one of some shards, by the hour. */
  due: (shard: number, hour: string, complaintId: string): Key => ({
    pk: `COMPLAINTDUE#${shard}`,
    sk: `${hour}#${complaintId}`,
  }),
} as const;

/** Sanctions stand in the Reputation table, each in a partition of its own. */
export const sanctionKeys = {
  /** The steps of a case, and what of it time has brought and was told. */
  sanction: (sanctionId: string): Key => ({ pk: `SANCTION#${sanctionId}`, sk: 'SANCTION' }),
  /** What a brand or a supplier, `BRAND#id` or `SUPPLIER#id`, is restricted in and was. */
  restrictions: (target: string): Key => ({ pk: target, sk: 'RESTRICTIONS' }),
  /** A case to look at from an hour on, because time brings something to it; in one of some shards, by the hour. */
  due: (shard: number, hour: string, sanctionId: string): Key => ({
    pk: `SANCTIONDUE#${shard}`,
    sk: `${hour}#${sanctionId}`,
  }),
} as const;

/** Recommend: what members and visitors did lately, models and what they cost. */
const MODEL = 'MODEL';
export const recommendKeys = {
  /** A part of what a member or a visitor did lately: each kind of event writes one of them. */
  history: (owner: { kind: 'member' | 'visitor'; id: string }, part: 'interactions' | 'purchases' | 'shown'): Key => ({
    pk: `${owner.kind.toUpperCase()}#${owner.id}`,
    sk: part.toUpperCase(),
  }),
  /** A sample of what happened lately in the whole shop. */
  recent: { pk: 'SHOP', sk: 'RECENT' } satisfies Key,
  models: MODEL,
  /** Which model serves, and which did before. */
  serving: { pk: MODEL, sk: 'SERVING' } satisfies Key,
  /** What a model is and reached; its file stands in a bucket. */
  modelVersion: (version: string): Key => ({ pk: MODEL, sk: `V#${version}` }),
  modelVersionPrefix: 'V#',
  /** What a service has cost in a month, `2026-11`. */
  spend: (service: string, month: string): Key => ({ pk: `SPEND#${service}`, sk: month }),
} as const;

/** The sparse index over what needs a person's eye. `state` is spread over shards so that no key runs hot. */
export const ATTENTION_INDEX = 'attention';
export const ATTENTION_SHARDS = 4;
export type AttentionStateName = 'waiting' | 'refused' | 'held' | ComplaintAttentionName | SanctionAttentionName;
/** Complaints share a table with reviews, and so have names of their own. */
export type ComplaintAttentionName = 'complaint' | 'complaint_waiting' | 'complaint_refused';
export type SanctionAttentionName = 'sanction' | 'sanction_appeal' | 'sanction_restricted';
export const attentionState = (state: AttentionStateName, shard: number): string => `${state}#${shard}`;
