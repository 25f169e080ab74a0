// A table in a box: columns that fit, rows that sort, one that is selected. Owns: column choice, sorting, scrolling.
// Must not know: what the rows are. Bound: only visible rows become text.
import { type Line, type Span, span } from './canvas.js';
import { cutText, fitText } from './display-text.js';
import type { Glyphs, StyleName } from './theme.js';
import type { TableState } from './view-state.js';

export interface Column<Row, Context> {
  readonly title: string;
  /** Least columns it is any use in. */
  readonly width: number;
  /** Columns it should have before less important columns are let in; `width` when absent. */
  readonly comfort?: number;
  /** Share of the spare width it takes, up to `max` columns. */
  readonly grow?: number;
  readonly max?: number;
  readonly align?: 'left' | 'right';
  /** 1 stays longest when width runs out. */
  readonly priority: number;
  /** Has this row anything to say here? The column is left out when no row has; always kept when absent. */
  readonly present?: (row: Row) => boolean;
  readonly cell: (row: Row, context: Context) => string | Span;
  /** What `s` sorts by: numbers largest first, text in order. Without it the column does not sort. */
  readonly sortBy?: (row: Row, context: Context) => number | string;
}

export interface TableView<Row, Context> {
  readonly columns: readonly Column<Row, Context>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  readonly state: TableState;
  /** Rows stay as they are, whatever the state says of sorting. */
  readonly keepsOrder?: boolean;
  readonly context: Context;
  readonly glyphs: Glyphs;
  /** Draw the selection? Only in the focused pane. */
  readonly focused: boolean;
}

export interface DrawnTable {
  readonly lines: readonly Line[];
  /** Index of the selected line in `lines`, if it is visible. */
  readonly selectedLine?: number;
  readonly first: number;
  readonly last: number;
  /** Columns that sort, by their place in `sort` order and on the screen. */
  readonly headings: readonly { readonly sort: number; readonly from: number; readonly to: number }[];
}

/** Columns that `s` can reach, by index into `columns`. */
export function sortableColumns<Row, Context>(columns: readonly Column<Row, Context>[]): number[] {
  return columns.flatMap((column, index) => (column.sortBy === undefined ? [] : [index]));
}

/** `height` lines: one heading, then rows. Settles `state`: the selection follows its row, the offset stays in range. */
export function drawTable<Row, Context>(view: TableView<Row, Context>, width: number, height: number): DrawnTable {
  const { state, columns, glyphs } = view;
  const sortIndex =
    state.sort === undefined || view.keepsOrder === true ? undefined : sortableColumns(columns)[state.sort];
  const rows = sorted(view, sortIndex);
  const page = Math.max(0, height - 1);
  settle(state, rows, view.keyOf, page);
  const gap = width >= 70 ? 2 : 1;
  const used = columns.filter(({ present }) => present === undefined || rows.length === 0 || rows.some(present));
  const fitted = fitColumns(used, width, gap);
  const widths = columns.map((column) => fitted[used.indexOf(column)] ?? 0);
  const space = span(' '.repeat(gap));

  const heading: Span[] = [];
  const headings: { sort: number; from: number; to: number }[] = [];
  const sortable = sortableColumns(columns);
  let x = 0;
  for (let i = 0; i < columns.length; i += 1) {
    const column = columns[i];
    const room = widths[i] ?? 0;
    if (column === undefined || room === 0) continue;
    if (heading.length > 0) {
      heading.push(space);
      x += gap;
    }
    if (sortable.includes(i) && view.keepsOrder !== true)
      headings.push({ sort: sortable.indexOf(i), from: x, to: x + room });
    x += room;
    const descending = column.align === 'right' ? !state.reverse : state.reverse;
    const mark = i === sortIndex ? (descending ? glyphs.descending : glyphs.ascending) : '';
    const style: StyleName = i === sortIndex ? 'key' : 'heading';
    heading.push(span(fitText(cutText(column.title, room - mark.length, '') + mark, room, column.align), style));
  }
  const lines: Line[] = [heading];
  const last = Math.min(rows.length, state.offset + page);
  for (let r = state.offset; r < last; r += 1) {
    const row = rows[r];
    if (row === undefined) break;
    const line: Span[] = [];
    for (let i = 0; i < columns.length; i += 1) {
      const column = columns[i];
      const room = widths[i] ?? 0;
      if (column === undefined || room === 0) continue;
      if (line.length > 0) line.push(space);
      const cell = column.cell(row, view.context);
      const text = typeof cell === 'string' ? cell : cell.text;
      line.push(
        span(fitText(text, room, column.align, glyphs.ellipsis), typeof cell === 'string' ? 'text' : cell.style),
      );
    }
    lines.push(line);
  }
  const selected = 1 + state.selectedIndex - state.offset;
  const visible = view.focused && state.selectedKey !== undefined && selected >= 1 && selected < lines.length;
  return {
    lines,
    first: rows.length === 0 ? 0 : state.offset + 1,
    last,
    headings,
    ...(visible ? { selectedLine: selected } : {}),
  };
}

