/** A write that lost a race is decided anew at once; after this many times the message goes back to its queue. */
const ATTEMPTS = 8;
const BACKOFF_BASE_MS = 10;
const BACKOFF_LIMIT_MS = 500;

/**
 * Runs `attempt` again where it throws a conflict of the given class, after a random pause that grows with every
 * conflict, so that those who ran into each other spread out. Any other error, and the last conflict, is thrown.
 */
export async function retryConflicts<Result>(
  conflict: new (cause: unknown) => Error,
  attempt: (attempt: number) => Promise<Result>,
): Promise<Result> {
  for (let count = 0; ; count += 1) {
    try {
      return await attempt(count);
    } catch (error) {
      if (!(error instanceof conflict) || count + 1 >= ATTEMPTS) throw error;
      const pauseMs = Math.random() * Math.min(BACKOFF_LIMIT_MS, BACKOFF_BASE_MS * 2 ** count);
      await new Promise((done) => setTimeout(done, pauseMs));
    }
  }
}
