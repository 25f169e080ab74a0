// What the person at the keyboard chose. Owns: focus, units, sorting, tree, pause, zoom, what is open, the filter. Must not know:
// terminals, drawing, which key does what. What keys change is in apply-key.ts.
import type { TrafficFilter } from '@kaipo/core/query/filter/traffic-filter.js';
import type { Prompt } from './prompt.js';
import type { ThemeName } from './themes.js';

export const PANE_IDS = ['interfaces', 'apps', 'flows', 'hosts', 'protocols', 'dns', 'alerts'] as const;
export type PaneId = (typeof PANE_IDS)[number];

/** Sorting and selection of one table. */
export interface TableState {
  /** Index of the sort column; absent: the pane's own order (busiest first). */
  sort?: number;
  reverse: boolean;
  /** The selected row by identity, so that it stays selected while rows move; absent: nothing selected. */
  selectedKey?: string;
  selectedIndex: number;
  /** First row shown. */
  offset: number;
}

/** What stays from one run to the next. */
export interface ViewChoices {
  focus: PaneId;
  units: 'bits' | 'bytes';
  /** 1 kB is 1000 bytes, 1 KiB is 1024. */
  prefix: 'si' | 'iec';
  mode: 'rate' | 'total';
  /** Hosts by name, or by address. */
  names: boolean;
  theme: ThemeName;
  /** Processes below their applications? */
  tree: boolean;
  zoomed: boolean;
}

export interface ViewState extends ViewChoices {
  /** Most recently focused first: which tab of a box is on top. */
  recent: PaneId[];
  paused: boolean;
  help: boolean;
  /** First line of the help that is shown. */
  helpOffset: number;
  /** Is what is known of the selected row shown beside it? */
  details: boolean;
  detailsOffset: number;
  filter: TrafficFilter | undefined;
  /** A line that is being typed. */
  prompt: Prompt | undefined;
  /** Said until the next key. */
  message: { readonly text: string; readonly isTrouble: boolean } | undefined;
  readonly tables: Record<PaneId, TableState>;
}

export const USUAL_CHOICES: Readonly<ViewChoices> = {
  focus: 'flows',
  units: 'bits',
  prefix: 'si',
  mode: 'rate',
  names: true,
  theme: 'dark',
  tree: false,
  zoomed: false,
};

export function newViewState(choices: Partial<ViewChoices> = {}): ViewState {
  const table = (): TableState => ({ reverse: false, selectedIndex: 0, offset: 0 });
  return {
    ...USUAL_CHOICES,
    ...choices,
    recent: choices.focus === undefined ? [] : [choices.focus],
    paused: false,
    help: false,
    helpOffset: 0,
    details: false,
    detailsOffset: 0,
    filter: undefined,
    prompt: undefined,
    message: undefined,
    tables: {
      interfaces: table(),
      apps: table(),
      flows: table(),
      hosts: table(),
      protocols: table(),
      dns: table(),
      alerts: table(),
    },
  };
}

export function focusPane(view: ViewState, pane: PaneId): void {
  view.focus = pane;
  view.recent = [pane, ...view.recent.filter((other) => other !== pane)];
}

export function unselect(table: TableState): void {
  delete table.selectedKey;
  table.selectedIndex = 0;
  table.offset = 0;
}

/** Row `index` of `rows`; the table looks up which row that is when it is drawn. */
export function selectRow(table: TableState, rows: number, index: number): boolean {
  if (rows === 0) return false;
  table.selectedIndex = Math.max(0, Math.min(index, rows - 1));
  table.selectedKey = '';
  return true;
}
