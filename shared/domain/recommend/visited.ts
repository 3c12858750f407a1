import type { Question } from './features.ts';

/** An item of the running session, and how many places before its last item it was met, the latest time first. */
export type Visited = { item: number; places: number[] };

/**
 * The items of the running session that a model knows, each once, the last first. Of a session of ten thousand, and of one of
 * items that nobody knows, it takes the last `limit` that are known.
 */
export function visitedOf({ session }: Question, itemCount: number, limit: number): Visited[] {
  const visited: Visited[] = [];
  let place = 0;
  for (let at = session.length - 1; at >= 0 && place < limit; at -= 1) {
    const item = session[at]?.item ?? itemCount;
    if (!(item < itemCount)) continue;
    const known = visited.find((other) => other.item === item);
    if (known === undefined) visited.push({ item, places: [place] });
    else known.places.push(place);
    place += 1;
  }
  return visited;
}

/** How what has been visited is judged as something to recommend again. */
export type ReturnSettings = {
  /** The item that is being looked at is what one goes on from rather than to: times exp of this. */
  returnToLast: number;
  /** Who went from an item d places ago may come back to it: times (1 + d) to this power, */
  returnAfter: number;
  /** and who came back n times comes again: times n to this power. */
  returnOften: number;
};

export function returnFactor({ places }: Visited, settings: ReturnSettings): number {
  const [latest = 0] = places;
  return (
    (latest === 0 ? Math.exp(settings.returnToLast) : (1 + latest) ** settings.returnAfter) *
    places.length ** settings.returnOften
  );
}
