import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Runtime } from '../../infra/local/runtime.ts';

/**
 * Waits until all is done; the dead letters of a bad streak are sent again to whoever could not take them, as a person on duty would do.
 * @param rounds how often; what is refused for good dies in each
 */
export async function settleWithRedrive(runtime: Runtime, rounds = 20): Promise<void> {
  const client = new SQSClient({
    endpoint: runtime.awsEndpoint,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    useQueueUrlAsEndpoint: false,
  });
  const redriven = new Set<string>();
  for (let round = 0; round < rounds; round += 1) {
    await runtime.settle();
    const letters = runtime.deadLetters().filter(({ messageId }) => !redriven.has(messageId));
    if (letters.length === 0) break;
    for (const { messageId, queue, body } of letters) {
      redriven.add(messageId);
      const own = runtime.wiring.queues.find(({ name }) => `${name}-dead` === queue);
      if (own === undefined) continue;
      const MessageBody = typeof body === 'string' ? body : JSON.stringify(body);
      await client.send(new SendMessageCommand({ QueueUrl: own.url, MessageBody }));
    }
  }
  await runtime.settle();
  client.destroy();
}
