import { expect, it } from 'vitest';
import { orderCompleted } from '../../../events/order/order-completed.v1.ts';
import { contentHash } from '../../../shared/domain/intake/content-hash.ts';
import { readMessage } from '../../../shared/domain/intake/read-message.ts';

const { sample } = orderCompleted;

it('reads an event, drops what its schema does not know and hashes it as it came', () => {
  const data = { ...(sample.data as object), gift: true };
  const reading = readMessage(orderCompleted, JSON.stringify({ ...sample, data }));
  const message = { ...sample, data };
  expect(reading).toEqual({ ok: true, event: sample, message, contentHash: contentHash(message) });
});

it.each([
  ['no JSON', '{', 'malformed_json', 'no JSON'],
  ['nothing', '', 'malformed_json', 'no JSON'],
  ['no object', '5', 'invalid_event', ''],
  ['another type', JSON.stringify({ ...sample, type: 'order.placed.v1' }), 'invalid_event', 'type: '],
  ['a field that is missing', JSON.stringify({ ...sample, data: {} }), 'invalid_event', 'data.orderId: '],
  ['levels without end', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, 'invalid_event', '32 levels'],
])('says why it cannot read %s', (_, body, code, reason) => {
  expect(readMessage(orderCompleted, body)).toEqual({ ok: false, code, reason: expect.stringContaining(reason) });
});
