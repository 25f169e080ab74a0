// What the person at the keyboard chose. Owns: focus, units, sorting, tree, pause, zoom, help, and what each key does to them.
// Must not know: terminals, drawing. Keys are named as blessed names them.

export const PANE_IDS = ['interfaces', 'apps', 'flows', 'hosts', 'protocols', 'dns'] as const;
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

export interface ViewState {
  focus: PaneId;
  /** Most recently focused first: which tab of a box is on top. */
  recent: PaneId[];
  units: 'bits' | 'bytes';
  mode: 'rate' | 'total';
  /** Processes below their applications? */
  tree: boolean;
  paused: boolean;
  zoomed: boolean;
  help: boolean;
  readonly tables: Record<PaneId, TableState>;
}

/** What happened to the screen around the keys. */
export interface KeyContext {
  /** Panes that exist now, in the order Tab visits them. */
  readonly panes: readonly PaneId[];
  /** Sortable columns of the focused pane. */
  readonly columns: number;
  /** Rows of the focused pane, and how many are visible at once. */
  readonly rows: number;
  readonly page: number;
}

export type KeyResult = 'quit' | 'interrupt' | 'changed' | 'ignored';

export function newViewState(): ViewState {
  const table = (): TableState => ({ reverse: false, selectedIndex: 0, offset: 0 });
  return {
    focus: 'flows',
    recent: [],
    units: 'bits',
    mode: 'rate',
    tree: false,
    paused: false,
    zoomed: false,
    help: false,
    tables: {
      interfaces: table(),
      apps: table(),
      flows: table(),
      hosts: table(),
      protocols: table(),
      dns: table(),
    },
  };
}

export function focusPane(view: ViewState, pane: PaneId): void {
  view.focus = pane;
  view.recent = [pane, ...view.recent.filter((other) => other !== pane)];
}

/** Applies one key. `name` is blessed's full name (`C-c`, `S-tab`, `down`) or the character itself. */
export function applyKey(view: ViewState, name: string, context: KeyContext): KeyResult {
  if (name === 'C-c') return 'interrupt';
  if (name === 'q') return 'quit';
  if (view.help) {
    if (name !== '?' && name !== 'escape' && name !== 'enter') return 'ignored';
    view.help = false;
    return 'changed';
  }
  const table = view.tables[view.focus];
  switch (name) {
    case '?':
    case 'h':
      view.help = true;
      return 'changed';
    case 'tab':
    case 'right':
      return stepFocus(view, context, 1);
    case 'S-tab':
    case 'left':
      return stepFocus(view, context, -1);
    case 'down':
    case 'j':
      return select(table, context, table.selectedKey === undefined ? 0 : table.selectedIndex + 1);
    case 'up':
    case 'k':
      return select(table, context, table.selectedIndex - 1);
    case 'pagedown':
      return select(table, context, table.selectedIndex + context.page);
    case 'pageup':
      return select(table, context, table.selectedIndex - context.page);
    case 'home':
    case 'g':
      return select(table, context, 0);
    case 'end':
    case 'S-g':
      return select(table, context, context.rows - 1);
    case 's': {
      if (context.columns === 0) return 'ignored';
      const next = table.sort === undefined ? 0 : table.sort + 1;
      if (next < context.columns) table.sort = next;
      else delete table.sort;
      table.reverse = false;
      return 'changed';
    }
    case 'r':
      if (context.columns === 0) return 'ignored';
      table.reverse = !table.reverse;
      return 'changed';
    case 'p':
    case 'space':
      view.paused = !view.paused;
      return 'changed';
    case 'b':
      view.units = view.units === 'bits' ? 'bytes' : 'bits';
      return 'changed';
    case 't':
      view.mode = view.mode === 'rate' ? 'total' : 'rate';
      return 'changed';
    case 'v':
      return toggleTree(view, context);
    case 'z':
    case 'enter':
      view.zoomed = !view.zoomed;
      return 'changed';
    case 'escape':
      if (view.zoomed) view.zoomed = false;
      else unselect(table);
      return 'changed';
    default:
      return jump(view, context, name);
  }
}

/** As in top. Where another pane lies over the applications, they come to the front first. */
function toggleTree(view: ViewState, context: KeyContext): KeyResult {
  if (!context.panes.includes('apps')) return 'ignored';
  view.tree = !view.tree;
  unselect(view.tables.apps);
  focusPane(view, 'apps');
  return 'changed';
}

function unselect(table: TableState): void {
  delete table.selectedKey;
  table.selectedIndex = 0;
  table.offset = 0;
}

function select(table: TableState, context: KeyContext, index: number): KeyResult {
  if (context.rows === 0) return 'ignored';
  table.selectedIndex = Math.max(0, Math.min(index, context.rows - 1));
  // The table looks up which row that is when it is drawn.
  table.selectedKey = '';
  return 'changed';
}

function stepFocus(view: ViewState, context: KeyContext, step: number): KeyResult {
  if (context.panes.length === 0) return 'ignored';
  const at = context.panes.indexOf(view.focus);
  const next = context.panes[(Math.max(0, at) + step + context.panes.length) % context.panes.length];
  if (next !== undefined) focusPane(view, next);
  return 'changed';
}

function jump(view: ViewState, context: KeyContext, name: string): KeyResult {
  const pane = PANE_IDS[Number.parseInt(name, 10) - 1];
  if (name.length !== 1 || pane === undefined || !context.panes.includes(pane)) return 'ignored';
  focusPane(view, pane);
  return 'changed';
}
