// What a key does to the view. Owns: the way from an action to a change, and the few that somebody else has to carry out (effects).
// Must not know: terminals, drawing, the store. A key that is pressed while something is typed belongs to the line.
import { parseFilter } from '@kaipo/core/query/filter/traffic-filter.js';
import type { ActionName } from './actions.js';
import type { KeyBindings } from './key-bindings.js';
import type { SelectedRow } from './pane.js';
import { filterKey, filterPrompt, textKey, textPrompt, type ValuesOf } from './prompt.js';
import { THEME_NAMES } from './themes.js';
import { focusPane, PANE_IDS, type PaneId, selectRow, unselect, type ViewState } from './view-state.js';

/** What stands around the keys. */
export interface KeyContext {
  /** Panes that exist now, in the order Tab visits them. */
  readonly panes: readonly PaneId[];
  /** Sortable columns of the focused pane. */
  readonly columns: number;
  /** Rows of the focused pane, and how many are visible at once. */
  readonly rows: number;
  readonly page: number;
  /** The selected row, and its cells as text. */
  readonly selected?: SelectedRow | undefined;
  /** Is the picture one of the past? */
  readonly isPast: boolean;
  /** Can there be pictures of the past? */
  readonly hasPast: boolean;
  /** Values that fields have now, for completion. */
  readonly valuesOf: ValuesOf;
}

/** What the view cannot do by itself. */
export type Effect =
  | { readonly effect: 'quit' | 'interrupt' | 'now' }
  | { readonly effect: 'step' | 'alert'; readonly count: number }
  | { readonly effect: 'copy'; readonly text: string; readonly what: string }
  | {
      readonly effect: 'mute';
      readonly rule: string;
      readonly subject: string;
      readonly reason: string;
      readonly duration: string;
    };

export type KeyResult = 'changed' | 'ignored' | Effect;

const JUMP_STEPS = 60;
/** How far the help moves; the picture stops at its end. */
const HELP_LINES: Partial<Record<ActionName, number>> = {
  ...{ down: 1, up: -1, 'page-down': 10, 'page-up': -10, first: -1000, last: 1000 },
};
const NO_PAST = { text: 'no past to show: nothing is recorded here', isTrouble: true } as const;

/** @param key as people write it. @param typed the character it makes, if any. */
export function applyKey(
  view: ViewState,
  key: string,
  typed: string | undefined,
  bindings: KeyBindings,
  context: KeyContext,
): KeyResult {
  if (key === 'ctrl-c') return { effect: 'interrupt' };
  const had = view.message !== undefined;
  view.message = undefined;
  const result =
    view.prompt === undefined ? pressed(view, key, bindings, context) : typedInto(view, key, typed, context);
  return result === 'ignored' && had ? 'changed' : result;
}

function typedInto(view: ViewState, key: string, typed: string | undefined, context: KeyContext): KeyResult {
  const { prompt } = view;
  if (prompt === undefined) return 'ignored';
  if (prompt.kind === 'filter') {
    const next = filterKey(prompt, key, typed, context.valuesOf);
    if (next === undefined) return 'ignored';
    if (next === 'done' || next === 'cancelled') {
      view.filter = next === 'done' ? prompt.filter : prompt.before;
      if (view.filter?.text.trim() === '') view.filter = undefined;
      view.prompt = undefined;
      return 'changed';
    }
    view.prompt = next;
    view.filter = next.filter;
    return 'changed';
  }
  const next = textKey(prompt, key, typed);
  if (next === undefined) return 'ignored';
  if (next !== 'done') {
    view.prompt = next === 'cancelled' ? undefined : next;
    return 'changed';
  }
  const text = prompt.line.text.trim();
  if (prompt.kind === 'mute-reason') {
    view.prompt = textPrompt('mute-time', { ...prompt.about, reason: text }, '1d');
    return 'changed';
  }
  if (!/^(?:\d{1,4}[smhdw]|forever)$/.test(text)) {
    view.prompt = { ...prompt, wrong: 'write 30m, 8h, 7d, 2w or forever' };
    return 'changed';
  }
  view.prompt = undefined;
  return { effect: 'mute', ...prompt.about, reason: prompt.about.reason ?? '', duration: text };
}

