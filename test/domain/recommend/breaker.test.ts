import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Breaker, closedBreaker, failed, permit, succeeded } from '../../../shared/domain/recommend/breaker.ts';

const policy = { failures: 3, openSeconds: 10 };

/** Asks at an instant and says how it went; what was not let through says so. */
function ask(breaker: Breaker, atMs: number, goesWell: boolean): { breaker: Breaker; asked: boolean } {
  const { breaker: next, permit: given } = permit(breaker, atMs, policy);
  if (given === undefined) return { breaker: next, asked: false };
  return { breaker: goesWell ? succeeded(next, given) : failed(next, given, atMs, policy), asked: true };
}

function run(steps: readonly (readonly [atMs: number, goesWell: boolean])[]): { breaker: Breaker; asked: boolean[] } {
  let breaker = closedBreaker;
  const asked: boolean[] = [];
  for (const [atMs, goesWell] of steps) {
    const step = ask(breaker, atMs, goesWell);
    breaker = step.breaker;
    asked.push(step.asked);
  }
  return { breaker, asked };
}

describe('a breaker', () => {
  it('opens after so many failures in a row', () => {
    const { breaker, asked } = run([
      [0, false],
      [1, false],
      [2, false],
      [3, true],
    ]);
    expect(breaker).toEqual({ state: 'open', period: 1, sinceMs: 2 });
    expect(asked).toEqual([true, true, true, false]);
  });

  it('stays closed where something goes well in between', () => {
    const { breaker } = run([
      [0, false],
      [1, false],
      [2, true],
      [3, false],
      [4, false],
    ]);
    expect(breaker).toEqual({ state: 'closed', period: 0, failures: 2 });
  });

  const opened: [number, boolean][] = [
    [0, false],
    [0, false],
    [0, false],
  ];

  it('lets one question through when its time is over, and closes where it goes well', () => {
    const { breaker, asked } = run([...opened, [9_999, true], [10_000, true], [10_001, false]]);
    expect(asked.slice(3)).toEqual([false, true, true]);
    expect(breaker).toMatchObject({ state: 'closed', failures: 1 });
  });

  it('opens again where it goes wrong, for as long as before', () => {
    const { breaker, asked } = run([...opened, [10_000, false], [19_999, true], [20_000, true]]);
    expect(asked.slice(3)).toEqual([true, false, true]);
    expect(breaker.state).toBe('closed');
  });

  it('lets one question through at a time, and another where that one was never heard of again', () => {
    const { breaker } = run(opened);
    const first = permit(breaker, 10_000, policy);
    expect(first.permit).toBeDefined();
    const second = permit(first.breaker, 19_999, policy);
    expect(second.permit).toBeUndefined();
    const third = permit(second.breaker, 20_000, policy);
    expect(third.permit).toBeDefined();
    // What comes of the first one after all says nothing any more.
    expect(succeeded(third.breaker, first.permit!)).toBe(third.breaker);
    expect(failed(third.breaker, first.permit!, 20_001, policy)).toBe(third.breaker);
    expect(succeeded(third.breaker, third.permit!).state).toBe('closed');
  });

  it('is not changed by answers to questions from before it opened', () => {
    const early = permit(closedBreaker, 0, policy).permit!;
    const { breaker } = run(opened);
    expect(succeeded(breaker, early)).toBe(breaker);
    expect(failed(breaker, early, 5_000, policy)).toBe(breaker);
  });

  it('goes by the policy of the moment', () => {
    const { breaker } = run(opened);
    expect(permit(breaker, 2_000, { failures: 3, openSeconds: 2 }).permit).toBeDefined();
    const once = run([[0, false]]).breaker;
    expect(failed(once, { period: 0 }, 1, { failures: 1, openSeconds: 10 }).state).toBe('open');
  });

  it('does not wait for a clock that was set back', () => {
    const { breaker } = run(opened.map(([, goesWell]) => [1_000_000, goesWell] as const));
    expect(permit(breaker, 5, policy).permit).toBeDefined();
  });

  it('never leaves a failing service alone for good, and never asks more than it may', () => {
    const steps = fc.array(fc.tuple(fc.nat({ max: 5_000 }), fc.boolean()), { maxLength: 60 });
    fc.assert(
      fc.property(steps, (all) => {
        let breaker = closedBreaker;
        let nowMs = 0;
        let inRow = 0;
        let lastAskedMs = 0;
        for (const [afterMs, goesWell] of all) {
          nowMs += afterMs;
          const step = ask(breaker, nowMs, goesWell);
          breaker = step.breaker;
          if (!step.asked) {
            expect(inRow).toBeGreaterThanOrEqual(policy.failures);
            expect(nowMs - lastAskedMs).toBeLessThan(10_000);
            continue;
          }
          if (inRow >= policy.failures) expect(nowMs - lastAskedMs).toBeGreaterThanOrEqual(10_000);
          inRow = goesWell ? 0 : inRow + 1;
          lastAskedMs = nowMs;
        }
      }),
    );
  });
});
