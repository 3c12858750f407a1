import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  buildItemNeighbours,
  defaultNeighbourSettings,
  type NeighbourSettings,
  neighboursFeature,
} from '../../../shared/domain/recommend/item-neighbours.ts';
import { logOf, plainNeighbours, sharesOf, valuesOf, visitor } from './session-questions.ts';

const log = logOf([
  [0, 1],
  [0, 1, 2],
  [3, 1],
]);

const neighboursOf = (settings: Partial<NeighbourSettings>, of = log) => {
  const { from, items, shares } = buildItemNeighbours(of, { ...plainNeighbours, ...settings });
  return Array.from({ length: of.itemCount }, (_, item) =>
    Array.from(items.subarray(from[item], from[item + 1]), (other, at) => [
      other,
      Number(shares[from[item]! + at]!.toFixed(6)),
    ]),
  );
};

describe('the neighbours of items, by hand', () => {
  // Around 0 lie 1 twice and 2 once; around 1 lie 0 twice, 2 and 3 once each.
  it('are what lies around them, with its share, the greatest first', () => {
    expect(neighboursOf({})).toEqual([
      [
        [1, 0.666667],
        [2, 0.333333],
      ],
      [
        [0, 0.5],
        [2, 0.25],
        [3, 0.25],
      ],
      [
        [0, 0.5],
        [1, 0.5],
      ],
      [[1, 1]],
    ]);
  });

  it.each<{
    what: string;
    settings: Partial<NeighbourSettings>;
    around1: [number, number][];
    around0: [number, number][];
  }>([
    {
      what: 'the farther and what came before count less',
      settings: { distanceDecay: Math.LN2, backward: 0.25 },
      // After 0 comes 1 twice, and 2 a place farther. After 1 comes 2; before it 0 twice and 3 once.
      around0: [
        [1, 0.8],
        [2, 0.2],
      ],
      around1: [
        [2, 0.571429],
        [0, 0.285714],
        [3, 0.142857],
      ],
    },
    {
      what: 'no farther than the reach',
      settings: { reach: 1 },
      around0: [[1, 1]],
      around1: [
        [0, 0.5],
        [2, 0.25],
        [3, 0.25],
      ],
    },
    {
      what: 'the popular count less: 0 is in two sessions, 1 in three, 2 in one',
      settings: { popularityPower: 1 },
      // 2 / 3 and 1 / 1; 2 / 2, 1 / 1 and 1 / 1.
      around0: [
        [2, 0.6],
        [1, 0.4],
      ],
      around1: [
        [0, 0.333333],
        [2, 0.333333],
        [3, 0.333333],
      ],
    },
    {
      what: 'the nearest, with their share among all',
      settings: { neighbours: 1 },
      around0: [[1, 0.666667]],
      around1: [[0, 0.5]],
    },
    {
      what: 'in the latest sessions',
      settings: { sessionsPerItem: 1 },
      around0: [
        [1, 0.5],
        [2, 0.5],
      ],
      around1: [[3, 1]],
    },
  ])('$what', ({ settings, around0, around1 }) => {
    expect(neighboursOf(settings).slice(0, 2)).toEqual([around0, around1]);
  });

  it('are none of an item that is alone, and never the item itself', () => {
    expect(neighboursOf({}, logOf([[0], [1, 1]], 3))).toEqual([[], [], []]);
  });

  it('do not depend on the order of the sessions', () => {
    const session = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(fc.array(session, { maxLength: 12 }), (sessions) => {
        // Halves and wholes add up to the same in any order.
        const settings = { backward: 0.5 };
        expect(neighboursOf(settings, logOf([...sessions].reverse(), 7))).toEqual(
          neighboursOf(settings, logOf(sessions, 7)),
        );
      }),
    );
  });
});

