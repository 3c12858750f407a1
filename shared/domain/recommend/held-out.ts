import { seeded, shuffle } from '../text/seeded.ts';
import type { Happened, Question } from './features.ts';
import type { TrainingData } from './train-model.ts';

/** A question of days that were held out, and the items that came next. Items by id, so that models of different times can be asked. */
export type HeldOutQuestion = { question: Question; hits: ReadonlySet<number> };

/** So many questions at most, of each kind. */
const QUESTIONS = 2_000;
/** Purchases before a basket that a question brings along. */
const PURCHASES = 100;
const MINUTE_MS = 60_000;

/**
 * What was asked, in a way, from an instant on, and what came of it: of a session the next product after some of it, on the page of a product; of
 * a member the next basket, on the home page; of a basket its other half, in the basket. Items are those of the data.
 * @param seed which of them, and where sessions are cut
 */
export function heldOutQuestions(data: TrainingData, fromMs: number, seed: number): HeldOutQuestion[] {
  return [...ofSessions(data, fromMs, seed), ...ofBaskets(data, fromMs, seed + 1)];
}

function ofSessions(
  { sessions: { from, items, endedAt } }: TrainingData,
  fromMs: number,
  seed: number,
): HeldOutQuestion[] {
  const random = seeded(seed);
  const asked: number[] = [];
  for (let session = endedAt.length - 1; session >= 0 && (endedAt[session] as number) * 1_000 >= fromMs; session -= 1) {
    if ((from[session + 1] as number) - (from[session] as number) >= 2) asked.push(session);
  }
  return shuffle(asked, random)
    .slice(0, QUESTIONS)
    .map((session): HeldOutQuestion => {
      const start = from[session] as number;
      const length = (from[session + 1] as number) - start;
      const cut = 1 + Math.floor(random() * (length - 1));
      const nowMs = (endedAt[session] as number) * 1_000;
      const seen = Array.from({ length: cut }, (_, at): Happened => {
        return { item: items[start + at] as number, kind: 'view', atMs: nowMs - (cut - at) * MINUTE_MS };
      });
      const question = { context: 'product', session: seen, recent: seen, basket: [], purchases: [], nowMs } as const;
      return { question, hits: new Set([items[start + cut] as number]) };
    });
}

function ofBaskets({ purchases }: TrainingData, fromMs: number, seed: number): HeldOutQuestion[] {
  const { from, lines, items, boughtAt } = purchases;
  const random = seeded(seed);
  const asked: { member: number; basket: number }[] = [];
  for (let member = 0; member + 1 < from.length; member += 1) {
    for (let basket = from[member] as number; basket < (from[member + 1] as number); basket += 1) {
      if ((boughtAt[basket] as number) * 1_000 >= fromMs) asked.push({ member, basket });
    }
  }
  return shuffleAny(asked, random)
    .slice(0, QUESTIONS)
    .flatMap(({ member, basket }): HeldOutQuestion[] => {
      const nowMs = (boughtAt[basket] as number) * 1_000;
      const chosen = shuffle([...items.subarray(lines[basket], lines[basket + 1])], random);
      const earlier: Happened[] = [];
      for (let before = basket - 1; before >= (from[member] as number) && earlier.length < PURCHASES; before -= 1) {
        for (let line = lines[before] as number; line < (lines[before + 1] as number); line += 1) {
          earlier.push({ item: items[line] as number, kind: 'order', atMs: (boughtAt[before] as number) * 1_000 });
        }
      }
      earlier.reverse();
      const home = { context: 'home', session: [], recent: earlier, basket: [], purchases: earlier, nowMs } as const;
      const half = chosen.slice(0, Math.ceil(chosen.length / 2));
      const session = half.map((item): Happened => ({ item, kind: 'cart', atMs: nowMs }));
      const cart = {
        context: 'cart',
        session,
        recent: [...earlier, ...session],
        basket: half,
        purchases: earlier,
        nowMs,
      } as const;
      return [
        ...(earlier.length > 0 ? [{ question: home, hits: new Set(chosen) }] : []),
        ...(chosen.length > half.length ? [{ question: cart, hits: new Set(chosen.slice(half.length)) }] : []),
      ];
    });
}

function shuffleAny<Entry>(list: readonly Entry[], random: () => number): Entry[] {
  return shuffle([...list.keys()], random).flatMap((index) => list[index] ?? []);
}
