import assert from 'node:assert/strict';
import test from 'node:test';
import { applyKey, type KeyContext, newViewState, PANE_IDS } from '@kaipo/cli/tui/view-state.js';

const context: KeyContext = { panes: PANE_IDS, columns: 2, rows: 10, page: 4 };

test('q and Ctrl-C end it, also under the help', () => {
  const view = newViewState();
  assert.equal(applyKey(view, 'q', context), 'quit');
  assert.equal(applyKey(view, 'C-c', context), 'interrupt');
  applyKey(view, '?', context);
  assert.equal(applyKey(view, 'C-c', context), 'interrupt');
  assert.equal(applyKey(view, 'q', context), 'quit');
});

test('help takes the keys until it is closed', () => {
  const view = newViewState();
  applyKey(view, '?', context);
  assert.equal(applyKey(view, 'b', context), 'ignored');
  assert.equal(view.units, 'bits');
  applyKey(view, 'escape', context);
  assert.equal(view.help, false);
});

test('focus goes round and jumps; panes that do not exist are not reached', () => {
  const view = newViewState();
  applyKey(view, 'tab', context);
  assert.equal(view.focus, 'hosts');
  applyKey(view, 'S-tab', context);
  applyKey(view, 'left', context);
  assert.equal(view.focus, 'apps');
  applyKey(view, '6', context);
  assert.equal(view.focus, 'dns');
  applyKey(view, 'right', context);
  assert.equal(view.focus, 'interfaces');
  assert.equal(applyKey(view, '3', { ...context, panes: ['interfaces'] }), 'ignored');
  assert.equal(applyKey(view, '7', context), 'ignored');
  assert.equal(applyKey(view, 'F', context), 'ignored');
});

test('sort goes through the columns and back to the natural order', () => {
  const view = newViewState();
  const sorts = [1, 2, 3].map(() => {
    applyKey(view, 's', context);
    return view.tables.flows.sort;
  });
  assert.deepEqual(sorts, [0, 1, undefined]);
});

test('selection is clamped to the rows', () => {
  const view = newViewState();
  applyKey(view, 'up', context);
  assert.equal(view.tables.flows.selectedIndex, 0);
  applyKey(view, 'end', context);
  applyKey(view, 'down', context);
  assert.equal(view.tables.flows.selectedIndex, 9);
  applyKey(view, 'pageup', context);
  assert.equal(view.tables.flows.selectedIndex, 5);
  assert.equal(applyKey(view, 'down', { ...context, rows: 0 }), 'ignored');
  applyKey(view, 'escape', context);
  assert.equal(view.tables.flows.selectedKey, undefined);
});

test('v shows the tree and brings the applications to the front; what has no columns to sort by is not sorted', () => {
  const view = newViewState();
  assert.equal(applyKey(view, 'v', context), 'changed');
  assert.deepEqual([view.tree, view.focus, view.recent[0]], [true, 'apps', 'apps']);
  assert.equal(applyKey(view, 's', { ...context, columns: 0 }), 'ignored');
  assert.equal(applyKey(view, 'r', { ...context, columns: 0 }), 'ignored');
  assert.equal(view.tables.apps.reverse, false);
  applyKey(view, 'v', context);
  assert.equal(view.tree, false);
  assert.equal(applyKey(view, 'v', { ...context, panes: ['interfaces'] }), 'ignored');
});
