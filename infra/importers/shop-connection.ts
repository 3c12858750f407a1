import { setTimeout as sleep } from 'node:timers/promises';
import { MEDIA_TYPE_BATCH } from '../../events/envelope.ts';
import type { WrittenEvent } from './batches.ts';
import { ImportProblem } from './importer.ts';

/** An event that the shop did not take, by its place in the batch. */
export type Rejection = { index: number; status: number; code: string; detail: string };

/** What became of one request: an answer for each event, or a reason to try the same again later. */
export type PostResult =
  | { kind: 'answered'; rejected: Rejection[] }
  | { kind: 'busy'; reason: string; retryAfterMs?: number };

type Problem = { status?: number; code?: string; title?: string; detail?: string };
type EventsAnswer = { rejected?: { index: number; problem?: Problem }[] } & Problem;

const REQUEST_TIMEOUT_MS = 60_000;
/** The runtime answers when it has settled; asking anew changes nothing, so a long wait is cut into several. */
const SETTLE_TIMEOUT_MS = 240_000;
const SETTLE_ATTEMPTS_LIMIT = 60;
const BUSY = new Set([429, 500, 502, 503, 504]);

/** A backend, reached over HTTP as any storefront reaches it. */
export class ShopConnection {
  readonly url: string;
  readonly #token: string;

  private constructor(url: string, token: string) {
    this.url = url;
    this.#token = token;
  }

  /**
   * Makes sure that a backend answers, and asks the issuer of a local one for a token where none is given. Throws an
   * ImportProblem that says which of the two went wrong.
   */
  static async open({ url, token, scope }: { url: string; token?: string | undefined; scope: string }) {
    const base = url.replace(/\/+$/, '');
    const health = await reach(`${base}/v1/health`, { method: 'GET' });
    await health.body?.cancel();
    if (health.status !== 200) {
      throw new ImportProblem(`${base} is no Rapport backend: GET /v1/health answered ${health.status}.`);
    }
    return new ShopConnection(base, token ?? (await localToken(base, scope)));
  }

  /** Sends one batch. Throws an ImportProblem for an answer that no second attempt would better. */
  async postEvents(batch: readonly WrittenEvent[]): Promise<PostResult> {
    let response: Response;
    let text: string;
    try {
      response = await fetch(`${this.url}/v1/events`, {
        method: 'POST',
        headers: { authorization: `Bearer ${this.#token}`, 'content-type': MEDIA_TYPE_BATCH },
        body: `[${batch.map(({ json }) => json).join(',')}]`,
        signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      });
      text = await response.text();
    } catch (error) {
      return { kind: 'busy', reason: connectionReason(error) };
    }
    const answer = readAnswer(text);
    const { status } = response;
    if (status === 202) return { kind: 'answered', rejected: rejectionsOf(answer) };
    if (BUSY.has(status)) {
      const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
      const reason = `POST /v1/events answered ${status}`;
      return { kind: 'busy', reason, ...(Number.isFinite(seconds) ? { retryAfterMs: seconds * 1000 } : {}) };
    }
    // None of the batch is valid: each event has its own reason where the answer gives it.
    if (status === 400) {
      const rejected = rejectionsOf(answer);
      if (rejected.length === batch.length) return { kind: 'answered', rejected };
      const reason = { status, code: answer.code ?? 'invalid_events', detail: answer.detail ?? answer.title ?? '' };
      return { kind: 'answered', rejected: batch.map((_, index) => ({ index, ...reason })) };
    }
    const detail = answer.detail ?? answer.title ?? text.slice(0, 200);
    throw new ImportProblem(`POST /v1/events answered ${status}${detail === '' ? '' : `: ${detail}`}`);
  }