function pressed(view: ViewState, key: string, bindings: KeyBindings, context: KeyContext): KeyResult {
  const action = bindings.actionOf(key);
  if (view.help) {
    if (action === 'quit') return { effect: 'quit' };
    const lines = action === undefined ? undefined : HELP_LINES[action];
    if (lines !== undefined) view.helpOffset = Math.max(0, view.helpOffset + lines);
    else if (action === 'help' || action === 'back' || key === 'enter') view.help = false;
    else return 'ignored';
    return 'changed';
  }
  return action === undefined ? jump(view, context, key) : ACT[action](view, context);
}

type Act = (view: ViewState, context: KeyContext) => KeyResult;

const changes =
  (change: (view: ViewState) => void): Act =>
  (view) => {
    change(view);
    return 'changed';
  };

/** Moves the selection. Pages move the text of the details while they are open. */
const moves =
  (to: (index: number, context: KeyContext, isNone: boolean) => number, detailLines = 0): Act =>
  (view, context) => {
    if (view.details && detailLines !== 0) {
      view.detailsOffset = Math.max(0, view.detailsOffset + detailLines);
      return 'changed';
    }
    const table = view.tables[view.focus];
    const index = to(table.selectedIndex, context, table.selectedKey === undefined);
    view.detailsOffset = 0;
    return selectRow(table, context.rows, index) ? 'changed' : 'ignored';
  };

const steps =
  (effect: 'step' | 'alert', count: number): Act =>
  (view, { hasPast }) => {
    if (hasPast) return { effect, count };
    view.message = NO_PAST;
    return 'changed';
  };

const ACT: Readonly<Record<ActionName, Act>> = {
  quit: () => ({ effect: 'quit' }),
  help: changes((view) => {
    view.help = true;
    view.helpOffset = 0;
  }),
  down: moves((index, _, isNone) => (isNone ? 0 : index + 1)),
  up: moves((index) => index - 1),
  'page-down': moves((index, { page }) => index + page, 10),
  'page-up': moves((index, { page }) => index - page, -10),
  first: moves(() => 0),
  last: moves((_, { rows }) => rows - 1),
  'next-pane': (view, context) => stepFocus(view, context, 1),
  'previous-pane': (view, context) => stepFocus(view, context, -1),
  details: (view, context) => {
    if (view.details) view.details = false;
    else if (context.selected === undefined && !selectRow(view.tables[view.focus], context.rows, 0)) return 'ignored';
    else view.details = true;
    view.detailsOffset = 0;
    return 'changed';
  },
  zoom: changes((view) => {
    view.zoomed = !view.zoomed;
  }),
  tree: toggleTree,
  back,
  filter: (view, { valuesOf }) => {
    view.prompt = filterPrompt(view.filter, valuesOf);
    return 'changed';
  },
  follow: (view, { selected }) => narrow(view, selected?.subject.ownFilter, ''),
  hide: (view, { selected }) => narrow(view, selected?.subject.kindFilter, 'not '),
  sort: (view, context) => sortBy(view, context, 1),
  'sort-back': (view, context) => sortBy(view, context, -1),
  reverse: (view, { columns }) => {
    if (columns === 0) return 'ignored';
    const table = view.tables[view.focus];
    table.reverse = !table.reverse;
    return 'changed';
  },
  copy: (view, { selected }) =>
    selected === undefined
      ? needsRow(view)
      : { effect: 'copy', text: copiedText(selected), what: selected.subject.title },
  mute: (view, { selected }) => {
    if (selected?.subject.kind !== 'alert') {
      view.message = { text: 'select an alert to mute it: pane 7', isTrouble: true };
      return 'changed';
    }
    const [rule = '', ...subject] = selected.subject.key.split(' ');
    view.prompt = textPrompt('mute-reason', { rule, subject: subject.join(' ') });
    return 'changed';
  },
  'step-back': steps('step', -1),
  'step-forward': steps('step', 1),
  'jump-back': steps('step', -JUMP_STEPS),
  'jump-forward': steps('step', JUMP_STEPS),
  'previous-alert': steps('alert', -1),
  'next-alert': steps('alert', 1),
  now: (view, { isPast }) => {
    if (isPast) return { effect: 'now' };
    view.paused = !view.paused;
    return 'changed';
  },
  pause: changes((view) => {
    view.paused = !view.paused;
  }),
  units: changes((view) => {
    view.units = view.units === 'bits' ? 'bytes' : 'bits';
  }),
  prefix: changes((view) => {
    view.prefix = view.prefix === 'si' ? 'iec' : 'si';
  }),
  totals: changes((view) => {
    view.mode = view.mode === 'rate' ? 'total' : 'rate';
  }),
  names: changes((view) => {
    view.names = !view.names;
  }),
  theme: changes((view) => {
    view.theme = THEME_NAMES[(THEME_NAMES.indexOf(view.theme) + 1) % THEME_NAMES.length] ?? 'dark';
    view.message = { text: `theme: ${view.theme}`, isTrouble: false };
  }),
};

