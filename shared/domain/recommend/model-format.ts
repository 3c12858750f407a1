import { createHash, type Hash } from 'node:crypto';
import type { Model, ModelHeader } from './model.ts';
import type { ProductFacts } from './product-facts.ts';
import type { Numbers, Section } from './training-log.ts';

/**
 * A model as one file, little-endian:
 *
 *     0  8 bytes   RAPPORTM
 *     8  uint32    version of this format
 *    12  uint32    bytes of the header
 *    16  float64   bytes of the whole file
 *    24  32 bytes  SHA-256 of all the rest
 *    56  header    JSON: what the model says of itself, and the list of its columns; filled up with spaces to a multiple of 8
 *        columns   each at a multiple of 8 from the end of the header, so that they are read where they lie
 *
 * Numbers lie as the processors that this runs on have them in memory. A change that older code would read wrongly, of this
 * layout or of what a column means, takes a new version of the format.
 */
export const FORMAT_VERSION = 1;
const MAGIC = new TextEncoder().encode('RAPPORTM');
const HEADER_AT = 56;
const HASH_AT = 24;
const HASH_BYTES = 32;
const ALIGNMENT = 8;

const columnTypes = {
  u8: Uint8Array,
  u16: Uint16Array,
  u32: Uint32Array,
  i32: Int32Array,
  f32: Float32Array,
  f64: Float64Array,
} as const;
type ColumnType = keyof typeof columnTypes;

/** Where a column lies: `offset` in bytes from the end of the header, `length` in numbers, or in bytes where it is JSON. */
type Column = { name: string; column: string; type: ColumnType | 'json'; offset: number; length: number };
type FileHeader = { model: ModelHeader; columns: Column[] };

type SectionName = Exclude<keyof Model, 'header' | 'ids' | 'products'>;
const sectionNames: Readonly<Record<SectionName, true>> = {
  sessions: true,
  neighbours: true,
  repeat: true,
  together: true,
  members: true,
  popularity: true,
};
/** The section of what is no numbers. */
const CATALOGUE = 'catalogue';

export type Decoded =
  | { ok: true; model: Model }
  | { ok: false; code: 'corrupt' | 'truncated' | 'newer_format' | 'other_shop'; reason: string };

/** The name of a version, `20260105T100000-3f2a9c01`, and so the name of its file. */
export function isModelVersion(text: string): boolean {
  return /^\d{8}T\d{6}-[0-9a-f]{8}$/.test(text);
}

/**
 * The version of a model: when it was trained, to the second, and the beginning of the SHA-256 of all that is in it except its version. Equal models
 * have equal versions.
 */
export function versionOf(model: Model): string {
  const { columns, parts } = layoutOf(model);
  const { version: _, ...header } = headerOf(model);
  const hash = createHash('sha256').update(JSON.stringify({ model: header, columns }));
  for (const part of parts) hash.update(part);
  const second = new Date(model.header.trainedAtMs).toISOString().slice(0, 19);
  return `${second.replaceAll(/[-:]/g, '')}-${hash.digest('hex').slice(0, 8)}`;
}

/** Throws TypeError where a section has anything but columns of numbers: that would be lost. */
export function encodeModel(model: Model): Uint8Array<ArrayBuffer> {
  const { columns, parts } = layoutOf(model);
  const header = new TextEncoder().encode(JSON.stringify({ model: headerOf(model), columns } satisfies FileHeader));
  const headerBytes = aligned(header.length);
  const last = columns.at(-1);
  const bodyBytes = last === undefined ? 0 : last.offset + aligned(parts.at(-1)?.length ?? 0);
  const bytes = new Uint8Array(HEADER_AT + headerBytes + bodyBytes);
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC);
  view.setUint32(8, FORMAT_VERSION, true);
  view.setUint32(12, headerBytes, true);
  view.setFloat64(16, bytes.length, true);
  bytes.fill(0x20, HEADER_AT, HEADER_AT + headerBytes);
  bytes.set(header, HEADER_AT);
  for (const [index, part] of parts.entries()) {
    bytes.set(part, HEADER_AT + headerBytes + (columns[index]?.offset ?? 0));
  }
  bytes.set(checksumOf(bytes), HASH_AT);
  return bytes;
}

