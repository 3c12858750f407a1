import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';

export type AwsCall = { operation: string; input: Record<string, unknown> };

/** A service of AWS's JSON protocol that remembers what it was asked and answers what the test says. */
export type AwsEndpoint = {
  url: string;
  calls: AwsCall[];
  /** Sets the answer; a number is an HTTP error of that status. */
  answerWith(answer: (call: AwsCall) => Record<string, unknown> | number): void;
  stop(): Promise<void>;
};

export async function startAwsEndpoint(): Promise<AwsEndpoint> {
  const calls: AwsCall[] = [];
  let answer: (call: AwsCall) => Record<string, unknown> | number = () => ({});
  const server = createServer(async (request, response) => {
    const operation = String(request.headers['x-amz-target']).split('.').at(-1) ?? '';
    const call = { operation, input: JSON.parse(await textOf(request)) as Record<string, unknown> };
    calls.push(call);
    const result = answer(call);
    const status = typeof result === 'number' ? result : 200;
    const body = typeof result === 'number' ? { __type: 'ServiceUnavailable', message: 'no' } : result;
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('No port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    calls,
    answerWith(next) {
      answer = next;
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
