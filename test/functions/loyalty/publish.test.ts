import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { findEvent } from '../../../events/catalogue.ts';
import { inboxStore } from '../../../shared/adapters/dynamo/inbox-store.ts';
import { profileStore } from '../../../shared/adapters/dynamo/profile-store.ts';
import { book } from '../../support/book.ts';
import { type FunctionEnvironment, startFunctionEnvironment } from '../../support/function-environment.ts';
import { lambdaContext } from '../../support/lambda.ts';
import type { Happening } from '../../support/order-histories.ts';
import { scanTable } from '../../support/profile-table.ts';
import { completed, placed, returned } from '../../support/shop-story.ts';

let environment: FunctionEnvironment;
let table: string;

beforeAll(async () => {
  environment = await startFunctionEnvironment();
});
beforeEach(async () => {
  table = (await environment.renew()).profile;
});
afterAll(() => environment.stop());

type Image = Record<string, AttributeValue>;

const item = async (memberId: string): Promise<Image | undefined> => {
  const items = await scanTable(environment.dynoxide.endpoint, table);
  return items.find((it) => it.pk?.S === `MEMBER#${memberId}` && it.sk?.S === 'ACCOUNT');
};

const bookAll = (...happenings: Happening[]) => book(profileStore(environment.dynoxide.client, table), happenings);

/** An image as Lambda is handed it: JSON, its bytes in base64. */
function wired(image: Image | undefined): Image | undefined {
  if (image === undefined) return undefined;
  const text = JSON.stringify(image, (_, value: unknown) => {
    const { B } = (value ?? {}) as { B?: Uint8Array | Record<string, number> };
    return B === undefined ? value : { B: Buffer.from(Object.values(B)).toString('base64') };
  });
  return JSON.parse(text) as Image;
}

let sequence = 0;
function change(before: Image | undefined, after: Image | undefined): DynamoDBRecord {
  sequence += 1;
  const [OldImage, NewImage] = [wired(before), wired(after)];
  return {
    eventName: before === undefined ? 'INSERT' : after === undefined ? 'REMOVE' : 'MODIFY',
    dynamodb: { SequenceNumber: `s${sequence}`, ...(OldImage && { OldImage }), ...(NewImage && { NewImage }) },
  } as DynamoDBRecord;
}

async function publish(...records: DynamoDBRecord[]): Promise<string[]> {
  const { handler } = await import('../../../functions/loyalty/publish.ts');
  const answer = await handler({ Records: records }, lambdaContext());
  return answer.batchItemFailures.map((it) => it.itemIdentifier ?? '');
}

type BusEntry = { Source: string; DetailType: string; Detail: string; EventBusName: string };

const entries = () => environment.bus.calls.flatMap(({ input }) => input.Entries as BusEntry[]);
type Traced = { causationid?: string; correlationid?: string };
const traces = () => entries().map(({ Detail }) => JSON.parse(Detail) as Traced);
const events = () => entries().map(({ Detail }) => JSON.parse(Detail) as { id: string; type: string });

