import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import type { IncomingMessage, Server } from 'node:http';
import { describe, it } from 'node:test';
import { clientKey } from '@kaipo/cli/web/guards/client-key.js';
import { RateTable } from '@kaipo/cli/web/guards/rate-table.js';
import { limitConnections } from '@kaipo/cli/web/guards/server-limits.js';
import { type Answer, type GuardedServer, problemOf, withGuards } from './guarded-server.js';

const statusLine = (answer: string): string => answer.split('\r\n', 1)[0]!;
const post = (server: GuardedServer, headers: Record<string, string>, body: string): Promise<Answer> =>
  server.ask('/api/nothing', { method: 'POST', headers, body });
const JSON_TYPE = { 'content-type': 'application/json' };

describe('what is sent', () => {
  it('is JSON, and a form of another page never is', () =>
    withGuards({}, async (server) => {
      for (const type of ['application/json', 'Application/JSON; charset=utf-8'])
        assert.equal((await post(server, { 'content-type': type }, '{}')).status, 404, type);
      const forms = [
        'text/plain',
        'application/x-www-form-urlencoded',
        'multipart/form-data; boundary=x',
        'text/json',
        'application/jsonx',
        '',
      ];
      for (const type of forms) assert.equal((await post(server, { 'content-type': type }, '{}')).status, 415, type);
      assert.equal((await server.ask('/api/nothing', { method: 'POST' })).status, 415);
      const foreign = await post(server, { ...JSON_TYPE, origin: 'https://evil.example' }, '{}');
      assert.equal(foreign.status, 403);
    }));

  it('is sent by POST alone', () =>
    withGuards({}, async (server) => {
      for (const method of ['PUT', 'DELETE', 'PATCH', 'POST', 'TRACE', 'PROPFIND']) {
        const sent = method === 'POST' ? { method, headers: JSON_TYPE, body: '{}' } : { method };
        const answer = await server.ask('/api/today?x=1', sent);
        assert.equal(answer.status, 405, method);
        assert.equal(answer.headers.allow, 'GET, HEAD, OPTIONS');
        assert.equal((await server.ask('/api/nothing', sent)).status, 404, method);
      }
      assert.equal((await server.ask('/api/today', { method: 'HEAD' })).status, 200);
      const withBody = await server.ask('/api/today', { headers: { ...JSON_TYPE, 'content-length': 2 }, body: '{}' });
      assert.equal(withBody.status, 400);
      assert.equal(withBody.headers.connection, 'close');
      // What comes behind the last request is not answered, and the last request is.
      // Nobody has asked it before: the answer takes its time.
      const last = 'GET /api/month HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';
      const answers = (await server.exchange(`${last}{}${last}`)).match(/HTTP\/1\.1 \d\d\d/g);
      assert.deepEqual(answers, ['HTTP/1.1 200']);
      assert.match(statusLine(await server.exchange('BREW /api/today HTTP/1.1\r\nHost: localhost\r\n\r\n')), / 400 /);
    }));

  it('is small', () =>
    withGuards({}, async (server) => {
      const large = await post(server, JSON_TYPE, JSON.stringify('x'.repeat(70_000)));
      assert.ok([404, 413].includes(large.status));
      const told = await server.exchange(
        `POST /api/config HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99999999\r\n\r\n{`,
      );
      assert.match(statusLine(told), / (404|413) /);
      const long = await server.ask(`/api/today?name=${'x'.repeat(8200)}`);
      assert.equal(long.status, 414);
      assert.equal((await server.ask(`/api/today?name=${'x'.repeat(8000)}`)).status, 400);
      const longer = await server.exchange(`GET /api/today?${'x'.repeat(20_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
      assert.match(statusLine(longer), / 431 /);
      const headers = Array.from({ length: 2000 }, (_, i) => `X-${i}: ${i}\r\n`).join('');
      const many = await server.exchange(`GET /api/today HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n`);
      assert.match(statusLine(many), / 431 /);
      assert.match(many, /content-type: application\/problem\+json/);
      assert.match(many, /"title":"Headers too large","status":431/);
    }));

  it('is one request, whatever its lengths say', () =>
    withGuards({}, async (server) => {
      const head = 'POST /api/nothing HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';
      const hidden = 'GET /api/today HTTP/1.1\r\nHost: localhost\r\n\r\n';
      for (const lengths of [
        `Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
        `Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n`,
        `Content-Length: 0\r\nContent-Length: 44\r\n\r\n`,
        `Content-Length: +4\r\n\r\n{}{}`,
        `Content-Length: 0x4\r\n\r\n{}{}`,
        `Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`,
        `Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`,
        `Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n`,
        `Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n`,
        `X: a\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      ]) {
        const answer = await server.exchange(head + lengths + hidden);
        assert.match(statusLine(answer), /^HTTP\/1\.1 4\d\d /, lengths);
        assert.doesNotMatch(answer, / 200 OK/, `${lengths}: the second request was answered`);
      }
      // A body where none belongs is not read as the next request either.
      const get = `GET /api/today HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}`;
      assert.doesNotMatch(await server.exchange(get), / 200 OK/);
    }));

  it('names no file', () =>
    withGuards({}, async (server) => {
      const forms = [
        '/dashboard/../../etc/passwd',
        '/dashboard/..%2f..%2fetc%2fpasswd',
        '/dashboard/%2e%2e/%2e%2e/etc/passwd',
      ];
      const more = [
        '/dashboard/....//etc/passwd',
        '/dashboard/..\\..\\etc\\passwd',
        '//etc/passwd',
        '/dashboard/%00',
        '/dashboard//etc/passwd',
      ];
      const encoded = [
        '/dashboard/%252e%252e/etc/passwd',
        '/dashboard/%c0%ae%c0%ae/etc/passwd',
        '/dashboard/%zz',
        '/%',
        '/api/../../etc/passwd',
      ];
      for (const path of [...forms, ...more, ...encoded, '/etc/passwd', '/dashboard/file:///etc/passwd']) {
        const answer = await server.exchange(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
        assert.match(statusLine(answer), / (400|404|503) /, path);
        assert.doesNotMatch(answer, /root:/);
        assert.match(answer, /content-security-policy: default-src 'none'/i, path);
        assert.match(answer, /content-type: application\/problem\+json/i, path);
        assert.doesNotMatch(answer, /node_modules|\.js:\d+/, path);
      }
    }));

  it('arrives in time: a byte now and then holds nothing for long', () =>
    withGuards({ times: { headersMs: 400, checkEveryMs: 50 } }, async (server) => {
      const answer = await server.exchange('GET /api/today HTTP/1.1\r\nHost: local');
      assert.match(statusLine(answer), / 408 /);
    }));
});

describe('every answer', () => {
  it('says what a browser may do with it, right or wrong', () =>
    withGuards({}, async (server) => {
      const answers = [
        await server.ask('/api/today'),
        await server.ask('/api/nothing'),
        await server.ask('/api/today', { method: 'DELETE' }),
        await server.ask('/api/today', { headers: { host: 'evil.example' } }),
        await server.ask('/%zz'),
        await server.ask('/api/today?x=1'),
      ];
      assert.deepEqual(
        answers.map(({ status }) => status),
        [200, 404, 405, 421, 400, 400],
      );
      for (const { headers, status } of answers) {
        assert.match(String(headers['content-security-policy']), /^default-src 'none'.*frame-ancestors 'none'/);
        assert.equal(headers['x-content-type-options'], 'nosniff');
        assert.equal(headers['referrer-policy'], 'no-referrer');
        assert.equal(headers['cross-origin-resource-policy'], 'same-origin');
        assert.equal(headers['cross-origin-opener-policy'], 'same-origin');
        assert.match(String(headers['permissions-policy']), /camera=\(\)/);
        assert.equal(headers['server'], undefined);
        assert.equal(headers['x-powered-by'], undefined);
        assert.match(String(headers['cache-control']), status === 200 ? /private|no-store/ : /no-store/);
      }
      for (const answer of answers.slice(1)) {
        assert.match(String(answer.headers['content-type']), /^application\/problem\+json/);
        const { status, title, detail, type } = problemOf(answer);
        assert.equal(status, answer.status);
        assert.ok(title.length > 3 && detail.length > 3 && type.length > 3);
      }
    }));
});

describe('connections', () => {
  it('of one other machine are bounded, and places are given back', () => {
    // Only another machine has another address: its connections are made up.
    const server = new EventEmitter() as unknown as Server;
    const refused = limitConnections(server);
    const connections = (remoteAddress: string, count: number) =>
      Array.from({ length: count }, () => {
        const socket = Object.assign(new EventEmitter(), { remoteAddress, isDestroyed: false, destroy });
        server.emit('connection', socket);
        return socket;
      });
    function destroy(this: EventEmitter & { isDestroyed: boolean }): void {
      this.isDestroyed = true;
      this.emit('close');
    }
    const open = connections('192.0.2.7', 70);
    assert.deepEqual([open.filter(({ isDestroyed }) => isDestroyed).length, refused()], [6, 6]);
    assert.equal(connections('192.0.2.8', 1)[0]!.isDestroyed, false);
    assert.ok(connections('127.0.0.1', 500).every(({ isDestroyed }) => !isDestroyed));
    open[0]!.destroy();
    assert.equal(connections('192.0.2.7', 1)[0]!.isDestroyed, false);
    assert.equal(connections('192.0.2.7', 1)[0]!.isDestroyed, true);
    assert.equal(server.maxConnections, 512);
  });
});

describe('how often', () => {
  it('another machine may ask is bounded, this one is not', () =>
    withGuards({ api: { rateLimit: 5 } }, async (server) => {
      // Behind a proxy: the last address is the one it saw.
      const from = (address: string) =>
        server.ask('/dashboard', { headers: { 'x-forwarded-for': `10.9.9.9, ${address}` } });
      const statuses: number[] = [];
      for (let i = 0; i < 12; i += 1) statuses.push((await from('10.1.2.3')).status);
      assert.ok(!statuses.slice(0, 10).includes(429), String(statuses));
      assert.ok(statuses.includes(429), String(statuses));
      const refused = await from('10.1.2.3');
      if (refused.status === 429) assert.ok(Number(refused.headers['retry-after']) >= 1);
      assert.notEqual((await from('10.1.2.4')).status, 429);
      for (let i = 0; i < 60; i += 1) assert.equal((await server.ask('/api/today')).status, 200);
    }));

  it('is a bucket that fills again, and buckets are bounded', () => {
    const table = new RateTable();
    assert.equal(table.take('a', 10, 2, 0), 0);
    assert.equal(table.take('a', 10, 2, 0), 0);
    assert.equal(table.take('a', 10, 2, 0), 0.1);
    assert.equal(table.take('a', 10, 2, 100), 0);
    // A clock that goes back gives nothing and takes nothing.
    assert.equal(table.take('a', 10, 2, 50), 0.1);
    for (let i = 0; i < 10_000; i += 1) table.take(String(i), 10, 2, 100);
    assert.equal(table.size, 4096);
    assert.equal(table.evicted, 10_001 - 4096);
  });

  it('is counted by machine: an IPv6 one has a /64 for itself', () => {
    const keyOf = (remoteAddress: string | undefined, headers: Record<string, string> = {}): string | undefined =>
      clientKey({ socket: { remoteAddress }, headers } as unknown as IncomingMessage);
    assert.equal(keyOf('127.0.0.1'), undefined);
    assert.equal(keyOf('::ffff:127.0.0.1'), undefined);
    assert.equal(keyOf('::1'), undefined);
    assert.equal(keyOf(undefined), undefined);
    assert.equal(keyOf('192.0.2.7', { 'x-forwarded-for': '127.0.0.1' }), '192.0.2.7');
    assert.equal(keyOf('::ffff:192.0.2.7'), '192.0.2.7');
    assert.equal(keyOf('2001:db8:1:2:3:4:5:6'), '2001:db8:1:2::/64');
    assert.equal(keyOf('2001:db8:1:2::9'), '2001:db8:1:2::/64');
    assert.equal(keyOf('2001:db8::9'), '2001:db8:0:0::/64');
    assert.equal(keyOf('fe80::1%eth0'), 'fe80:0:0:0::/64');
    assert.equal(keyOf(undefined, { 'x-forwarded-for': 'a, 192.0.2.9' }), '192.0.2.9');
    assert.equal(keyOf(undefined, { 'x-forwarded-for': 'x'.repeat(5000) }), 'unnamed');
  });
});
