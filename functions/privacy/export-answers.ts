import * as z from 'zod/mini';
import { cause, history, order, refusedEvent, rests, said, text, visitor } from './export-items.ts';

const partOf = <Name extends string, Item extends z.ZodMiniType>(part: Name, item: Item) =>
  z.object({ part: z.literal(part), items: z.array(item) });

/** Everything the shop keeps of a member. What a route answers too is given as that route answers it. */
const part = z.discriminatedUnion('part', [
  /** As `GET /v1/members/{id}`: tier, points, segments with their reasons, preferences, consents. */
  partOf('member', z.looseObject({ memberId: z.string() })),
  /** Name and birthday, out of the vault. */
  partOf('person', said),
  /** What the registration, its updates and consents said; the proof of a consent is its event and its statement. */
  partOf('registration', said),
  /** Every movement of points there ever was, oldest first, each as in `GET /v1/members/{id}/ledger`. */
  partOf('ledger', z.looseObject({ entryId: z.string(), points: z.int() })),
  partOf('orders', order),
  partOf('causes', cause),
  /** As in `GET /v1/members/{id}/coupons`. */
  partOf('coupons', z.looseObject({ couponId: z.string(), state: z.string() })),
  /** With their words and where they stand, as in `GET /v1/members/{id}/reviews`. */
  partOf('reviews', z.looseObject({ reviewId: z.string(), state: z.string() })),
  /** As `GET /v1/members/{id}/reviewer`. */
  partOf('reviewer', z.looseObject({ memberId: z.string(), level: z.string() })),
  /** With all that was written and their history, as in `GET /v1/complaints/{id}`. */
  partOf('complaints', z.looseObject({ complaintId: z.string(), state: z.string() })),
  /** Reviews of others that the member has voted on. */
  partOf('votes', z.object({ reviewId: z.string() })),
  /** Of the member, and of the visitors that they were. */
  partOf('histories', history),
  partOf('visitors', visitor),
  /** Every text that is the member's own, also where another part shows it in its place. */
  partOf('words', text),
  partOf('refused', refusedEvent),
  /** What rests in which store. */
  partOf('stores', rests),
]);

/** `GET /v1/members/{id}/export`: a page of it; `nextCursor` is there while there is more, in the middle of a part as well. */
export const exportAnswer = z.object({
  memberId: z.string(),
  exportedAt: z.string(),
  parts: z.array(part),
  nextCursor: z.optional(z.string()),
});

export const exportCursor = z.object({ part: z.int().check(z.gte(0), z.lte(100)), at: z.int().check(z.gte(0)) });