/** As in top. Where another pane lies over the applications, they come to the front first. */
function toggleTree(view: ViewState, context: KeyContext): KeyResult {
  if (!context.panes.includes('apps')) return 'ignored';
  view.tree = !view.tree;
  unselect(view.tables.apps);
  focusPane(view, 'apps');
  return 'changed';
}

/** What was opened last is closed first; the filter goes when nothing else is left. */
function back(view: ViewState): KeyResult {
  const table = view.tables[view.focus];
  if (view.details) view.details = false;
  else if (view.zoomed) view.zoomed = false;
  else if (table.selectedKey !== undefined) unselect(table);
  else view.filter = undefined;
  return 'changed';
}

/** What the row says, besides what was asked before. */
function narrow(view: ViewState, wanted: string | undefined, prefix: 'not ' | ''): KeyResult {
  if (wanted === undefined) return needsRow(view);
  const more = prefix === '' || !wanted.includes(' ') ? `${prefix}${wanted}` : `${prefix}(${wanted})`;
  const before = view.filter?.text.trim() ?? '';
  const parsed = parseFilter(before === '' ? more : `${/\bor\b|\|\|/i.test(before) ? `(${before})` : before} ${more}`);
  if (!parsed.ok) return 'ignored';
  view.filter = parsed.filter;
  unselect(view.tables[view.focus]);
  return 'changed';
}

const copiedText = ({ cells }: SelectedRow): string => cells.map(({ text }) => text).join('\t');

function needsRow(view: ViewState): KeyResult {
  view.message = { text: 'select a row first: down, or j', isTrouble: true };
  return 'changed';
}

/** Past the last column comes the pane's own order. */
function sortBy(view: ViewState, { columns }: KeyContext, step: number): KeyResult {
  if (columns === 0) return 'ignored';
  const table = view.tables[view.focus];
  const next = ((table.sort ?? columns) + step + columns + 1) % (columns + 1);
  if (next === columns) delete table.sort;
  else table.sort = next;
  table.reverse = false;
  return 'changed';
}

function stepFocus(view: ViewState, { panes }: KeyContext, step: number): KeyResult {
  if (panes.length === 0) return 'ignored';
  const at = panes.indexOf(view.focus);
  const next = panes[(Math.max(0, at) + step + panes.length) % panes.length];
  if (next !== undefined) focusPane(view, next);
  return 'changed';
}

function jump(view: ViewState, context: KeyContext, key: string): KeyResult {
  const pane = PANE_IDS[Number.parseInt(key, 10) - 1];
  if (key.length !== 1 || pane === undefined || !context.panes.includes(pane)) return 'ignored';
  focusPane(view, pane);
  return 'changed';
}
