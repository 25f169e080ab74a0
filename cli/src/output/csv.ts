// CSV as programs and spreadsheets read it (RFC 4180). Cells a spreadsheet would run as a formula get an apostrophe.

export type CsvCell = string | number | undefined;

/** One line with its CRLF; an absent cell is empty. */
export function csvLine(cells: readonly CsvCell[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

/** Also behind blanks, and in the wide forms of East Asian keyboards. */
const FORMULA = /^[\s\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/;
/** Semicolons and tabs part cells where the comma is the decimal sign: what stands behind one would begin a cell. */
const NEEDS_QUOTES = /[",;\t\r\n\u2028\u2029]/;

export function csvCell(cell: CsvCell): string {
  if (cell === undefined) return '';
  // Numbers are ours and may be negative; text is anyone's.
  if (typeof cell === 'number') return String(cell);
  const text = FORMULA.test(cell) ? `'${cell}` : cell;
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
