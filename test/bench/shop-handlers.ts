/** The handlers as they are deployed, each on the clients it is given in place of those that it would open itself. */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBBatchResponse, DynamoDBStreamEvent, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { findEvent } from '../../events/catalogue.ts';
import { memberCheckedIn } from '../../events/member/member-checked-in.v1.ts';
import { orderCancelled } from '../../events/order/order-cancelled.v1.ts';
import { orderCompleted } from '../../events/order/order-completed.v1.ts';
import { orderPlaced } from '../../events/order/order-placed.v1.ts';
import { orderReturned } from '../../events/order/order-returned.v1.ts';
import type { CouponDependencies } from '../../functions/coupon/coupon-reaction.ts';
import { recordOrder } from '../../functions/coupon/record-order.ts';
import { routes as couponRoutes } from '../../functions/coupon/routes.ts';
import { routes as intakeRoutes } from '../../functions/intake/routes.ts';
import { countMembers } from '../../functions/liability/count-members.ts';
import { bookMember } from '../../functions/loyalty/book-member.ts';
import { causeReaction } from '../../functions/loyalty/cause-reaction.ts';
import { type LoyaltyDependencies, orderReaction } from '../../functions/loyalty/order-reaction.ts';
import { publisher } from '../../functions/loyalty/publisher.ts';
import { routes as loyaltyRoutes } from '../../functions/loyalty/routes.ts';
import { couponStore } from '../../shared/adapters/dynamo/coupon-store.ts';
import { dueStore } from '../../shared/adapters/dynamo/due-store.ts';
import { inboxStore } from '../../shared/adapters/dynamo/inbox-store.ts';
import { liabilityScan } from '../../shared/adapters/dynamo/liability-scan.ts';
import { liabilityStore } from '../../shared/adapters/dynamo/liability-store.ts';
import { policyStore } from '../../shared/adapters/dynamo/policy-store.ts';
import { profileStore } from '../../shared/adapters/dynamo/profile-store.ts';
import type { EventBus } from '../../shared/adapters/eventbridge/publish.ts';
import { closedDayAt } from '../../shared/domain/liability/run.ts';
import { dayClock } from '../../shared/domain/liability/tally.ts';
import { checkInOf } from '../../shared/domain/loyalty/cause-facts.ts';
import { currentPolicy } from '../../shared/policy/policy.ts';
import { httpHandler } from '../../shared/runtime/http-handler.ts';
import { inTurn } from '../../shared/runtime/in-turn.ts';
import type { LambdaHandler } from '../../shared/runtime/lambda.ts';
import { createLogger } from '../../shared/runtime/log.ts';
import { queueHandler } from '../../shared/runtime/queue-handler.ts';
import { memoryVault } from '../support/memory-vault.ts';
import { memoryWords } from '../support/memory-words.ts';

export type Surroundings = {
  client: DynamoDBClient;
  tables: { profile: string; inbox: string };
  bus: EventBus;
  write: (line: string) => void;
};

export type QueueHandler = LambdaHandler<SQSEvent, SQSBatchResponse>;

export type ShopHandlers = {
  http: Record<'intake' | 'loyalty' | 'coupon', ReturnType<typeof httpHandler>>;
  /** By the type of the event; `coupon` are those of the coupon domain, all others are loyalty's. */
  reactions: ReadonlyMap<string, QueueHandler>;
  couponReactions: ReadonlyMap<string, QueueHandler>;
  publisher: LambdaHandler<DynamoDBStreamEvent, DynamoDBBatchResponse>;
  /** Books what has fallen due by an instant; the number of members that were looked at. */
  bookDue: (nowMs: number) => Promise<number>;
  /** Reads the whole table for the journal of all days, as of an instant; the number of accounts. */
  countMembers: (nowMs: number) => Promise<number>;
};

/** As `functions/loyalty/book-due.ts` reads and works. */
const DUE_PAGE = 100;
const SIDE_BY_SIDE = 8;

export function shopHandlers({ client, tables, bus, write }: Surroundings): ShopHandlers {
  const inbox = inboxStore(client, tables.inbox);
  const profile = profileStore(client, tables.profile);
  const policies = policyStore(client, tables.profile);
  const due = dueStore(client, tables.profile);
  const coupons = couponStore(client, tables.profile);
  const queue = {
    inbox,
    deadLetters: {
      send: ({ reason }: { reason: string }) => Promise.reject(new Error(`The bench sent what is refused: ${reason}`)),
    },
    maxReceiveCount: 5,
    write,
  };
  const open = (): LoyaltyDependencies => ({ ...queue, profile, policies });
  const loadRules = async () => ({
    findEvent,
    knowsCurrency: (code: string) => Object.hasOwn(currentPolicy.currencies, code),
  });
  return {
    http: {
      intake: httpHandler(intakeRoutes, () => ({
        inbox,
        bus,
        vault: memoryVault(),
        loadRules,
        log: createLogger({ write }),
        write,
      })),
      loyalty: httpHandler(loyaltyRoutes, () => ({ profile, words: memoryWords(), policies, turn: inTurn(), write })),
      coupon: httpHandler(couponRoutes, () => ({ coupons, words: memoryWords(), policies, write })),
    },
    reactions: new Map([
      [orderPlaced.type, orderReaction('placed', orderPlaced, open)],
      [orderCompleted.type, orderReaction('completed', orderCompleted, open)],
      [orderCancelled.type, orderReaction('cancelled', orderCancelled, open)],
      [orderReturned.type, orderReaction('returned', orderReturned, open)],
      [memberCheckedIn.type, causeReaction(memberCheckedIn, checkInOf, open)],
    ]),
    couponReactions: new Map([[orderPlaced.type, couponsOfPlaced(() => ({ ...queue, coupons }))]]),
    publisher: publisher(() => ({ profile, due, policies, bus, inbox, write })),
    async bookDue(nowMs) {
      const known = await policies.load();
      let members = 0;
      for (let notes = await due.due(nowMs, DUE_PAGE); notes.length > 0; notes = await due.due(nowMs, DUE_PAGE)) {
        for (let from = 0; from < notes.length; from += SIDE_BY_SIDE) {
          const some = notes.slice(from, from + SIDE_BY_SIDE);
          await Promise.all(some.map((note) => bookMember(note, { profile, due, policies: known, nowMs })));
          members += some.length;
        }
      }
      return members;
    },
    async countMembers(nowMs) {
      const known = await policies.load();
      const stores = {
        liability: liabilityStore(client, tables.profile),
        scan: liabilityScan(client, tables.profile),
        profile,
        policies,
      };
      const closedDay = closedDayAt(nowMs, dayClock(known));
      const parts = await countMembers([], stores, { atMs: nowMs, closedDay, policies: known }, () => true);
      return [...parts.values()].reduce((sum, { tally }) => sum + tally.members, 0);
    },
  };
}

/** As `functions/coupon/on-order-placed.ts`, which opens its own client. */
function couponsOfPlaced(open: () => CouponDependencies): QueueHandler {
  return queueHandler(
    orderPlaced,
    open,
    async ({ id: eventId, time, data }, { coupons }, { nowMs, log }) => {
      const { orderId, memberId, couponIds = [] } = data;
      const placed = { eventId, atMs: Date.parse(time), memberId, couponIds: [...couponIds] };
      await recordOrder(orderId, { kind: 'placed', ...placed }, { coupons, nowMs, log });
    },
    { serialKey: ({ data }) => data.orderId },
  );
}
