import type { WordsStore } from '../../shared/adapters/vault/words.ts';

export type MemoryWords = WordsStore & { kept: Map<string, object> };

/** Words in memory, by owner and event. They are kept as soon as the writes for them are asked for, for there is nothing to write them with. */
export function memoryWords(): MemoryWords {
  const kept = new Map<string, object>();
  return {
    kept,
    async beside(said) {
      for (const { owner, eventId, words } of said) kept.set(`${owner} ${eventId}`, words);
      return [];
    },
    async load<Words extends object>(places: readonly { owner: string; eventId: string }[]) {
      const found = places.flatMap(({ owner, eventId }) => {
        const words = kept.get(`${owner} ${eventId}`);
        return words === undefined ? [] : [[eventId, words as Words] as const];
      });
      return new Map(found);
    },
  };
}
