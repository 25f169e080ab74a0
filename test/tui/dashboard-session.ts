// The dashboard under test in its terminal, and what has to be true of every screen. Owns: starting the driver, golden files, the shape of boxes.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type Layout, layoutScreen } from '@kaipo/cli/tui/layout.js';
import type { Rung } from '@kaipo/core/query/live-snapshot.js';
import { type SessionOptions, TerminalSession } from './terminal-session.js';

const here = dirname(fileURLToPath(import.meta.url));
const driver = join(here, 'dashboard-driver.js');
// Golden files stand beside the sources, not beside the compiled tests.
const expected = join(here, '..', '..', 'tui', 'expected');
export const SIZES = [
  [160, 50],
  [120, 35],
  [80, 24],
  [60, 20],
] as const;

type Start = Partial<Omit<SessionOptions, 'command'>>;

/** The rates of the last tick, with and without capture: the picture is complete. */
const LAST_TICK = /3(4\.1|5\.8) Mb\/s/;

export async function open(
  t: TestContext,
  args: string,
  start: Start = {},
  isThere: RegExp = LAST_TICK,
): Promise<TerminalSession> {
  const command = `'${process.execPath}' '${driver}' ${args}`;
  const session = new TerminalSession({ columns: 80, rows: 24, ...start, command });
  t.after(() => session.dispose());
  await session.waitFor('the last tick', () => isThere.test(session.screen().join('\n')));
  return session;
}

export function layoutOf(columns: number, rows: number, rung: Rung, headerLines: number, noticeCount: number): Layout {
  return layoutScreen({ columns, rows, rung, headerLines, noticeCount, recent: ['flows'] });
}

/** Every box of the layout has all its corners and an unbroken left and right edge, and nothing is drawn outside. */
export function assertBorders(session: TerminalSession, layout: Layout, edge = '│', corners = '╭╮╰╯'): void {
  const [topLeft, topRight, bottomLeft, bottomRight] = corners;
  const screen = session.screen().join('\n');
  const rects = [...(layout.overview === undefined ? [] : [layout.overview]), ...layout.boxes.map((box) => box.rect)];
  for (const { x, y, width, height } of rects) {
    const at = `box at ${x},${y} ${width}x${height}\n${screen}`;
    assert.equal(session.cell(x, y), topLeft, `top left of ${at}`);
    assert.equal(session.cell(x + width - 1, y), topRight, `top right of ${at}`);
    assert.equal(session.cell(x, y + height - 1), bottomLeft, `bottom left of ${at}`);
    assert.equal(session.cell(x + width - 1, y + height - 1), bottomRight, `bottom right of ${at}`);
    for (let row = y + 1; row < y + height - 1; row += 1) {
      assert.equal(session.cell(x, row), edge, `left edge, row ${row} of ${at}`);
      assert.equal(session.cell(x + width - 1, row), edge, `right edge, row ${row} of ${at}`);
    }
  }
  // Boxes, header, notices and footer cover the screen exactly once.
  const { terminal } = session;
  const covered = new Uint8Array(terminal.cols * terminal.rows);
  for (const { x, y, width, height } of [...rects, layout.header, layout.notices, layout.footer]) {
    for (let row = y; row < y + height; row += 1) {
      for (let column = x; column < x + width; column += 1) covered[row * terminal.cols + column]! += 1;
    }
  }
  assert.ok(
    covered.every((times) => times === 1),
    'the layout leaves a hole or overlaps',
  );
}

/** Of the dark theme: the number of the pane in front. */
const KEY = 38;

/** The pane that has the keys: its number stands bright in the top edge of a box. */
export function isFocused(session: TerminalSession, pane: number): boolean {
  const { active } = session.terminal.buffer;
  return session.screen().some((row, y) => {
    if (!/[╭┬]/.test(row)) return false;
    const line = active.getLine(y);
    for (let x = 1; x < session.terminal.cols; x += 1) {
      const cell = line?.getCell(x);
      if (cell?.getChars() === String(pane) && cell.getFgColor() === KEY && cell.isBold() !== 0) return true;
    }
    return false;
  });
}

export function assertGolden(session: TerminalSession, name: string): void {
  assertGoldenText(`${session.screen().join('\n')}\n`, name);
}

export function assertGoldenText(actual: string, name: string): void {
  const file = join(expected, `${name}.txt`);
  if (process.env['UPDATE_GOLDEN'] === '1') {
    mkdirSync(expected, { recursive: true });
    writeFileSync(file, actual);
  }
  assert.equal(actual, readFileSync(file, 'utf8'), `${name}: rewrite with UPDATE_GOLDEN=1 if this is intended`);
}

export async function quit(session: TerminalSession, key: string, status: number): Promise<void> {
  session.type(key);
  await session.waitForEnd();
  assert.equal(session.status, status);
  assertRestored(session);
}

export function assertRestored(session: TerminalSession): void {
  assert.equal(session.terminal.buffer.active.type, 'normal', 'the alternate screen was left');
  assert.equal(session.terminal.modes.mouseTrackingMode, 'none', 'the mouse is off');
  assert.equal(session.terminal.modes.applicationCursorKeysMode, false, 'cursor keys are normal');
  assert.ok(session.output.lastIndexOf('\x1b[?25h') > session.output.lastIndexOf('\x1b[?25l'), 'the cursor is shown');
  assert.notEqual(session.sttyBefore, '');
  // A resize is the one thing that may stay changed.
  const modes = (stty: string): string => stty.replace(/rows \d+; columns \d+;/, '');
  assert.equal(modes(session.sttyAfter), modes(session.sttyBefore), 'stty -a as before');
}

/** Nothing but SGR, cursor movement, modes and the title kaipo itself sets reaches the terminal. */
export function assertOnlyOwnSequences(output: string, mostClears = 2): void {
  const rest = output
    .replaceAll('\x1b]0;kaipo\x07', '')
    .replace(/\x1b\]52;c;[A-Za-z0-9+/=]*\x07/g, '')
    .replace(/\x1b\[[0-9;?]*[A-Za-z]|\x1b[78=>]|\x1b\(B/g, '')
    .replace(/[\r\n]/g, '');
  const control = /[\u0000-\u001f\u007f-\u009f]/.exec(rest);
  assert.equal(
    control,
    null,
    `control character in ${JSON.stringify(rest.slice((control?.index ?? 0) - 20, (control?.index ?? 0) + 20))}`,
  );
  assert.ok(!output.includes('owned\x07'), 'no title from a captured name');
  // Clearing belongs to opening, resizing and closing only.
  assert.ok((output.match(/\x1b\[2J/g) ?? []).length <= mostClears);
}
