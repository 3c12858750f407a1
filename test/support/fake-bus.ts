import type { BusEntry, EventBus } from '../../shared/adapters/eventbridge/publish.ts';

export type FakeBus = EventBus & {
  entries: BusEntry[];
  /** Which entries are refused, by the id of their event. */
  refuse(refuses: (eventId: string) => boolean): void;
};

/** A bus that remembers what was put on it. */
export function fakeBus(): FakeBus {
  const taken: BusEntry[] = [];
  let refuses: (eventId: string) => boolean = () => false;
  return {
    entries: taken,
    refuse(next) {
      refuses = next;
    },
    async publish(entries) {
      return entries.flatMap((entry, index) => {
        if (refuses((JSON.parse(entry.detail) as { id: string }).id)) return [{ index, code: 'InternalFailure' }];
        taken.push(entry);
        return [];
      });
    },
  };
}
