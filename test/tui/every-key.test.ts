// Every key of the dashboard, in a real terminal: what appears when it is pressed. And long lists, and many sizes in a hurry.
import assert from 'node:assert/strict';
import { ACTION_NAMES, type ActionName } from '@kaipo/cli/tui/actions.js';
import { assertBorders, assertOnlyOwnSequences, isFocused, layoutOf, open, quit } from './dashboard-session.js';
import { terminalTest } from './pseudo-terminal.js';
import type { TerminalSession } from './terminal-session.js';

const SELECTED = 24;
/** What a details box says at the right of its top edge. */
const DETAILS = / (?:app|flow|host|protocol|dns|alert)(?:, ended [\d:]+)? ─?╮/;
const [UP, DOWN, RIGHT, LEFT] = ['\x1b[A', '\x1b[B', '\x1b[C', '\x1b[D'] as const;

const text = (session: TerminalSession): string => session.screen().join('\n');
const shows = (pattern: RegExp) => (session: TerminalSession) => pattern.test(text(session));
const lacks = (pattern: RegExp) => (session: TerminalSession) => !pattern.test(text(session));
const focuses = (pane: number) => (session: TerminalSession) => isFocused(session, pane);
/** The first of the flows that is selected; -1: none. */
const selectedLine = (session: TerminalSession): number =>
  session
    .screen()
    .findIndex((_, y) => session.terminal.buffer.active.getLine(y)?.getCell(3)?.getBgColor() === SELECTED);
const selects = (isIt: (line: number) => boolean) => (session: TerminalSession) => isIt(selectedLine(session));

/** Each begins where the one before has ended; `until` does not hold before the key. */
const STEPS: readonly (readonly [action: ActionName, keys: string, until: (session: TerminalSession) => boolean])[] = [
  ['help', '?', shows(/What the words mean/)],
  ['back', '\x1b', lacks(/What the words mean/)],
  ['down', DOWN, selects((line) => line > 0)],
  ['last', 'G', shows(/-1000 of 1000/)],
  ['first', 'g', shows(/ 1-\d+ of 1000/)],
  ['page-down', '\x1b[6~', lacks(/ 1-\d+ of 1000/)],
  ['page-up', '\x1b[5~', shows(/ 1-\d+ of 1000/)],
  ['up', `jj${UP}`, selects((line) => line > 0)],
  ['next-pane', '\t', focuses(4)],
  ['previous-pane', '\x1b[Z', focuses(3)],
  ['details', '\r', shows(/│ Flow {2}/)],
  ['back', '\x1b', lacks(/│ Flow {2}/)],
  ['zoom', 'z', lacks(/Throughput/)],
  ['zoom', 'z', shows(/Throughput/)],
  ['tree', 'v', shows(/[└├]─ /)],
  ['tree', 'v', lacks(/[└├]─ /)],
  ['filter', '/', shows(/^ filter /m)],
  ['filter', 'app:firefox\r', shows(/only app:firefox/)],
  ['back', '\x1b', lacks(/only app:firefox/)],
  ['follow', '3gf', shows(/only host/)],
  ['back', '\x1b', lacks(/only host/)],
  ['hide', 'gx', shows(/only not proto:/)],
  ['back', '\x1b', lacks(/only not proto:/)],
  ['sort', 's', shows(/local▴/)],
  ['reverse', 'r', shows(/local▾/)],
  ['sort-back', '<', lacks(/local[▴▾]/)],
  ['copy', 'gy', shows(/copied: /)],
  ['mute', 'm', shows(/select an alert/)],
  ['step-back', LEFT, shows(/PAST.*14:01:59/)],
  ['step-forward', RIGHT, lacks(/PAST/)],
  ['jump-back', '\x1b[1;2D', shows(/PAST.*14:01:00/)],
  ['jump-forward', '\x1b[1;2C', lacks(/PAST/)],
  ['previous-alert', '[', shows(/PAST.*14:01:30/)],
  ['previous-alert', '[', shows(/PAST.*14:01:00/)],
  ['next-alert', ']', shows(/PAST.*14:01:30/)],
  ['now', ' ', lacks(/PAST/)],
  ['pause', 'p', shows(/PAUSED/)],
  ['pause', 'p', lacks(/PAUSED/)],
  ['units', 'b', shows(/MB\/s/)],
  ['prefix', 'i', shows(/MiB\/s/)],
  ['totals', 't', lacks(/│ .*youtube.*iB\/s/)],
  ['names', 'n', lacks(/www\.youtube\.com:443/)],
  ['theme', 'T', shows(/theme: light/)],
];

terminalTest('every key does what its help says', async (t) => {
  const session = await open(t, '--rich --past', { columns: 160, rows: 50 });
  for (const [action, keys, until] of STEPS) {
    assert.ok(action === 'up' || !until(session), `${action} is so before ${JSON.stringify(keys)}`);
    session.type(keys);
    await session.waitFor(`${action} by ${JSON.stringify(keys)}`, () => until(session));
  }
  await quit(session, 'q', 0);
  const tried = new Set<string>([...STEPS.map(([action]) => action), 'quit']);
  assert.deepEqual(
    ACTION_NAMES.filter((name) => !tried.has(name)),
    [],
  );
});

terminalTest('10,000 flows: to the end, turned round, sorted, and back', async (t) => {
  const session = await open(t, '--flows 10000', { columns: 120, rows: 35 });
  for (const [keys, until] of [
    ['3G', shows(/-10000 of 10000/)],
    ['s', shows(/local▴/)],
    ['r', shows(/local▾/)],
    ['g', shows(/ 1-\d+ of 10000/)],
    ['\x1b[6~\x1b[6~\x1b[6~', lacks(/ 1-\d+ of 10000/)],
  ] as const) {
    session.type(keys);
    await session.waitFor(JSON.stringify(keys), () => until(session));
  }
  assertBorders(session, layoutOf(120, 35, 'capture+events', 1, 0));
  await quit(session, 'q', 0);
});

terminalTest('many sizes while it draws: the last one is whole', async (t) => {
  const session = await open(t, '--live 20 --hostile', { columns: 120, rows: 35 }, /Throughput/);
  for (let i = 0; i < 30; i += 1) session.resize(60 + ((i * 37) % 110), 20 + ((i * 13) % 35));
  session.resize(100, 30);
  await session.waitFor('the last size', () => session.cell(99, 1) === '╮');
  session.type('p');
  await session.waitForText('PAUSED');
  assertBorders(session, layoutOf(100, 30, 'capture+events', 1, 0));
  assertOnlyOwnSequences(session.output, 40);
  await quit(session, 'q', 0);
});

terminalTest('hostile names in every pane alone, in details, in offers and in a filter', async (t) => {
  const session = await open(t, '--rich --hostile', { columns: 120, rows: 35 });
  session.type('z');
  for (const pane of [2, 3, 4, 5, 6, 7]) {
    session.type(String(pane));
    await session.waitFor(`pane ${pane}`, () => isFocused(session, pane));
    session.type('jd');
    await session.waitFor('details', () => DETAILS.test(text(session)));
    session.type('d');
    await session.waitFor('no details', () => !DETAILS.test(text(session)));
    assertOnlyOwnSequences(session.output);
  }
  session.type('/app:');
  await session.waitForText(' Tab ');
  session.type('\t');
  await session.waitForText('only app:');
  assertOnlyOwnSequences(session.output);
  session.type('\r');
  await session.waitFor('the filter', () => /q quit/.test(session.screen().at(-1) ?? ''));
  await quit(session, 'q', 0);
});
