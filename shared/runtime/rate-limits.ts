import { dynamoClient } from '../adapters/dynamo/client.ts';
import { type RateLimitStore, rateLimitStore, type Salt } from '../adapters/dynamo/rate-limit-store.ts';
import { type Counted, countedName } from '../domain/rate-limit/counted-name.ts';
import { blockOf, decide, granted, noPermits, type Permits, used } from '../domain/rate-limit/permits.ts';
import { SALT_MS, saltHourOf, secondsToNextWindow, WINDOW_MS, windowOf } from '../domain/rate-limit/window.ts';
import { optionalEnv, readEnv } from './env.ts';
import { Problem } from './errors.ts';
import { inLambda } from './lambda.ts';
import { createLogger, errorFields, type Logger } from './log.ts';
import type { Caller } from './route.ts';

/** How many requests pass in a minute. */
export type RateLimitSettings = { memberRequests: number; addressRequests: number };

export type RateLimits = {
  /**
   * Counts a request before anything of its route runs. Members are counted by their id, whoever has no token by their address; services are not
   * counted, the API's own throttle is for them.
   * @throws Problem `too_many_requests`, which says when to come again
   */
  count(caller: Caller, address: string | undefined): Promise<void>;
};

export type RateLimitDependencies = {
  store: RateLimitStore;
  settings: RateLimitSettings;
  log: Logger;
  /** Real time, also where the backend's clock is another: a limit is about how much a machine is asked, not about the shop's days. */
  clock: () => number;
};

/** So many callers are remembered within a window; of more, those that came first are asked about again. */
const MAX_CALLERS = 10_000;
/** How long after its window a counter, and after its hour a salt, may be forgotten. */
const KEPT_MS = WINDOW_MS;

/**
 * The limits as one process keeps them. Where their table does not answer, requests pass uncounted, a block at a time, and the log says so: a shop that
 * cannot count is open, not closed. The API's throttle holds all the same.
 */
export function rateLimits({ store, settings, log, clock }: RateLimitDependencies): RateLimits {
  const known = new Map<string, Permits>();
  let windowMs = 0;
  let salting: { hourMs: number; salt: Promise<Salt> } | undefined;

  const saltOf = async (hourMs: number): Promise<Salt> => {
    if (salting === undefined || salting.hourMs < hourMs) {
      const salt = store.salt(hourMs, hourMs + SALT_MS + KEPT_MS);
      salting = { hourMs, salt };
      salt.catch(() => {
        salting = undefined;
      });
    }
    return salting.salt;
  };

  const reserve = async (who: Counted, permits: Permits, limit: number): Promise<number> => {
    const wanted = blockOf(permits, limit);
    try {
      const salt = await saltOf(saltHourOf(permits.windowMs));
      // Others are in the next hour already, whose salt this is: the request counts to the first window of theirs.
      const window = Math.max(permits.windowMs, windowOf(salt.hourMs));
      const name = countedName(who, salt.bytes);
      return await store.reserve({ name, windowMs: window, forgetMs: window + WINDOW_MS + KEPT_MS, wanted, limit });
    } catch (error) {
      log.warn('requests pass uncounted', { counted: who.kind, requests: wanted, ...errorFields(error) });
      return wanted;
    }
  };

  const remember = (key: string, permits: Permits): void => {
    // Permits that were taken in a window which has ended since are of no use in this one.
    if (permits.windowMs !== windowMs) return;
    known.set(key, permits);
    const [oldest] = known.keys();
    if (known.size > MAX_CALLERS && oldest !== undefined) known.delete(oldest);
  };

  return {
    async count(caller, address = '') {
      if (caller.kind === 'service') return;
      const isMember = caller.kind === 'member';
      const who: Counted = isMember ? { kind: 'member', id: caller.memberId } : { kind: 'address', id: address };
      const limit = isMember ? settings.memberRequests : settings.addressRequests;
      const window = windowOf(clock());
      if (window !== windowMs) {
        windowMs = window;
        known.clear();
      }
      const key = `${who.kind}#${who.id}`;
      let permits = known.get(key) ?? noPermits(window);
      if (decide(permits) === 'take_more') {
        const count = await reserve(who, permits, limit);
        // While this one waited another request of the same caller may have taken a block, or used one up.
        permits = granted(known.get(key) ?? noPermits(window), count);
      }
      if (decide(permits) === 'refuse') {
        remember(key, permits);
        const retryAfterSeconds = secondsToNextWindow(clock());
        throw new Problem(
          'too_many_requests',
          `In a minute ${limit} requests are answered; ask again in ${retryAfterSeconds} s.`,
          [],
          { retryAfterSeconds },
        );
      }
      remember(key, used(permits));
    },
  };
}

/**
 * The limits that a function's environment names. A handler outside of any stage has none, and counts nothing.
 * @throws where a deployed function is told of none
 */
export function openRateLimits(write: (line: string) => void): RateLimits | undefined {
  if (!inLambda() && optionalEnv('LIMITS_TABLE', '') === '') return undefined;
  const env = readEnv('LIMITS_TABLE', 'MEMBER_REQUESTS_PER_MINUTE', 'ADDRESS_REQUESTS_PER_MINUTE');
  return rateLimits({
    store: rateLimitStore(dynamoClient(), env.LIMITS_TABLE),
    settings: {
      memberRequests: Number(env.MEMBER_REQUESTS_PER_MINUTE),
      addressRequests: Number(env.ADDRESS_REQUESTS_PER_MINUTE),
    },
    log: createLogger({ write }),
    clock: Date.now,
  });
}
