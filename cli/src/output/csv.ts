// CSV as programs and spreadsheets read it (RFC 4180). Cells a spreadsheet would run as a formula get an apostrophe.

export type CsvCell = string | number | undefined;

/** One line with its CRLF; an absent cell is empty. */
export function csvLine(cells: readonly CsvCell[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

const FORMULA = /^[=+\-@\t\r]/;
const NEEDS_QUOTES = /[",\r\n]/;

export function csvCell(cell: CsvCell): string {
  if (cell === undefined) return '';
  // Numbers are ours and may be negative; text is anyone's.
  if (typeof cell === 'number') return String(cell);
  const text = FORMULA.test(cell) ? `'${cell}` : cell;
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
