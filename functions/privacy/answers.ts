import * as z from 'zod/mini';

const storeReceipt = z.object({
  store: z.string(),
  what: z.string(),
  /**
   * `removed`; `anonymised`: it stays, and nothing says any more whose it is; `kept`, for the reason given; `unreadable`: it may lie there
   * still, and the key that opens it is destroyed.
   */
  outcome: z.enum(['removed', 'anonymised', 'kept', 'unreadable']),
  /** How many there were when the erasure began. */
  count: z.optional(z.int()),
  why: z.optional(z.string()),
});

/** The proof of an erasure: it carries nothing personal. */
export const receiptAnswer = z.object({
  receiptId: z.string(),
  /** `running` until everything has been gone through, which goes on by itself. */
  state: z.enum(['running', 'done']),
  requestedAt: z.string(),
  completedAt: z.optional(z.string()),
  /** When everything was gone through once more, for what was under way while the erasure ran. */
  checkedAt: z.optional(z.string()),
  by: z.object({ kind: z.enum(['member', 'service']), subject: z.optional(z.string()) }),
  stores: z.array(storeReceipt),
});

export const againAnswer = z.object({ erasures: z.int() });
