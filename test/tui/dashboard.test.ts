// The dashboard in a real pseudo-terminal, read back through a real terminal emulator.
import assert from 'node:assert/strict';
import { layoutScreen } from '@kaipo/cli/tui/layout.js';
import {
  assertBorders,
  assertGolden,
  assertOnlyOwnSequences,
  assertRestored,
  layoutOf,
  open,
  quit,
  SIZES,
} from './dashboard-session.js';
import { terminalTest } from './pseudo-terminal.js';
import { renderScreenSvg } from './render-screen-svg.js';

for (const [columns, rows] of SIZES) {
  terminalTest(`${columns}x${rows}: boxes whole, screen as expected, q gives the terminal back`, async (t) => {
    const session = await open(t, '--notices', { columns, rows });
    assertBorders(session, layoutOf(columns, rows, 'capture+events', 1, 3));
    assertGolden(session, `capture-events-${columns}x${rows}`);
    await quit(session, 'q', 0);
  });

  terminalTest(`${columns}x${rows}: hostile names stay in their cells`, async (t) => {
    const session = await open(t, '--notices --hostile', { columns, rows });
    for (const pane of ['2', '4', '6', '3']) {
      session.type(pane);
      await session.waitFor(`focus on pane ${pane}`, () => session.screen().join('\n').includes(`${pane} `));
    }
    assertBorders(session, layoutOf(columns, rows, 'capture+events', 1, 3));
    assertOnlyOwnSequences(session.output);
    assert.equal(session.terminal.buffer.active.type, 'alternate');
    assert.ok(
      !/[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/.test(session.output),
      'no bidi or invisible characters',
    );
    assert.ok(session.screen().join('\n').includes('{red-fg}{bo'), 'tags are text');
    await quit(session, 'q', 0);
  });
}

terminalTest('counters with sockets: the panes of applications, and what their bytes are', async (t) => {
  const session = await open(t, '--rung counters --sockets', { columns: 120, rows: 35 });
  assertBorders(session, layoutOf(120, 35, 'capture', 2, 0));
  assertGolden(session, 'sockets-120x35');
  assert.ok(session.screen()[1]?.includes("TCP payload only, from the kernel's socket table; no packets"));
});

terminalTest('lower rungs say how to see more', async (t) => {
  const capture = await open(t, '--rung capture', { columns: 80, rows: 24 });
  assertBorders(capture, layoutOf(80, 24, 'capture', 2, 0));
  assertGolden(capture, 'capture-80x24');
  const counters = await open(t, '--rung counters', { columns: 80, rows: 24 });
  assertBorders(counters, layoutOf(80, 24, 'counters', 2, 0));
  assertGolden(counters, 'counters-80x24');
  assert.ok(counters.screen()[1]?.includes('sudo kaipo setup'));
});

for (const [columns, rows] of [
  [160, 50],
  [80, 24],
  [60, 20],
] as const) {
  terminalTest(`${columns}x${rows}: processes below their applications, and back`, async (t) => {
    const session = await open(t, '', { columns, rows });
    session.type('v');
    await session.waitFor('a branch', () => /[└├]─ firefox/.test(session.screen().join('\n')));
    assertBorders(session, {
      ...layoutScreen({ columns, rows, rung: 'capture+events', headerLines: 1, noticeCount: 0, recent: ['apps'] }),
    });
    assertGolden(session, `processes-${columns}x${rows}`);
    session.type('z');
    await session.waitFor('the zoomed pane', () => !session.screen().join('\n').includes('Throughput'));
    assertGolden(session, `processes-zoomed-${columns}x${rows}`);
    // Nothing sorts a tree.
    session.type('srz');
    await session.waitForText('Throughput');
    assertGolden(session, `processes-${columns}x${rows}`);
    session.type('v');
    await session.waitFor('the list', () => !/[└├]─ firefox/.test(session.screen().join('\n')));
    await quit(session, 'q', 0);
  });
}

terminalTest('hostile names and a terminal without UTF-8 do not break the tree', async (t) => {
  const hostile = await open(t, '--hostile', { columns: 120, rows: 35 });
  hostile.type('v');
  await hostile.waitForText('└─ firefox');
  const layout = { columns: 120, rows: 35, rung: 'capture+events', headerLines: 1, noticeCount: 0 } as const;
  assertBorders(hostile, layoutScreen({ ...layout, recent: ['apps'] }));
  assertOnlyOwnSequences(hostile.output);
  await quit(hostile, 'q', 0);
  const ascii = await open(t, '', { rows: 40, env: { LANG: 'C', NO_COLOR: '1' } });
  ascii.type('vz');
  await ascii.waitForText('`- 37 ended processes');
  await quit(ascii, 'q', 0);
});

terminalTest('of a recorder that does not tell of processes the applications stay a list', async (t) => {
  const session = await open(t, '--older', { columns: 120, rows: 35 });
  session.type('vz');
  await session.waitFor('the zoomed pane', () => !session.screen().join('\n').includes('Throughput'));
  assert.match(session.screen().join('\n'), /2 Apps|2 Applications /);
  assert.match(session.screen().join('\n'), /firefox +1200/);
  await quit(session, 'q', 0);
});

terminalTest('Ctrl-C ends with what the caller says, the terminal as it was', async (t) => {
  await quit(await open(t, ''), '\x03', 130);
});

terminalTest('SIGTERM and an uncaught exception give the terminal back too', async (t) => {
  const killed = await open(t, '');
  process.kill(killed.programPid(), 'SIGTERM');
  await killed.waitForEnd();
  assert.equal(killed.status, 128 + 15);
  assertRestored(killed);
  const thrown = await open(t, '--throw');
  thrown.type('X');
  await thrown.waitForEnd();
  assert.notEqual(thrown.status, 0);
  assert.ok(thrown.screen().join('\n').includes('thrown by the driver'), 'the error is on the normal screen');
  assertRestored(thrown);
});

terminalTest('a resize is drawn at the new size, down to the message and back', async (t) => {
  const session = await open(t, '', { columns: 120, rows: 35 });
  for (const [columns, rows] of [
    [80, 24],
    [60, 20],
    [160, 50],
  ] as const) {
    session.resize(columns, rows);
    const layout = layoutOf(columns, rows, 'capture+events', 1, 0);
    await session.waitFor(`boxes at ${columns}x${rows}`, () => {
      const last = layout.boxes.at(-1)?.rect;
      return (
        last !== undefined &&
        session.cell(last.x + last.width - 1, last.y + last.height - 1) === '╯' &&
        session.cell(columns - 1, layout.header.height) === '╮' &&
        (session.screen()[rows - 1] ?? '').includes('q quit')
      );
    });
    assertBorders(session, layout);
  }
  session.resize(30, 8);
  await session.waitForText('make the terminal larger');
  session.resize(80, 24);
  await session.waitForText('q quit');
  assertBorders(session, layoutOf(80, 24, 'capture+events', 1, 0));
  await quit(session, 'q', 0);
});

terminalTest('keys: help, focus, zoom, sort, units, totals, pause, selection', async (t) => {
  const session = await open(t, '');
  const shows = (text: string) => session.waitForText(text);
  const gone = (text: string) => session.waitFor(`no "${text}"`, () => !session.screen().join('\n').includes(text));
  session.type('?');
  await shows('everything known of the row');
  assertGolden(session, 'help-80x24');
  session.type('?');
  await gone('everything known of the row');
  session.type('?');
  await shows('everything known of the row');
  session.type('\x1b');
  await gone('everything known of the row');
  session.type('z');
  await gone('Throughput');
  session.type('z');
  await shows('Throughput');
  session.type('5');
  await shows('quic');
  session.type('4s');
  await shows('host▴');
  session.type('r');
  await shows('host▾');
  session.type('b');
  await shows('MB/s');
  session.type('b');
  await gone('MB/s');
  session.type('t');
  await gone('1.26 Mb/s');
  session.type('t');
  session.type('p');
  await shows('PAUSED');
  session.type('p');
  await gone('PAUSED');
  session.type('3G');
  await shows('of 1000');
  await session.waitFor('the last row', () => session.screen().some((row) => row.includes('-1000 of 1000')));
  session.type('g');
  await shows('1-6 of 1000');
  // The wheel over the flows, as a terminal reports it (SGR, column 10, row 20).
  session.type('\x1b[<65;10;20M');
  await session.waitFor(
    'a selected row',
    () => (session.terminal.buffer.active.getLine(17)?.getCell(5)?.getBgColor() ?? 0) === 24,
  );
  await quit(session, 'q', 0);
});

for (const names of ['', '--hostile']) {
  terminalTest(`what is drawn piece by piece equals what is drawn at once ${names}`, async (t) => {
    const session = await open(t, names, { columns: 120, rows: 35 });
    const pictures = new Set<string>();
    // Sorting, paging and selecting put wide characters over wide and narrow ones, and back.
    // Eight pages down the reversed names, Japanese replaces Korean in place: wide over wide, the same columns.
    const pages = '\x1b[6~'.repeat(8);
    for (const keys of ['4s', 'rjj', 'k2s', 'r', '3s', 's', 'r', pages, 'jj', 'kg', 'sss', '6s', 'r']) {
      session.type(`${keys}p`);
      await session.waitForText('PAUSED');
      const piecewise = session.screen();
      pictures.add(piecewise.join('\n'));
      // Another width and back: everything is drawn anew, with as many rows as before.
      session.resize(112, 35);
      await session.waitFor('the other size', () => session.cell(111, 1) === '╮');
      session.resize(120, 35);
      await session.waitFor('the old size', () => session.cell(119, 1) === '╮');
      assert.deepEqual(session.screen(), piecewise, `after ${JSON.stringify(keys)}`);
      session.type('p');
      await session.waitFor('the end of the pause', () => !session.screen().join('\n').includes('PAUSED'));
    }
    assert.ok(pictures.size >= 8, 'the keys changed the picture');
    await quit(session, 'q', 0);
  });
}

terminalTest('without UTF-8 lines and graph are ASCII; NO_COLOR sends no colour', async (t) => {
  const session = await open(t, '', { env: { LANG: 'C', NO_COLOR: '1' } });
  assertBorders(session, layoutOf(80, 24, 'capture+events', 1, 0), '|', '++++');
  assertGolden(session, 'ascii-80x24');
  session.type('T');
  await session.waitForText('theme: ');
  assert.ok(!/\x1b\[[0-9;]*(?:[39][0-7]|[34]8;5;\d+)m/.test(session.output), 'no colour sequence');
  await quit(session, 'q', 0);
});

terminalTest('TERM of screen and tmux is silent and draws the same', async (t) => {
  for (const TERM of ['screen-256color', 'tmux-256color', 'screen', 'xterm-kitty', 'vt100']) {
    const session = await open(t, '', { env: { TERM } });
    assert.ok(!session.output.includes('Error on'), TERM);
    assertBorders(session, layoutOf(80, 24, 'capture+events', 1, 0));
    await quit(session, 'q', 0);
  }
});

terminalTest('the screen as SVG has its text and its colours', async (t) => {
  const session = await open(t, '', { columns: 120, rows: 35 });
  const svg = renderScreenSvg(session.terminal);
  assert.ok(svg.startsWith('<svg ') && svg.trimEnd().endsWith('</svg>'));
  assert.ok(svg.includes('kaipo') && svg.includes('www.youtube.com') && svg.includes('日'));
  assert.ok(svg.includes('#00afd7') && svg.includes('#af87d7'));
  assert.ok(!/&(?!amp;|lt;|gt;|quot;)/.test(svg));
});