describe('the feature of neighbours', () => {
  const shares = (settings: Partial<NeighbourSettings>, items: number[]) =>
    sharesOf(neighboursFeature(buildItemNeighbours(log, { ...plainNeighbours, ...settings })), visitor(...items), 4);

  // From 0 to 1 with 2/3 and to 2 with 1/3; on from 1 to 0 with 1/2, to 2 and 3 with 1/4 each; from 2 to 0 and 1 with 1/2 each.
  // 0: 1/3 + 1/6; 1: 1/6; 2: 1/6; 3: 1/6.
  it('goes two steps', () => {
    expect(shares({}, [0])).toEqual({ 0: 1, 1: 0.333333, 2: 0.333333, 3: 0.333333 });
  });

  // Two steps from 3: by 1 to 0 with 1/2, to 2 and 3 with 1/4. From 0 as above, halved.
  it('sets out from the last items, the last one most', () => {
    expect(shares({ positionDecay: Math.LN2 }, [0, 3])).toEqual({
      0: 1,
      1: 0.111111,
      2: 0.444444,
      3: 0.444444,
    });
    expect(shares({ lastItems: 1 }, [0, 3])).toEqual({ 0: 1, 2: 0.5, 3: 0.5 });
  });

  it('takes returns and momentum into account', () => {
    // 0 is the last: 1/2 x e^-1, against 1/6. In the last half of the sessions, two of three, there are 0, 2 and 3 once, 1 twice, of 2, 1, 1 and 3.
    expect(shares({ returnToLast: -1 }, [0])).toEqual({ 0: 1, 1: 0.906094, 2: 0.906094, 3: 0.906094 });
    // 0: 1/2 x 2/3; 1: 1/6 x 3/4; 2 and 3: 1/6 x 2/2.
    expect(shares({ recentPower: 1, popularPower: 1 }, [0])).toEqual({ 0: 1, 1: 0.375, 2: 0.5, 3: 0.5 });
  });

  it('counts more what lies in the same direction', () => {
    const built = buildItemNeighbours(log, { ...plainNeighbours, likeness: 1 });
    // As if 1 and 2 lay where 0 lies, and 3 across.
    const vectors = new Uint8Array(built.vectors.length).fill(128);
    for (const item of [0, 1, 2]) vectors[(item * vectors.length) / 4] = 255;
    vectors[(3 * vectors.length) / 4 + 1] = 255;
    const values = sharesOf(neighboursFeature({ ...built, vectors }), visitor(0), 4);
    // 1/2 and 1/6 times e, and 1/6.
    expect(values).toEqual({ 0: 1, 1: 0.333333, 2: 0.333333, 3: 0.122626 });
  });

  const feature = neighboursFeature(buildItemNeighbours(log));

  it('names from where the most comes', () => {
    const plain = (positionDecay: number) =>
      neighboursFeature(buildItemNeighbours(log, { ...plainNeighbours, positionDecay }));
    // From 3 by 1 with 1/4, from 0 by 1 with 2/3 x 1/4.
    expect(plain(0).anchor?.(visitor(3, 0), 2)).toEqual({ item: 3 });
    expect(plain(Math.LN2).anchor?.(visitor(3, 0), 2)).toEqual({ item: 0 });
    expect(feature.anchor?.(visitor(3, 99), 2)).toEqual({ item: 3 });
    expect(feature.anchor?.(visitor(99), 2)).toBeUndefined();
  });

  it.each([
    { what: 'an empty session', items: [] },
    { what: 'items that nobody knows', items: [4, 99] },
  ])('says nothing of $what', ({ items }) => {
    expect(valuesOf(feature, visitor(...items), 4)).toEqual({});
  });

  it('has an answer for catalogues of none and of one', () => {
    for (const itemCount of [0, 1]) {
      const lonely = neighboursFeature(buildItemNeighbours(logOf(itemCount === 0 ? [] : [[0, 0]], itemCount)));
      expect(valuesOf(lonely, visitor(0), itemCount)).toEqual({});
    }
  });

  it('gives numbers from 0 to 1, the same whatever was asked before', () => {
    const session = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(fc.array(session, { maxLength: 30 }), session, session, (sessions, first, second) => {
        const asked = neighboursFeature(buildItemNeighbours(logOf(sessions, 10), defaultNeighbourSettings));
        const values = valuesOf(asked, visitor(...first), 10);
        for (const value of Object.values(values)) expect(value > 0 && value <= 1 + 1e-12).toBe(true);
        valuesOf(asked, visitor(...second), 10);
        expect(valuesOf(asked, visitor(...first), 10)).toEqual(values);
      }),
    );
  });
});