describe('what the publisher tells the bus', () => {
  it('is every new entry of the journal, in an event that its schema reads', async () => {
    await bookAll(placed('2026-01-05', { total: 120_000 }));
    const first = await item('ann');
    await bookAll(completed('2026-01-06'), returned('2026-01-07', { 1: 1 }));
    const second = await item('ann');
    expect(await publish(change(undefined, first))).toEqual([]);
    expect(await publish(change(first, second))).toEqual([]);
    expect(events().map(({ id, type }) => `${type} ${id.replace(/\.[0-9a-f]{32}\./, '.of-ann.')}`)).toEqual([
      'points.earned.v1 points.of-ann.1',
      'tier.changed.v1 tier.of-ann.2',
      'points.reversed.v1 points.of-ann.3',
      'tier.changed.v1 tier.of-ann.4',
    ]);
    for (const entry of entries()) {
      const event = JSON.parse(entry.Detail) as { type: string };
      expect(findEvent(event.type)?.parse(event).ok).toBe(true);
      expect(entry).toMatchObject({ Source: 'rapport.loyalty', DetailType: event.type, EventBusName: 'bus' });
    }
  });

  it('is found on pages of the journal where one write brought more than the tail holds', async () => {
    const day = (number: number) => new Date(Date.UTC(2026, 0, 1 + number)).toISOString();
    const many = Array.from({ length: 20 }, (_, n) => [
      placed(day(n), { orderId: `ord-${n}` }),
      completed(day(n), { orderId: `ord-${n}` }),
    ]);
    await bookAll(...many.flat());
    const before = await item('ann');
    // A year and a half later all releases and expiries are written and told, and with them this one.
    await bookAll(placed('2027-08-01', { orderId: 'last', total: 700_000 }));
    const after = await item('ann');
    expect(await publish(change(before, after))).toEqual([]);
    const counts: Record<string, number> = {};
    // Whether it is too late for a notice goes by the present day.
    const told = events().filter(({ type }) => type !== 'points.expires_soon.v1');
    for (const { type } of told) counts[type] = (counts[type] ?? 0) + 1;
    expect(counts).toEqual({ 'points.available.v1': 7, 'points.expired.v1': 1, 'points.earned.v1': 1 });
    const earned = told.find(({ type }) => type === 'points.earned.v1');
    expect(earned).toMatchObject({ data: { points: 7_000 } });
  });

  it('is nothing where an account has no new entry, is gone, or is no account', async () => {
    await bookAll(placed('2026-01-05'));
    const before = await item('ann');
    await bookAll(completed('2026-01-06'));
    const after = await item('ann');
    const all = await scanTable(environment.dynoxide.endpoint, table);
    const order = all.find((it) => it.sk?.S === 'ORDER');
    expect(await publish(change(before, after), change(after, undefined), change(undefined, order))).toEqual([]);
    expect(entries()).toEqual([]);
  });

  it('has the same id when a change is delivered again', async () => {
    await bookAll(placed('2026-01-05'));
    const record = change(undefined, await item('ann'));
    await publish(record);
    await publish(record);
    const [first, second] = events();
    expect(second).toEqual(first);
  });

  it('says what it follows from, and where that began, in ids that name nobody', async () => {
    await bookAll(placed('2026-01-05'), completed('2026-01-06'));
    const inbox = inboxStore(environment.dynoxide.client, process.env.INBOX_TABLE ?? '');
    const after = await item('ann');
    await publish(change(undefined, after));
    const [first] = traces();
    const causationid = String(first?.causationid);
    expect(first).toMatchObject({ correlationid: causationid });
    await inbox.claim({ eventId: causationid, contentHash: 'any', type: 'order.placed.v1', correlationId: 'visit-7' });
    environment.bus.calls.length = 0;
    await publish(change(undefined, after));
    expect(traces()[0]).toMatchObject({ causationid, correlationid: 'visit-7' });
    for (const { id } of events()) expect(id).not.toContain('ann');
  });

  it('is told also where nobody can say where its cause began', async () => {
    await bookAll(placed('2026-01-05'));
    const known = process.env.INBOX_TABLE;
    process.env.INBOX_TABLE = 'no-such-table';
    vi.resetModules();
    const silent = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    try {
      expect(await publish(change(undefined, await item('ann')))).toEqual([]);
    } finally {
      silent.mockRestore();
      process.env.INBOX_TABLE = known;
      vi.resetModules();
    }
    expect(traces()[0]?.correlationid).toBe(traces()[0]?.causationid);
  });
});

describe('a bus that does not take everything', () => {
  async function threeChanges() {
    const members = ['ann', 'bob', 'cid'];
    for (const memberId of members) await bookAll(placed('2026-01-05', { orderId: `of-${memberId}`, memberId }));
    return Promise.all(members.map(async (memberId) => change(undefined, await item(memberId))));
  }

  it.each([
    { refused: ['bob'], from: 1 },
    { refused: ['cid'], from: 2 },
    { refused: ['bob', 'cid'], from: 1 },
    { refused: ['ann', 'cid'], from: 0 },
  ])('is told again from the first change that failed: $refused', async ({ refused, from }) => {
    const records = await threeChanges();
    environment.bus.answerWith(({ input }) => {
      const results = (input.Entries as BusEntry[]).map(({ Detail }) =>
        refused.some((memberId) => Detail.includes(`of-${memberId}`))
          ? { ErrorCode: 'ThrottlingException', ErrorMessage: 'later' }
          : { EventId: 'x' },
      );
      return { FailedEntryCount: results.filter((it) => 'ErrorCode' in it).length, Entries: results };
    });
    expect(await publish(...records)).toEqual([records[from]?.dynamodb?.SequenceNumber]);
  });

  it('is told everything again where it takes nothing', async () => {
    const records = await threeChanges();
    environment.bus.answerWith(() => 400);
    expect(await publish(...records)).toEqual([records[0]?.dynamodb?.SequenceNumber]);
  });
});

it('a record of a newer release stops the stream from there and is not skipped', async () => {
  await bookAll(placed('2026-01-05'));
  const known = await item('ann');
  const strange = { ...known!, d: { B: Buffer.from([9, 1, 2]) } };
  const records = [change(undefined, strange)];
  expect(await publish(...records)).toEqual([records[0]?.dynamodb?.SequenceNumber]);
});
