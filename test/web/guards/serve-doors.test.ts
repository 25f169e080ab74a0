import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { get as httpGet } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { openStore } from '@kaipo/core/store/lmdb-store.js';
import { COMMON_NAME, makeCertificate, UTF8_STRING } from '../../fixtures/certificates.js';
import { KAIPO, type KaipoRun, kaipoEnv, runKaipo } from '../../fixtures/run-kaipo.js';
import { ServeProgram } from '../browser/serve-program.js';

const TIME_LIMIT_MS = 20_000;

interface Home {
  readonly dir: string;
  readonly store: string;
  readonly config: string;
  kaipo(...args: string[]): Promise<KaipoRun>;
  serve(...args: string[]): Promise<ServeProgram>;
}

async function atHome(body: (home: Home) => Promise<void>): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'kaipo-serve-'));
  const [store, config] = [join(dir, 'store'), join(dir, 'kaipo.toml')];
  const programs: ServeProgram[] = [];
  await openStore({ dir: store }).close();
  writeFileSync(config, '');
  try {
    await body({
      dir,
      store,
      config,
      kaipo: (...args) => runKaipo([...args, '--config', config], { cwd: dir, env: { HOME: dir } }),
      serve: async (...args) => {
        const program = await ServeProgram.start({ store, config, home: dir, args });
        programs.push(program);
        return program;
      },
    });
  } finally {
    for (const program of programs) {
      program.child.kill('SIGTERM');
      await program.exited;
    }
    rmSync(dir, { recursive: true });
  }
}

/** Asks again until it is so. */
async function until(what: string, isSo: () => Promise<boolean> | boolean): Promise<void> {
  const deadlineMs = performance.now() + TIME_LIMIT_MS;
  while (!(await isSo())) {
    if (performance.now() > deadlineMs) throw new Error(`not in time: ${what}`);
    await sleep(20);
  }
}

function writeTls(home: Home, name: string): void {
  const subject = [[COMMON_NAME, UTF8_STRING, Buffer.from(name)]] as const;
  const { certificatePem, keyPem } = makeCertificate({ subject, dnsNames: [name] });
  writeFileSync(join(home.dir, 'tls.crt'), certificatePem);
  writeFileSync(join(home.dir, 'tls.key'), keyPem, { mode: 0o600 });
}

const nameOf = (port: number): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
      resolve(String(socket.getPeerCertificate().subject.CN));
      socket.destroy();
    });
    socket.once('error', reject);
  });

const statusOf = (port: number, token?: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    httpGet({ port, host: '127.0.0.1', path: '/api/today', headers, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode!);
    }).once('error', reject);
  });

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