/**
 * Reads a file, or says why not. The columns of the model are views of `bytes`, which nobody may change from then on; where `bytes` does not begin at
 * a multiple of 8 in its memory, of one copy.
 * @param expected whose model it has to be
 */
export function decodeModel(bytes: Uint8Array, expected: { shop: string }): Decoded {
  const fault = faultOf(bytes);
  if (fault !== undefined) return fault;
  try {
    // Not slice, which gives a view where the bytes are a Buffer.
    const file = bytes.byteOffset % ALIGNMENT === 0 ? bytes : new Uint8Array(bytes);
    const headerBytes = new DataView(file.buffer, file.byteOffset).getUint32(12, true);
    const header = JSON.parse(textOf(file.subarray(HEADER_AT, HEADER_AT + headerBytes))) as FileHeader;
    if (header.model.shop !== expected.shop) {
      return refused('other_shop', `This is a model of ${header.model.shop} and not of ${expected.shop}.`);
    }
    return { ok: true, model: readModel(header, file.subarray(HEADER_AT + headerBytes)) };
  } catch (error) {
    // The checksum is right, so it was written like this.
    return refused('corrupt', `The columns cannot be read: ${(error as Error).message}`);
  }
}

/** What is wrong with a file, as far as it can be told without looking into what it says. */
function faultOf(bytes: Uint8Array): Extract<Decoded, { ok: false }> | undefined {
  if (MAGIC.some((byte, at) => at < bytes.length && bytes[at] !== byte)) {
    return refused('corrupt', 'The file does not begin as a model does.');
  }
  if (bytes.length < HEADER_AT) return refused('truncated', `The file has ${bytes.length} bytes.`);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const format = view.getUint32(8, true);
  // Before the checksum, because another format may have it elsewhere.
  if (format > FORMAT_VERSION) {
    return refused('newer_format', `The file is of format ${format}; this code reads up to ${FORMAT_VERSION}.`);
  }
  const declared = view.getFloat64(16, true);
  if (bytes.length < declared) {
    return refused('truncated', `The file has ${bytes.length} bytes of the ${declared} that it says it has.`);
  }
  if (bytes.length > declared) return refused('corrupt', 'The file goes on after its end.');
  const found = checksumOf(bytes);
  const isSame = found.every((byte, at) => byte === bytes[HASH_AT + at]);
  return isSame ? undefined : refused('corrupt', 'The checksum does not fit the content.');
}

function readModel({ model: header, columns }: FileHeader, body: Uint8Array): Model {
  const sections = new Map<string, Record<string, Numbers>>();
  for (const name of Object.keys(sectionNames)) sections.set(name, {});
  const texts = new Map<string, string>();
  for (const column of columns) {
    const { name, column: key, type, offset, length } = column;
    if (type === 'json') {
      texts.set(key, textOf(within(body, offset, length, 1)));
      continue;
    }
    const section = sections.get(name);
    const Column = columnTypes[type];
    if (section === undefined || Column === undefined) throw new TypeError(`${name}.${key} of ${type}`);
    const place = within(body, offset, length, Column.BYTES_PER_ELEMENT);
    section[key] = new Column(place.buffer as ArrayBuffer, place.byteOffset, length);
  }
  const ids = JSON.parse(texts.get('ids') ?? '') as string[];
  const products = readProducts(JSON.parse(texts.get('products') ?? '') as ProductTable, ids);
  // What is in a section is what its builder has put there, of the same format.
  return { header, ids, products, ...(Object.fromEntries(sections) as unknown as Pick<Model, SectionName>) };
}

/** A part of the body; one that is not inside it as a whole is an error. */
function within(body: Uint8Array, offset: number, length: number, elementBytes: number): Uint8Array {
  const end = offset + length * elementBytes;
  if (!(offset >= 0 && length >= 0 && end <= body.length)) throw new RangeError(`${offset} to ${end}`);
  return body.subarray(offset, end);
}

/** JSON has no word for a figure that came out of dividing by nothing: it is left out. */
function headerOf({ header }: Model): ModelHeader {
  const figures = Object.entries(header.figures).filter(([, value]) => Number.isFinite(value));
  return { ...header, figures: Object.fromEntries(figures) };
}

