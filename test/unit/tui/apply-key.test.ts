// What keys do to the view: the usual keys, chosen ones, lines that are typed.
import assert from 'node:assert/strict';
import test from 'node:test';
import { ACTION_NAMES, ACTIONS } from '@kaipo/cli/tui/actions.js';
import { applyKey, type KeyContext, type KeyResult } from '@kaipo/cli/tui/apply-key.js';
import { bindKeys, keyName, keyProblem } from '@kaipo/cli/tui/key-bindings.js';
import { editLine } from '@kaipo/cli/tui/line-editor.js';
import { newViewState, PANE_IDS, type ViewState } from '@kaipo/cli/tui/view-state.js';
import { LIVE_KEY } from '@kaipo/core/config/live-actions.js';

const usual = bindKeys();
const context: KeyContext = {
  panes: PANE_IDS,
  columns: 2,
  rows: 10,
  page: 4,
  isPast: false,
  hasPast: true,
  valuesOf: (field) => (field === 'app' ? ['firefox', 'curl'] : []),
};
const press = (view: ViewState, key: string, around: Partial<KeyContext> = {}, bindings = usual): KeyResult =>
  applyKey(view, key, key.length === 1 ? key : key === 'space' ? ' ' : undefined, bindings, { ...context, ...around });
const type = (view: ViewState, text: string): void => {
  for (const one of text) press(view, one === ' ' ? 'space' : one);
};
const effectOf = (result: KeyResult): string => (typeof result === 'object' ? result.effect : result);

test('q and Ctrl-C end it, also under the help', () => {
  const view = newViewState();
  assert.equal(effectOf(press(view, 'q')), 'quit');
  assert.equal(effectOf(press(view, 'ctrl-c')), 'interrupt');
  press(view, '?');
  assert.equal(effectOf(press(view, 'ctrl-c')), 'interrupt');
  assert.equal(effectOf(press(view, 'q')), 'quit');
});

test('help takes the keys until it is closed', () => {
  const view = newViewState();
  press(view, '?');
  assert.equal(press(view, 'b'), 'ignored');
  assert.equal(view.units, 'bits');
  press(view, 'escape');
  assert.equal(view.help, false);
});

test('focus goes round and jumps; panes that do not exist are not reached', () => {
  const view = newViewState();
  press(view, 'tab');
  assert.equal(view.focus, 'hosts');
  press(view, 'shift-tab');
  press(view, 'h');
  assert.equal(view.focus, 'apps');
  press(view, '7');
  assert.equal(view.focus, 'alerts');
  press(view, 'l');
  assert.equal(view.focus, 'interfaces');
  assert.equal(press(view, '3', { panes: ['interfaces'] }), 'ignored');
  assert.equal(press(view, '8'), 'ignored');
  assert.equal(press(view, 'F'), 'ignored');
});

test('sort goes through the columns and back to the natural order, both ways', () => {
  const view = newViewState();
  const sorts = ['s', 's', '>', '<', '<', '<'].map((key) => {
    press(view, key);
    return view.tables.flows.sort;
  });
  assert.deepEqual(sorts, [0, 1, undefined, 1, 0, undefined]);
});

test('selection is clamped to the rows', () => {
  const view = newViewState();
  press(view, 'up');
  assert.equal(view.tables.flows.selectedIndex, 0);
  press(view, 'end');
  press(view, 'j');
  assert.equal(view.tables.flows.selectedIndex, 9);
  press(view, 'ctrl-u');
  assert.equal(view.tables.flows.selectedIndex, 5);
  assert.equal(press(view, 'down', { rows: 0 }), 'ignored');
  press(view, 'escape');
  assert.equal(view.tables.flows.selectedKey, undefined);
});

test('v shows the tree and brings the applications to the front; what has no columns to sort by is not sorted', () => {
  const view = newViewState();
  assert.equal(press(view, 'v'), 'changed');
  assert.deepEqual([view.tree, view.focus, view.recent[0]], [true, 'apps', 'apps']);
  assert.equal(press(view, 's', { columns: 0 }), 'ignored');
  assert.equal(press(view, 'r', { columns: 0 }), 'ignored');
  press(view, 'v');
  assert.equal(view.tree, false);
  assert.equal(press(view, 'v', { panes: ['interfaces'] }), 'ignored');
});

test('a filter is typed, completed, followed while it is typed, and given up', () => {
  const view = newViewState();
  press(view, '/');
  type(view, 'ap');
  press(view, 'tab');
  assert.equal(view.prompt?.line.text, 'app:');
  type(view, 'f');
  press(view, 'tab');
  assert.equal(view.prompt?.line.text, 'app:firefox ');
  assert.equal(view.filter?.text, 'app:firefox');
  type(view, 'not qx');
  // q is a letter here, and half a filter keeps the last whole one.
  assert.equal(view.filter?.text, 'app:firefox not qx');
  type(view, ' por:');
  assert.ok(view.prompt?.kind === 'filter' && view.prompt.problem !== undefined);
  press(view, 'enter');
  assert.ok(view.prompt !== undefined, 'what is wrong cannot be applied');
  for (let i = 0; i < 5; i += 1) press(view, 'backspace');
  press(view, 'enter');
  assert.equal(view.prompt, undefined);
  assert.equal(view.filter?.text, 'app:firefox not qx');
  press(view, '/');
  press(view, 'ctrl-u');
  assert.equal(view.filter?.text, '');
  press(view, 'escape');
  assert.equal(view.filter?.text, 'app:firefox not qx');
  press(view, 'escape');
  assert.equal(view.filter, undefined);
});

