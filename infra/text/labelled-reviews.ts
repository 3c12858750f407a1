import { readCsv } from '../importers/csv.ts';
import { ImportProblem } from '../importers/importer.ts';
import { readExport } from '../importers/read-export.ts';

/** A row of a file of reviews: its fields by the names of the header. */
export type Row = { row: number; fields: Readonly<Record<string, string>> };

export type LabelledReview = { text: string; positive: boolean };

/** Reads a .csv or .csv.gz with a header that has at least the given columns. Throws ImportProblem, in one line, for anything else. */
export async function readRows(path: string, columns: readonly string[]): Promise<Row[]> {
  const rows: Row[] = [];
  let header: string[] | undefined;
  for await (const records of readCsv(readExport(path))) {
    for (const record of records) {
      if ('problem' in record)
        throw new ImportProblem(`${path}, row ${record.row}, cannot be read: ${record.problem}.`);
      if (header === undefined) header = headerOf(record.fields, path, columns);
      else if (record.fields.length !== header.length) {
        throw new ImportProblem(
          `${path}, row ${record.row}, has ${record.fields.length} fields, the header ${header.length}.`,
        );
      } else {
        const fields = Object.fromEntries(header.map((name, index) => [name, record.fields[index] ?? '']));
        rows.push({ row: record.row, fields });
      }
    }
  }
  if (rows.length === 0) throw new ImportProblem(`${path} has no rows.`);
  return rows;
}

function headerOf(fields: readonly string[], path: string, columns: readonly string[]): string[] {
  const names = fields.map((name) => name.trim());
  const missing = columns.filter((column) => !names.includes(column));
  if (missing.length === 0) return names;
  throw new ImportProblem(
    `${path} has no column ${missing.join(', ')}; its header is "${fields.join(',').slice(0, 200)}".`,
  );
}

/** Reads reviews from the columns `label` (1 positive, 0 negative) and `review`; other columns may stand beside them. */
export async function readLabelled(path: string): Promise<(LabelledReview & { category?: string })[]> {
  const rows = await readRows(path, ['label', 'review']);
  return rows.map(({ row, fields: { label = '', review = '', cat } }) => {
    if (!/^[01]$/.test(label.trim())) {
      throw new ImportProblem(
        `${path}, row ${row}: the label is 1 for positive or 0 for negative, not "${label.slice(0, 40)}".`,
      );
    }
    return { text: review, positive: label.trim() === '1', ...(cat !== undefined && { category: cat }) };
  });
}

/** The women's clothing reviews, title and text: 4 and 5 stars positive, 1 and 2 negative, 3 neither. */
export async function readClothing(path: string): Promise<{ clear: LabelledReview[]; undecided: string[] }> {
  const rows = await readRows(path, ['Title', 'Review Text', 'Rating']);
  const reviews = rows.flatMap(({ fields }) => {
    const text = [fields.Title, fields['Review Text']].filter((part) => part?.trim()).join('. ');
    return text === '' ? [] : [{ text, stars: Number(fields.Rating) }];
  });
  return {
    clear: reviews.filter(({ stars }) => stars !== 3).map(({ text, stars }) => ({ text, positive: stars > 3 })),
    undecided: reviews.filter(({ stars }) => stars === 3).map(({ text }) => text),
  };
}
