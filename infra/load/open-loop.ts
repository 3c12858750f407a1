import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { MEDIA_TYPE_EVENT } from '../../events/envelope.ts';
import type { PlannedRequest } from './plan.ts';

/** What became of a request. Times are milliseconds from the beginning of the load. */
export type Outcome = {
  planned: PlannedRequest;
  /** From when the request was due until its answer had come, whenever it could be sent: a stall counts for all that it held up. */
  latencyMs: number;
  doneMs: number;
  /** The status of the answer, or why there was none. */
  answer: number | string;
  /** Of an event: whether the shop has said that it is taken. */
  accepted: boolean;
};

export type Target = {
  url: string;
  /** A token of the member's own, for reads; and one of the shop's, for events. */
  memberToken(memberId: string): string;
  serviceToken: string;
};

const REQUEST_TIMEOUT_MS = 30_000;

/**
 * Sends each request when it is due, whatever has become of those before: a slow answer holds nobody back who has not asked yet.
 * @returns what became of each, in the order of the plan, once the last has its answer
 */
export async function openLoop(
  requests: readonly PlannedRequest[],
  target: Target,
  { signal }: { signal?: AbortSignal | undefined } = {},
): Promise<Outcome[]> {
  const agent = new Agent({ keepAlive: true });
  const beganMs = performance.now();
  const elapsedMs = (): number => performance.now() - beganMs;
  const sending: Promise<Outcome>[] = [];
  try {
    for (const planned of requests) {
      const waitMs = planned.atMs - elapsedMs();
      if (waitMs > 1) await sleep(waitMs, undefined, { signal });
      signal?.throwIfAborted();
      sending.push(
        send(planned, target, agent).then(({ answer, accepted }) => {
          const doneMs = elapsedMs();
          return { planned, latencyMs: doneMs - planned.atMs, doneMs, answer, accepted };
        }),
      );
    }
    return await Promise.all(sending);
  } finally {
    agent.destroy();
  }
}

/** Sends one request, and tells what came of it whatever that is. */
export function send(
  planned: PlannedRequest,
  target: Target,
  agent: Agent,
): Promise<Pick<Outcome, 'answer' | 'accepted'>> {
  const { path, event, memberId } = planned;
  const { url, memberToken, serviceToken } = target;
  const body = event === undefined ? undefined : JSON.stringify(event);
  const token = event === undefined ? memberToken(memberId) : serviceToken;
  return new Promise((resolve) => {
    const failed = (error: NodeJS.ErrnoException): void => {
      // The connection was closed for having been idle at the very moment it was used again: no answer was begun, and another is opened.
      const closed = asked.reusedSocket && error.code === 'ECONNRESET';
      resolve(closed ? send(planned, target, agent) : { answer: error.code ?? error.message, accepted: false });
    };
    const asked = request(
      new URL(path ?? '/v1/events', url),
      {
        agent,
        method: body === undefined ? 'GET' : 'POST',
        timeout: REQUEST_TIMEOUT_MS,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined
            ? {}
            : { 'content-type': MEDIA_TYPE_EVENT, 'content-length': Buffer.byteLength(body) }),
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('error', failed);
        response.once('end', () => {
          const answer = response.statusCode ?? 0;
          resolve({ answer, accepted: answer === 202 && takes(Buffer.concat(chunks).toString('utf8'), event?.id) });
        });
      },
    );
    asked.once('timeout', () => asked.destroy(Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' })));
    asked.once('error', failed);
    asked.end(body);
  });
}

function takes(text: string, id: string | undefined): boolean {
  const { accepted } = JSON.parse(text) as { accepted?: unknown };
  return Array.isArray(accepted) && accepted.includes(id);
}
