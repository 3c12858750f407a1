/**
 * Of what a request to the tables costs this process, a good third is what only AWS reads: a signature, and who is asking. The
 * emulator on this machine wants no more than to see that there is a signature.
 */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';

type Client = DynamoDBClient | DynamoDBStreamsClient;
type Request = { headers: Record<string, string> };

const SPARED = ['loggerMiddleware', 'getUserAgentMiddleware', 'recursionDetectionMiddleware'];

/**
 * Lets every client of tables in this process, with its first request, leave out what nobody reads. Only for tables that this
 * process has started itself: others may be AWS.
 * @returns a function that undoes it for clients that come later
 */
export function lightenClients(region: string): () => void {
  const undo = [DynamoDBClient, DynamoDBStreamsClient].map((kind) => {
    const { prototype } = kind as { prototype: { send: (...request: unknown[]) => unknown } };
    const { send } = prototype;
    const seen = new WeakSet<object>();
    prototype.send = function (this: Client, ...request: unknown[]): unknown {
      if (!seen.has(this)) {
        seen.add(this);
        lighten(this, region);
      }
      return send.apply(this, request);
    };
    return () => {
      prototype.send = send;
    };
  });
  return () => {
    for (const step of undo) step();
  };
}

function lighten(client: Client, region: string): void {
  for (const name of SPARED) client.middlewareStack.remove(name);
  const authorization = [
    `AWS4-HMAC-SHA256 Credential=local/19700101/${region}/dynamodb/aws4_request`,
    'SignedHeaders=host;x-amz-date',
    'Signature=0',
  ].join(', ');
  const signer = {
    async sign(request: Request): Promise<Request> {
      Object.assign(request.headers, { authorization, 'x-amz-date': '19700101T000000Z' });
      return request;
    },
  };
  Object.assign(client.config, { signer: async () => signer });
}
