import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { emailChannel } from '@kaipo/cli/alerts/channels/email.js';
import { syslogChannel } from '@kaipo/cli/alerts/channels/syslog.js';
import { delivery, hostileIncident, incident, never } from './alert-fixtures.js';

const RSYSLOG = '/usr/sbin/rsyslogd';
const DRIVERS = ['gtls', 'ossl'].filter((name) => existsSync(`/usr/lib/x86_64-linux-gnu/rsyslog/lmnsd_${name}.so`));
const SMTP_SINK = '/usr/sbin/smtp-sink';

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Resolves when somebody listens there; rejects when the program has ended before. */
async function listening(port: number, program: ChildProcess): Promise<void> {
  for (;;) {
    if (program.exitCode !== null) throw new Error(`it ended with ${program.exitCode}`);
    const socket = connect(port, '127.0.0.1');
    const isOpen = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    });
    socket.destroy();
    if (isOpen) return;
  }
}

async function withProgram(command: readonly string[], port: number, body: () => Promise<void>): Promise<void> {
  const [program, ...args] = command;
  const child = spawn(program!, args, { stdio: 'ignore' });
  try {
    await listening(port, child);
    await body();
  } finally {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }
}

async function inDirectory(body: (dir: string) => Promise<void>): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'kaipo-real-'));
  chmodSync(dir, 0o755);
  try {
    await body(dir);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** The text of a file when it satisfies. */
async function fileText(path: string, condition: (text: string) => boolean): Promise<string> {
  for (;;) {
    const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
    if (condition(text)) return text;
    await new Promise(setImmediate);
  }
}

const alert = delivery('msg_1', { of: [incident(), hostileIncident()] });

test(
  'a real rsyslog takes what is sent over TLS, and reads every field',
  { skip: !existsSync(RSYSLOG) || DRIVERS.length === 0 ? 'needs rsyslog and rsyslog-gnutls' : false, timeout: 60_000 },
  () =>
    inDirectory(async (dir) => {
      const [key, cert, out, config] = ['key.pem', 'cert.pem', 'out', 'rsyslog.conf'].map((name) => join(dir, name));
      const args = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', key!, '-out', cert!];
      execFileSync(
        'openssl',
        [...args, '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'],
        {
          stdio: 'ignore',
        },
      );
      const port = await freePort();
      writeFileSync(
        config!,
        `global(workDirectory="${dir}" DefaultNetstreamDriver="${DRIVERS[0]}" DefaultNetstreamDriverCAFile="${cert}"
  DefaultNetstreamDriverCertFile="${cert}" DefaultNetstreamDriverKeyFile="${key}")
module(load="imtcp" StreamDriver.Name="${DRIVERS[0]}" StreamDriver.Mode="1" StreamDriver.AuthMode="anon")
template(name="fields" type="string" string="%pri%|%protocol-version%|%hostname%|%app-name%|%msgid%|%structured-data%|%msg%\\n")
input(type="imtcp" address="127.0.0.1" port="${port}")
action(type="omfile" file="${out}" template="fields")
`,
      );
      await withProgram([RSYSLOG, '-n', '-f', config!, '-i', join(dir, 'pid')], port, async () => {
        const ca = readFileSync(cert!, 'utf8');
        const channel = syslogChannel({ name: 's', transport: 'tls', host: '127.0.0.1', port, facility: 'local0', ca });
        assert.deepEqual(await channel.deliver(alert, never()), { kind: 'delivered' });
        const isOurs = (line: string): boolean => line.includes('|kaipo|');
        const text = await fileText(out!, (so) => so.split('\n').filter(isOurs).length >= 2);
        const [plain, hostile] = text.split('\n').filter(isOurs);
        assert.match(
          plain!,
          /^132\|1\|host1\|kaipo\|digest\|\[kaipo@32473 delivery="msg_1" incident="0000000000000001" rule="port-scan" severity="warning" subject="10\.0\.0\.9" count="3"\]\|(?:\ufeff)?10\.0\.0\.9 tried 1000 ports of this host$/,
        );
        assert.match(hostile!, /^130\|1\|host1\|kaipo\|digest\|\[kaipo@32473 /);
        assert.equal(text.split('\n').filter((line) => /^\d+\|/.test(line) && isOurs(line)).length, 2);
      });
    }),
);

test(
  'a real mail server takes a letter as it is meant',
  { skip: existsSync(SMTP_SINK) ? false : 'needs smtp-sink (postfix)', timeout: 60_000 },
  () =>
    inDirectory(async (dir) => {
      const letters = join(dir, 'letters');
      mkdirSync(letters);
      chmodSync(letters, 0o777);
      const port = await freePort();
      const command = [SMTP_SINK, '-u', 'nobody', '-R', letters, '-d', 'letter.', `127.0.0.1:${port}`, '16'];
      await withProgram(command, port, async () => {
        const channel = emailChannel({
          ...{ name: 'mail', host: '127.0.0.1', port, tls: 'none', from: 'kaipo@a.example', to: ['x@b.example'] },
        });
        const one = delivery('msg_1', { of: [hostileIncident()] });
        assert.deepEqual(await channel.deliver(one, never()), { kind: 'delivered' });
        const [name] = readdirSync(letters);
        const text = readFileSync(join(letters, name!), 'utf8');
        assert.match(text, /^X-Rcpt-Args: <x@b\.example>/m);
        assert.match(text, /^Message-ID: <msg_1@host1\.kaipo>$/m);
        assert.doesNotMatch(text.split('\n\n')[0]!, /^bcc:/im);
      });
    }),
);
