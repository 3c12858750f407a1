import { newAccount } from '../../shared/domain/loyalty/account.ts';
import { accountAt, type FoldResult, foldPostings } from '../../shared/domain/loyalty/fold.ts';
import { type OrderEffect, orderEffect } from '../../shared/domain/loyalty/order-effect.ts';
import { comparePostingKeys, postingKey } from '../../shared/domain/loyalty/postings.ts';
import { type LoyaltyFact, replay } from '../../shared/domain/loyalty/replay.ts';
import { resolveOwner } from '../../shared/domain/loyalty/visitor.ts';
import { stampPolicy } from '../../shared/policy/check-policy.ts';
import { always } from '../../shared/policy/policies.ts';
import shopPolicy from '../../shared/policy/policy.json' with { type: 'json' };
import { currentPolicy, type Policy } from '../../shared/policy/policy.ts';
import { toFact } from './loyalty-facts.ts';
import type { Happening } from './order-histories.ts';

/** Milliseconds of a time as people write it: `2026-01-05`, or `2026-01-05T10:00:00Z`. */
export const at = (time: string): number => Date.parse(time);

type Line = { lineId?: string; quantity?: number; unitPrice: number } & Record<string, unknown>;
type Parts = { id?: string; orderId?: string; memberId?: string; anonymousId?: string } & Record<string, unknown>;

function happening(verb: string, time: string, parts: Parts): Happening {
  const { id, orderId = 'ord-1', ...data } = parts;
  return {
    type: `order.${verb}.v1`,
    id: id ?? `${orderId}:${verb}${typeof data.returnId === 'string' ? `:${data.returnId}` : ''}`,
    time: new Date(time).toISOString(),
    data: { orderId, ...data },
  };
}

/** An order of member `ann`, unless told otherwise: prices in minor units, lines numbered from 1. */
export function placed(time: string, parts: Omit<Parts, 'lines'> & { lines?: Line[]; total?: number } = {}): Happening {
  const { lines, total = 10_000, ...rest } = parts;
  const numbered = (lines ?? [{ unitPrice: total }]).map((line, index) => ({
    lineId: String(index + 1),
    productId: `product-${index + 1}`,
    quantity: 1,
    ...line,
  }));
  const owner = 'memberId' in rest || 'anonymousId' in rest ? {} : { memberId: 'ann' };
  return happening('placed', time, { ...owner, currency: 'EUR', ...rest, lines: numbered });
}

/** An order that names nobody. */
export function guestPlaced(time: string, parts: Parameters<typeof placed>[1] = {}): Happening {
  const whole = placed(time, parts);
  const { memberId: _, ...data } = whole.data;
  return { ...whole, data };
}

export const completed = (time: string, parts: Parts = {}): Happening => happening('completed', time, parts);

export const cancelled = (time: string, parts: Parts = {}): Happening => happening('cancelled', time, parts);

/** A return: pieces by line, `{ 1: 2 }` being two pieces of line 1. */
export function returned(time: string, pieces: Record<string, number>, parts: Parts = {}): Happening {
  const lines = Object.entries(pieces).map(([lineId, quantity]) => ({ lineId, quantity }));
  return happening('returned', time, { returnId: 'ret-1', ...parts, lines });
}

export function identified(time: string, anonymousId: string, memberId: string): Happening {
  const id = `${anonymousId}-is-${memberId}`;
  return { type: 'member.identified.v1', id, time: new Date(time).toISOString(), data: { memberId, anonymousId } };
}

type PolicyInput = typeof shopPolicy;

/** The default policy with some of its parts otherwise, checked and stamped like any other. */
export function policyWith(change: (document: PolicyInput) => unknown): Policy {
  const document = structuredClone(shopPolicy);
  change(document);
  return stampPolicy(document);
}

/** What a member has at an instant, and every entry and change of tier on the way there. */
export function lifeOf(
  memberId: string,
  happenings: readonly Happening[],
  now: string,
  policy: Policy = currentPolicy,
): FoldResult {
  const { orders, visitors } = replay(happenings.map(toFact), always(policy));
  const postings = [...orders.values()].flatMap((order) => {
    const effect = orderEffect(order);
    const visitor = effect.owner?.kind === 'visitor' ? visitors.get(effect.owner.anonymousId) : undefined;
    const owner = resolveOwner(effect.owner, visitor);
    return owner?.kind === 'member' && owner.memberId === memberId ? effect.postings : [];
  });
  postings.sort((a, b) => comparePostingKeys(postingKey(a), postingKey(b)));
  const folded = foldPostings(newAccount(always(policy)), postings, always(policy));
  const later = accountAt(folded.account, at(now), always(policy));
  return { account: later.account, entries: [...folded.entries, ...later.entries] };
}

/** What the facts of one order call for. */
export function effectOf(happenings: readonly Happening[], policy: Policy = currentPolicy): OrderEffect {
  const orders = replay(happenings.map(toFact) as LoyaltyFact[], always(policy)).orders;
  const [order] = orders.values();
  if (order === undefined || orders.size !== 1) throw new Error('the facts are not of one order');
  return orderEffect(order);
}

/** Everything that the shop knows once the facts have come. */
export const shopAfter = (happenings: readonly Happening[], policy: Policy = currentPolicy) =>
  replay(happenings.map(toFact), always(policy));
