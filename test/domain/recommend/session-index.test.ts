import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  buildSessionIndex,
  defaultSessionSettings,
  type SessionSettings,
  sessionFeature,
} from '../../../shared/domain/recommend/session-index.ts';
import { logOf, plainSessions, sharesOf, valuesOf, visitor } from './session-questions.ts';

/** Items 0 to 3. Who looked at 0 looked at 1 twice and at 2 twice, before or after. */
const log = logOf([
  [0, 1],
  [0, 2],
  [1, 2, 0],
  [3, 3],
]);

const shares = (settings: Partial<SessionSettings>, items: number[], of = log) =>
  sharesOf(sessionFeature(buildSessionIndex(of, { ...plainSessions, ...settings })), visitor(...items), of.itemCount);

describe('the index of sessions', () => {
  it('has the items of each session, and of each item its sessions, the latest first, each once', () => {
    const index = buildSessionIndex(log);
    expect([...index.from]).toEqual([0, 2, 4, 7, 9]);
    expect([...index.items]).toEqual([0, 1, 0, 2, 1, 2, 0, 3, 3]);
    expect([...index.sessionsFrom]).toEqual([0, 3, 5, 7, 8]);
    expect([...index.sessions]).toEqual([2, 1, 0, 2, 0, 2, 1, 3]);
    expect([...index.counts]).toEqual([3, 2, 2, 1]);
  });

  it('keeps the latest sessions of an item, and the last items of a session, up to the limits', () => {
    const index = buildSessionIndex(log, { ...defaultSessionSettings, sessionsPerItem: 1, itemsPerSession: 2 });
    expect([...index.items]).toEqual([0, 1, 0, 2, 2, 0, 3, 3]);
    expect([...index.sessions]).toEqual([2, 0, 2, 3]);
    expect([...index.counts]).toEqual([3, 1, 2, 1]);
  });

  it('takes at most ten bytes for each interaction of sessions of five', () => {
    const sessions = Array.from({ length: 2_000 }, (_, at) => [at % 90, (at + 1) % 90, (at + 7) % 90, at % 11, at % 5]);
    const columns = Object.values(buildSessionIndex(logOf(sessions)));
    expect(columns.reduce((bytes, column) => bytes + column.byteLength, 0)).toBeLessThan(10 * 10_000);
  });
});

describe('what sessions of others say, by hand', () => {
  // Sessions 0 and 2 have item 1 beside item 0, sessions 1 and 2 item 2: two each.
  it('counts the sessions with what was looked at', () => {
    expect(shares({}, [0])).toEqual({ 1: 1, 2: 1 });
  });

  // Agreement: session 0 has both, 2; session 1 one, 1; session 2 both, 2. In session 0 item 0 gives 2 to item 1, and item 1 gives 2 to item 0; in session 1
  // item 2 gets 1; in session 2 item 1 gives 2 to 2 and to 0, item 0 gives 2 to 1 and to 2. So 0 has 4, 1 has 4, 2 has 5.
  it('lets each shared item give to all around it', () => {
    expect(shares({}, [0, 1])).toEqual({ 0: 0.8, 1: 0.8, 2: 1 });
  });

  it.each<{ what: string; settings: Partial<SessionSettings>; items: number[]; gives: Record<number, number> }>([
    // As above, session 1 now with agreement 1 / 2 of an item that gives 1 / 2: 2 has 0.25 + (1 + 0.5) x 1.5 = 2.5. 1 gets 0.5 x 1.5 from 0 in each of
    // sessions 0 and 2: 1.5. 0 gets 1 x 1.5 in each: 3.
    {
      what: 'the last item counts most',
      settings: { positionDecay: Math.LN2 },
      items: [0, 1],
      gives: { 0: 1, 1: 0.5, 2: 0.833333 },
    },
    // Visits of item 0 at places 2 and 0: 1 + 0.4 x 1 / 4 = 1.1; item 3 at place 1: 0.5, agreement 0.5 in session 3 alone. 1 and 2 have 2 x 1.1 x 1.1.
    {
      what: 'an earlier visit adds to the last one',
      settings: { positionDecay: Math.LN2, repeatGain: 0.4, self: 1 },
      items: [0, 3, 0],
      // Item 0 has 3 x 1.21 of itself; item 3 has 0.25 of itself and of its other place, twice.
      gives: { 0: 1, 1: 0.666667, 2: 0.666667, 3: Number((1 / 3.63).toFixed(6)) },
    },
    // Session 2 goes 1, 2, 0: before item 0 lies 2, and farther 1. Halved before it, halved again by distance: 1 has 1 + 0.25, 2 has 1 + 0.5.
    {
      what: 'what lies after counts more than what lies before, and the nearer more',
      settings: { distanceDecay: Math.LN2, backward: 0.5 },
      items: [0],
      gives: { 1: 0.833333, 2: 1 },
    },
    // Item 0 gets 3 of its own; with n visits times n squared, and 1 / e as the last: 3 x 4 / e against 2.
    {
      what: 'who comes back comes back again',
      settings: { self: 1, returnOften: 2, returnToLast: -1 },
      items: [0, 0],
      gives: { 0: 1, 1: Number(((2 * Math.E) / 12).toFixed(6)), 2: Number(((2 * Math.E) / 12).toFixed(6)) },
    },
    // Age shares: session 2 has one session of four after it and itself, a half; session 0 all, session 1 three quarters. Powers of e of minus these times ln 16.
    {
      what: 'the later sessions count more',
      settings: { recencySpan: 1 / Math.log(16) },
      items: [0],
      // 1: 16^-1 + 16^-0.5 = 0.3125; 2: 16^-0.75 + 16^-0.5 = 0.375.
      gives: { 1: 0.833333, 2: 1 },
    },
    // Lengths 2, 2 and 3.
    { what: 'short sessions count more', settings: { lengthPower: 1 }, items: [1], gives: { 0: 1, 2: 0.4 } },
    // Agreement 2, 1 and 2, squared.
    {
      what: 'sessions that agree more count more',
      settings: { agreementPower: 2 },
      items: [0, 1],
      gives: { 0: Number((8 / 9).toFixed(6)), 1: Number((8 / 9).toFixed(6)), 2: 1 },
    },
    // log(1 + 4 / 2) against log(1 + 4 / 3).
    {
      what: 'a rare item that is found counts more',
      settings: { rarityFound: 1 },
      items: [2],
      // 0 lies beside 2 in two sessions, 1 in one.
      gives: { 0: 1, 1: Number((Math.log(3) / (2 * Math.log(7 / 3))).toFixed(6)) },
    },
    // The last half of the sessions has 1 and 2 once each; in all there are two of each and three of 0.
    {
      what: 'what is looked at these days counts more',
      settings: { recentPower: 1, popularPower: 1 },
      items: [2],
      // 0: 2 sessions x (1 + 1) / (1 + 3) = 1; 1: 1 x (1 + 1) / (1 + 2).
      gives: { 0: 1, 1: 0.666667 },
    },
  ])('$what', ({ settings, items, gives }) => {
    expect(shares(settings, items)).toEqual(gives);
  });

  it('reads the sessions that agree most, the later ones among equals', () => {
    const of = logOf([
      [0, 1],
      [0, 2],
      [0, 3],
      [0, 4, 5],
    ]);
    expect(shares({ neighbours: 2 }, [0], of)).toEqual({ 3: 1, 4: 1, 5: 1 });
    expect(shares({ neighbours: 1 }, [5, 0, 2], of)).toEqual({ 0: 0.5, 4: 1, 5: 0.5 });
    expect(shares({ neighbours: 2 }, [2, 0], of)).toEqual({ 0: 1, 2: 1, 4: 0.5, 5: 0.5 });
  });
});

