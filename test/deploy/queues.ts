import { GetQueueAttributesCommand, paginateListQueues, type SQSClient } from '@aws-sdk/client-sqs';

const PAUSE_MS = 300;
/** A queue that is empty may be so between two steps; twice in a row it is not. */
const LOOKS = 2;

/** Where messages end, and wait for a person. */
const ends = /-(dead|undelivered)$/;

/** Waits until no queue that feeds a function holds a message any more, twice in a row; or until `patienceMs` are over. */
export async function untilQueuesAreEmpty(client: SQSClient, prefix: string, patienceMs: number): Promise<void> {
  const urls: string[] = [];
  for await (const { QueueUrls = [] } of paginateListQueues({ client }, { QueueNamePrefix: `${prefix}-` })) {
    urls.push(...QueueUrls.filter((url) => !ends.test(url)));
  }
  const until = performance.now() + patienceMs;
  for (let empty = 0; empty < LOOKS && performance.now() < until; ) {
    const held = await Promise.all(urls.map((QueueUrl) => messagesIn(client, QueueUrl)));
    empty = held.every((count) => count === 0) ? empty + 1 : 0;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

async function messagesIn(client: SQSClient, QueueUrl: string): Promise<number> {
  const { Attributes = {} } = await client.send(
    new GetQueueAttributesCommand({
      QueueUrl,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    }),
  );
  return Object.values(Attributes).reduce((sum, count) => sum + Number(count), 0);
}
