import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pack, unpack } from '../../shared/adapters/dynamo/packed.ts';

const ACCOUNT = {
  memberId: 'ann',
  account: {
    last: { atMs: 1_767_866_400_000, rank: 1, eventId: 'ord-1:completed', orderId: 'ord-1' },
    lifetime: { orders: 1, spend: 3_398, returned: 0 },
    held: [{ orderId: 'ord-1', eventId: 'ord-1:completed', points: 33, availableAtMs: 1, expiresAtMs: 2 }],
    taste: { asOfMs: 1_767_607_200_000, categories: { 'Home/Kitchen': 2_598, 茶: 800 } },
  },
  journal: { count: 1, pages: 0, tail: [{ kind: 'earn', state: 'pending', points: 33, seq: 1 }] },
};

describe('a record packed by this release', () => {
  it('is read as it was written, as bytes and as a stream hands it on', () => {
    const packed = pack(ACCOUNT);
    expect(unpack(packed)).toEqual(ACCOUNT);
    expect(unpack(new Uint8Array(packed))).toEqual(ACCOUNT);
    expect(unpack(Buffer.from(packed).toString('base64'))).toEqual(ACCOUNT);
  });

  it('is any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.stringify(unpack(pack(value)))).toBe(JSON.stringify(value));
      }),
    );
  });

  it('is much smaller than its JSON', () => {
    expect(pack(ACCOUNT).length).toBeLessThan(JSON.stringify(ACCOUNT).length / 2);
  });
});

describe('a record packed by an earlier release', () => {
  // These bytes stand in tables. A line is added when a dictionary is; none is ever changed or taken away.
  const golden: [number, string][] = [
    [
      0,
      'AKtGjrHEPJBDE5OhvsIoL8zNzC3MzEwMQABWdqA4Or8oRdfQCjlAEYkDLIerPDGEFyjGxpYW6IUKllIEYhp+u2Hha2xMsCAxAhUkmFWsuZm5mYG5EdTDKNWtkkd+bqq+d2ZJckZqnpKVkSnI2S96tilZWRgY1NbW6lA9mYC8AY222NpaAA==',
    ],
    [
      1,
      'AUPJ/ol5eai5Hz2EzMwtzMxMDCDDxZDAQmlt5xel6BpaIVf1iLwMlgONY2ErPAzhpYexsaUFegmCpWSAmIbfblgAGxvrEGobG4Grd8w0bWZuZmBuBPUwavL2yM9N1ffOLEnOAE0nGJmCnP2iZ5uSlYUBaEyN+ukE5A1EuQ0A',
    ],
  ];

  it.each(golden)('with dictionary %i is read for ever', (dictionary, base64) => {
    expect(Buffer.from(base64, 'base64')[0]).toBe(dictionary);
    expect(unpack(base64)).toEqual(ACCOUNT);
  });

  it('has a line above for every dictionary there is', () => {
    expect(golden.map(([dictionary]) => dictionary)).toContain(pack({})[0]);
  });
});

describe('a record packed by a later release', () => {
  it.each([2, 3, 255])('with dictionary %i is refused by name, never misread', (dictionary) => {
    const packed = Buffer.from(pack(ACCOUNT));
    packed[0] = dictionary;
    expect(() => unpack(packed)).toThrow(`dictionary ${dictionary}, unknown to this release`);
  });

  it('is refused where there is nothing at all', () => {
    expect(() => unpack(new Uint8Array())).toThrow('unknown to this release');
  });
});
