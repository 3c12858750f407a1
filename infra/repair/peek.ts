import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';

/** SQS hands out so many at once at most. */
const RECEIVED_AT_ONCE = 10;
/** A queue is spread over servers, and one look may miss what stands on another: so many looks in vain are the end. */
const LOOKS_IN_VAIN = 2;
/** How long a message is held while it is looked at; given back earlier, but also where this process dies. */
const HELD_SECONDS = 120;

/** How many messages a queue holds: all of them, those that somebody holds among them. Approximate where it is deployed. */
export async function depthOf(sqs: SQSClient, url: string): Promise<number> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: url,
      AttributeNames: [
        'ApproximateNumberOfMessages',
        'ApproximateNumberOfMessagesNotVisible',
        'ApproximateNumberOfMessagesDelayed',
      ],
    }),
  );
  return Object.values(Attributes).reduce((sum, count) => sum + Number(count), 0);
}

export type Held = { url: string; message: Message };

/** Holds up to `limit` messages of a queue, each once. Whoever calls gives them back or removes them. */
export async function hold(sqs: SQSClient, url: string, limit: number): Promise<Held[]> {
  const held = new Map<string, Held>();
  for (let inVain = 0; inVain < LOOKS_IN_VAIN && held.size < limit; ) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: url,
        MaxNumberOfMessages: Math.min(RECEIVED_AT_ONCE, limit - held.size),
        VisibilityTimeout: HELD_SECONDS,
        WaitTimeSeconds: 1,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['SentTimestamp', 'ApproximateReceiveCount'],
      }),
    );
    inVain = Messages.length === 0 ? inVain + 1 : 0;
    for (const message of Messages) held.set(message.MessageId ?? '', { url, message });
  }
  return [...held.values()];
}

/** Lets messages be received again at once; one whose time was up already is free anyway. */
export async function giveBack(sqs: SQSClient, held: readonly Held[]): Promise<void> {
  for (const { url, message } of held) await setVisibility(sqs, { url, message }, 0);
}

/** Holds a message for longer. */
export async function holdOn(sqs: SQSClient, held: Held, seconds: number): Promise<void> {
  await setVisibility(sqs, held, seconds);
}

async function setVisibility(sqs: SQSClient, { url, message }: Held, seconds: number): Promise<void> {
  try {
    await sqs.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: url,
        ReceiptHandle: message.ReceiptHandle,
        VisibilityTimeout: seconds,
      }),
    );
  } catch (error) {
    if (!(error instanceof Error) || !/MessageNotInflight|ReceiptHandleIsInvalid/.test(error.name)) throw error;
  }
}

export async function remove(sqs: SQSClient, { url, message }: Held): Promise<void> {
  await sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: message.ReceiptHandle }));
}
