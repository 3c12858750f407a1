/** Turns messages into the SQS event of Lambda, and the answer of a function into the outcome of its batch. */
import { createHash } from 'node:crypto';
import type { SQSEvent } from 'aws-lambda';
import type { BatchOutcome } from './deliveries.ts';
import type { Message } from './store.ts';

export function sqsEventOf(messages: readonly Message[], queueArn: string, region: string): SQSEvent {
  return {
    Records: messages.map((message) => ({
      messageId: message.messageId,
      receiptHandle: String(message.id),
      body: message.body,
      attributes: {
        ApproximateReceiveCount: String(message.receiveCount),
        SentTimestamp: String(message.sentAtMs),
        SenderId: 'local',
        ApproximateFirstReceiveTimestamp: String(message.sentAtMs),
      },
      messageAttributes: Object.fromEntries(
        Object.entries(message.attributes).map(([name, { dataType, stringValue, binaryValue }]) => [
          name,
          {
            dataType,
            ...(stringValue === undefined ? {} : { stringValue }),
            ...(binaryValue === undefined ? {} : { binaryValue }),
          },
        ]),
      ),
      md5OfBody: createHash('md5').update(message.body).digest('hex'),
      eventSource: 'aws:sqs',
      eventSourceARN: queueArn,
      awsRegion: region,
    })),
  };
}

/**
 * Reads `{batchItemFailures}` as Lambda does: nothing at all or an empty list is success of every message; an answer
 * that cannot be read, or names a message that is not in the batch, is failure of every message.
 */
export function outcomeOf(answer: unknown, identifiers: readonly string[]): BatchOutcome {
  const failures = failuresOf(answer);
  const known = failures?.every((identifier) => identifiers.includes(identifier)) ?? false;
  if (failures === undefined || !known) {
    const reason = `the answer of the function is no batch response: ${JSON.stringify(answer)?.slice(0, 200)}`;
    return new Map(identifiers.map((identifier) => [identifier, reason]));
  }
  return new Map(failures.map((identifier) => [identifier, 'the function reported it as failed']));
}

function failuresOf(answer: unknown): string[] | undefined {
  if (answer === null || answer === undefined) return [];
  if (typeof answer !== 'object') return undefined;
  const list = (answer as { batchItemFailures?: unknown }).batchItemFailures;
  if (list === null || list === undefined) return [];
  if (!Array.isArray(list)) return undefined;
  const identifiers = list.map((item: unknown) =>
    typeof item === 'object' && item !== null ? (item as { itemIdentifier?: unknown }).itemIdentifier : undefined,
  );
  return identifiers.every((identifier) => typeof identifier === 'string' && identifier !== '')
    ? identifiers.map(String)
    : undefined;
}
