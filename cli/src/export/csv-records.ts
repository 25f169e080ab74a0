// Records of CSV (RFC 4180) from lines: quoted cells may hold separators, doubled quotes and line ends. Owns where a cell and a
// record end. Bound: MAX_RECORD characters a record; a quote that is still open then is a character like any other.
export interface CsvRecord {
  /** The line it begins on, from 1. */
  readonly line: number;
  readonly text: string;
}

const MAX_RECORD = 65_536;

/** Lines joined where a quoted cell goes on; empty ones are left out. */
export async function* csvRecords(lines: AsyncIterable<string>, separator: () => string): AsyncGenerator<CsvRecord> {
  let open: string[] = [];
  let length = 0;
  let line = 0;
  for await (const text of lines) {
    line += 1;
    if (open.length === 0 && (!text.includes('"') || !isOpen(text, separator()))) {
      if (text.trim() !== '') yield { line, text: text.slice(0, MAX_RECORD) };
      continue;
    }
    open.push(text);
    length += text.length + 1;
    const first = line - open.length + 1;
    // Only a line with a quote can close one.
    if (open.length > 1 && text.includes('"') && !isOpen(open.join('\n'), separator())) {
      yield { line: first, text: open.join('\n') };
    } else if (length > MAX_RECORD) yield* single(open, first);
    else continue;
    [open, length] = [[], 0];
  }
  yield* single(open, line - open.length + 1);
}

function* single(lines: readonly string[], first: number): Generator<CsvRecord> {
  for (const [index, text] of lines.entries()) {
    if (text.trim() !== '') yield { line: first + index, text: text.slice(0, MAX_RECORD) };
  }
}

/** Does a quoted cell go on after the end of the text? */
const isOpen = (text: string, separator: string): boolean => scan(text, separator, undefined);

/** Cells of one record; a quote opens a cell only where the cell begins. */
export function csvCells(text: string, separator = ','): string[] {
  const cells: string[] = [];
  scan(text, separator, cells);
  return cells;
}

function scan(text: string, separator: string, cells: string[] | undefined): boolean {
  for (let at = 0; ; ) {
    let cell = '';
    let isUnclosed = false;
    if (text[at] === '"') {
      const end = closingQuote(text, at + 1);
      isUnclosed = end === text.length;
      cell = text.slice(at + 1, end).replaceAll('""', '"');
      at = end + 1;
    }
    const next = text.indexOf(separator, at);
    const end = next < 0 ? text.length : next;
    cells?.push(cell + text.slice(at, end));
    if (next < 0) return isUnclosed;
    at = next + 1;
  }
}

/** Where the quoted part ends; the length of the text when nothing closes it. */
function closingQuote(text: string, from: number): number {
  for (let at = from; ; at += 2) {
    at = text.indexOf('"', at);
    if (at < 0) return text.length;
    if (text[at + 1] !== '"') return at;
  }
}

/** What parts the columns: a comma, or where there is none the semicolon or tab of spreadsheets. */
export function separatorOf(header: string): string {
  return [',', ';', '\t'].find((separator) => header.includes(separator)) ?? ',';
}
