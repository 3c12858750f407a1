import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Model } from '../../../shared/domain/recommend/model.ts';
import {
  decodeModel,
  encodeModel,
  FORMAT_VERSION,
  isModelVersion,
  versionOf,
} from '../../../shared/domain/recommend/model-format.ts';
import { modelOf, SHOP } from '../../support/models.ts';

const decoded = (bytes: Uint8Array, shop = SHOP): Model => {
  const answer = decodeModel(bytes, { shop });
  if (!answer.ok) throw new Error(answer.reason);
  return answer.model;
};
const codeOf = (bytes: Uint8Array, shop = SHOP) => {
  const answer = decodeModel(bytes, { shop });
  return answer.ok ? 'ok' : answer.code;
};

const numbers = fc.oneof(
  fc.uint8Array(),
  fc.uint16Array(),
  fc.uint32Array(),
  fc.int32Array(),
  fc.float32Array(),
  fc.float64Array(),
);
const section = fc.dictionary(fc.string({ maxLength: 8 }), numbers, { maxKeys: 4, noNullPrototype: true });
const text = fc.string({ unit: 'binary', maxLength: 12 });
const facts = fc.record(
  {
    name: text,
    brandId: fc.constantFrom('b1', 'b2'),
    supplierId: text,
    categories: fc.array(fc.constantFrom('Home', 'Home/Kitchen', '食品'), { maxLength: 2 }),
    price: fc.nat(),
    currency: fc.constantFrom('CNY', 'EUR'),
    availability: fc.constantFrom('in_stock' as const, 'discontinued' as const),
    asOf: fc.constantFrom('2026-01-05T10:00:00Z', '2026-01-06T10:00:00Z'),
    eventId: text,
  },
  { requiredKeys: ['name', 'categories', 'asOf', 'eventId'] },
);
const models: fc.Arbitrary<Model> = fc
  .record({
    sections: fc.tuple(section, section, section, section, section, section),
    known: fc.array(fc.option(facts, { nil: undefined }), { maxLength: 12 }),
    trainedAtMs: fc.nat({ max: 4_000_000_000_000 }),
    figures: fc.dictionary(text, fc.double({ noNaN: true, noDefaultInfinity: true, min: 0 }), {
      noNullPrototype: true,
    }),
  })
  .map(({ sections: [sessions, neighbours, repeat, together, members, popularity], known, trainedAtMs, figures }) => {
    const parts = { sessions, neighbours, repeat, together, members, popularity } as unknown as Partial<Model>;
    const ids = known.map((_, item) => `P:${item}`);
    const products = known.map((it, item) => it && { productId: ids[item] ?? '', ...it });
    return modelOf({ ...parts, ids, products }, { trainedAtMs, figures });
  });

describe('a model', () => {
  it('comes back as it was, whatever is in it', () => {
    fc.assert(
      fc.property(models, (model) => {
        expect(decoded(encodeModel(model))).toEqual(model);
      }),
    );
  });

  it('comes back from a part of other memory, wherever that begins', () => {
    fc.assert(
      fc.property(models, fc.nat({ max: 9 }), (model, before) => {
        const bytes = Buffer.concat([Buffer.alloc(before, 7), encodeModel(model), Buffer.alloc(9, 7)]);
        expect(decoded(bytes.subarray(before, bytes.length - 9))).toEqual(model);
      }),
    );
  });

  it('is read where it lies', () => {
    const bytes = encodeModel(modelOf());
    expect((decoded(bytes).sessions as unknown as { items: Uint32Array }).items.buffer).toBe(bytes.buffer);
  });

  it('leaves out a figure that is no number', () => {
    const model = modelOf({}, { figures: { hr20: Number.NaN, mrr20: 0.2 } });
    expect(decoded(encodeModel(model)).header.figures).toEqual({ mrr20: 0.2 });
    expect(versionOf(decoded(encodeModel(model)))).toBe(versionOf(model));
  });

  it('is the same file every time', () => {
    expect(encodeModel(modelOf())).toEqual(encodeModel(modelOf()));
  });

  it('says less of what comes again and again', () => {
    const products = (brand: (item: number) => string) =>
      Array.from({ length: 200 }, (_, item) => ({
        productId: `p${item}`,
        name: `${item}`,
        brandId: brand(item),
        categories: [],
        asOf: '2026-01-05T10:00:00Z',
        eventId: `e${item}`,
      }));
    const ids = Array.from({ length: 200 }, (_, item) => `p${item}`);
    const bytesWith = (brand: (item: number) => string) =>
      encodeModel(modelOf({ ids, products: products(brand) })).length;
    expect(bytesWith(() => 'a-brand-of-30-characters-in-all')).toBeLessThan(
      bytesWith((item) => `a-brand-of-30-characters-in-${item}`) - 200 * 25,
    );
  });

  it('with a section of anything but numbers is not written', () => {
    const sessions = { items: [1, 2] } as unknown as Model['sessions'];
    expect(() => encodeModel(modelOf({ sessions }))).toThrow('sessions.items is no column of numbers');
  });

  it('with a product under the id of another is not written', () => {
    const [one, two] = modelOf().products;
    expect(() => encodeModel(modelOf({ products: [two, one, undefined] }))).toThrow(
      'Product 0 is not the one of its id',
    );
  });
});

