export type Cell = string | number;

const counts = new Intl.NumberFormat('en');

/** A whole number with its thousands set apart. */
export const formatCount = (value: number): string => counts.format(value);

const FIGURE = /^[+-]?[\d,.]+$/;

/** Rows in columns for a terminal, two spaces before each: columns of figures to the right, of words to the left. */
export function formatTable(rows: readonly (readonly Cell[])[], header: readonly string[] = []): string {
  const body = rows.map((row) => row.map((cell) => (typeof cell === 'number' ? formatCount(cell) : cell)));
  const lines = header.length === 0 ? body : [header, ...body];
  const columns = Math.max(0, ...lines.map(({ length }) => length));
  const layout = Array.from({ length: columns }, (_, column) => ({
    width: Math.max(...lines.map((line) => line[column]?.length ?? 0)),
    right: body.every((line) => FIGURE.test(line[column] ?? '0')),
  }));
  return lines
    .map((line) => {
      const cells = layout.map(({ width, right }, column) => {
        const text = line[column] ?? '';
        return right ? text.padStart(width) : text.padEnd(width);
      });
      return `  ${cells.join('  ')}`.trimEnd();
    })
    .join('\n');
}
