/** The stream of a table, handed to one of its followers when it is asked for and at no other time. */
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { Store } from '../../infra/local/store.ts';
import { StreamReader } from '../../infra/local/streams.ts';
import type { StreamMapping } from '../../infra/local/wiring/model.ts';

export type FeedParts = {
  endpoint: string;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
  mapping: StreamMapping;
};

export class StreamFeed {
  readonly #parts: FeedParts;
  readonly #client: DynamoDBStreamsClient;
  /** Keeps how far the stream has been read. */
  readonly #store = new Store(':memory:');

  constructor(parts: FeedParts) {
    const { endpoint, region, credentials } = parts;
    this.#parts = parts;
    this.#client = new DynamoDBStreamsClient({ endpoint, region, credentials });
  }

  /**
   * Hands over what has been written since this was last asked, so many records at a time.
   * @returns how many changes there were, with those that are not wanted
   */
  async drain(batchSize: number, invoke: (event: DynamoDBStreamEvent) => Promise<unknown>): Promise<number> {
    const { mapping, region } = this.#parts;
    const fail = (reason: unknown): never => {
      throw new Error(`The publisher failed: ${String(reason)}`);
    };
    const reader = new StreamReader({
      mapping: { ...mapping, batchSize },
      client: this.#client,
      store: this.#store,
      region,
      chaos: () => undefined,
      invoke: (event) => invoke(event as DynamoDBStreamEvent),
      onGivenUp: (_records, reason) => fail(reason),
      onError: fail,
    });
    await reader.start();
    const changes = await reader.drain();
    await reader.stop();
    return changes;
  }

  stop(): void {
    this.#client.destroy();
    this.#store.close();
  }
}
