import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { notifyArguments } from '@kaipo/cli/alerts/channels/desktop.js';
import { execChannel } from '@kaipo/cli/alerts/channels/exec.js';
import { journalEntry } from '@kaipo/cli/alerts/channels/journald.js';
import { delivery, hostileIncident, incident, never } from './alert-fixtures.js';

const node = process.execPath;
const run = (command: readonly string[], timeoutMs = 20_000, signal = never(), one = delivery('1')) =>
  execChannel({ name: 'x', command, timeoutMs }).deliver(one, signal);

async function inDirectory(body: (dir: string) => Promise<void>): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'kaipo-exec-'));
  try {
    await body(dir);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

test('a program is given the alert as JSON, its arguments as they are, and no secrets', () =>
  inDirectory(async (dir) => {
    const out = join(dir, 'out');
    const script = `
      let text = ''; process.stdin.on('data', (part) => { text += part; }).on('end', () => {
        require('node:fs').writeFileSync(process.argv[1], JSON.stringify({ args: process.argv.slice(2), env: process.env, text }));
      });`;
    process.env['KAIPO_STORE_KEY'] = 'pa55';
    try {
      const command = [node, '-e', script, out, '$(id); `id` | "x"', ''];
      assert.deepEqual(await run(command, 20_000, never(), delivery('1', { of: [hostileIncident()] })), {
        kind: 'delivered',
      });
    } finally {
      delete process.env['KAIPO_STORE_KEY'];
    }
    const { args, env, text } = JSON.parse(readFileSync(out, 'utf8'));
    assert.deepEqual(args, ['$(id); `id` | "x"', '']);
    assert.ok(!JSON.stringify(env).includes('pa55'));
    assert.equal(JSON.parse(text).type, 'alert.opened');
  }));

test('what a program comes to', async () => {
  const hostile = 'process.stderr.write("no\\u001b[2J\\nroom"); process.exit(3)';
  assert.deepEqual(await run([node, '-e', hostile]), {
    kind: 'failed',
    detail: `${node} ended with 3: no\ufffd[2J room`,
  });
  assert.deepEqual(await run(['/nonexistent/program']), {
    kind: 'refused',
    detail: 'cannot start /nonexistent/program: ENOENT',
  });
  assert.deepEqual(await run(['/bin/true']), { kind: 'delivered' }, 'it need not read what it is given');
  assert.deepEqual(await run([node, '-e', 'process.kill(process.pid, "SIGTERM"); setInterval(() => {}, 1000)']), {
    kind: 'failed',
    detail: `${node} was ended`,
  });
});

test('a program that does not end is ended with what it started', () =>
  inDirectory(async (dir) => {
    const [pidFile, script] = [join(dir, 'pid'), join(dir, 'script')];
    writeFileSync(script, `sleep 1000 & echo $! > "${pidFile}"; wait\n`);
    const abort = new AbortController();
    const going = run(['/bin/sh', script], 60_000, abort.signal);
    while (!existsSync(pidFile) || readFileSync(pidFile, 'utf8') === '') await new Promise(setImmediate);
    abort.abort();
    assert.equal((await going).kind, 'failed');
    const pid = Number(readFileSync(pidFile, 'utf8'));
    // Killed; until somebody has taken note it is a zombie.
    const lives = (): boolean => {
      try {
        return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
      } catch {
        return false;
      }
    };
    while (lives()) await new Promise(setImmediate);
    assert.deepEqual(await run(['/bin/sh', '-c', 'sleep 1000'], 100), {
      kind: 'failed',
      detail: '/bin/sh did not end within 0.1 s',
    });
  }));

test('a notification: no option and no markup comes from an alert', () => {
  const args = notifyArguments(
    delivery('1', { of: [incident({ summary: '--help', subject: '<b>&x</b>', severity: 'critical' })] }),
  );
  assert.deepEqual(args.slice(0, 4), ['--app-name=kaipo', '--icon=network-wired', '--urgency=critical', '--']);
  assert.equal(args[4], '[critical] --help');
  assert.match(args[5]!, /about &lt;b&gt;&amp;x&lt;\/b&gt;/);
  assert.equal(args.length, 6);
});

test('an entry of the journal: a field a line, and none of an alert’s making', () => {
  const one = incident({ summary: 'a\nPRIORITY=0\nMESSAGE=b', subject: 'x\n_UID=0', evidence: { 'k\nZ=1': 'v\nY=2' } });
  const lines = journalEntry(delivery('1', { of: [one] }), one).split('\n');
  assert.deepEqual(
    lines.map((line) => line.split('=')[0]),
    'MESSAGE PRIORITY SYSLOG_IDENTIFIER KAIPO_DELIVERY KAIPO_REASON KAIPO_INCIDENT KAIPO_RULE KAIPO_SEVERITY KAIPO_SUBJECT KAIPO_EVIDENCE '.split(
      ' ',
    ),
  );
});
