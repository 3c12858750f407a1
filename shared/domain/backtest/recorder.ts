import { findEvent } from '../../../events/catalogue.ts';
import type { DataOf } from '../../../events/define-event.ts';
import type { CloudEvent, InputError } from '../../../events/envelope.ts';
import { memberCheckedIn } from '../../../events/member/member-checked-in.v1.ts';
import { memberIdentified } from '../../../events/member/member-identified.v1.ts';
import { memberRegistered } from '../../../events/member/member-registered.v1.ts';
import { memberUpdated } from '../../../events/member/member-updated.v1.ts';
import { orderCancelled } from '../../../events/order/order-cancelled.v1.ts';
import { orderCompleted } from '../../../events/order/order-completed.v1.ts';
import { orderPlaced } from '../../../events/order/order-placed.v1.ts';
import { orderReturned } from '../../../events/order/order-returned.v1.ts';
import type { Policies } from '../../policy/policies.ts';
import {
  addCauseFact,
  type CauseFact,
  type CauseRecord,
  checkInOf,
  introductionOf,
  newCause,
} from '../loyalty/cause-facts.ts';
import { addFact, newOrder, type OrderFactKind, type OrderRecord, orderFact } from '../loyalty/order-facts.ts';
import { identificationOf, identify, newVisitor, type Visitor } from '../loyalty/visitor.ts';
import type { Recorded } from './recorded.ts';

/** What an event was good for: nothing where it bears on no points or its id has been told before. */
export type Taken = { kind: 'taken'; atMs: number } | { kind: 'nothing' } | { kind: 'invalid'; errors: InputError[] };

/** Takes events as a shop sends them, in any order, and keeps of them what it would have recorded. */
export type Recorder = { take(event: unknown): Taken; recorded(): Recorded };

const ORDER_KINDS: Readonly<Record<string, OrderFactKind>> = {
  [orderPlaced.type]: 'placed',
  [orderCompleted.type]: 'completed',
  [orderReturned.type]: 'returned',
  [orderCancelled.type]: 'cancelled',
};

/** An id is told once, so no content has to be compared with what the same id said before. */
const NO_HASH = '';

export function recorder(policies: Policies): Recorder {
  const told = new Set<string>();
  const orders = new Map<string, OrderRecord>();
  const causes = new Map<string, CauseRecord>();
  const visitors = new Map<string, Visitor>();

  const takeCause = (memberId: string, cause: { causeId: string; fact: CauseFact }) => {
    const key = `${memberId} ${cause.causeId}`;
    const added = addCauseFact(causes.get(key) ?? newCause(memberId, cause.causeId), cause.fact);
    if (added.kind === 'added') causes.set(key, added.cause);
  };

  /** Whether the event bears on points. */
  const takeValid = (event: CloudEvent): boolean => {
    const kind = ORDER_KINDS[event.type];
    if (kind !== undefined) {
      const fact = orderFact(kind, event as never, NO_HASH);
      const { orderId } = fact.data;
      const added = addFact(orders.get(orderId) ?? newOrder(orderId), fact, policies);
      if (added.kind === 'added') orders.set(orderId, added.order);
      return true;
    }
    if (event.type === memberIdentified.type) {
      const { anonymousId } = event.data as DataOf<typeof memberIdentified>;
      const known = visitors.get(anonymousId) ?? newVisitor(anonymousId);
      const identified = identify(known, identificationOf(event as never, NO_HASH));
      if (identified.kind === 'identified') visitors.set(anonymousId, identified.visitor);
      return true;
    }
    const { memberId } = event.data as { memberId: string };
    if (event.type === memberCheckedIn.type) {
      takeCause(memberId, checkInOf(event, NO_HASH));
      return true;
    }
    const introduction =
      event.type === memberRegistered.type || event.type === memberUpdated.type
        ? introductionOf(event as never, NO_HASH)
        : undefined;
    if (introduction !== undefined) takeCause(memberId, introduction);
    return introduction !== undefined;
  };

  return {
    take(input) {
      const type = typeof input === 'object' && input !== null ? (input as { type?: unknown }).type : undefined;
      const definition = typeof type === 'string' ? findEvent(type) : undefined;
      if (definition === undefined) return { kind: 'invalid', errors: [unknownType] };
      if (!BEARING.has(definition.type)) return { kind: 'nothing' };
      const parsed = definition.parse(input);
      if (!parsed.ok) return { kind: 'invalid', errors: parsed.errors };
      const { event } = parsed;
      if (told.has(event.id)) return { kind: 'nothing' };
      told.add(event.id);
      return takeValid(event) ? { kind: 'taken', atMs: Date.parse(event.time) } : { kind: 'nothing' };
    },
    recorded: () => ({ orders: [...orders.values()], causes: [...causes.values()], visitors }),
  };
}

/** The types that bear on points; the others are not even read. */
const BEARING: ReadonlySet<string> = new Set([
  ...Object.keys(ORDER_KINDS),
  ...[memberIdentified, memberCheckedIn, memberRegistered, memberUpdated].map(({ type }) => type),
]);

const unknownType: InputError = { path: 'type', code: 'unknown_type', message: 'There is no event type of this name.' };
