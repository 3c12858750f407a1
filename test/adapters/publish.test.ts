import { EventBridgeClient, PutEventsCommand, type PutEventsCommandInput } from '@aws-sdk/client-eventbridge';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, it } from 'vitest';
import { type BusEntry, eventBus } from '../../shared/adapters/eventbridge/publish.ts';

const bridge = mockClient(EventBridgeClient);
const waits: number[] = [];
const bus = eventBus(new EventBridgeClient({ region: 'eu-west-1' }), 'rapport', {
  wait: async (milliseconds) => waits.push(milliseconds),
});

beforeEach(() => {
  bridge.reset();
  waits.length = 0;
});

const entry = (name: string, bytes = 0): BusEntry => ({
  source: 'rapport.order',
  detailType: 'order.placed.v1',
  detail: JSON.stringify({ name, padding: 'x'.repeat(bytes) }),
  time: '2026-01-05T10:00:00Z',
});
const nameOf = (detail: string | undefined) => (JSON.parse(detail ?? '{}') as { name: string }).name;

/** A bus that refuses the named entries so many times each. */
function refusing(times: Record<string, number>) {
  bridge.on(PutEventsCommand).callsFake(({ Entries = [] }: PutEventsCommandInput) => {
    const results = Entries.map(({ Detail }) => {
      const name = nameOf(Detail);
      const left = times[name] ?? 0;
      times[name] = left - 1;
      return left > 0 ? { ErrorCode: 'ThrottlingException', ErrorMessage: 'slow down' } : { EventId: name };
    });
    return { FailedEntryCount: results.filter((it) => 'ErrorCode' in it).length, Entries: results };
  });
}
const requests = () => bridge.commandCalls(PutEventsCommand).map((call) => call.args[0].input.Entries ?? []);
const names = () => requests().map((entries) => entries.map(({ Detail }) => nameOf(Detail)));

it('names the bus, the source, the type, the time and the whole event', async () => {
  refusing({});
  expect(await bus.publish([entry('a')])).toEqual([]);
  expect(requests()).toEqual([
    [
      {
        EventBusName: 'rapport',
        Source: 'rapport.order',
        DetailType: 'order.placed.v1',
        Detail: entry('a').detail,
        Time: new Date('2026-01-05T10:00:00Z'),
      },
    ],
  ]);
});

it('sends nothing for nothing', async () => {
  expect(await bus.publish([])).toEqual([]);
  expect(requests()).toEqual([]);
});

it('puts at most ten entries into a request', async () => {
  refusing({});
  await bus.publish(Array.from({ length: 25 }, (_, n) => entry(`e${n}`)));
  expect(requests().map((it) => it.length)).toEqual([10, 10, 5]);
});

it('puts at most 256 KB into a request', async () => {
  refusing({});
  await bus.publish([entry('a', 100_000), entry('b', 100_000), entry('c', 100_000)]);
  expect(names()).toEqual([['a', 'b'], ['c']]);
});

it('sends only the entries again that the bus has left behind', async () => {
  refusing({ b: 2 });
  expect(await bus.publish([entry('a'), entry('b'), entry('c')])).toEqual([]);
  expect(names()).toEqual([['a', 'b', 'c'], ['b'], ['b']]);
  expect(waits).toHaveLength(2);
});

it('gives up on an entry after four attempts and says which', async () => {
  refusing({ b: 99 });
  expect(await bus.publish([entry('a'), entry('b')])).toEqual([{ index: 1, code: 'ThrottlingException' }]);
  expect(names()).toEqual([['a', 'b'], ['b'], ['b'], ['b']]);
});

it('reports every entry of a request that failed as a whole, and goes on with the others', async () => {
  let calls = 0;
  bridge.on(PutEventsCommand).callsFake(({ Entries = [] }: PutEventsCommandInput) => {
    calls += 1;
    if (calls === 1) throw Object.assign(new Error('no'), { name: 'InternalException' });
    return { FailedEntryCount: 0, Entries: Entries.map(() => ({ EventId: 'x' })) };
  });
  const failed = await bus.publish(Array.from({ length: 12 }, (_, n) => entry(`e${n}`)));
  expect(failed).toEqual(Array.from({ length: 10 }, (_, index) => ({ index, code: 'InternalException' })));
});