function sorted<Row, Context>(view: TableView<Row, Context>, sortIndex: number | undefined): readonly Row[] {
  const { rows, state, context } = view;
  if (view.keepsOrder === true) return rows;
  const sortBy = sortIndex === undefined ? undefined : view.columns[sortIndex]?.sortBy;
  if (sortBy === undefined) return state.reverse ? [...rows].reverse() : rows;
  const keyed = rows.map((row) => ({ row, by: sortBy(row, context) }));
  keyed.sort((a, b) => {
    if (typeof a.by === 'number' && typeof b.by === 'number') return b.by - a.by;
    return String(a.by) < String(b.by) ? -1 : String(a.by) > String(b.by) ? 1 : 0;
  });
  if (state.reverse) keyed.reverse();
  return keyed.map((entry) => entry.row);
}

function settle<Row>(state: TableState, rows: readonly Row[], keyOf: (row: Row) => string, page: number): void {
  if (state.selectedKey !== undefined) {
    const key = state.selectedKey;
    const found = key === '' ? -1 : rows.findIndex((row) => keyOf(row) === key);
    if (found >= 0) state.selectedIndex = found;
    // A list that is empty for a while (an interval without traffic, a recorder that is started again) keeps what was chosen.
    if (rows.length > 0) state.selectedIndex = Math.max(0, Math.min(state.selectedIndex, rows.length - 1));
    const row = rows[state.selectedIndex];
    if (row !== undefined) state.selectedKey = keyOf(row);
    if (state.selectedIndex < state.offset) state.offset = state.selectedIndex;
    if (state.selectedIndex >= state.offset + page) state.offset = state.selectedIndex - page + 1;
  }
  state.offset = Math.max(0, Math.min(state.offset, rows.length - page));
}

/** Columns of each column, 0 for those that do not fit. The sum with gaps never exceeds `width`. */
export function fitColumns(
  columns: readonly Pick<Column<never, never>, 'width' | 'comfort' | 'grow' | 'max' | 'priority'>[],
  width: number,
  gap: number,
): number[] {
  const widths = columns.map(() => 0);
  const order = columns.map((_, index) => index).sort((a, b) => priorityOf(a) - priorityOf(b));
  function priorityOf(index: number): number {
    return columns[index]?.priority ?? 99;
  }
  let used = -gap;
  let reserved = 0;
  for (const index of order) {
    const column = columns[index];
    if (column === undefined) continue;
    const need = column.width + gap;
    // The first three are worth a tight fit; whatever comes after them must leave the others their comfort.
    if (used + need + (column.priority > 3 ? reserved : 0) > width) {
      // The first column is always there, however narrow; the rest only in full.
      if (used >= 0) break;
      widths[index] = Math.max(1, width);
      used = width;
      break;
    }
    widths[index] = column.width;
    used += need;
    reserved += Math.max(0, (column.comfort ?? 0) - column.width);
  }
  let spare = width - used;
  for (let round = 0; spare > 0 && round < 8; round += 1) {
    const growing = order.filter((i) => {
      const column = columns[i];
      const now = widths[i] ?? 0;
      return column?.grow !== undefined && now > 0 && now < (column.max ?? Number.POSITIVE_INFINITY);
    });
    if (growing.length === 0) break;
    const shares = growing.reduce((sum, i) => sum + (columns[i]?.grow ?? 0), 0);
    const pot = spare;
    for (const i of growing) {
      const column = columns[i];
      if (column?.grow === undefined || spare <= 0) continue;
      const now = widths[i] ?? 0;
      const more = Math.min(
        spare,
        Math.max(1, Math.floor((pot * column.grow) / shares)),
        (column.max ?? Number.POSITIVE_INFINITY) - now,
      );
      widths[i] = now + more;
      spare -= more;
    }
  }
  return widths;
}
