import type { SQSClient } from '@aws-sdk/client-sqs';
import { type ClientOptions, clientSettings } from '../aws/client-settings.ts';

export type DeadLetter = {
  /** The message as it came, so that it can be re-driven. */
  body: string;
  code: string;
  reason: string;
  /** The function that could not take it. */
  function: string;
};

export type DeadLetters = { send(letter: DeadLetter): Promise<void> };

const REASON_LENGTH = 1_000;

/**
 * The dead-letter queue of one reaction. The SQS client is loaded with the first dead letter and not with the
 * function: nearly every cold start never needs it.
 */
export function deadLetters(queueUrl: string, options?: ClientOptions): DeadLetters {
  let client: SQSClient | undefined;
  return {
    async send(letter) {
      const { SendMessageCommand, SQSClient } = await import('@aws-sdk/client-sqs');
      client ??= new SQSClient({ ...clientSettings(options), useQueueUrlAsEndpoint: false });
      await client.send(
        new SendMessageCommand({
          QueueUrl: queueUrl,
          MessageBody: letter.body,
          MessageAttributes: {
            code: text(letter.code),
            reason: text(letter.reason),
            function: text(letter.function),
          },
        }),
      );
    },
  };
}

function text(value: string): { DataType: 'String'; StringValue: string } {
  return { DataType: 'String', StringValue: sendable(value).slice(0, REASON_LENGTH) || '-' };
}

/** SQS takes no control characters but tab and line ends. */
function sendable(value: string): string {
  return value.replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd]/g, ' ');
}