test('follow and hide say what they do in the filter', () => {
  const view = newViewState();
  const selected = {
    subject: { kind: 'flow', key: '1', title: 'x', kindFilter: 'proto:tls', ownFilter: 'host=192.0.2.1 port:443' },
    cells: [
      { title: 'x', text: 'a' },
      { title: 'y', text: 'b' },
    ],
  } as const;
  press(view, 'x');
  assert.match(view.message?.text ?? '', /select a row/);
  press(view, 'x', { selected });
  assert.equal(view.filter?.text, 'not proto:tls');
  press(view, 'f', { selected });
  assert.equal(view.filter?.text, 'not proto:tls host=192.0.2.1 port:443');
  press(view, '/');
  press(view, 'ctrl-u');
  type(view, 'tcp or udp');
  press(view, 'enter');
  press(view, 'x', { selected: { ...selected, subject: { ...selected.subject, kindFilter: 'host:a port:1' } } });
  assert.equal(view.filter?.text, '(tcp or udp) not (host:a port:1)');
  assert.deepEqual(press(view, 'y', { selected }), { effect: 'copy', text: 'a\tb', what: 'x' });
});

test('time: steps and alerts where there is a past, back to now; without one the picture pauses', () => {
  const view = newViewState();
  assert.deepEqual(press(view, 'left'), { effect: 'step', count: -1 });
  assert.deepEqual(press(view, 'shift-right'), { effect: 'step', count: 60 });
  assert.deepEqual(press(view, '['), { effect: 'alert', count: -1 });
  assert.equal(effectOf(press(view, 'space', { isPast: true })), 'now');
  press(view, 'space');
  assert.equal(view.paused, true);
  assert.equal(press(view, 'left', { hasPast: false }), 'changed');
  assert.match(view.message?.text ?? '', /no past/);
});

test('an alert is muted with a reason and for a time', () => {
  const view = newViewState();
  const alert = { subject: { kind: 'alert', key: 'port-scan 10.0.0.9', title: '10.0.0.9' }, cells: [] } as const;
  press(view, 'm');
  assert.match(view.message?.text ?? '', /select an alert/);
  press(view, 'm', { selected: alert });
  press(view, 'enter');
  assert.equal(view.prompt?.kind === 'mute-reason' && view.prompt.wrong, 'say something');
  type(view, 'our scanner');
  press(view, 'enter');
  assert.equal(view.prompt?.line.text, '1d');
  press(view, 'backspace');
  press(view, 'enter');
  assert.match((view.prompt?.kind === 'mute-time' && view.prompt.wrong) || '', /30m/);
  type(view, 'w');
  assert.deepEqual(press(view, 'enter'), {
    effect: 'mute',
    rule: 'port-scan',
    subject: '10.0.0.9',
    reason: 'our scanner',
    duration: '1w',
  });
  assert.equal(view.prompt, undefined);
});

test('chosen keys take the place of the usual ones; what is wrong with them is said', () => {
  const chosen = { quit: ['Q', 'ctrl-x'], zoom: ['q'], copy: [] };
  const bindings = bindKeys(chosen);
  const view = newViewState();
  assert.equal(effectOf(press(view, 'Q', {}, bindings)), 'quit');
  press(view, 'q', {}, bindings);
  assert.equal(view.zoomed, true);
  assert.equal(bindings.actionOf('y'), undefined);
  assert.equal(bindings.actionOf('z'), undefined);
  assert.equal(keyProblem(chosen), undefined);
  assert.match(keyProblem({ quit: ['x'], zoom: ['x'] }) ?? '', /"x" is bound to "quit" and to "zoom"/);
});

test('no two actions share a usual key, and every usual key is one', () => {
  const keys = ACTION_NAMES.flatMap((name) => [...ACTIONS[name].keys]);
  assert.equal(new Set(keys).size, keys.length);
  for (const key of keys) assert.match(key, LIVE_KEY);
  assert.deepEqual(['C-d', 'S-tab', 'S-g', 'return', 'M-x', '?'].map(keyName), [
    ...['ctrl-d', 'shift-tab', 'G', 'enter', 'alt-x', '?'],
  ]);
});

test('a line is edited by clusters and words, up to its limit', () => {
  const edit = (text: string, cursor: number, key: string, typed?: string, limit = 20): string => {
    const line = editLine({ text, cursor }, key, typed, limit);
    return line === undefined ? 'ignored' : `${line.text.slice(0, line.cursor)}|${line.text.slice(line.cursor)}`;
  };
  assert.equal(edit('ab', 1, 'x', 'x'), 'ax|b');
  assert.equal(edit('a👩‍👩‍👧b', 9, 'backspace'), 'a|b');
  assert.equal(edit('a👩‍👩‍👧b', 1, 'right'), 'a👩‍👩‍👧|b');
  assert.equal(edit('app:x not lan', 13, 'ctrl-w'), 'app:x not |');
  assert.equal(edit('abc', 1, 'ctrl-k'), 'a|');
  assert.equal(edit('abc', 1, 'ctrl-u'), '|bc');
  assert.equal(edit('abc', 0, 'delete'), '|bc');
  assert.equal(edit('abc', 0, 'left'), '|abc');
  assert.equal(edit('abc', 3, 'x', 'x', 3), 'ignored');
  assert.equal(edit('abc', 3, 'f5'), 'ignored');
  assert.equal(edit('abc', 3, 'ctrl-g', '\x07'), 'ignored');
});