  /**
   * Waits until a local backend has dealt with all it accepted. Undefined where the backend has no such route, which
   * is any that is deployed.
   */
  async settle(): Promise<{ deadLetters: number } | undefined> {
    for (let attempt = 1; attempt <= SETTLE_ATTEMPTS_LIMIT; attempt += 1) {
      try {
        const response = await fetch(`${this.url}/local/settle`, {
          method: 'POST',
          signal: AbortSignal.timeout(SETTLE_TIMEOUT_MS),
        });
        const text = await response.text();
        if (response.status === 404 || response.status === 403 || response.status === 401) return undefined;
        if (response.status !== 200) throw new ImportProblem(`POST /local/settle answered ${response.status}.`);
        return { deadLetters: (JSON.parse(text) as { deadLetters?: number }).deadLetters ?? 0 };
      } catch (error) {
        if ((error as Error).name === 'TimeoutError') continue;
        if (error instanceof ImportProblem) throw error;
        throw new ImportProblem(`The backend went away while it settled: ${connectionReason(error)}.`);
      }
    }
    throw new ImportProblem('The backend has not settled in four hours.');
  }

  /** Asks a route, and gives the answer whatever it is. */
  async ask(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
  ): Promise<{ status: number; body: Record<string, unknown> }> {
    const response = await reach(`${this.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.#token}` },
    });
    return { status: response.status, body: readAnswer(await response.text()) as Record<string, unknown> };
  }

  /** Reads a route. Undefined for a 404. */
  async get<Answer>(path: string): Promise<Answer | undefined> {
    const response = await reach(`${this.url}${path}`, { headers: { authorization: `Bearer ${this.#token}` } });
    const text = await response.text();
    if (response.status === 404) return undefined;
    if (response.status !== 200) throw new ImportProblem(`GET ${path} answered ${response.status}: ${text}`);
    return JSON.parse(text) as Answer;
  }

  /** Sends a command to a route and gives its answer. Throws an ImportProblem with the code and the reason of a refusal. */
  async post(path: string, body: unknown): Promise<unknown> {
    const response = await reach(`${this.url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const answer = readAnswer(await response.text());
    if (response.ok) return answer;
    const { code = '', detail = answer.title ?? '' } = answer;
    throw new ImportProblem(`POST ${path} answered ${[response.status, code].join(' ').trim()}: ${detail}`);
  }
}

/** How often and how patiently a batch is sent again. */
export type RetryPolicy = { attempts: number; firstDelayMs: number; longestDelayMs: number };

export const DEFAULT_RETRY: RetryPolicy = { attempts: 9, firstDelayMs: 200, longestDelayMs: 10_000 };

/** Waits before another attempt: twice as long each time, at least what the shop asks for, and never all at once. */
export async function backOff(
  attempt: number,
  { firstDelayMs, longestDelayMs }: RetryPolicy,
  askedMs = 0,
): Promise<void> {
  const ceilingMs = Math.min(longestDelayMs, firstDelayMs * 2 ** (attempt - 1));
  await sleep(Math.max(Math.min(askedMs, longestDelayMs), ceilingMs * (0.5 + Math.random() / 2)));
}

async function reach(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { ...init, signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) });
  } catch (error) {
    throw new ImportProblem(
      `No backend answers at ${new URL(url).origin} (${connectionReason(error)}). npm start starts one; --url names another.`,
    );
  }
}

async function localToken(base: string, scope: string): Promise<string> {
  const response = await reach(`${base}/local/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ scope }),
  });
  const { token } = readAnswer(await response.text()) as { token?: string };
  if (response.status === 200 && token !== undefined) return token;
  throw new ImportProblem(
    `${base} gives out no tokens (POST /local/token answered ${response.status}): pass one with --token.`,
  );
}

function readAnswer(text: string): EventsAnswer {
  try {
    const answer: unknown = JSON.parse(text);
    return typeof answer === 'object' && answer !== null ? answer : {};
  } catch {
    return {};
  }
}

function rejectionsOf({ rejected = [] }: EventsAnswer): Rejection[] {
  return rejected.map(({ index, problem = {} }) => ({
    index,
    status: problem.status ?? 400,
    code: problem.code ?? 'unknown',
    detail: problem.detail ?? problem.title ?? '',
  }));
}

function connectionReason(error: unknown): string {
  const { name, message, cause } = error as Error & { cause?: NodeJS.ErrnoException };
  if (name === 'TimeoutError') return 'no answer in time';
  return cause?.code ?? cause?.message ?? message;
}
