export type Cell = string | number;

const counts = new Intl.NumberFormat('en');

/** A whole number with its thousands set apart. */
export const formatCount = (value: number): string => counts.format(value);

/** Rows in columns for a terminal: numbers to the right, words to the left, two spaces before everything. */
export function formatTable(rows: readonly (readonly Cell[])[]): string {
  const text = (cell: Cell): string => (typeof cell === 'number' ? formatCount(cell) : cell);
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, text(cell).length);
    });
  }
  return rows
    .map((row) => {
      const cells = row.map((cell, column) =>
        typeof cell === 'number' ? text(cell).padStart(widths[column] ?? 0) : text(cell).padEnd(widths[column] ?? 0),
      );
      return `  ${cells.join('  ')}`.trimEnd();
    })
    .join('\n');
}
