import { describe, expect, it } from 'vitest';
import { gathering } from '../../../functions/recommend/gather.ts';

/** A place to write to that is busy until it is told to go on. */
function slowPlace() {
  const writes: string[][] = [];
  const waiting: (() => void)[] = [];
  const gather = gathering<string>(async (parts) => {
    writes.push([...parts]);
    await new Promise<void>((next) => waiting.push(next));
    if (parts.includes('bad')) throw new Error('not written');
  });
  const settle = async () => {
    for (let round = 0; round < 5; round += 1) await new Promise((next) => setImmediate(next));
  };
  const goOn = async () => {
    for (const next of waiting.splice(0)) next();
    await settle();
  };
  return { gather, writes, settle, goOn };
}

describe('what is to be written to the same place', () => {
  it('in the same moment is one write', async () => {
    const { gather, writes, settle, goOn } = slowPlace();
    const all = Promise.all(['a', 'b', 'c'].map((it) => gather('ann', it)));
    await settle();
    await goOn();
    await all;
    expect(writes).toEqual([['a', 'b', 'c']]);
  });

  it('while a write is under way goes with the next one', async () => {
    const { gather, writes, settle, goOn } = slowPlace();
    const first = gather('ann', 'a');
    await settle();
    const rest = Promise.all([gather('ann', 'b'), gather('ann', 'c')]);
    await settle();
    expect(writes).toEqual([['a']]);
    await goOn();
    await goOn();
    await Promise.all([first, rest]);
    expect(writes).toEqual([['a'], ['b', 'c']]);
  });

  it('does not wait for other places', async () => {
    const { gather, writes, settle, goOn } = slowPlace();
    const both = Promise.all([gather('ann', 'a'), gather('bob', 'b')]);
    await settle();
    expect(writes).toEqual([['a'], ['b']]);
    await goOn();
    await both;
  });

  it('that fails fails for all who are in it, and for nobody after them', async () => {
    const { gather, settle, goOn } = slowPlace();
    const outcomes = Promise.allSettled([gather('ann', 'bad'), gather('ann', 'b')]);
    await settle();
    const next = gather('ann', 'c');
    await goOn();
    expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await goOn();
    await next;
  });
});
