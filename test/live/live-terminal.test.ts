// The real `kaipo live` in a real pseudo-terminal: it draws at every size, follows a resize, and gives the terminal back.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { terminalTest } from '../tui/pseudo-terminal.js';
import { type SessionOptions, TerminalSession } from '../tui/terminal-session.js';
import { KAIPO } from './live-program.js';

/** `columns` x `rows`, counters only: needs no privilege. */
function open(
  t: TestContext,
  columns: number,
  rows: number,
  args = '',
  more: Partial<SessionOptions> = {},
): TerminalSession {
  const home = mkdtempSync(join(tmpdir(), 'kaipo-live-'));
  const command = `XDG_DATA_HOME='${home}' '${process.execPath}' '${KAIPO}' live --helper none --interval 0.3 ${args}`;
  const session = new TerminalSession({ columns, rows, command, ...more });
  t.after(async () => {
    await session.dispose();
    rmSync(home, { recursive: true, force: true });
  });
  return session;
}

/** Every row has an even number of vertical box edges, and as many corners open as close. */
function assertWhole(session: TerminalSession): void {
  const screen = session.screen();
  const text = screen.join('\n');
  const count = (corner: string): number => text.split(corner).length - 1;
  assert.equal(count('╭'), count('╰'), text);
  assert.equal(count('╮'), count('╯'), text);
  assert.equal(count('╭'), count('╮'), text);
  for (const line of screen) assert.equal((line.match(/│/g)?.length ?? 0) % 2, 0, text);
}

function assertGivenBack(session: TerminalSession): void {
  assert.equal(session.terminal.buffer.active.type, 'normal');
  const settings = (stty: string): string => stty.split('\n').slice(1).join('\n');
  assert.equal(settings(session.sttyAfter), settings(session.sttyBefore));
}

terminalTest('it draws at 160x50, 80x24 and 60x20, and records', async (t) => {
  for (const [columns, rows] of [
    [160, 50],
    [80, 24],
    [60, 20],
  ] as const) {
    const session = open(t, columns, rows);
    await session.waitForText('counters');
    await session.waitForText('Throughput');
    assertWhole(session);
    session.type('q');
    await session.waitForEnd();
    assert.equal(session.status, 0);
    assertGivenBack(session);
  }
});

terminalTest(
  'a light terminal gets a light theme; how it was left is remembered, and what is configured comes first',
  async (t) => {
    const state = mkdtempSync(join(tmpdir(), 'kaipo-state-'));
    t.after(() => rmSync(state, { recursive: true, force: true }));
    const start = (background: string, args = '') =>
      open(t, 100, 30, `--no-record ${args}`, { background, env: { XDG_STATE_HOME: state } });
    /** Foreground of the name in the header. */
    const brand = (session: TerminalSession) => session.terminal.buffer.active.getLine(0)?.getCell(1)?.getFgColor();
    const dark = start('rgb:1000/1000/1000');
    await dark.waitForText('Throughput');
    assert.equal(brand(dark), 38);
    dark.type('q');
    await dark.waitForEnd();
    // Nobody chose the dark one.
    const light = start('rgb:ffff/ffff/f000');
    await light.waitForText('Throughput');
    assert.equal(brand(light), 25);
    light.type('b');
    await light.waitForText('B/s');
    light.type('T');
    await light.waitForText('theme: high-contrast');
    light.type('q');
    await light.waitForEnd();
    const again = start('rgb:0000/0000/0000');
    await again.waitForText('B/s');
    assert.equal(brand(again), 14);
    again.type('q');
    await again.waitForEnd();
    const config = join(state, 'kaipo.toml');
    writeFileSync(config, '[live]\ntheme = "dark"\nkeys = { quit = "Q", zoom = ["q"] }\n');
    const configured = start('rgb:ffff/ffff/ffff', `--config '${config}'`);
    await configured.waitForText('Throughput');
    assert.equal(brand(configured), 38);
    configured.type('q');
    await configured.waitFor('the zoomed pane', () => !configured.screen().join('\n').includes('Throughput'));
    configured.type('Q');
    await configured.waitForEnd();
    assert.equal(configured.status, 0);
    assertGivenBack(configured);
  },
);

terminalTest('it follows a resize, shows help, and Ctrl-C ends it with 130', async (t) => {
  const session = open(t, 80, 24, '--no-record');
  await session.waitForText('Throughput');
  session.resize(160, 50);
  await session.waitFor(
    'the wide layout',
    () => /Interfaces.*\n/.test(session.screen().join('\n')) && session.screen()[0]!.length > 100,
  );
  assertWhole(session);
  session.type('?');
  await session.waitForText('reverse');
  session.type('?');
  session.type('\u0003');
  await session.waitForEnd();
  assert.equal(session.status, 130);
  assertGivenBack(session);
});
