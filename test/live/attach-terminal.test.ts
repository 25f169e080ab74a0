// The dashboard beside a recorder: says whose numbers it shows, and that they are its own when the recorder is gone.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DaemonProgram, KAIPO } from '../soak/daemon-program.js';
import { terminalTest } from '../tui/pseudo-terminal.js';
import { TerminalSession } from '../tui/terminal-session.js';

terminalTest('the dashboard of a recorder, before and after it is killed', { timeout: 60_000 }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'kaipo-attached-'));
  const store = join(folder, 'store');
  const env = { ...process.env, XDG_RUNTIME_DIR: '', RUNTIME_DIRECTORY: '' };
  const daemon = new DaemonProgram(['--helper', 'none', '--interval', '0.3', '--store', store], [], env);
  const command = `'${process.execPath}' '${KAIPO}' live --store '${store}'`;
  await daemon.ready();
  const session = new TerminalSession({ columns: 160, rows: 50, command });
  t.after(async () => {
    await session.dispose();
    await daemon.end('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });
  await session.waitForText(`recorded by process ${daemon.pid}`);
  await session.waitForText('Throughput');
  await daemon.end('SIGKILL');
  await session.waitForText('goes on by itself');
  await session.waitForText('not recording');
  session.type('q');
  await session.waitForEnd();
  assert.equal(session.status, 0);
});
