import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EventOf } from '../../events/define-event.ts';
import { orderCompleted } from '../../events/order/order-completed.v1.ts';
import type { DeadLetter } from '../../shared/adapters/sqs/dead-letters.ts';
import { Fault } from '../../shared/domain/fault.ts';
import { PermanentFailure } from '../../shared/runtime/errors.ts';
import { type QueueOptions, queueHandler } from '../../shared/runtime/queue-handler.ts';
import { lambdaContext, lineCollector, type MessageParts, sqsBatch } from '../support/lambda.ts';
import { type MemoryInbox, memoryInbox } from '../support/memory-inbox.ts';

type Completed = EventOf<typeof orderCompleted>;
type React = (event: Completed) => void | Promise<void>;

const MAX_RECEIVE_COUNT = 5;
let inbox: MemoryInbox;
let letters: DeadLetter[];
let reacted: string[];
let output: ReturnType<typeof lineCollector>;
let sendLetter: () => Promise<void>;

beforeEach(() => {
  inbox = memoryInbox();
  letters = [];
  reacted = [];
  output = lineCollector();
  sendLetter = async () => undefined;
});

afterEach(() => vi.unstubAllEnvs());

const event = (id: string, data: Record<string, unknown> = {}) => ({
  ...orderCompleted.sample,
  id,
  data: { orderId: 'ord-1', ...data },
});

async function deliver(
  messages: MessageParts[],
  react: React = () => undefined,
  options?: QueueOptions<Completed, unknown, undefined>,
) {
  const handler = queueHandler(
    orderCompleted,
    () => ({
      inbox,
      deadLetters: {
        send: async (letter: DeadLetter) => {
          await sendLetter();
          letters.push(letter);
        },
      },
      maxReceiveCount: MAX_RECEIVE_COUNT,
      write: output.write,
    }),
    async (it) => {
      await react(it);
      reacted.push(it.id);
    },
    options,
  );
  const answer = await handler(sqsBatch(...messages), lambdaContext());
  return answer.batchItemFailures.map((it) => it.itemIdentifier);
}

const ten = (): MessageParts[] => Array.from({ length: 10 }, (_, n) => ({ body: event(`e${n}`) }));
const levels = () => output.lines.map((it) => it.level);

describe('a batch', () => {
  it('is reacted to, claimed, and reported as done', async () => {
    expect(await deliver(ten())).toEqual([]);
    expect(reacted).toHaveLength(10);
    expect(inbox.claims.size).toBe(10);
    expect(inbox.calls).toEqual({ standingOf: 1, claim: 10, refuse: 0 });
  });

  it('costs one read of the Inbox and no write where intake has made the claims', async () => {
    await deliver(ten());
    await deliver(ten());
    expect(inbox.calls).toEqual({ standingOf: 2, claim: 10, refuse: 0 });
  });

  it('reacts once to an event that is in it twice', async () => {
    expect(await deliver([{ body: event('e1') }, { body: event('e1') }])).toEqual([]);
    expect(reacted).toEqual(['e1']);
  });

  it('writes nothing of what went well, but of what is followed', async () => {
    vi.stubEnv('FOLLOW_ONE_IN', '1000000007');
    await deliver(ten());
    expect(output.lines).toEqual([]);
    vi.stubEnv('FOLLOW_ONE_IN', '1');
    await deliver(ten());
    expect(output.lines).toHaveLength(10);
    expect(output.lines[3]).toEqual({
      level: 'info',
      timestamp: expect.any(String),
      message: 'done',
      type: 'order.completed.v1',
      eventId: 'e3',
      correlationId: 'e3',
      function: 'rapport-test',
    });
  });

  it('names in every line what an event goes back to, and keeps it with the claim where that is another', async () => {
    vi.stubEnv('FOLLOW_ONE_IN', '1');
    const traces = { correlationid: 'visit-7', causationid: 'evt-0' };
    const odd = { correlationid: 'Ann Smith', causationid: 7 };
    await deliver([{ body: { ...event('e1'), ...traces } }, { body: { ...event('e2'), ...odd } }], (it) => {
      if (it.id === 'e1') throw new RangeError('of Ann Smith');
    });
    const said = { eventId: 'e1', correlationId: 'visit-7', causationId: 'evt-0' };
    expect(output.lines.find(({ message }) => message === 'retry')).toMatchObject({ ...said, error: 'RangeError' });
    expect(output.lines.find(({ message }) => message === 'done')).toMatchObject({
      eventId: 'e2',
      correlationId: 'e2',
    });
    expect(JSON.stringify(output.lines)).not.toContain('Ann');
    expect([...inbox.claims.values()].map(({ correlationId }) => correlationId)).toEqual(['visit-7', undefined]);
  });

  it('reacts to events of one key one after another, to others side by side', async () => {
    const running = { o1: 0, o2: 0 };
    const most = { o1: 0, all: 0 };
    const react: React = async ({ data }) => {
      const order = data.orderId as 'o1' | 'o2';
      running[order] += 1;
      most.o1 = Math.max(most.o1, running.o1);
      most.all = Math.max(most.all, running.o1 + running.o2);
      await new Promise((done) => setImmediate(done));
      running[order] -= 1;
    };
    const bodies = ['o1', 'o2', 'o1', 'o2', 'o1'].map((orderId, n) => ({ body: event(`e${n}`, { orderId }) }));
    await deliver(bodies, react, { serialKey: (it) => it.data.orderId });
    expect(most).toEqual({ o1: 1, all: 2 });
    expect(reacted.filter((it) => ['e0', 'e2', 'e4'].includes(it))).toEqual(['e0', 'e2', 'e4']);
  });
});

