import { hash } from 'node:crypto';
import type { SQSBatchResponse } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { orderPlaced } from '../../../events/order/order-placed.v1.ts';
import { reviewSubmitted } from '../../../events/review/review-submitted.v1.ts';
import { type FunctionEnvironment, startFunctionEnvironment } from '../../support/function-environment.ts';
import { lambdaContext, sqsBatch } from '../../support/lambda.ts';

let around: FunctionEnvironment;
let inbox: string;
beforeAll(async () => {
  around = await startFunctionEnvironment();
  keys = process.env.AWS_ENDPOINT_URL_KMS ?? '';
});
afterAll(() => around.stop());
let keys: string;
beforeEach(async () => {
  vi.stubEnv('AWS_ENDPOINT_URL_KMS', keys);
  inbox = (await around.renew()).inbox;
});

async function relay(...bodies: unknown[]): Promise<SQSBatchResponse> {
  const { handler } = await import('../../../functions/intake/on-unsealed.ts');
  const texts = bodies.map((body) => (typeof body === 'string' ? body : JSON.stringify(body)));
  return handler(sqsBatch(...texts.map((body) => ({ body }))), lambdaContext());
}

type Entry = { Source: string; DetailType: string; Detail: string };
const entries = (): Entry[] => around.bus.calls.flatMap(({ input }) => input.Entries as Entry[]);
const letters = () =>
  around.queue.calls.map(
    ({ input }) => input as { MessageBody: string; MessageAttributes: Record<string, { StringValue: string }> },
  );

describe('what comes straight to the bus', () => {
  it('is sealed, claimed and put on the bus again', async () => {
    expect(await relay(reviewSubmitted.sample, orderPlaced.sample)).toEqual({ batchItemFailures: [] });
    const [review, order] = entries().map(({ Detail }) => JSON.parse(Detail) as Record<string, unknown>);
    expect(review).toMatchObject({ id: reviewSubmitted.sample.id, rapportseal: expect.stringMatching(/^v1\./) });
    expect(JSON.stringify(review)).not.toContain('quality');
    expect(order).toEqual({ ...orderPlaced.sample, rapportseal: 'none' });
    expect((await around.dynoxide.items(inbox)).map(({ sk }) => sk)).toEqual(['CLAIM', 'CLAIM']);
  });

  it('is the same event however often it comes, and whichever way', async () => {
    await relay(reviewSubmitted.sample);
    vi.resetModules();
    await relay(reviewSubmitted.sample);
    const [first, second] = entries();
    expect(second).toEqual(first);
    expect(await around.dynoxide.items(inbox)).toHaveLength(1);
  });

  it('is refused and kept for the desk, sealed, where its id stands for other content', async () => {
    const other = {
      ...reviewSubmitted.sample,
      data: { ...(reviewSubmitted.sample.data as object), text: 'Ann was here' },
    };
    expect(await relay(reviewSubmitted.sample, other)).toEqual({ batchItemFailures: [] });
    expect(entries()).toHaveLength(1);
    const refused = (await around.dynoxide.items(inbox)).find(({ sk }) => String(sk).startsWith('REFUSED'));
    expect(refused?.content).toContain('rapportseal');
    expect(JSON.stringify(refused)).not.toContain('Ann was here');
  });

  it.each([
    ['no JSON', 'Ann was here', 'invalid_event'],
    ['of no type', { ...orderPlaced.sample, type: 'Ann' }, 'unknown_type'],
    ['of a type that only we publish', { ...orderPlaced.sample, type: 'points.earned.v1' }, 'unknown_type'],
    [
      'not as its type has it',
      { ...reviewSubmitted.sample, data: { reviewId: 'Ann was here', text: 'Ann' } },
      'invalid_event',
    ],
    [
      'in a currency the shop does not know',
      { ...orderPlaced.sample, data: { ...(orderPlaced.sample.data as object), currency: 'XXX', note: 'Ann' } },
      'unknown_currency',
    ],
  ])('is laid aside, sealed and with the reason, where it is %s; the others go on', async (_, body, code) => {
    expect(await relay(body, orderPlaced.sample)).toEqual({ batchItemFailures: [] });
    expect(entries()).toHaveLength(1);
    const [letter] = letters();
    expect(letter?.MessageAttributes.code?.StringValue).toBe(code);
    expect(JSON.stringify(letter)).not.toContain('Ann');
    // Sent again once what was wrong is mended, it is read like any other.
    around.queue.calls.length = 0;
    await relay(letter?.MessageBody);
    expect(letters()[0]?.MessageAttributes.code?.StringValue).toBe(code);
    expect(letters()[0]?.MessageBody).toBe(letter?.MessageBody);
  });

  it('comes again where keys, claims or the bus cannot be had, and nothing of it stands anywhere in clear', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL_KMS', 'http://127.0.0.1:1');
    const { batchItemFailures } = await relay(reviewSubmitted.sample, orderPlaced.sample);
    expect(batchItemFailures).toHaveLength(1);
    expect(entries().map(({ DetailType }) => DetailType)).toEqual([orderPlaced.type]);
    expect(await around.dynoxide.items(inbox)).toHaveLength(1);
  });

  it('comes again where the bus does not take it', async () => {
    around.bus.answerWith(({ input }) => {
      const count = (input.Entries as unknown[]).length;
      return {
        FailedEntryCount: count,
        Entries: Array.from({ length: count }, () => ({ ErrorCode: 'InternalFailure' })),
      };
    });
    expect((await relay(orderPlaced.sample)).batchItemFailures).toHaveLength(1);
  });
});

it('a queue that takes letters is the one of its environment', async () => {
  around.queue.answerWith(({ input }) => ({
    MessageId: 'm',
    MD5OfMessageBody: hash('md5', String(input.MessageBody)),
  }));
  await relay('{');
  expect(around.queue.calls).toHaveLength(1);
});