describe('the feature of sessions', () => {
  const feature = sessionFeature(buildSessionIndex(log));

  it('names what of the running session speaks most for an item', () => {
    expect(feature.anchor?.(visitor(3, 0), 2)).toEqual({ item: 0 });
    expect(feature.anchor?.(visitor(0, 3), 2)).toEqual({ item: 0 });
    // Session 1 alone has item 2 after item 0; item 1 lies nearer in session 2, and is the last.
    expect(feature.anchor?.(visitor(0, 1), 2)).toEqual({ item: 1 });
    expect(feature.anchor?.(visitor(0), 3)).toBeUndefined();
    expect(feature.anchor?.(visitor(), 3)).toBeUndefined();
  });

  it.each([
    { what: 'an empty session', items: [] },
    { what: 'items that nobody knows', items: [4, 99, 4_294_967_295] },
  ])('says nothing of $what', ({ items }) => {
    expect(valuesOf(feature, visitor(...items), 4)).toEqual({});
  });

  it('passes over items that nobody knows', () => {
    expect(valuesOf(feature, visitor(99, 0, 77, 1, 5), 4)).toEqual(valuesOf(feature, visitor(0, 1), 4));
  });

  it('takes the last items of a session of ten thousand', () => {
    const long = Array.from({ length: 10_000 }, (_, at) => at % 3);
    expect(valuesOf(feature, visitor(...long), 4)).toEqual(valuesOf(feature, visitor(...long.slice(-20)), 4));
  });

  it.each([
    { what: 'a catalogue of one', sessions: [[0], [0, 0]], items: [0], gives: { 0: 1 } },
    { what: 'a catalogue of one that nobody looks at', sessions: [], items: [0], gives: {} },
    { what: 'sessions of one item', sessions: [[0], [1]], items: [1], gives: { 1: 1 } },
  ])('has an answer for $what', ({ sessions, items, gives }) => {
    const of = logOf(sessions, 2);
    expect(valuesOf(sessionFeature(buildSessionIndex(of)), visitor(...items), 2)).toEqual(gives);
  });

  it('gives numbers from 0 to 1, the same whatever was asked before, also to a new instance', () => {
    const item = fc.integer({ min: 0, max: 9 });
    const session = fc.array(item, { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(fc.array(session, { maxLength: 30 }), session, session, (sessions, first, second) => {
        const index = buildSessionIndex(logOf(sessions, 10), { ...defaultSessionSettings, neighbours: 5 });
        const asked = sessionFeature(index);
        const values = valuesOf(asked, visitor(...first), 10);
        for (const value of Object.values(values)) expect(value > 0 && value <= 1 + 1e-12).toBe(true);
        valuesOf(asked, visitor(...second), 10);
        asked.anchor?.(visitor(...second), second[0]!);
        expect(valuesOf(asked, visitor(...first), 10)).toEqual(values);
        expect(valuesOf(sessionFeature(index), visitor(...first), 10)).toEqual(values);
      }),
    );
  });

  it('keeps what it was built with in the index', () => {
    const settings = { ...defaultSessionSettings, self: 0, contrast: 1 };
    expect(buildSessionIndex(log, settings).settings).not.toEqual(buildSessionIndex(log).settings);
    expect(Object.keys(valuesOf(sessionFeature(buildSessionIndex(log, settings)), visitor(0), 4))).toEqual(['1', '2']);
  });
});
