import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListStreamsCommand,
} from '@aws-sdk/client-dynamodb-streams';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRuntime, type Runtime } from '../../infra/local/runtime.ts';
import { dynamoClient } from '../../shared/adapters/dynamo/client.ts';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from '../support/dynoxide.ts';
import type { Happening } from '../support/order-histories.ts';
import { openStorefront, type Storefront } from '../support/storefront.ts';
import { readable, tableText } from '../support/table-text.ts';

/** A word that is nowhere else, and a day of birth; where something was said stands behind it. */
const CANARY = 'qanaryvogel';
const said = (where: string) => `${CANARY} ${where}`;
const BIRTHDAY = '1987-08-17';

let runtime: Runtime;
let shop: Storefront;
const seen: unknown[] = [];
const tokens: Record<string, string> = {};

beforeAll(async () => {
  runtime = await createRuntime({
    virtualClock: true,
    onEvent: (event) => void seen.push(event),
    onLog: (entry) => void seen.push(entry),
  });
  shop = await openStorefront(runtime);
  for (const member of ['carl', 'dora', 'emil']) {
    tokens[member] = await runtime.token({ scope: 'desk members:write', member });
  }
  tokens.ann = await runtime.token({ scope: 'member', member: 'ann' });
  tokens.shop = await runtime.token({ scope: 'members:read members:write events:write' });
});
afterAll(() => runtime?.stop());

const happened = (type: string, id: string, time: string, data: Record<string, unknown>): Happening => ({
  type: `${type}.v1`,
  id,
  time,
  data,
});

async function tell(...happenings: Happening[]): Promise<void> {
  expect((await shop.send(...happenings)).body.rejected).toEqual([]);
  expect(await runtime.settle()).toEqual({ deadLetters: 0 });
}

