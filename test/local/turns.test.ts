import { expect, it } from 'vitest';
import { Turns } from '../../infra/local/turns.ts';

it('lets two of a key run at once, in order, and does not hold up another key', async () => {
  const turns = new Turns(2);
  const gates = Array.from({ length: 4 }, () => Promise.withResolvers<void>());
  const begun: string[] = [];
  const ended = gates.map(({ promise }, index) =>
    turns.take('a', async () => {
      begun.push(`a${index}`);
      await promise;
      if (index === 0) throw new Error('a failure hands its turn on as well');
    }),
  );
  await turns.take('b', async () => {
    begun.push('b');
  });
  expect(begun).toEqual(['a0', 'a1', 'b']);
  gates[0]!.resolve();
  await expect(ended[0]).rejects.toThrow();
  expect(begun).toEqual(['a0', 'a1', 'b', 'a2']);
  for (const { resolve } of gates) resolve();
  await Promise.allSettled(ended);
  expect(begun).toEqual(['a0', 'a1', 'b', 'a2', 'a3']);
  await turns.take('a', async () => {
    begun.push('free again');
  });
  expect(begun.at(-1)).toBe('free again');
});
