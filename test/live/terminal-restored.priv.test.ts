// Capture that ends for good under the dashboard: the helper is killed until it is not started again. The screen goes on with what the
// counters say, and gives the terminal back as ever; a helper never outlives the program.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Wires } from '../helper/netns.js';
import { terminalTest } from '../tui/pseudo-terminal.js';
import { TerminalSession } from '../tui/terminal-session.js';
import { KAIPO, noCapture } from './live-program.js';

/** The helper the program runs now, if any. */
function helperOf(pid: number): number | undefined {
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const [, command, state, parent] = /\((.*)\) (\S) (\d+)/.exec(stat) ?? [];
      if (command?.startsWith('kaipo-capture') && state !== 'Z' && Number(parent) === pid) return Number(name);
    } catch {
      // It ended meanwhile.
    }
  }
  return undefined;
}

for (const [way, status] of [
  ['q', 0],
  ['\x03', 130],
  ['SIGTERM', 143],
] as const) {
  terminalTest(
    `the helper is killed until capture ends, then ${JSON.stringify(way)}`,
    {
      skip: noCapture,
      timeout: 60_000,
    },
    async (t) => {
      const folder = mkdtempSync(join(tmpdir(), 'kaipo-lost-'));
      const wires = new Wires();
      const live = `'${process.execPath}' '${KAIPO}' live -i a0 --interval 0.3 --no-record`;
      const session = new TerminalSession({
        columns: 160,
        rows: 45,
        command: `ip netns exec ${wires.near} ${live}`,
        env: { XDG_STATE_HOME: folder, XDG_RUNTIME_DIR: folder },
      });
      t.after(async () => {
        await session.dispose();
        wires.close();
        rmSync(folder, { recursive: true, force: true });
      });
      await session.waitForText('● capture');
      const pid = session.programPid();
      const killed = new Set<number>();
      // At the last kill it has been seen that there is no other.
      await session.waitFor('the end of capture', () => {
        const helper = helperOf(pid);
        if (helper !== undefined && !killed.has(helper)) {
          killed.add(helper);
          process.kill(helper, 'SIGKILL');
        }
        return session.screen().join('\n').includes('○ counters');
      });
      // Spares and the one that reads the events are among them.
      assert.ok(killed.size >= 6);
      await session.waitForText('failed 6 times within a minute');
      assert.equal(session.terminal.buffer.active.type, 'alternate');
      if (way === 'SIGTERM') process.kill(pid, way);
      else session.type(way);
      await session.waitForEnd();
      assert.equal(session.status, status);
      assert.ok(!existsSync(`/proc/${pid}`));
      assert.deepEqual(
        [...killed].filter((helper) => existsSync(`/proc/${helper}`)),
        [],
      );
      assert.equal(session.terminal.buffer.active.type, 'normal');
      assert.equal(session.terminal.modes.mouseTrackingMode, 'none');
      assert.equal(session.sttyAfter, session.sttyBefore);
    },
  );
}
