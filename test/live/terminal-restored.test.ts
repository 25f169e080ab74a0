// However the real `kaipo live` ends, and whatever is open on its screen then, the terminal is as it was, and no process is left.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { terminalTest } from '../tui/pseudo-terminal.js';
import { TerminalSession } from '../tui/terminal-session.js';
import { KAIPO } from './live-program.js';

const DEADLINE_MS = 20_000;
/** An exception nobody catches, whenever a test wants one. */
const THROWER = "process.on('SIGUSR2', () => { throw new Error('thrown by the test'); });";

type State = 'question' | 'waiting' | 'overview' | 'help' | 'filter' | 'details' | 'past' | 'paused';
type Way = 'q' | 'Ctrl-C' | 'crash' | 'closed' | 'closed without SIGHUP' | NodeJS.Signals;

/** What a shell says of a program that ended this way; a crash is what node says of it. */
const STATUS: Partial<Record<Way, number>> = {
  q: 0,
  'Ctrl-C': 130,
  SIGINT: 130,
  SIGTERM: 143,
  SIGHUP: 143,
  SIGQUIT: 131,
  crash: 1,
  closed: 143,
  'closed without SIGHUP': 143,
};

const CASES: readonly (readonly [State, readonly Way[]])[] = [
  ['question', ['Ctrl-C', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'crash', 'closed', 'closed without SIGHUP']],
  ['waiting', ['q', 'Ctrl-C', 'SIGTERM', 'SIGQUIT', 'crash']],
  ['overview', ['q', 'Ctrl-C', 'SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'crash', 'closed', 'closed without SIGHUP']],
  ['filter', ['Ctrl-C', 'SIGTERM', 'crash', 'closed']],
  ['help', ['q', 'Ctrl-C', 'SIGHUP', 'crash']],
  ['details', ['q', 'SIGTERM', 'SIGQUIT', 'crash']],
  ['past', ['q', 'Ctrl-C', 'SIGTERM', 'crash', 'closed']],
  ['paused', ['q', 'closed without SIGHUP']],
];

/** A session that can be at a question: unlike `waitFor`, it does not want whole pictures. */
async function until(what: string, session: TerminalSession, condition: () => boolean): Promise<void> {
  const endMs = performance.now() + DEADLINE_MS;
  while (!condition()) {
    if (performance.now() > endMs) throw new Error(`${what}: waited in vain\n${session.screen().join('\n')}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const shows = (session: TerminalSession, text: string): boolean => session.screen().join('\n').includes(text);

async function reach(state: State, session: TerminalSession): Promise<void> {
  if (state === 'question') {
    // A terminal that never answers.
    session.terminal.parser.registerCsiHandler({ final: 'c' }, () => true);
    await until('the question', session, () => session.output.includes('\x1b]11;?'));
    return;
  }
  if (state === 'waiting') return session.waitForText('waiting for the first interval');
  await session.waitForText('Throughput');
  if (state === 'help') {
    session.type('?');
    await session.waitForText(' Keys ');
  } else if (state === 'filter') {
    session.type('/net');
    await session.waitForText(' filter  net');
  } else if (state === 'details') {
    session.type('1j');
    await session.waitFor('a selected row', () => true);
    session.type('\r');
    await session.waitForText(' interface ');
  } else if (state === 'past') {
    await session.waitFor('a step into the past', () => {
      if (!shows(session, ' PAST ')) session.type('\x1b[D');
      return shows(session, ' PAST ');
    });
  } else if (state === 'paused') {
    session.type('p');
    await session.waitForText('PAUSED');
  }
}

function parentOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return Number(/^.*\) \S (\d+)/.exec(stat.replaceAll('\n', ' '))?.[1]);
}

/** Everything the program started, it included. */
function familyOf(pid: number): number[] {
  const children = readdirSync('/proc').filter((name) => {
    try {
      return /^\d+$/.test(name) && parentOf(Number(name)) === pid;
    } catch {
      return false;
    }
  });
  return [pid, ...children.flatMap((child) => familyOf(Number(child)))];
}

async function leave(way: Way, session: TerminalSession): Promise<void> {
  const pid = session.programPid();
  if (way === 'q') session.type('q');
  else if (way === 'Ctrl-C') session.type('\x03');
  else if (way === 'crash') process.kill(pid, 'SIGUSR2');
  else if (way === 'closed' || way === 'closed without SIGHUP') session.closeTerminal();
  else process.kill(pid, way);
  await until('the end', session, () => session.sttyAfter !== '' || !existsSync(`/proc/${pid}`));
}

/** All that a dashboard changes of a terminal. */
function assertRestored(session: TerminalSession): void {
  const { terminal, output } = session;
  assert.equal(terminal.buffer.active.type, 'normal', 'the alternate screen was left');
  assert.equal(terminal.modes.mouseTrackingMode, 'none', 'the mouse is off');
  assert.equal(terminal.modes.applicationCursorKeysMode, false, 'cursor keys are normal');
  assert.ok(output.lastIndexOf('\x1b[?25h') >= output.lastIndexOf('\x1b[?25l'), 'the cursor is shown');
  assert.notEqual(session.sttyBefore, '');
  assert.equal(session.sttyAfter, session.sttyBefore, 'stty -a as before');
}

for (const [state, ways] of CASES) {
  terminalTest(`the end in state ${state}`, { concurrency: 3, timeout: 60_000 }, async (t) => {
    await Promise.all(
      ways.map((way) =>
        t.test(way, async (t) => {
          const home = mkdtempSync(join(tmpdir(), 'kaipo-restored-'));
          const thrower = join(home, 'thrower.mjs');
          writeFileSync(thrower, THROWER);
          const status = join(home, 'status');
          const env = { XDG_DATA_HOME: home, XDG_STATE_HOME: join(home, 'state'), XDG_RUNTIME_DIR: home };
          const interval = state === 'waiting' || state === 'question' ? 30 : 0.3;
          const record = state === 'past' ? '' : '--no-record';
          // Without a session of its own on the terminal, nobody tells the program that it went away.
          const outside = way === 'closed without SIGHUP' ? 'setsid ' : '';
          const node = `${outside}'${process.execPath}' --import '${thrower}'`;
          const live = `'${KAIPO}' live --helper none --interval ${interval} ${record} 2>'${join(home, 'stderr')}'`;
          const command = `trap : HUP; ${node} ${live}; s=$?; echo $s >'${status}'; (exit $s)`;
          const session = new TerminalSession({ columns: 120, rows: 40, command, env });
          t.after(async () => {
            await session.dispose();
            rmSync(home, { recursive: true, force: true });
          });
          await reach(state, session);
          const family = familyOf(session.programPid());
          await leave(way, session);
          await until('the end of every process', session, () => family.every((pid) => !existsSync(`/proc/${pid}`)));
          await session.waitForEnd();
          await until('the status', session, () => existsSync(status) && readFileSync(status, 'utf8') !== '');
          assert.equal(Number(readFileSync(status, 'utf8')), STATUS[way]);
          if (!way.startsWith('closed')) assertRestored(session);
          const said = readFileSync(join(home, 'stderr'), 'utf8');
          if (way === 'crash') assert.match(said, /thrown by the test/);
          // The shell says what it was.
          else assert.match(said, way === 'SIGQUIT' ? /^(?:Quit.*\n)?$/ : /^$/);
        }),
      ),
    );
  });
}