/** The columns of a model in a fixed order, and the bytes of each. */
function layoutOf(model: Model): { columns: Column[]; parts: Uint8Array[] } {
  const columns: Column[] = [];
  const parts: Uint8Array[] = [];
  let offset = 0;
  const place = (column: Omit<Column, 'offset'>, part: Uint8Array): void => {
    columns.push({ ...column, offset });
    parts.push(part);
    offset += aligned(part.length);
  };
  for (const name of Object.keys(sectionNames) as SectionName[]) {
    for (const [column, numbers] of Object.entries(model[name] as Section)) {
      const { buffer, byteOffset, byteLength, length } = numbers;
      place(
        { name, column, type: typeOf(numbers, `${name}.${column}`), length },
        new Uint8Array(buffer, byteOffset, byteLength),
      );
    }
  }
  const texts = { ids: model.ids, products: tableOf(model.products, model.ids) };
  for (const [column, value] of Object.entries(texts)) {
    const text = new TextEncoder().encode(JSON.stringify(value));
    place({ name: CATALOGUE, column, type: 'json', length: text.length }, text);
  }
  return { columns, parts };
}

function typeOf(numbers: Numbers, where: string): ColumnType {
  const types = Object.keys(columnTypes) as ColumnType[];
  const type = types.find((it) => numbers instanceof columnTypes[it]);
  if (type === undefined) throw new TypeError(`${where} is no column of numbers`);
  return type;
}

/**
 * Products by field: of the items that there is something known of, in order, either the values themselves or which of a list of values. Brands and
 * categories come again and again, and so do the times of an import.
 */
type ProductTable = { items: number[]; fields: Record<string, Field> };
type Field = { values: unknown[] } | { among: unknown[]; at: number[] };

function tableOf(products: Model['products'], ids: Model['ids']): ProductTable {
  const items = products.flatMap((product, item) => (product === undefined ? [] : [item]));
  const rows = items.map((item) => ({ ...products[item], productId: undefined }) as Record<string, unknown>);
  const strange = items.find((item) => products[item]?.productId !== ids[item]);
  if (strange !== undefined) throw new TypeError(`Product ${strange} is not the one of its id`);
  const names = new Set(rows.flatMap((row) => Object.keys(row).filter((name) => row[name] !== undefined)));
  return { items, fields: Object.fromEntries([...names].sort().map((name) => [name, fieldOf(rows, name)])) };
}

function fieldOf(rows: readonly Record<string, unknown>[], name: string): Field {
  const places = new Map<string, number>();
  const among: unknown[] = [];
  const at = rows.map((row) => {
    const value = row[name] ?? null;
    const text = JSON.stringify(value);
    const known = places.get(text);
    if (known !== undefined) return known;
    places.set(text, among.length);
    return among.push(value) - 1;
  });
  return 2 * among.length < rows.length ? { among, at } : { values: rows.map((row) => row[name] ?? null) };
}

function readProducts({ items, fields }: ProductTable, ids: readonly string[]): (ProductFacts | undefined)[] {
  const products = new Array<ProductFacts | undefined>(ids.length).fill(undefined);
  const columns = Object.entries(fields).map(([name, field]) => {
    const values = 'values' in field ? field.values : field.at.map((index) => field.among[index]);
    return [name, values] as const;
  });
  for (const [row, item] of items.entries()) {
    const facts: Record<string, unknown> = { productId: ids[item] };
    for (const [name, values] of columns) {
      const value = values[row];
      if (value !== null) facts[name] = value;
    }
    products[item] = facts as ProductFacts;
  }
  return products;
}

function checksumOf(bytes: Uint8Array): Uint8Array {
  const hash: Hash = createHash('sha256');
  return hash
    .update(bytes.subarray(0, HASH_AT))
    .update(bytes.subarray(HASH_AT + HASH_BYTES))
    .digest();
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}

const decoder = new TextDecoder('utf-8', { fatal: true });
const textOf = (bytes: Uint8Array): string => decoder.decode(bytes);

function refused(code: Extract<Decoded, { ok: false }>['code'], reason: string): Extract<Decoded, { ok: false }> {
  return { ok: false, code, reason };
}