describe('one poisonous message of ten goes to the dead letters with its reason, and the other nine succeed', () => {
  const rows: [what: string, body: unknown, react: React, code: string, reason: string][] = [
    ['no JSON', '{oops', () => undefined, 'malformed_json', 'The message is no JSON.'],
    ['another type', { ...event('x'), type: 'order.lost.v1' }, () => undefined, 'invalid_event', 'type: '],
    ['a missing field', { ...event('x'), data: {} }, () => undefined, 'invalid_event', 'data.orderId: '],
    [
      'a permanent failure',
      event('x'),
      (it) => {
        if (it.id === 'x') throw new PermanentFailure('unknown_currency', 'No rate for XAU.');
      },
      'unknown_currency',
      'No rate for XAU.',
    ],
  ];
  it.each(rows)('%s', async (_, body, react, code, reason) => {
    const messages = ten();
    messages[4] = { body };
    expect(await deliver(messages, react)).toEqual([]);
    expect(reacted).toHaveLength(9);
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    expect(letters).toEqual([{ body: text, code, reason: expect.stringContaining(reason), function: 'rapport-test' }]);
    expect(output.lines).toContainEqual(expect.objectContaining({ DeadLettered: 1, function: 'rapport-test' }));
  });
});

describe('a failure that may pass', () => {
  const failing: React = ({ id }) => {
    if (id === 'e3') throw new Fault('throttled');
  };

  it('is reported alone, for the queue to deliver again', async () => {
    expect(await deliver(ten(), failing)).toEqual(['m3']);
    expect(reacted).toHaveLength(9);
    expect(letters).toEqual([]);
    expect(output.lines).toContainEqual(expect.objectContaining({ level: 'warn', message: 'retry', error: 'Fault' }));
  });

  it('is a dead letter when it is the last', async () => {
    const messages = ten();
    messages[3] = { body: event('e3'), receiveCount: MAX_RECEIVE_COUNT };
    expect(await deliver(messages, failing)).toEqual([]);
    expect(letters).toMatchObject([{ code: 'retries_exhausted', reason: 'Fault: throttled' }]);
  });

  it('stays with the queue where the dead letter cannot be sent', async () => {
    sendLetter = () => Promise.reject(new Error('no queue'));
    expect(await deliver([{ body: '{' }, { body: event('e1') }])).toEqual(['m0']);
    expect(levels()).toContain('error');
  });

  it('of the Inbox fails each event by itself, and nothing is reacted to', async () => {
    inbox.standingOf = () => Promise.reject(new Error('no table'));
    expect(await deliver([{ body: event('e1') }, { body: '{' }, { body: event('e2') }])).toEqual(['m0', 'm2']);
    expect(reacted).toEqual([]);
    expect(letters).toHaveLength(1);
  });

  it('is running out of time: what hangs is reported, what is done is done, and nothing new begins', async () => {
    const handler = queueHandler(
      orderCompleted,
      () => ({ inbox, deadLetters: { send: async () => undefined }, maxReceiveCount: 5, write: output.write }),
      async ({ id }) => {
        if (id === 'hangs') await new Promise(() => undefined);
        reacted.push(id);
      },
      { serialKey: ({ id }) => (id === 'free' ? 'free' : 'line') },
    );
    const batch = sqsBatch({ body: event('free') }, { body: event('hangs') }, { body: event('behind') });
    const answer = await handler(batch, lambdaContext({ getRemainingTimeInMillis: () => 1_510 }));
    expect(answer.batchItemFailures.map((it) => it.itemIdentifier)).toEqual(['m1', 'm2']);
    expect(reacted).toEqual(['free']);
  });
});

describe('an id that stands for other content', () => {
  it('is refused, kept and logged, and not an error', async () => {
    await deliver([{ body: event('e1') }]);
    const other = { ...event('e1', { orderId: 'ord-2' }), subject: 'ord-2' };
    expect(await deliver([{ body: other }, { body: event('e2') }])).toEqual([]);
    expect(reacted).toEqual(['e1', 'e2']);
    expect(letters).toEqual([]);
    expect(inbox.refused).toMatchObject([
      {
        eventId: 'e1',
        code: 'id_reused',
        type: 'order.completed.v1',
        subject: 'ord-2',
        content: JSON.stringify(other),
      },
    ]);
    expect(output.lines).toContainEqual(
      expect.objectContaining({ level: 'warn', message: 'refused', code: 'id_reused', eventId: 'e1' }),
    );
    expect(output.lines).toContainEqual(expect.objectContaining({ Refused: 1 }));
  });

  it('within one batch is refused in favour of the first', async () => {
    const bodies = [event('e1'), event('e1', { orderId: 'ord-2' })];
    await deliver(bodies.map((body) => ({ body })));
    expect(reacted).toEqual(['e1']);
    expect(inbox.refused.map((it) => it.content)).toEqual([JSON.stringify(bodies[1])]);
  });

  it('is delivered again where it could not be kept', async () => {
    await deliver([{ body: event('e1') }]);
    inbox.refuse = () => Promise.reject(new Error('no table'));
    expect(await deliver([{ body: event('e1', { orderId: 'ord-2' }) }])).toEqual(['m0']);
  });
});

it('opens its dependencies once, when the handler is made', async () => {
  let opened = 0;
  const open = () => {
    opened += 1;
    return { inbox, deadLetters: { send: async () => undefined }, maxReceiveCount: 5, write: output.write };
  };
  const handler = queueHandler(orderCompleted, open, async () => undefined);
  expect(opened).toBe(1);
  await handler(sqsBatch({ body: event('e1') }), lambdaContext());
  await handler(sqsBatch({ body: event('e2') }), lambdaContext());
  expect(opened).toBe(1);
});
