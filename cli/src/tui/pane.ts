// What a table pane is. Owns: the shape every file of panes/ fills in, and the numbers they share. Must not know: any one of them.

import { formatBitRate, formatByteRate, formatBytes, type UnitPrefix } from '@kaipo/core/kernel/units.js';
import type { LiveSnapshot, Rung, TrafficRow } from '@kaipo/core/query/live-snapshot.js';
import { type Span, span } from './canvas.js';
import { screenText } from './display-text.js';
import type { LiveMemory } from './live-memory.js';
import type { RowSubject } from './row-subject.js';
import type { ShownRows } from './shown-rows.js';
import { type Column, type DrawnTable, drawTable, sortableColumns } from './table.js';
import type { Glyphs } from './theme.js';
import type { PaneId, TableState } from './view-state.js';

export interface ViewContext {
  readonly snapshot: LiveSnapshot;
  readonly memory: LiveMemory;
  /** What of the snapshot fits the filter. */
  readonly rows: ShownRows;
  readonly units: 'bits' | 'bytes';
  readonly prefix: UnitPrefix;
  readonly mode: 'rate' | 'total';
  /** Hosts by name, or by address. */
  readonly names: boolean;
  readonly glyphs: Glyphs;
  /** The one interface the graph is about; absent: all that are watched. */
  readonly link?: string | undefined;
  /** Of a picture of the past: what it shows, such as `1 s at 03:10:05`. */
  readonly past?: string | undefined;
}

export interface SelectedRow {
  readonly subject: RowSubject;
  /** What its columns say, those that are not drawn too; empty ones are left out. */
  readonly cells: readonly { readonly title: string; readonly text: string }[];
}

export interface PaneOptions<Row> {
  readonly id: PaneId;
  readonly title: string;
  /** The title where room is short. */
  readonly short: string;
  readonly columns: readonly Column<Row, ViewContext>[];
  readonly rows: (context: ViewContext) => readonly Row[];
  readonly keyOf: (row: Row) => string;
  readonly subjectOf: (row: Row) => RowSubject;
  /** The order says something by itself: nothing sorts it. */
  readonly keepsOrder?: boolean;
  /** Said when there are no rows. */
  readonly empty: (rung: Rung) => string;
  /** A word for the right of the title bar. */
  readonly info?: (context: ViewContext) => Span | undefined;
}

export interface Pane {
  readonly id: PaneId;
  readonly title: string;
  readonly short: string;
  readonly sortable: number;
  rowCount(context: ViewContext): number;
  /** The row that is selected, as it was drawn last. */
  selected(context: ViewContext, state: TableState): SelectedRow | undefined;
  draw(context: ViewContext, state: TableState, focused: boolean, width: number, height: number): DrawnTable;
  info(context: ViewContext): Span | undefined;
}

export function definePane<Row>(options: PaneOptions<Row>): Pane {
  return {
    id: options.id,
    title: options.title,
    short: options.short,
    sortable: options.keepsOrder === true ? 0 : sortableColumns(options.columns).length,
    rowCount: (context) => options.rows(context).length,
    selected(context, state) {
      const row = options.rows(context).find((one) => options.keyOf(one) === state.selectedKey);
      if (row === undefined) return undefined;
      return { subject: options.subjectOf(row), cells: cellsOf(options.columns, row, context) };
    },
    draw(context, state, focused, width, height) {
      const rows = options.rows(context);
      const view = { ...options, rows, state, context, glyphs: context.glyphs, focused };
      const drawn = drawTable(view, width, height);
      if (rows.length > 0 || height < 2) return drawn;
      const why = context.rows.isFiltered ? 'nothing fits the filter' : options.empty(context.snapshot.rung);
      return { ...drawn, lines: [...drawn.lines, [span(why, 'dim')]] };
    },
    info: (context) => options.info?.(context),
  };
}

function cellsOf<Row>(
  columns: readonly Column<Row, ViewContext>[],
  row: Row,
  context: ViewContext,
): SelectedRow['cells'] {
  return columns.flatMap(({ title, cell }) => {
    const drawn = cell(row, context);
    const text = screenText(typeof drawn === 'string' ? drawn : drawn.text);
    return text.trim() === '' ? [] : [{ title, text }];
  });
}

/** Bytes of one interval as bytes a second. */
export function perSecond(bytes: number, context: ViewContext): number {
  return context.snapshot.intervalUs > 0 ? (bytes * 1e6) / context.snapshot.intervalUs : 0;
}

/** A rate in the chosen unit, at most nine columns. */
export function formatRate(bytesPerSecond: number, { units, prefix }: Pick<ViewContext, 'units' | 'prefix'>): string {
  return units === 'bits' ? formatBitRate(bytesPerSecond, prefix) : formatByteRate(bytesPerSecond, prefix);
}

/** Rate of the interval or bytes so far, as `t` chose. Nothing is quiet, not loud. */
function volume(bytes: number, total: number, style: 'rx' | 'tx', context: ViewContext): Span {
  if (context.mode === 'total') return span(formatBytes(total, context.prefix), total === 0 ? 'dim' : style);
  if (bytes === 0) return span(context.glyphs.dash, 'dim');
  return span(formatRate(perSecond(bytes, context), context), style);
}

const UNKNOWN = span('?', 'dim');

type Volumes = Pick<TrafficRow, 'rxBytes' | 'txBytes' | 'rxBytesTotal' | 'txBytesTotal'>;

/** The two columns every table has. They are the last to go. */
/** `isUnknown`: nobody knows what this row moved in the interval. */
export function volumeColumns<Row extends Volumes>(
  isUnknown: (row: Row) => boolean = () => false,
): [Column<Row, ViewContext>, Column<Row, ViewContext>] {
  return [
    {
      title: 'rx',
      width: 9,
      align: 'right',
      priority: 2,
      cell: (row, context) =>
        isUnknown(row) && context.mode === 'rate' ? UNKNOWN : volume(row.rxBytes, row.rxBytesTotal, 'rx', context),
      sortBy: (row, context) => (context.mode === 'total' ? row.rxBytesTotal : row.rxBytes),
    },
    {
      title: 'tx',
      width: 9,
      align: 'right',
      priority: 3,
      cell: (row, context) =>
        isUnknown(row) && context.mode === 'rate' ? UNKNOWN : volume(row.txBytes, row.txBytesTotal, 'tx', context),
      sortBy: (row, context) => (context.mode === 'total' ? row.txBytesTotal : row.txBytes),
    },
  ];
}

/** Both directions since the row was first seen. */
export function totalColumn<Row extends Volumes>(priority: number): Column<Row, ViewContext> {
  return {
    title: 'total',
    width: 7,
    align: 'right',
    priority,
    cell: (row, { prefix }) => {
      const text = formatBytes(row.rxBytesTotal + row.txBytesTotal, prefix);
      return span(prefix === 'si' ? text : text.replace(' ', ''), 'dim');
    },
    sortBy: (row) => row.rxBytesTotal + row.txBytesTotal,
  };
}
