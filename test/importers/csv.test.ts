import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type CsvRecord, readCsv } from '../../infra/importers/csv.ts';
import { inPieces } from './retail-export.ts';

async function read(text: string, size?: number): Promise<CsvRecord[]> {
  const records: CsvRecord[] = [];
  for await (const group of readCsv(inPieces(text, size))) records.push(...group);
  return records;
}

const fieldsOf = (records: CsvRecord[]): (string[] | string)[] =>
  records.map((record) => ('fields' in record ? record.fields : record.problem));

test('commas, doubled quotes and line breaks stand in quoted fields', async () => {
  const text = 'a,"b, ""c""",d\r\n"two\r\nlines",,""\n';
  expect(fieldsOf(await read(text))).toEqual([
    ['a', 'b, "c"', 'd'],
    ['two\r\nlines', '', ''],
  ]);
});

test('a last line needs no end, empty lines are no records, a byte order mark is no text', async () => {
  expect(await read('\uFEFFa,b\r\n\r\nc,d')).toEqual([
    { row: 1, fields: ['a', 'b'] },
    { row: 2, fields: ['c', 'd'] },
  ]);
  expect(await read('')).toEqual([]);
});

test.each([
  ['text after a closing quote', 'a,b\n"x"y,z\nc,d\n', 'text follows a closing quote'],
  ['a quote that is never closed', 'a,b\nx,"y\nc,d\n', 'a quote is never closed'],
])('%s costs its own row only', async (_, text, problem) => {
  expect(await read(text)).toEqual([
    { row: 1, fields: ['a', 'b'] },
    { row: 2, problem },
    { row: 3, fields: ['c', 'd'] },
  ]);
});

test('a quote that is never closed is given up long before the end of a large file', async () => {
  const records = await read(`a,b\nx,"y\n${'c,d\n'.repeat(40_000)}`, 10_000);
  expect(records[1]).toEqual({ row: 2, problem: 'a quote is never closed' });
  expect(records).toHaveLength(40_002);
});

test('a line without end is a broken record, not a full memory', async () => {
  const records = await read('x'.repeat(200_000), 70_000);
  expect(records[0]).toEqual({ row: 1, problem: 'a line has over 65536 characters' });
});

test('whatever was written is read again, in pieces of any size', async () => {
  const field = fc.string({ unit: fc.constantFrom('a', 'é', ',', '"', '\n', '\r\n', ' ') });
  const table = fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { maxLength: 8 });
  const write = (rows: string[][]): string =>
    rows.map((row) => `${row.map((text) => `"${text.replaceAll('"', '""')}"`).join(',')}\r\n`).join('');
  await fc.assert(
    fc.asyncProperty(table, fc.integer({ min: 1, max: 40 }), async (rows, size) => {
      expect(fieldsOf(await read(write(rows), size))).toEqual(rows);
    }),
  );
});