describe('the version of a model', () => {
  it('is when it was trained, and what is in it', () => {
    const model = modelOf();
    expect(versionOf(model)).toMatch(/^20260105T100000-[0-9a-f]{8}$/);
    expect(isModelVersion(versionOf(model))).toBe(true);
    expect(versionOf({ ...model, header: { ...model.header, version: 'other' } })).toBe(versionOf(model));
    expect(versionOf(decoded(encodeModel(model)))).toBe(versionOf(model));
  });

  it.each<[string, Model]>([
    ['figure', modelOf({}, { figures: { hr20: 0.6 } })],
    ['number', modelOf({ popularity: { counts: Uint32Array.of(1, 2, 4) } as unknown as Model['popularity'] })],
    ['type', modelOf({ popularity: { counts: Int32Array.of(1, 2, 3) } as unknown as Model['popularity'] })],
    ['id', modelOf({ ids: ['P1', 'P2', 'P4'] })],
  ])('is another one with another %s', (_, other) => {
    expect(versionOf(other)).not.toBe(versionOf(modelOf()));
  });

  it.each(['', 'latest', '../20260105T100000-3f2a9c01', '20260105T100000-3f2a9c01\n', '20260105T100000-3F2A9C01'])(
    'is not %j',
    (text) => {
      expect(isModelVersion(text)).toBe(false);
    },
  );
});

describe('a file that is refused', () => {
  const bytes = encodeModel(modelOf());

  it('has a byte that is another', () => {
    const codes = new Set<string>();
    for (let at = 0; at < bytes.length; at += 1) {
      for (const flip of [0x01, 0x80, 0xff]) {
        const damaged = bytes.slice();
        damaged[at] = (damaged[at] ?? 0) ^ flip;
        const code = codeOf(damaged);
        if (code === 'ok') expect.fail(`byte ${at} ^ ${flip}`);
        codes.add(code);
      }
    }
    expect([...codes].toSorted()).toEqual(['corrupt', 'newer_format', 'truncated']);
  });

  it('ends too early, wherever', () => {
    for (let length = 0; length < bytes.length; length += 1) {
      expect(codeOf(bytes.slice(0, length))).toBe('truncated');
    }
  });

  it.each<[string, Uint8Array]>([
    ['goes on after its end', Buffer.concat([bytes, Buffer.from([0])])],
    ['is something else', Buffer.from('{"message": "There is no such file here, and this is a text that says so."}')],
    ['is all zeros', new Uint8Array(200)],
  ])('%s', (_, file) => {
    expect(codeOf(file)).toBe('corrupt');
  });

  it('is of a later format, whatever that has where the checksum is', () => {
    const later = bytes.slice();
    new DataView(later.buffer).setUint32(8, FORMAT_VERSION + 1, true);
    expect(decodeModel(later, { shop: SHOP })).toEqual({
      ok: false,
      code: 'newer_format',
      reason: 'The file is of format 2; this code reads up to 1.',
    });
  });

  it('is of another shop', () => {
    expect(decodeModel(bytes, { shop: 'other' })).toEqual({
      ok: false,
      code: 'other_shop',
      reason: 'This is a model of shop-test and not of other.',
    });
  });

  it.each<[string, (header: Header) => unknown]>([
    [
      'a column past the end',
      (header) => ({ ...header, columns: header.columns.map((it) => ({ ...it, offset: 1e9 })) }),
    ],
    [
      'a column before the beginning',
      (header) => ({ ...header, columns: header.columns.map((it) => ({ ...it, offset: -8 })) }),
    ],
    [
      'a column of endless length',
      (header) => ({ ...header, columns: header.columns.map((it) => ({ ...it, length: 1e300 })) }),
    ],
    [
      'a column between places',
      (header) => ({ ...header, columns: header.columns.map((it) => ({ ...it, offset: it.offset + 1 })) }),
    ],
    ['a column of no type', (header) => ({ ...header, columns: header.columns.map((it) => ({ ...it, type: 'u64' })) })],
    [
      'a section that nobody knows',
      (header) => ({ ...header, columns: header.columns.map((it) => ({ ...it, name: 'x' })) }),
    ],
    ['no columns', (header) => ({ ...header, columns: [] })],
    ['no list', ({ model }) => ({ model })],
    ['no header', () => ({})],
    ['null', () => null],
  ])('was written with %s', (_, change) => {
    expect(codeOf(withHeader(bytes, change))).toBe('corrupt');
  });
});

type Header = { model: object; columns: { name: string; offset: number; length: number; type: string }[] };

/** The same file with another header and a checksum that fits it. */
function withHeader(bytes: Uint8Array, change: (header: Header) => unknown): Uint8Array {
  const end = 56 + new DataView(bytes.buffer).getUint32(12, true);
  const header = JSON.parse(Buffer.from(bytes.subarray(56, end)).toString()) as Header;
  const text = JSON.stringify(change(header));
  const padded = Buffer.from(text.padEnd(Math.ceil(text.length / 8) * 8));
  const file = Buffer.concat([bytes.subarray(0, 56), padded, bytes.subarray(end)]);
  file.writeUInt32LE(padded.length, 12);
  file.writeDoubleLE(file.length, 16);
  createHash('sha256').update(file.subarray(0, 24)).update(file.subarray(56)).digest().copy(file, 24);
  return file;
}

describe('the header of a file', () => {
  it('may be changed by nobody but who writes the checksum anew', () => {
    expect(codeOf(withHeader(encodeModel(modelOf()), (header) => header))).toBe('ok');
  });
});
