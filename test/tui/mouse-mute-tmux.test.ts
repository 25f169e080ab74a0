// What a hand does to the dashboard beyond plain keys: the mouse, copying, muting; and the dashboard inside tmux.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assertOnlyOwnSequences, open, quit } from './dashboard-session.js';
import { terminalTest } from './pseudo-terminal.js';
import { TerminalSession } from './terminal-session.js';

const driver = join(dirname(fileURLToPath(import.meta.url)), 'dashboard-driver.js');
const SELECTED = 24;

const press = (x: number, y: number): string => `\x1b[<0;${x + 1};${y + 1}M\x1b[<0;${x + 1};${y + 1}m`;
const text = (session: TerminalSession): string => session.screen().join('\n');

terminalTest(
  'mouse: a click selects, a second one opens the details, one on a heading sorts and turns round',
  async (t) => {
    const session = await open(t, '--rich', { columns: 120, rows: 35 });
    const y = session.screen().findIndex((row) => row.includes('93.184.0.3:53'));
    session.type(press(30, y));
    await session.waitFor(
      'a selected row',
      () => session.terminal.buffer.active.getLine(y)?.getCell(30)?.getBgColor() === SELECTED,
    );
    session.type(press(30, y));
    await session.waitForText('│ Flow  ');
    session.type('d');
    await session.waitFor('no details', () => !text(session).includes('│ Flow  '));
    const heading = session.screen().findIndex((row) => row.includes(' remote '));
    const x = session.screen()[heading]?.indexOf('remote') ?? 0;
    session.type(press(x, heading));
    await session.waitForText('remote▴');
    session.type(press(x, heading));
    await session.waitForText('remote▾');
    await quit(session, 'q', 0);
  },
);

for (const names of ['', '--hostile']) {
  terminalTest(`y copies the row, as text and nothing else ${names}`, async (t) => {
    const session = await open(t, `--rich ${names}`, { columns: 120, rows: 35 });
    session.type('3jy');
    await session.waitForText('copied: ');
    assert.ok(session.clipboard.includes('\t'), session.clipboard);
    assert.ok(!/[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/.test(session.clipboard), JSON.stringify(session.clipboard));
    assertOnlyOwnSequences(session.output);
    await quit(session, 'q', 0);
  });
}

terminalTest('m asks why and for how long; then the notice is gone', async (t) => {
  const session = await open(t, '--rich', { columns: 120, rows: 35 });
  session.type('7');
  await session.waitForText('calls home every 60 s');
  session.type('jjjm');
  await session.waitForText(' why mute it ');
  session.type('my own cron job\r');
  await session.waitForText(' for how long ');
  session.type('\x15soon\r');
  await session.waitForText('30m, 8h, 7d');
  session.type('\x157d\r');
  await session.waitForText('muted for 7d: beacon of 192.168.1.77');
  await session.waitFor('no notice', () => !session.screen().slice(-3).join('\n').includes('calls home'));
  await quit(session, 'q', 0);
});

const noTmux = spawnSync('tmux', ['-V']).status === 0 ? false : 'tmux is not installed';

terminalTest('in tmux: draws, obeys keys and resizing, ends, and the server is gone', { skip: noTmux }, async (t) => {
  const socket = `kaipo-test-${process.pid}`;
  const inside = `${process.execPath} ${driver}`;
  const command = `tmux -f /dev/null -L ${socket} new-session '${inside}'`;
  const session = new TerminalSession({ columns: 120, rows: 35, command });
  t.after(async () => {
    spawnSync('tmux', ['-L', socket, 'kill-server']);
    await session.dispose();
  });
  const shows = (what: string, wanted: () => boolean) => session.waitForPicture(what, wanted);
  await shows('the dashboard', () => text(session).includes('34.1 Mb/s') && text(session).includes('q quit'));
  session.type('?');
  await shows('the help', () => text(session).includes(' Keys '));
  session.type('?');
  await shows('no help', () => !text(session).includes(' Keys '));
  session.resize(80, 24);
  await shows(
    'the new size',
    () => session.cell(79, 1) === '╮' && session.screen().some((row) => row.includes('q quit')),
  );
  session.type('q');
  await session.waitForEnd();
  assert.equal(session.status, 0);
  assert.throws(() => execFileSync('tmux', ['-L', socket, 'list-sessions'], { stdio: 'ignore' }));
});
