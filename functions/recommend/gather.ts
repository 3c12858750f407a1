import { inTurn } from '../../shared/runtime/in-turn.ts';

/**
 * Brings together what is to be written to the same place: what comes within the same moment, as the events of a batch do, and what comes
 * while an earlier write is under way, goes with one write. Everybody who waits for it is told how it ended.
 */
export function gathering<Part>(
  write: (parts: readonly [Part, ...Part[]]) => Promise<void>,
): (place: string, part: Part) => Promise<void> {
  const open = new Map<string, { parts: [Part, ...Part[]]; done: Promise<void> }>();
  const turn = inTurn();
  return (place, part) => {
    const group = open.get(place);
    if (group !== undefined) {
      group.parts.push(part);
      return group.done;
    }
    const parts: [Part, ...Part[]] = [part];
    const done = turn(place, async () => {
      await new Promise((next) => setImmediate(next));
      open.delete(place);
      await write(parts);
    });
    open.set(place, { parts, done });
    return done;
  };
}
