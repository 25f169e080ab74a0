import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { prepareApiSocket } from '@kaipo/cli/web/listen/api-socket.js';
import { renewTls } from '@kaipo/cli/web/listen/open-door.js';
import { readTls } from '@kaipo/cli/web/listen/tls-files.js';
import { type DoorFlags, webDoor } from '@kaipo/cli/web/listen/web-door.js';
import { TokenBook } from '@kaipo/cli/web/tokens/token-book.js';
import { changeTokens, tokenDigest } from '@kaipo/cli/web/tokens/token-file.js';
import { type ApiConfig, DEFAULT_CONFIG } from '@kaipo/core/config/kaipo-config.js';
import { KaipoError } from '@kaipo/core/kernel/errors.js';
import { type CertificateParts, COMMON_NAME, makeCertificate, UTF8_STRING } from '../../fixtures/certificates.js';
import { bearer, TOKEN, withGuards } from './guarded-server.js';

const NOW_MS = Date.UTC(2026, 10, 22);

async function inFolder(body: (dir: string) => Promise<void> | void): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'kaipo-door-'));
  try {
    await body(dir);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

interface TlsFiles {
  readonly tlsCertFile: string;
  readonly tlsKeyFile: string;
}

function tlsFiles(dir: string, name = 'kaipo.example', more: Partial<CertificateParts> = {}): TlsFiles {
  const subject = [[COMMON_NAME, UTF8_STRING, Buffer.from(name)]] as const;
  const { certificatePem, keyPem } = makeCertificate({ subject, dnsNames: [name], ...more });
  const files = { tlsCertFile: join(dir, `${name}.crt`), tlsKeyFile: join(dir, `${name}.key`) };
  writeFileSync(files.tlsCertFile, certificatePem);
  writeFileSync(files.tlsKeyFile, keyPem, { mode: 0o600 });
  return files;
}

function problemOf(body: () => unknown): KaipoError {
  try {
    body();
  } catch (error) {
    if (error instanceof KaipoError) return error;
    throw error;
  }
  throw new Error('nothing was wrong with it');
}

function addToken(dir: string): void {
  const sha256 = tokenDigest(TOKEN).toString('hex');
  changeTokens(join(dir, 'tokens.json'), () => [{ name: 'laptop', sha256, access: 'full', created: 1 }]);
}

describe('a door', () => {
  const choose = (dir: string, api: Partial<ApiConfig>, flags: DoorFlags = {}) =>
    webDoor({ ...DEFAULT_CONFIG.api, ...api }, flags, new TokenBook(join(dir, 'tokens.json')), NOW_MS);

  it('to other machines opens with a certificate and a token only, and the commands that make them are told', () =>
    inFolder((dir) => {
      const files = tlsFiles(dir);
      for (const host of ['0.0.0.0', '::', '[::]', '192.168.1.5', 'fd00::5', 'kaipo.example', '128.0.0.1']) {
        const error = problemOf(() => choose(dir, { host }));
        assert.equal(error.exitCode, 78);
        assert.match(error.message, /missing: a certificate and a token$/, host);
        assert.match(
          error.fix!,
          /openssl req [\s\S]*\n.*tls_cert_file[\s\S]*\n.*tls_key_file[\s\S]*\n.*token add [\s\S]*\n.*serve --host /,
        );
        assert.match(problemOf(() => choose(dir, {}, { host })).message, /missing/);
        assert.match(problemOf(() => choose(dir, { host, ...files })).message, /missing: a token$/);
      }
      addToken(dir);
      assert.match(problemOf(() => choose(dir, { host: '0.0.0.0' })).message, /missing: a certificate$/);
      const door = choose(dir, { host: '[::]', ...files });
      assert.ok(door.kind === 'tcp' && door.isRemote && door.host === '::' && door.tls !== undefined);
    }));

  it('to this machine opens as it is', () =>
    inFolder((dir) => {
      for (const host of ['127.0.0.1', 'localhost', 'LOCALHOST', '::1', '[::1]', '127.5.5.5']) {
        const door = choose(dir, { host });
        assert.ok(door.kind === 'tcp' && !door.isRemote && door.tls === undefined, host);
      }
      const error = problemOf(() => choose(dir, { requireToken: true }));
      assert.match(error.message, /no token that holds/);
      assert.deepEqual(choose(dir, { socket: '/run/x.sock' }), { kind: 'socket', path: '/run/x.sock' });
      assert.equal(choose(dir, { socket: '/run/x.sock' }, { port: 0 }).kind, 'tcp');
      assert.equal(choose(dir, {}, { socket: true }).kind, 'socket');
      assert.equal(problemOf(() => choose(dir, {}, { socket: true, port: 1 })).exitCode, 64);
    }));

  it('does not open with files that do not do, and says what is wrong with them', () =>
    inFolder((dir) => {
      const good = tlsFiles(dir);
      const other = tlsFiles(dir, 'other.example');
      const wrong = (files: Partial<TlsFiles>, pattern: RegExp): void => {
        const error = problemOf(() => readTls({ ...good, ...files }, NOW_MS));
        assert.equal(error.code, 'KAIPO_BAD_CONFIG');
        assert.match(error.message, pattern);
        assert.doesNotMatch(`${error.message}${error.fix}`, /BEGIN|PRIVATE KEY-/);
      };
      assert.deepEqual(readTls(good, NOW_MS).notes, []);
      wrong({ tlsCertFile: join(dir, 'none') }, /there is no file .*none/);
      wrong({ tlsKeyFile: join(dir, 'none') }, /there is no file .*none/);
      wrong({ tlsCertFile: dir }, /is no PEM file/);
      wrong({ tlsKeyFile: other.tlsKeyFile }, /does not belong to the certificate/);
      wrong({ tlsCertFile: good.tlsKeyFile }, /holds no certificate/);
      const noKey = join(dir, 'nokey');
      writeFileSync(noKey, 'hello', { mode: 0o600 });
      wrong({ tlsKeyFile: noKey }, /holds no private key/);
      chmodSync(good.tlsKeyFile, 0o644);
      wrong({}, /open to other users/);
      assert.throws(() => readTls({ tlsCertFile: good.tlsCertFile }, NOW_MS), /takes both/);
      const notesOf = (notBefore: string, notAfter: string): string =>
        readTls(tlsFiles(dir, 'dated.example', { notBefore, notAfter }), NOW_MS).notes.join();
      assert.match(notesOf('250101000000Z', '260101000000Z'), /ran out on Jan {2}1 00:00:00 2026/);
      assert.match(notesOf('250101000000Z', '261125000000Z'), /runs out in 3 days/);
      assert.match(notesOf('270101000000Z', '280101000000Z'), /holds from/);
    }));
});

describe('TLS', () => {
  it('is all that is spoken, with a token, and a new certificate counts from the next connection on', () =>
    inFolder(async (dir) => {
      const tls = readTls(tlsFiles(dir), NOW_MS);
      const next = readTls(tlsFiles(dir, 'next.example'), NOW_MS);
      const door = { kind: 'tcp', host: '127.0.0.1', port: 0, isRemote: true, tls } as const;
      await withGuards({ door, api: { allowedHosts: ['kaipo.example'] } }, async (server) => {
        server.addToken('laptop', TOKEN);
        const headers = { ...bearer(TOKEN), host: 'kaipo.example' };
        assert.equal((await server.ask('/api/today', { headers })).status, 200);
        assert.equal((await server.ask('/api/today', { headers: { host: 'kaipo.example' } })).status, 401);
        assert.equal((await server.ask('/api/today', { headers: { ...headers, host: 'evil.example' } })).status, 421);
        const from = async (origin: string): Promise<number> =>
          (await server.ask('/api/today', { headers: { ...headers, origin } })).status;
        assert.equal(await from('https://kaipo.example'), 200);
        assert.equal(await from('http://kaipo.example'), 403);
        assert.doesNotMatch(await server.exchange('GET /api/today HTTP/1.1\r\nHost: kaipo.example\r\n\r\n'), /200 OK/);
        const nameOf = (): Promise<string> =>
          new Promise((resolve, reject) => {
            const socket = connectTls({ port: server.port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
              resolve(`${socket.getPeerCertificate().subject.CN} ${socket.getProtocol()}`);
              socket.destroy();
            });
            socket.once('error', reject);
          });
        assert.equal(await nameOf(), 'kaipo.example TLSv1.3');
        renewTls(server.app, next);
        assert.equal(await nameOf(), 'next.example TLSv1.3');
        const old = { port: server.port, host: '127.0.0.1', rejectUnauthorized: false } as const;
        await assert.rejects(
          new Promise((resolve, reject) => {
            const socket = connectTls(
              { ...old, maxVersion: 'TLSv1.1', minVersion: 'TLSv1', ciphers: 'ALL:@SECLEVEL=0' },
              () => resolve(socket.destroy()),
            );
            socket.once('error', reject);
          }),
        );
      });
    }));
});

describe('a Unix socket', () => {
  it('is its user’s, or that of the group its folder is shared with', () =>
    inFolder(async (dir) => {
      const folder = join(dir, 'own');
      const path = join(folder, 'api.sock');
      await withGuards({ door: { kind: 'socket', path }, api: { allowedHosts: ['kaipo.example'] } }, async (server) => {
        assert.equal(statSync(path).mode & 0o777, 0o600);
        assert.equal(statSync(folder).mode & 0o777, 0o700);
        assert.equal((await server.ask('/api/today')).status, 200);
        // Whoever may open the socket was let in by the proxy.
        const headers = { host: 'kaipo.example', 'x-forwarded-for': '10.1.2.3' };
        assert.equal((await server.ask('/api/today', { headers })).status, 200);
        for (const origin of ['https://kaipo.example', 'http://kaipo.example'])
          assert.equal((await server.ask('/api/today', { headers: { ...headers, origin } })).status, 200);
        const evil = { ...headers, origin: 'https://evil.example' };
        assert.equal((await server.ask('/api/today', { headers: evil })).status, 403);
        assert.equal((await server.ask('/api/today', { headers: { host: 'evil.example' } })).status, 421);
        await assert.rejects(prepareApiSocket(path), /something listens on .* already/);
      });
      assert.equal(existsSync(path), false);
      chmodSync(folder, 0o750);
      await withGuards({ door: { kind: 'socket', path } }, async () => {
        assert.equal(statSync(path).mode & 0o777, 0o660);
        assert.equal(statSync(path).gid, statSync(folder).gid);
      });
    }));

  it('takes the place of a dead one, and of nothing else', () =>
    inFolder(async (dir) => {
      chmodSync(dir, 0o700);
      const path = join(dir, 'api.sock');
      const dead = createServer();
      await new Promise<void>((resolve) => dead.listen(path, resolve));
      // Its file stays, as after kill -9.
      const moved = join(dir, 'moved.sock');
      renameSync(path, moved);
      await new Promise((resolve) => dead.close(resolve));
      await prepareApiSocket(moved);
      assert.equal(existsSync(moved), false);
      writeFileSync(path, 'mine');
      await assert.rejects(prepareApiSocket(path), /is no socket/);
      mkdirSync(join(dir, 'open'));
      chmodSync(join(dir, 'open'), 0o777);
      await assert.rejects(prepareApiSocket(join(dir, 'open', 'api.sock')), /everybody may write/);
      await assert.rejects(prepareApiSocket(join(dir, 'x'.repeat(120), 'api.sock')), /longer than/);
    }));
});
