/** Time kept back at the end of an invocation to report, or to dead-letter, what has not come to an end. */
const RESERVE_MS = 1_500;

export type Deadline = {
  /** Rejects when the invocation is about to be cut off. */
  passed: Promise<never>;
  /** Throws once the deadline has passed, so that nothing new is begun. */
  check(): void;
  stop(): void;
};

/** The end of an invocation as Lambda tells it; one that tells none never ends. */
export function startDeadline(context: { getRemainingTimeInMillis?: () => number }): Deadline {
  const remainingMs = context.getRemainingTimeInMillis?.();
  let over = false;
  let timer: NodeJS.Timeout | undefined;
  const passed = new Promise<never>((_, reject) => {
    if (remainingMs === undefined) return;
    const expire = () => {
      over = true;
      reject(new TimeoutError());
    };
    timer = setTimeout(expire, Math.max(0, remainingMs - RESERVE_MS));
  });
  // Nobody may be racing against it any more when it rejects.
  passed.catch(() => undefined);
  return {
    passed,
    check() {
      if (over) throw new TimeoutError();
    },
    stop: () => clearTimeout(timer),
  };
}

class TimeoutError extends Error {
  override name = 'TimeoutError';

  constructor() {
    super('The invocation ran out of time');
  }
}
