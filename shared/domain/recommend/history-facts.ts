import { createHash } from 'node:crypto';
import type { CloudEvent } from '../../../events/envelope.ts';
import type { HappenedKind } from './features.ts';
import type { HistoryFacts, Purchase, Withdrawal } from './history-fold.ts';

/** Whose history it is: a member's, or that of somebody known by an anonymous id alone. */
export type HistoryOwner = { kind: 'member' | 'visitor'; id: string };

type Said<Data> = CloudEvent<string, Data>;
type Who = { memberId?: string | undefined; anonymousId?: string | undefined };
type Line = { lineId: string; quantity: number };

/** Whose doing an event is; undefined where it names nobody, as the order of a guest does. */
export function ownerOf({ memberId, anonymousId }: Who): HistoryOwner | undefined {
  if (memberId !== undefined) return { kind: 'member', id: memberId };
  return anonymousId === undefined ? undefined : { kind: 'visitor', id: anonymousId };
}

/**
 * Ids stand in a history as the beginning of their hash: all that they do there is to tell one event from another of the same
 * person in the same millisecond, and a history with them at full length would cost twice as much to write.
 */
const SHORT_LENGTH = 6;
function short(id: string): string {
  return createHash('sha256').update(id).digest('base64url').slice(0, SHORT_LENGTH);
}

/** Somebody has looked at a product, followed a recommendation to it, put it in the basket or marked it. */
export function interactionFacts(
  kind: Exclude<HappenedKind, 'order'>,
  { id, time, data: { productId } }: Said<{ productId: string }>,
): Partial<HistoryFacts> {
  return { interactions: [{ eventId: short(id), kind, productId, atMs: Date.parse(time) }] };
}

/** Every line of an order is a purchase. */
export function purchaseFacts({
  time,
  data: { orderId, lines },
}: Said<{ orderId: string; lines: readonly (Line & { productId: string })[] }>): { purchases: Purchase[] } {
  const atMs = Date.parse(time);
  return {
    purchases: lines.map(({ lineId, productId, quantity }) => {
      return { eventId: lineKey(orderId, lineId), kind: 'order', productId, quantity, atMs };
    }),
  };
}

/** A cancelled order takes all its purchases back. */
export function cancellationFacts({ id, time, data }: Said<{ orderId: string }>): { withdrawals: Withdrawal[] } {
  return { withdrawals: [{ eventId: short(id), target: short(data.orderId), atMs: Date.parse(time) }] };
}

/** A return takes a purchase back once as many pieces have come back as were bought. */
export function returnFacts({
  id,
  time,
  data: { orderId, lines },
}: Said<{ orderId: string; lines: readonly Line[] }>): { withdrawals: Withdrawal[] } {
  const atMs = Date.parse(time);
  return {
    withdrawals: lines.map(({ lineId, quantity }) => {
      return { eventId: short(`${id} ${lineId}`), target: lineKey(orderId, lineId), quantity, atMs };
    }),
  };
}

/** Of a list that was shown so many are kept: those further down few people see. */
export const SHOWN_PRODUCTS_LIMIT = 24;

/** Somebody has been shown recommended products. A list may be shown in parts, so each showing has an id of its own. */
export function shownFacts({
  id,
  time,
  data: { productIds },
}: Said<{ productIds: readonly string[] }>): Partial<HistoryFacts> {
  const shown = { recommendationId: short(id), productIds: [...new Set(productIds)].slice(0, SHOWN_PRODUCTS_LIMIT) };
  return { shown: [{ ...shown, atMs: Date.parse(time) }] };
}

/** Lines are told apart within an order, where most ids are short as they are. */
function lineKey(orderId: string, lineId: string): string {
  return `${short(orderId)}.${lineId.length <= 4 ? lineId : short(lineId).slice(0, 4)}`;
}
