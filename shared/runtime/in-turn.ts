/** Runs what shares a key one after another and everything else side by side. */
export type InTurn = <Result>(key: string, work: () => Promise<Result>) => Promise<Result>;

export function inTurn(): InTurn {
  const last = new Map<string, Promise<unknown>>();
  return (key, work) => {
    const before = last.get(key);
    // A failure ahead in the line is that work's own affair.
    const result = before === undefined ? work() : before.then(work, work);
    last.set(key, result);
    // Whoever is last in the line takes the key away, so that a long life does not remember every key it has met.
    const leave = () => {
      if (last.get(key) === result) last.delete(key);
    };
    result.then(leave, leave);
    return result;
  };
}

/** Does the work of a key once; whoever asks again is given the first one's result. */
export function onceEach<Result>(): (key: string, work: () => Promise<Result>) => Promise<Result> {
  const results = new Map<string, Promise<Result>>();
  return (key, work) => {
    const known = results.get(key);
    if (known !== undefined) return known;
    const result = work();
    results.set(key, result);
    return result;
  };
}
