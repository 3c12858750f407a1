import { describe, expect, it } from 'vitest';
import { readLetter } from '../../infra/repair/letter.ts';

const text = (StringValue: string) => ({ DataType: 'String', StringValue });
const event = { specversion: '1.0', id: 'evt-1', type: 'order.placed.v1', time: '2026-01-05T10:00:00Z', data: {} };

describe('a letter', () => {
  it('of a reaction says what the handler said of it, and which event it carries', () => {
    const letter = readLetter('loyalty-order-placed-dead', {
      MessageId: 'm-1',
      Body: JSON.stringify(event),
      MessageAttributes: { code: text('invalid_event'), reason: text('data.lines: too short'), function: text('f') },
      Attributes: { SentTimestamp: '1767607200000' },
    });
    expect(letter).toEqual({
      queue: 'loyalty-order-placed-dead',
      messageId: 'm-1',
      body: JSON.stringify(event),
      code: 'invalid_event',
      reason: 'data.lines: too short',
      eventId: 'evt-1',
      type: 'order.placed.v1',
      time: '2026-01-05T10:00:00Z',
      sinceMs: 1_767_607_200_000,
      attributes: { code: 'invalid_event', reason: 'data.lines: too short', function: 'f' },
    });
  });

  it('that the queue gave up on says so', () => {
    expect(readLetter('q', { Body: JSON.stringify(event) })).toMatchObject({ code: 'retries_exhausted' });
  });

  it('of a rule says what EventBridge said of its target', () => {
    const letter = readLetter('q', {
      Body: JSON.stringify(event),
      MessageAttributes: {
        ERROR_CODE: text('NO_PERMISSIONS'),
        ERROR_MESSAGE: text('Access denied'),
        RULE_ARN: text('a'),
      },
    });
    expect(letter).toMatchObject({ code: 'NO_PERMISSIONS', reason: 'Access denied', eventId: 'evt-1' });
  });

  it('of a stream says what Lambda said of its batch, and carries no event', () => {
    const Body = JSON.stringify({
      requestContext: { condition: 'RetryAttemptsExhausted', functionArn: 'arn' },
      DDBStreamBatchInfo: { shardId: 'shard', startSequenceNumber: '1', endSequenceNumber: '2' },
    });
    const letter = readLetter('q', { Body });
    expect(letter.code).toBe('RetryAttemptsExhausted');
    expect(letter).not.toHaveProperty('eventId');
  });

  it('that is sealed as a whole still says which event it is', () => {
    const Body = JSON.stringify({ id: 'evt-2', type: 'order.placed.v1', owner: 'MEMBER#ann', letter: 'v1.abc' });
    expect(readLetter('q', { Body })).toMatchObject({ eventId: 'evt-2', type: 'order.placed.v1' });
  });

  it('that is no JSON, or empty, is a letter all the same', () => {
    expect(readLetter('q', { Body: 'not json' })).toMatchObject({ body: 'not json', code: 'retries_exhausted' });
    expect(readLetter('q', {})).toMatchObject({ body: '', sinceMs: 0 });
  });
});
