import { beforeEach, describe, expect, it } from 'vitest';
import { orderCompleted } from '../../../events/order/order-completed.v1.ts';
import { orderPlaced } from '../../../events/order/order-placed.v1.ts';
import { orderReturned } from '../../../events/order/order-returned.v1.ts';
import { orderReaction } from '../../../functions/loyalty/order-reaction.ts';
import { WriteConflict } from '../../../shared/adapters/dynamo/profile-records.ts';
import type { DeadLetter } from '../../../shared/adapters/sqs/dead-letters.ts';
import { FACTS_PER_ORDER_LIMIT } from '../../../shared/domain/loyalty/order-facts.ts';
import { ORDERS_PER_VISITOR_LIMIT } from '../../../shared/domain/loyalty/visitor.ts';
import { always } from '../../../shared/policy/policies.ts';
import { currentPolicy } from '../../../shared/policy/policy.ts';
import { lambdaContext, lineCollector, sqsBatch } from '../../support/lambda.ts';
import { memoryInbox } from '../../support/memory-inbox.ts';
import { type MemoryProfile, memoryProfileStore } from '../../support/memory-profile-store.ts';
import { type Happening, toEvent } from '../../support/order-histories.ts';
import { completed, placed, returned } from '../../support/shop-story.ts';

let profile: MemoryProfile;
let inbox: ReturnType<typeof memoryInbox>;
let letters: DeadLetter[];
let saves: number;

beforeEach(() => {
  profile = memoryProfileStore();
  inbox = memoryInbox();
  letters = [];
  saves = 0;
});

/** The reactions over stores in memory; the first so many saves find that somebody else was faster. */
function reactions({ conflicts = 0 } = {}) {
  let left = conflicts;
  const open = () => ({
    inbox,
    deadLetters: { send: async (letter: DeadLetter) => void letters.push(letter) },
    maxReceiveCount: 3,
    write: lineCollector().write,
    policies: { load: async () => always(currentPolicy) },
    profile: {
      ...profile,
      async save(decision: Parameters<MemoryProfile['save']>[0]) {
        saves += 1;
        left -= 1;
        if (left >= 0) throw new WriteConflict(new Error('somebody else'));
        await profile.save(decision);
      },
    },
  });
  const placing = orderReaction('placed', orderPlaced, open);
  const completing = orderReaction('completed', orderCompleted, open);
  const returning = orderReaction('returned', orderReturned, open);
  const deliver = async (handler: typeof placing, happenings: Happening[], receiveCount = 1) => {
    const messages = happenings.map((it) => ({ body: toEvent(it), receiveCount }));
    const answer = await handler(sqsBatch(...messages), lambdaContext());
    return answer.batchItemFailures.map((it) => it.itemIdentifier);
  };
  return { placing, completing, returning, deliver };
}

const ann = () => profile.accounts.get('ann')?.account;

describe('an event of an order', () => {
  it('is booked', async () => {
    const { placing, completing, deliver } = reactions();
    expect(await deliver(placing, [placed('2026-01-05')])).toEqual([]);
    expect(await deliver(completing, [completed('2026-01-06')])).toEqual([]);
    expect(ann()).toMatchObject({ openPoints: 0, held: [{ points: 100 }], lifetime: { orders: 1, spend: 10_000 } });
  });

  it('changes nothing when it comes again, in the same batch or later', async () => {
    const { placing, deliver } = reactions();
    const order = placed('2026-01-05');
    expect(await deliver(placing, [order, order])).toEqual([]);
    expect(await deliver(placing, [order])).toEqual([]);
    expect(saves).toBe(1);
    expect(ann()?.openPoints).toBe(100);
  });

  it('is refused, kept and not booked where its id stands for other content', async () => {
    const { placing, deliver } = reactions();
    await deliver(placing, [placed('2026-01-05')]);
    expect(await deliver(placing, [placed('2026-01-05', { total: 5 })])).toEqual([]);
    expect(inbox.refused).toMatchObject([{ eventId: 'ord-1:placed', code: 'id_reused' }]);
    expect(profile.orders.get('ord-1')?.facts).toHaveLength(1);
  });

  it('waits as a fact where it comes before its order', async () => {
    const { placing, returning, deliver } = reactions();
    await deliver(returning, [returned('2026-01-07', { 1: 1 })]);
    expect(profile.orders.get('ord-1')?.attention?.state).toBe('waiting');
    await deliver(placing, [placed('2026-01-05')]);
    expect(ann()).toMatchObject({ openPoints: 0, lifetime: { returned: 10_000 } });
  });

  it('is one of ten orders of a member in one batch, none of which runs into another', async () => {
    const { placing, deliver } = reactions();
    const orders = Array.from({ length: 10 }, (_, n) => placed(`2026-01-0${(n % 9) + 1}`, { orderId: `ord-${n}` }));
    expect(await deliver(placing, orders)).toEqual([]);
    expect(saves).toBe(10);
    expect(ann()?.openPoints).toBe(1_000);
  });
});

