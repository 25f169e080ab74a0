// What every pane, the details, the prompt, the help, the past and the themes look like at the sizes people have: files in expected/.
import assert from 'node:assert/strict';
import type { Layout } from '@kaipo/cli/tui/layout.js';
import {
  assertBorders,
  assertGolden,
  assertGoldenText,
  isFocused,
  layoutOf,
  open,
  quit,
  SIZES,
} from './dashboard-session.js';
import { terminalTest } from './pseudo-terminal.js';
import type { TerminalSession } from './terminal-session.js';

const PANES = ['interfaces', 'apps', 'flows', 'hosts', 'protocols', 'dns', 'alerts'] as const;
const isGone = (session: TerminalSession, text: string) =>
  session.waitFor(`no "${text}"`, () => !session.screen().join('\n').includes(text));

for (const [columns, rows] of SIZES) {
  terminalTest(`${columns}x${rows}: every pane in front and alone`, async (t) => {
    const session = await open(t, '--rich', { columns, rows });
    const pictures: string[] = [];
    const take = (name: string): void => {
      pictures.push(`== ${name}\n${session.screen().join('\n')}\n`);
    };
    for (const [i, pane] of PANES.entries()) {
      session.type(String(i + 1));
      await session.waitFor(`pane ${pane}`, () => isFocused(session, i + 1));
      take(pane);
      session.type('z');
      await isGone(session, 'Throughput');
      assertBorders(session, alone(columns, rows));
      take(`${pane} alone`);
      session.type('z');
      await session.waitForText('Throughput');
    }
    assertGoldenText(pictures.join(''), `panes-${columns}x${rows}`);
    await quit(session, 'q', 0);
  });

  terminalTest(`${columns}x${rows}: details, filter, past`, async (t) => {
    const session = await open(t, '--rich --past', { columns, rows });
    const name = (what: string): string => `${what}-${columns}x${rows}`;
    session.type('3jd');
    await session.waitFor('details', () => /│ Flow {2}/.test(session.screen().join('\n')));
    assertGolden(session, name('details-flow'));
    session.type('d4');
    await isGone(session, ' flow ─');
    session.type('jd');
    await session.waitFor('details', () => /│ Host {2}/.test(session.screen().join('\n')));
    assertGolden(session, name('details-host'));
    session.type('d');
    await isGone(session, ' host ─');
    session.type('/app:fi');
    await session.waitForText('only app:fi');
    await session.waitForText('filter  app:fi');
    assertGolden(session, name('filter-completion'));
    session.type('\x15ap:firefox and lan');
    await session.waitForText('column 1');
    assertGolden(session, name('filter-error'));
    session.type('\x15app:firefox\r');
    await session.waitFor('the filter', () => /q quit/.test(session.screen().at(-1) ?? ''));
    assertGolden(session, name('filter-holds'));
    session.type('/\x15\r');
    await isGone(session, 'only app:firefox');
    // The first row: one further down would be where pictures between the two keys, or none, have left it.
    session.type('g\x1b[D\x1b[D');
    await session.waitFor('the past', () => /PAST.*14:01:58/.test(session.screen()[0] ?? ''));
    assertGolden(session, name('past'));
    session.type(' ');
    await isGone(session, 'PAST');
    await quit(session, 'q', 0);
  });
}

const alone = (columns: number, rows: number): Layout => {
  const { boxes, overview: _, ...frame } = layoutOf(columns, rows, 'capture+events', 1, 4);
  const [first] = boxes;
  assert.ok(first !== undefined);
  const height = frame.notices.y - frame.header.height;
  return { ...frame, boxes: [{ ...first, rect: { x: 0, y: frame.header.height, width: columns, height } }] };
};

terminalTest('help: whole where there is room, else by scrolling', async (t) => {
  const large = await open(t, '', { columns: 160, rows: 50 });
  large.type('?');
  await large.waitForText(' Keys ');
  assertGolden(large, 'help-160x50');
  await quit(large, 'q', 0);
  const small = await open(t, '', { columns: 80, rows: 24 });
  small.type('?');
  await small.waitForText(' Keys ');
  small.type('G');
  await small.waitForText('the next theme');
  assertGolden(small, 'help-end-80x24');
  await quit(small, 'q', 0);
});

/** Foreground and background of the first cell of a text. */
function coloursOf(session: TerminalSession, text: string): string {
  const y = session.screen().findIndex((row) => row.includes(text));
  const line = session.terminal.buffer.active.getLine(y);
  const wanted = [...text];
  for (let x = 0; x < session.terminal.cols; x += 1) {
    if (
      !wanted.every(
        (char, i) => line?.getCell(x + i)?.getChars() === char || (char === ' ' && !line?.getCell(x + i)?.getChars()),
      )
    )
      continue;
    const cell = line?.getCell(x);
    const colour = (isDefault: boolean | undefined, value: number | undefined) => (isDefault === true ? '-' : value);
    const look = `${colour(cell?.isFgDefault(), cell?.getFgColor())} on ${colour(cell?.isBgDefault(), cell?.getBgColor())}`;
    return `${look}${cell?.isBold() ? ' bold' : ''}${cell?.isInverse() ? ' inverse' : ''}`;
  }
  return 'not there';
}

terminalTest('each theme colours what it means', async (t) => {
  const looks: string[] = [];
  for (const theme of ['dark', 'light', 'high-contrast', 'color-blind', 'plain']) {
    const session = await open(t, `--rich --theme ${theme}`, { columns: 160, rows: 50 });
    session.type('7j');
    await session.waitFor('a selected alert', () => isFocused(session, 7) || theme !== 'dark');
    const found = [
      'kaipo',
      'capture+events',
      'Throughput',
      '34.1 Mb/s',
      'calls home',
      'quit',
      'attributed',
      'firefox',
    ].map((text) => `  ${text}: ${coloursOf(session, text)}\n`);
    looks.push(`${theme}\n${found.join('')}`);
    await quit(session, 'q', 0);
  }
  assertGoldenText(looks.join(''), 'themes');
});
