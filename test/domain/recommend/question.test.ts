import { describe, expect, it } from 'vitest';
import type { History, Interaction } from '../../../shared/domain/recommend/history.ts';
import { LiveCatalogue } from '../../../shared/domain/recommend/live-catalogue.ts';
import { type Asked, questionOf } from '../../../shared/domain/recommend/question.ts';
import { currentPolicy } from '../../../shared/policy/policy.ts';

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;
const nowMs = Date.parse('2026-01-10T12:00:00Z');
const catalogue = new LiveCatalogue({ ids: ['a', 'b', 'c'], products: [] });

const at = (productId: string, agoMs: number, kind: Interaction['kind'] = 'view'): Interaction => ({
  eventId: `${productId}${agoMs}`,
  kind,
  productId,
  atMs: nowMs - agoMs,
});
const historyOf = (interactions: Interaction[], purchases: Interaction[] = []): History => ({
  interactions,
  purchases,
  shown: [],
});
const ask = (history: History, more: Partial<Asked> = {}) =>
  questionOf(history, catalogue, { context: 'home', personal: true, nowMs, ...more }, currentPolicy.recommendations);
const items = (list: readonly { item: number }[]) => list.map(({ item }) => item);

describe('the question that a history is to the scorer', () => {
  it('has what happened oldest first, the session being the end without a gap', () => {
    const question = ask(historyOf([at('c', 1 * MINUTE), at('b', 20 * MINUTE), at('a', 60 * MINUTE)]));
    expect(items(question.recent)).toEqual([0, 1, 2]);
    expect(items(question.session)).toEqual([1, 2]);
  });

  it('goes on where the last visit ended, however long ago', () => {
    const question = ask(historyOf([at('b', 3 * DAY), at('a', 3 * DAY + MINUTE)]));
    expect(items(question.session)).toEqual([0, 1]);
  });

  it('knows without consent the running session alone, and nothing that was bought', () => {
    const bought = [at('c', 2 * MINUTE, 'order')];
    const running = historyOf([at('b', MINUTE), at('a', 2 * DAY)], bought);
    const question = ask(running, { personal: false });
    expect([items(question.recent), items(question.session), question.purchases]).toEqual([[1], [1], []]);
    const over = ask(historyOf([at('b', 2 * DAY)], bought), { personal: false });
    expect([over.recent, over.session, over.purchases]).toEqual([[], [], []]);
  });

  it('counts purchases among what happened, with consent', () => {
    const question = ask(historyOf([at('b', MINUTE)], [at('c', DAY, 'order')]));
    expect(items(question.recent)).toEqual([2, 1]);
    expect(items(question.purchases)).toEqual([2]);
    expect(items(question.session)).toEqual([1]);
  });

  it('takes the product of the page as the last one looked at, once', () => {
    const history = historyOf([at('b', MINUTE)]);
    expect(items(ask(history, { context: 'product', productId: 'a' }).session)).toEqual([1, 0]);
    expect(items(ask(history, { context: 'product', productId: 'b' }).session)).toEqual([1]);
    expect(items(ask(history, { context: 'product', productId: 'unheard-of' }).session)).toEqual([1]);
  });

  it('has in the basket what the session put there', () => {
    const history = historyOf([at('a', MINUTE, 'cart'), at('b', 2 * MINUTE), at('c', 2 * DAY, 'cart')]);
    expect(ask(history, { context: 'cart' }).basket).toEqual([0]);
    expect(ask(history, { context: 'cart', productId: 'b' }).basket).toEqual([0, 1]);
    expect(ask(history, { context: 'cart', productId: 'a' }).basket).toEqual([0]);
  });

  it('leaves out what nobody knows and what has not happened yet, and dates a fast clock back to now', () => {
    const question = ask(historyOf([at('c', -DAY), at('b', -MINUTE), at('unheard-of', MINUTE), at('a', MINUTE)]));
    expect(question.recent.map(({ item, atMs }) => [item, atMs])).toEqual([
      [0, nowMs - MINUTE],
      [1, nowMs],
    ]);
  });

  it('asks of nothing where nothing is known', () => {
    expect(ask(historyOf([]))).toEqual({
      context: 'home',
      session: [],
      recent: [],
      basket: [],
      purchases: [],
      nowMs,
    });
  });
});