async function command(as: string, path: string, body: unknown): Promise<string> {
  const headers = { authorization: `Bearer ${tokens[as]}`, 'content-type': 'application/json' };
  const answer = await fetch(`${runtime.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  const text = await answer.text();
  expect(answer.ok, `${path}: ${text}`).toBe(true);
  expect(await runtime.settle()).toEqual({ deadLetters: 0 });
  return text;
}

/** Every field that a person can write something in, of reviews, complaints, sanctions, points and coupons. */
async function speak(): Promise<void> {
  const order = { orderId: 'ord-1', memberId: 'ann', currency: 'EUR' };
  const lines = [{ lineId: '1', productId: 'pot', quantity: 2, unitPrice: 300_000 }];
  const product = { productId: 'pot', name: 'Pot', brandId: 'hearth', supplierId: 'sup', categories: ['Home'] };
  const review = { memberId: 'ann', productId: 'pot', orderId: 'ord-1', ratings: { product: 5 } };
  await tell(
    happened('product.upserted', 'p1', '2026-01-01T00:00:00Z', product),
    happened('member.registered', 'm1', '2026-01-01T00:00:00Z', {
      memberId: 'ann',
      displayName: said('name'),
      birthday: BIRTHDAY,
    }),
    happened('order.placed', 'o1', '2026-01-02T00:00:00Z', { ...order, lines }),
    happened('order.completed', 'o2', '2026-01-03T00:00:00Z', { orderId: 'ord-1' }),
    happened('order.returned', 'o3', '2026-01-04T00:00:00Z', {
      orderId: 'ord-1',
      returnId: 'ret-1',
      lines: [{ lineId: '1', quantity: 1 }],
      reason: said('return'),
    }),
    happened('review.submitted', 'r1', '2026-01-05T00:00:00Z', {
      ...review,
      reviewId: 'rev-1',
      title: said('title'),
      text: said('text'),
    }),
    happened('review.submitted', 'r2', '2026-01-05T01:00:00Z', {
      ...review,
      reviewId: 'rev-2',
      anonymous: true,
      text: said('unnamed'),
    }),
    happened('complaint.opened', 'c1', '2026-01-06T00:00:00Z', {
      complaintId: 'cmp-1',
      memberId: 'ann',
      brandId: 'hearth',
      category: 'quality',
      text: said('complaint'),
    }),
    happened('complaint.answered', 'c2', '2026-01-06T01:00:00Z', {
      complaintId: 'cmp-1',
      actor: 'carl',
      text: said('told answer'),
    }),
  );
  await command('carl', '/v1/complaints/cmp-1/answers', { text: said('answer') });
  const compensation = { kind: 'other', note: said('note') };
  await command('carl', '/v1/complaints/cmp-1/decision', { outcome: 'upheld', reason: said('decision'), compensation });
  await command('ann', '/v1/complaints/cmp-1/appeal', { text: said('complaint appeal') });
  await command('carl', '/v1/desk/reviews/rev-1/decision', { verdict: 'reject', reason: 'fake_review' });
  await command('ann', '/v1/members/ann/reviews/rev-1/appeal', { reason: said('review appeal') });
  await tell(
    happened('review.removed', 'r3', '2026-01-07T00:00:00Z', {
      reviewId: 'rev-1',
      by: 'member',
      reason: said('removal'),
    }),
  );
  await command('carl', '/v1/members/ann/adjustments', { adjustmentId: 'adj-1', points: 5, reason: said('points') });
  await command('shop', '/v1/members/ann/coupons', { couponId: 'cpn-1', definition: 'birthday' });
  await command('carl', '/v1/members/ann/coupons/cpn-1/revoke', { reason: said('coupon') });
  const causes = [{ type: 'complaint', id: 'cmp-1' }];
  const spoken = { actor: 'hearth-legal' };
  const notice = { sanctionId: 's1', brandId: 'hearth', kind: 'ranking', reason: 'upheld_complaints', causes };
  await command('carl', '/v1/sanctions', { ...notice, text: said('notice') });
  await command('carl', '/v1/sanctions/s1/answers', { ...spoken, text: said('sanction answer') });
  const until = new Date(runtime.clock.nowMs() + 30 * 86_400_000).toISOString();
  const restrict = { verdict: 'restrict', until, reason: 'upheld_complaints', text: said('restriction') };
  await command('dora', '/v1/sanctions/s1/decision', restrict);
  await command('carl', '/v1/sanctions/s1/appeal', { ...spoken, text: said('sanction appeal') });
  const lift = { verdict: 'lift', reason: 'new_evidence', text: said('lifting') };
  await command('emil', '/v1/sanctions/s1/appeal-decision', lift);
}

async function streamsText(): Promise<string> {
  const client = new DynamoDBStreamsClient({
    endpoint: runtime.tablesEndpoint,
    region: LOCAL_REGION,
    credentials: LOCAL_CREDENTIALS,
  });
  const records: unknown[] = [];
  const { Streams = [] } = await client.send(new ListStreamsCommand({}));
  for (const { StreamArn } of Streams) {
    const { StreamDescription } = await client.send(new DescribeStreamCommand({ StreamArn }));
    for (const { ShardId } of StreamDescription?.Shards ?? []) {
      const type = { ShardIteratorType: 'TRIM_HORIZON' } as const;
      let { ShardIterator: next } = await client.send(new GetShardIteratorCommand({ StreamArn, ShardId, ...type }));
      for (let page = 0; next !== undefined && page < 50; page += 1) {
        const { Records = [], NextShardIterator } = await client.send(new GetRecordsCommand({ ShardIterator: next }));
        if (Records.length === 0) break;
        records.push(...Records);
        next = NextShardIterator;
      }
    }
  }
  client.destroy();
  expect(records.length).toBeGreaterThan(20);
  return readable(records);
}

test('what is personal is answered to those it is for, and stands in no table, stream, event or log as it is', {
  timeout: 120_000,
}, async () => {
  await speak();

  const read = async (path: string, as: string) => JSON.stringify((await shop.get(path, tokens[as])).body);
  const answers = {
    '/v1/members/ann': ['name'],
    '/v1/members/ann/reviews': ['title', 'text', 'unnamed', 'review appeal', 'removal'],
    '/v1/complaints/cmp-1': ['complaint', 'told answer', 'answer', 'decision', 'note', 'complaint appeal'],
    '/v1/members/ann/ledger': ['points'],
  };
  for (const [path, words] of Object.entries(answers)) {
    const body = await read(path, 'ann');
    for (const word of words) expect(body, `${path} tells ${word}`).toContain(said(word));
  }
  const sanction = await read('/v1/sanctions/s1', 'carl');
  for (const word of ['notice', 'sanction answer', 'restriction', 'sanction appeal', 'lifting']) {
    expect(sanction).toContain(said(word));
  }
  const page = (await shop.get('/v1/products/pot/reviews')).body.items as unknown as { author: string; text: string }[];
  expect(page).toMatchObject([{ author: 'anonymous', text: said('unnamed') }]);

  const client = dynamoClient({
    endpoint: runtime.tablesEndpoint,
    region: LOCAL_REGION,
    credentials: LOCAL_CREDENTIALS,
  });
  const { TableNames = [] } = await client.send(new ListTablesCommand({}));
  client.destroy();
  expect(TableNames.length).toBeGreaterThanOrEqual(6);
  const texts = new Map<string, string>();
  for (const table of TableNames) texts.set(table, await tableText(runtime.tablesEndpoint, table));
  // What is packed in the records is read: who spoke is no secret.
  expect([...texts.values()].join()).toContain('hearth-legal');
  for (const [table, text] of texts) {
    expect(text, table).not.toContain(CANARY);
    expect(text, table).not.toContain(BIRTHDAY);
    // What is sealed may hold any five letters by chance.
    if (!table.includes('vault')) expect(text, table).not.toContain(BIRTHDAY.slice(5));
  }
  const streams = await streamsText();
  expect(streams).toContain('hearth-legal');
  expect(streams).not.toContain(CANARY);
  expect(seen.length).toBeGreaterThan(20);
  const told = JSON.stringify(seen);
  expect(told).not.toContain(CANARY);
  expect(told).not.toContain(BIRTHDAY);
});
