// Columns that line up, for people. Text to the left, numbers to the right; widths are display widths, so CJK lines up too.
import { displayWidth } from './display-width.js';

/** A number with an optional unit; an address is none. */
const NUMERIC = /^-?\d[\d,]*(?:\.\d+)?(?: ?[A-Za-z%µ/]+)?$|^$/;

/** Lines with two spaces in front, each ended by a newline. A column is numeric when every cell of it is. */
export function alignedTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(displayWidth(title), ...rows.map((row) => displayWidth(row[column] ?? ''))),
  );
  const isNumeric = head.map((_, column) => rows.every((row) => NUMERIC.test(row[column] ?? '')));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => {
        const pad = ' '.repeat(Math.max(0, widths[column]! - displayWidth(cell)));
        return isNumeric[column] ? pad + cell : cell + pad;
      })
      .join('  ')
      .trimEnd();
  return [head, ...rows].map((cells) => `  ${line(cells)}\n`).join('');
}
