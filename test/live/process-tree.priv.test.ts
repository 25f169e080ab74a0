// The tree of processes on a real wire: a program with a helper it started, and a shell that runs curl again and again. Their lines are
// right while the helper runs and after the last curl is gone, in the dashboard that captures and in one attached to a recorder.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { Wires } from '../helper/netns.js';
import { DaemonProgram, KAIPO } from '../soak/daemon-program.js';
import { terminalTest } from '../tui/pseudo-terminal.js';
import { TerminalSession } from '../tui/terminal-session.js';
import { noCapture } from './live-program.js';

const SERVER = `require('node:http').createServer((q, a) => a.end('x'.repeat(Number(q.url.slice(1)))))
  .listen(8080, '10.77.0.2', () => console.log('ready'))`;
/** Asks for 60 kB every 100 ms over one connection, and so does the helper it starts, for 20 kB. */
const SYNC = `const http = require('node:http');
const agent = new http.Agent({ keepAlive: true });
const isHelper = process.argv[2] === 'helper';
const ask = () => http.get({ host: '10.77.0.2', port: 8080, path: isHelper ? '/20000' : '/60000', agent }, (a) => a.resume());
setInterval(ask, 100);
if (!isHelper) {
  const helper = require('node:child_process').fork(__filename, ['helper']);
  process.on('SIGTERM', () => { helper.kill('SIGKILL'); process.exit(); });
  console.log('ready ' + helper.pid);
}`;
const CURLS = 12;
const LOOP = `for i in $(seq ${CURLS}); do curl -s -o /dev/null http://10.77.0.2:8080/5000; done; echo ready; sleep 60`;

async function start(t: TestContext, argv: readonly string[]): Promise<{ child: ChildProcess; said: string }> {
  const child = spawn(argv[0]!, argv.slice(1), { stdio: ['ignore', 'pipe', 'inherit'], detached: true });
  t.after(() => {
    try {
      process.kill(-child.pid!, 'SIGKILL');
    } catch {
      // It has ended, and all it started.
    }
  });
  const said = await new Promise<string>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`ended with ${code}`)));
    child.stdout.once('data', (text: Buffer) => resolve(String(text)));
  });
  return { child, said };
}

for (const attached of [false, true]) {
  terminalTest(
    `parents, children and what has ended${attached ? ', seen through a recorder' : ''}`,
    {
      skip: noCapture,
      timeout: 120_000,
    },
    async (t) => {
      const root = mkdtempSync(join(tmpdir(), 'kaipo-tree-'));
      const wires = new Wires();
      t.after(() => {
        wires.close();
        rmSync(root, { recursive: true, force: true });
      });
      const near = ['ip', 'netns', 'exec', wires.near];
      writeFileSync(join(root, 'sync.cjs'), SYNC);
      await start(t, ['ip', 'netns', 'exec', wires.far, process.execPath, '-e', SERVER]);
      const store = join(root, 'store');
      if (attached) {
        const env = { ...process.env, XDG_RUNTIME_DIR: root, RUNTIME_DIRECTORY: '' };
        const daemon = new DaemonProgram(['-i', 'a0', '--store', store], near, env);
        t.after(() => daemon.end('SIGKILL'));
        await daemon.ready();
      }
      const session = new TerminalSession({
        columns: 160,
        rows: 40,
        command: `${near.join(' ')} '${process.execPath}' '${KAIPO}' live ${attached ? '' : '-i a0'} --store '${store}'`,
        env: { XDG_RUNTIME_DIR: root },
      });
      t.after(() => session.dispose());
      await session.waitForText('Throughput');
      await session.waitForText('capture+events');
      session.type('vz');
      const sync = await start(t, [...near, process.execPath, join(root, 'sync.cjs')]);
      const helper = Number(/ready (\d+)/.exec(sync.said)?.[1]);
      const shell = await start(t, [...near, '/bin/bash', '-c', LOOP]);
      const shows = (what: string, ...lines: readonly RegExp[]): Promise<void> =>
        session.waitFor(what, () => {
          const text = session.screen().join('\n');
          return lines.every((line) => line.test(text));
        });
      await shows(
        'the program and its helper',
        /│ sync\.cjs {2,}root/,
        new RegExp(`│ └─ node +${sync.child.pid} .* event `),
        new RegExp(`│    └─ node +${helper} .* event `),
      );
      await shows(
        'the curls',
        /│ curl {2,}root/,
        new RegExp(`│ └─ ${CURLS} ended processes +bash ${shell.child.pid} <`),
      );
      process.kill(helper, 'SIGKILL');
      await shows(
        'the helper among what has ended',
        new RegExp(`│ ├─ node +${sync.child.pid} .* event `),
        /│ └─ 1 ended process /,
      );
      session.type('v');
      await shows('the list', /│ sync\.cjs +\d+ +root/, /│ curl +\d+ +root/);
      session.type('q');
      await session.waitForEnd();
      assert.equal(session.status, 0);
    },
  );
}
