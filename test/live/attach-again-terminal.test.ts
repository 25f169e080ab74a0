// A recorder is killed and started again under a dashboard that shows it: the view goes on and comes back, and what a person made of it
// (filter, focus, order, an open box) stays. The past is at hand all the time.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DaemonProgram, KAIPO } from '../soak/daemon-program.js';
import { terminalTest } from '../tui/pseudo-terminal.js';
import { TerminalSession } from '../tui/terminal-session.js';

const LEFT = '\x1b[D';

terminalTest(
  'a recorder that is killed and started again, with everything a person chose',
  { timeout: 60_000 },
  async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'kaipo-again-'));
    const store = join(folder, 'store');
    const env = { ...process.env, XDG_RUNTIME_DIR: '', RUNTIME_DIRECTORY: '' };
    const started: DaemonProgram[] = [];
    const startDaemon = async (): Promise<DaemonProgram> => {
      const daemon = new DaemonProgram(['--helper', 'none', '--interval', '0.3', '--store', store], [], env);
      started.push(daemon);
      await daemon.ready();
      return daemon;
    };
    const first = await startDaemon();
    const session = new TerminalSession({
      columns: 160,
      rows: 50,
      command: `'${process.execPath}' '${KAIPO}' live --store '${store}'`,
      env: { XDG_STATE_HOME: folder },
    });
    t.after(async () => {
      await session.dispose();
      for (const daemon of started) await daemon.end('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    });
    const screen = (): string => session.screen().join('\n');
    const header = (): string => session.screen()[0] ?? '';
    const headerSays = (text: string): Promise<void> =>
      session.waitFor(`"${text}" in the header`, () => header().includes(text));
    const press = async (keys: string, text: string): Promise<void> => {
      session.type(keys);
      await session.waitForText(text);
    };
    /** Left as often as it takes: who has just begun has recorded nothing. */
    const pastAndBack = async (): Promise<void> => {
      await session.waitFor('a step into the past', () => {
        if (!header().includes('PAST')) session.type(LEFT);
        return / PAST .*\d s at /.test(header());
      });
      assertChoices('in the past', true);
      session.type(' ');
      await session.waitFor('now', () => !header().includes('PAST'));
      assertChoices('back at now');
    };
    /** Filter, focus (the pane that is zoomed), order and details. */
    const assertChoices = (when: string, isPast = false): void => {
      assert.match(header(), /only iface:\*/, when);
      assert.match(screen(), /│ name▾ /, `${when}: the order\n${screen()}`);
      // Where nothing moved the past has no rows.
      if (!isPast) assert.match(screen(), /── interface ─╮/, `${when}: the details\n${screen()}`);
    };

    await headerSays(`recording: process ${first.pid}`);
    await session.waitForText('Throughput');
    await press('1/iface:*\r', 'only iface:*');
    await press('zs', '│ name▴ ');
    await press('r', '│ name▾ ');
    await press('j\r', ' interface ');
    await pastAndBack();

    await first.end('SIGKILL');
    await session.waitForText('goes on by itself');
    await headerSays('not recording');
    assertChoices('alone');
    await session.waitForText(`process ${first.pid}, is gone`);
    await pastAndBack();

    const second = await startDaemon();
    await headerSays(`recording: process ${second.pid}`);
    assertChoices('attached again');
    await pastAndBack();
    await headerSays(`recording: process ${second.pid}`);

    session.type('q');
    await session.waitForEnd();
    assert.equal(session.status, 0);
    assert.equal(session.sttyAfter, session.sttyBefore);
  },
);