describe('kaipo serve', () => {
  it('refuses other machines, and the commands it prints open the door', { skip: !hasOpenssl && 'no openssl' }, () =>
    atHome(async (home) => {
      // An address nobody has: what is refused is never listened on, and what is allowed fails later.
      const serve = ['serve', '--host', '192.0.2.1'];
      const env = kaipoEnv({ HOME: home.dir });
      const refused = await runKaipo(serve, { cwd: home.dir, env });
      assert.equal(refused.exitCode, 78);
      assert.match(refused.stderr, /missing: a certificate and a token/);
      const commands = refused.stderr
        .slice(refused.stderr.indexOf('try: ') + 'try: '.length)
        .trim()
        .split('\n');
      assert.equal(commands.length, 5);
      for (const command of commands.slice(0, -1)) {
        const { status, stderr } = spawnSync('sh', ['-c', command], { cwd: home.dir, env, encoding: 'utf8' });
        assert.equal(status, 0, `${command}: ${stderr}`);
      }
      assert.equal(statSync(join(home.dir, 'kaipo-tls.key')).mode & 0o777, 0o600);
      const allowed = spawnSync('sh', ['-c', commands.at(-1)!], { cwd: home.dir, env, encoding: 'utf8' });
      assert.equal(allowed.status, 69, allowed.stderr);
      assert.match(allowed.stderr, /192\.0\.2\.1 is no address of this machine/);
    }),
  );

  it('reads a renewed certificate on SIGHUP, and goes on with the old one when the new one does not do', () =>
    atHome(async (home) => {
      writeTls(home, 'first.example');
      writeFileSync(home.config, '[api]\ntls_cert_file = "tls.crt"\ntls_key_file = "tls.key"\n');
      const program = await home.serve();
      assert.match(program.origin, /^https:/);
      assert.equal(await nameOf(program.port), 'first.example');
      writeTls(home, 'second.example');
      assert.equal(await nameOf(program.port), 'first.example');
      program.child.kill('SIGHUP');
      await until('the new certificate', async () => (await nameOf(program.port)) === 'second.example');
      writeFileSync(home.config, '[api]\nport = 1\ntls_cert_file = "tls.crt"\ntls_key_file = "tls.key"\n');
      program.child.kill('SIGHUP');
      await until('it says what waits', () => /used from the next start on: api\.port\n/.test(program.stderr));
      writeFileSync(join(home.dir, 'tls.key'), 'no key', { mode: 0o600 });
      program.child.kill('SIGHUP');
      await until('it says so', () => /holds no private key/.test(program.stderr));
      assert.equal(await nameOf(program.port), 'second.example');
    }));

  it('knows a token that is added, and no longer one that is removed', () =>
    atHome(async (home) => {
      const first = (await home.kaipo('token', 'add', 'laptop')).stdout.trim();
      writeFileSync(home.config, '[api]\nrequire_token = true\n');
      const { port } = await home.serve();
      assert.equal(await statusOf(port), 401);
      assert.equal(await statusOf(port, first), 200);
      const second = (await home.kaipo('token', 'add', 'phone', '--expires', '90d')).stdout.trim();
      await until('the second token', async () => (await statusOf(port, second)) === 200);
      assert.equal((await home.kaipo('token', 'remove', 'laptop')).exitCode, 0);
      await until('the first token is refused', async () => (await statusOf(port, first)) !== 200);
      assert.equal(await statusOf(port, second), 200);
    }));

  it('listens on a Unix socket, and takes it along when it ends', () =>
    atHome(async (home) => {
      const path = join(home.dir, 'kaipo', 'api.sock');
      const args = [KAIPO, 'serve', '--socket', '--store', home.store, '--config', home.config];
      const env = kaipoEnv({ HOME: home.dir, XDG_RUNTIME_DIR: home.dir });
      const child = spawn(process.execPath, args, { env, stdio: 'ignore' });
      const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
      try {
        await until('the socket', () => existsSync(path));
        assert.equal(statSync(path).mode & 0o777, 0o600);
        // Another one does not take it away.
        const second = await home.kaipo('serve', '--socket', path);
        assert.equal(second.exitCode, 69);
        assert.match(second.stderr, /something listens on/);
      } finally {
        child.kill('SIGTERM');
      }
      assert.equal(await ended, 143);
      assert.equal(existsSync(path), false);
    }));
});

describe('kaipo token', () => {
  it('prints a token once, and keeps its digest', () =>
    atHome(async (home) => {
      const added = await home.kaipo('token', 'add', 'grafana', '--read-only', '--expires', '90d');
      assert.match(added.stdout, /^kpo_[A-Za-z0-9_-]{43}\n$/);
      assert.match(added.stderr, /"grafana" may read, until .* shown this once/);
      const json = JSON.parse((await home.kaipo('token', 'list', '--json')).stdout);
      assert.equal(json.schema, 'kaipo.tokens/1');
      assert.equal(json.rows.length, 1);
      const { created, expires, ...rest } = json.rows[0];
      assert.deepEqual(rest, { name: 'grafana', access: 'read-only' });
      assert.equal(expires - created, 90 * 86_400);
      assert.equal(statSync(json.file).mode & 0o777, 0o600);
      assert.match((await home.kaipo('token', 'list')).stdout, /grafana {2}read {2}.*never/);
      for (const [args, exitCode, pattern] of [
        [['add', 'grafana'], 64, /already/],
        [['add', '../x'], 64, /is no name/],
        [['add', 'x', '--expires', 'soon'], 64, /no time a token can hold/],
        [['remove', 'grafan'], 64, /did you mean "grafana"/],
      ] as const) {
        const wrong = await home.kaipo('token', ...args);
        assert.equal(wrong.exitCode, exitCode);
        assert.match(wrong.stderr, pattern);
      }
    }));

  it('loses none that are added at once', () =>
    atHome(async (home) => {
      const names = ['a', 'b', 'c', 'd'];
      const runs = await Promise.all(names.map((name) => home.kaipo('token', 'add', name)));
      assert.deepEqual(
        runs.map(({ exitCode }) => exitCode),
        [0, 0, 0, 0],
      );
      const { rows } = JSON.parse((await home.kaipo('token', 'list', '--json')).stdout);
      assert.deepEqual(rows.map(({ name }: { name: string }) => name).sort(), names);
      const tokens = join(home.dir, '.local', 'state', 'kaipo');
      assert.deepEqual(readdirSync(tokens), ['tokens.json']);
    }));
});