describe('a write that somebody else was faster than', () => {
  it.each([1, 3, 7])('%i times is decided anew until it stands', async (conflicts) => {
    const { placing, deliver } = reactions({ conflicts });
    expect(await deliver(placing, [placed('2026-01-05')])).toEqual([]);
    expect(saves).toBe(conflicts + 1);
    expect(ann()?.openPoints).toBe(100);
  });

  it('again and again goes back to its queue, the rest of the batch being done', async () => {
    const { placing, deliver } = reactions({ conflicts: 8 });
    const [first, second] = [placed('2026-01-05'), placed('2026-01-06', { orderId: 'ord-2', memberId: 'bob' })];
    const failed = await deliver(placing, [first]);
    expect(failed).toEqual(['m0']);
    expect(ann()).toBeUndefined();
    expect(await deliver(placing, [first, second], 2)).toEqual([]);
    expect([...profile.accounts.keys()].sort()).toEqual(['ann', 'bob']);
    expect(letters).toEqual([]);
  });

  it('to the end is a dead letter that can be sent again', async () => {
    const { placing, deliver } = reactions({ conflicts: 8 });
    const order = placed('2026-01-05');
    expect(await deliver(placing, [order], 3)).toEqual([]);
    expect(letters).toMatchObject([{ code: 'retries_exhausted', reason: expect.stringContaining('WriteConflict') }]);
    const again = JSON.parse(letters[0]?.body ?? '') as Parameters<typeof sqsBatch>[0]['body'];
    await placing(sqsBatch({ body: again }), lambdaContext());
    expect(ann()?.openPoints).toBe(100);
  });
});

describe('what no retry can make right is a dead letter at once, with its code', () => {
  it('too_many_facts', async () => {
    const { placing, completing, deliver } = reactions();
    await deliver(placing, [placed('2026-01-05')]);
    const order = profile.orders.get('ord-1')!;
    order.facts = Array.from({ length: FACTS_PER_ORDER_LIMIT }, () => order.facts[0]!);
    expect(await deliver(completing, [completed('2026-01-06')])).toEqual([]);
    expect(letters).toMatchObject([{ code: 'too_many_facts', reason: 'Order ord-1 has 200 facts already.' }]);
  });

  it('too_many_orders', async () => {
    const { placing, deliver } = reactions();
    const orderIds = Array.from({ length: ORDERS_PER_VISITOR_LIMIT }, (_, n) => `o${n}`);
    profile.visitors.set('v1', { anonymousId: 'v1', version: 9, identifications: [], orderIds });
    expect(await deliver(placing, [placed('2026-01-05', { anonymousId: 'v1' })])).toEqual([]);
    expect(letters).toMatchObject([{ code: 'too_many_orders', reason: 'A visitor has at most 500 orders.' }]);
    expect(profile.orders.size).toBe(0);
  });

  it('id_reused, where the order knows the id and the Inbox has been emptied', async () => {
    const { placing, deliver } = reactions();
    await deliver(placing, [placed('2026-01-05')]);
    inbox.claims.clear();
    expect(await deliver(placing, [placed('2026-01-05', { total: 5 })])).toEqual([]);
    expect(letters).toMatchObject([{ code: 'id_reused' }]);
  });

  it('a fact of another event, while the other nine of the batch are done', async () => {
    const { placing } = reactions();
    const nine = Array.from({ length: 9 }, (_, n) => placed('2026-01-05', { orderId: `ord-${n}` }));
    const bodies = [...nine.map(toEvent), toEvent(completed('2026-01-06'))];
    const answer = await placing(sqsBatch(...bodies.map((body) => ({ body }))), lambdaContext());
    expect(answer.batchItemFailures).toEqual([]);
    expect(letters).toHaveLength(1);
    expect(ann()?.openPoints).toBe(900);
  });
});
