// Rewind on the screen: what the real `kaipo live` drew in a terminal while real traffic went over a wire is what it draws of each of these
// moments when a person steps back to it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Wires } from '../helper/netns.js';
import { terminalTest } from '../tui/pseudo-terminal.js';
import { TerminalSession } from '../tui/terminal-session.js';
import { KAIPO, noCapture } from './live-program.js';

const SERVER = `require('node:http').createServer((q, a) => a.end('x'.repeat(Number(q.url.slice(1)))))
  .listen(8080, '10.77.0.2', () => console.log('ready'))`;
/** No two seconds alike: each fifth of one takes a little more than the one before. */
const CLIENT = `const http = require('node:http'); const agent = new http.Agent({ keepAlive: true }); let size = 20000;
setInterval(() => http.get({ host: '10.77.0.2', port: 8080, path: '/' + (size += 1777), agent }, (a) => a.resume()), 200);`;
const LEFT = '\x1b[D';
const MOMENTS = 9;

/** Cells `rx` and `tx` of the rows that moved something, by pane and name. */
function rates(screen: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of ['a0', 'node', '10.77.0.2', 'http']) {
    for (const line of screen) {
      for (const part of line.replaceAll('● ', '').split('│')) {
        // Hosts have what is known of them between name and rates.
        const [, rest] = part.startsWith(` ${name} `) ? [name, part.slice(name.length + 1)] : [];
        const cells = rest?.match(/[\d.]+ [kMG]?b\/s/g);
        if (cells !== undefined && cells !== null && cells.length >= 2) found[name] = cells.slice(0, 2).join(' ');
      }
    }
  }
  return found;
}

terminalTest('the screens of the past are those that were live', { skip: noCapture, timeout: 60_000 }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'kaipo-rewind-'));
  const wires = new Wires();
  const started: ReturnType<typeof spawn>[] = [];
  const begin = (netns: string, code: string) => {
    const child = spawn('ip', ['netns', 'exec', netns, process.execPath, '-e', code], {
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    });
    started.push(child);
    return child;
  };
  const open = (more: string): TerminalSession => {
    const live = `'${process.execPath}' '${KAIPO}' live -i a0 --store '${join(folder, 'store')}'`;
    const session = new TerminalSession({
      columns: 200,
      rows: 50,
      command: `ip netns exec ${wires.near} ${live} ${more}`,
      env: { XDG_STATE_HOME: folder, XDG_RUNTIME_DIR: folder },
    });
    sessions.push(session);
    return session;
  };
  const sessions: TerminalSession[] = [];
  t.after(async () => {
    for (const session of sessions) await session.dispose();
    for (const { pid } of started) if (pid !== undefined) process.kill(-pid, 'SIGKILL');
    wires.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const server = begin(wires.far, SERVER);
  await new Promise((resolve) => server.stdout!.once('data', resolve));
  begin(wires.near, CLIENT);
  const session = open('--interval 1');
  const header = (of = session): string => of.screen()[0] ?? '';
  await session.waitForText('● capture');

  // Screens while they are live.
  const live = new Set<string>();
  await session.waitFor('enough screens', () => {
    const seen = rates(session.screen());
    if (Object.keys(seen).length === 4) live.add(JSON.stringify(seen));
    return live.size >= MOMENTS;
  });

  // The same, by going back.
  const past = new Map<string, string>();
  let label = '';
  // Nothing may be written yet: the first press asks for it.
  let pressedMs = Number.NEGATIVE_INFINITY;
  await session.waitFor('the past', () => {
    if (!header().includes('PAST') && performance.now() - pressedMs > 700) {
      pressedMs = performance.now();
      session.type(LEFT);
    }
    return header().includes('PAST');
  });
  const labelOf = (of = session): string =>
    /PAST (.*?\d\d:\d\d:\d\d(?:, [a-z ]+)?)/.exec(header(of))?.[1]?.trim() ?? '';
  while (past.size < MOMENTS + 3 && !label.includes('history begins here')) {
    await session.waitFor('another picture', () => labelOf() !== '' && labelOf() !== label);
    label = labelOf();
    past.set(label, JSON.stringify(rates(session.screen())));
    session.type(LEFT);
  }
  // Two intervals may begin in one second: such a picture is of both.
  const single = [...past].filter(([at, seen]) => at.startsWith('1 s at') && live.has(seen));
  const missed = [...live].filter((seen) => ![...past.values()].includes(seen));
  t.diagnostic(`${live.size} live, ${past.size} past, ${single.length} the same`);
  assert.ok(missed.length <= 3, `${JSON.stringify({ missed, past: [...past] }, undefined, 1)}`);
  assert.ok(single.length >= MOMENTS - 3);

  // There was no alert; now is one key away, and moves.
  session.type('[');
  await session.waitForText('no alert, loss or gap further on');
  session.type(']');
  await session.waitFor('an answer', () => header().includes('PAST'));
  session.type(' ');
  await session.waitFor('now', () => !header().includes('PAST') && !live.has(JSON.stringify(rates(session.screen()))));

  // Beside it, another one begins in the past.
  const other = open('--at -5s --no-record --helper none');
  await other.waitFor('a screen of the past', () => / PAST 1 s at /.test(header(other)));
  assert.ok([...past.values(), ...live].length > 0 && Object.keys(rates(other.screen())).length === 4, header(other));
  for (const one of [other, session]) {
    one.type('q');
    await one.waitForEnd();
    assert.equal(one.status, 0);
  }
});
