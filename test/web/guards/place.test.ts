import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { problemOf, withGuards } from './guarded-server.js';

const OWN_PAGE = (port: number): string => `http://127.0.0.1:${port}`;

describe('the name a request is for', () => {
  it('must be one of this server: a page that had its own name pointed here gets nothing', () =>
    withGuards({ api: { allowedHosts: ['kaipo.example.org', '[fd00::5]'] } }, async (server) => {
      const { port } = server;
      const statusOf = async (host: string): Promise<number> =>
        (await server.ask('/api/today', { headers: { host } })).status;
      for (const host of [
        `localhost:${port}`,
        'LOCALHOST',
        '127.0.0.1',
        `127.0.0.1:${port}`,
        '[::1]:7373',
        'localhost:1',
      ]) {
        assert.equal(await statusOf(host), 200, host);
      }
      // In the list: this server, and somebody who has to say who they are.
      for (const host of ['kaipo.example.org', 'Kaipo.Example.org:8443', '[fd00::5]:1'])
        assert.equal(await statusOf(host), 401, host);
      const foreign = [
        'evil.example',
        '127.0.0.1.evil.example',
        'localhost.evil.example',
        '127.0.0.2',
        '0.0.0.0',
        'kaipo',
      ];
      for (const host of [...foreign, 'localhost.', 'xlocalhost', '[::]', '2130706433', '10.0.0.1'])
        assert.equal(await statusOf(host), 421, host);
      for (const host of [
        'localhost:',
        'localhost:x',
        'localhost:7373:7373',
        'a b',
        'user@localhost',
        'localhost/x',
        '::1',
        'löcal',
      ])
        assert.equal(await statusOf(Buffer.from(host).toString('latin1')), 400, host);
      const told = problemOf(await server.ask('/api/today', { headers: { host: 'evil.example:80' } }));
      assert.deepEqual(told, {
        type: 'about:blank',
        title: 'Not this host',
        status: 421,
        detail: 'this server does not go by the name evil.example',
        fix: 'kaipo config set api.allowed_hosts evil.example',
      });
    }));

  it('is there, once, and the address is a path', () =>
    withGuards({}, async (server) => {
      const first = async (request: string): Promise<string> => (await server.exchange(request)).split('\r\n', 1)[0]!;
      const end = 'Connection: close\r\n\r\n';
      assert.equal(await first(`GET /api/today HTTP/1.1\r\nHost: localhost\r\n${end}`), 'HTTP/1.1 200 OK');
      assert.equal(await first(`GET /api/today HTTP/1.1\r\n${end}`), 'HTTP/1.1 400 Bad Request');
      assert.equal(await first(`GET /api/today HTTP/1.1\r\nHost:\r\n${end}`), 'HTTP/1.1 400 Bad Request');
      assert.equal(
        await first(`GET /api/today HTTP/1.1\r\nHost: localhost\r\nhOsT: evil.example\r\n${end}`),
        'HTTP/1.1 400 Bad Request',
      );
      assert.equal(
        await first(`GET /api/today HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n${end}`),
        'HTTP/1.1 400 Bad Request',
      );
      for (const target of ['http://localhost/api/today', 'http://evil.example/api/today', '*', 'api/today', '?x'])
        assert.equal(
          await first(`GET ${target} HTTP/1.1\r\nHost: localhost\r\n${end}`),
          'HTTP/1.1 400 Bad Request',
          target,
        );
      // An old client is answered; without a host it is not.
      assert.equal(await first('GET /api/today HTTP/1.0\r\nHost: localhost\r\n\r\n'), 'HTTP/1.1 200 OK');
      assert.equal(await first('GET /api/today HTTP/1.0\r\n\r\n'), 'HTTP/1.1 400 Bad Request');
      // Nobody is connected to anything.
      assert.doesNotMatch(
        await server.exchange(`CONNECT evil.example:443 HTTP/1.1\r\nHost: localhost\r\n${end}`),
        / 200 /,
      );
    }));
});

describe('the page a request is from', () => {
  it('is one of this server, or one that was named', () =>
    withGuards({ api: { corsOrigins: ['https://grafana.example', 'null'] } }, async (server) => {
      const own = OWN_PAGE(server.port);
      const get = (headers: Record<string, string>) => server.ask('/api/today', { headers });
      const same = await get({ origin: own });
      assert.equal(same.status, 200);
      assert.equal(same.headers['access-control-allow-origin'], undefined);
      for (const origin of ['https://grafana.example', 'null']) {
        const named = await get({ origin, 'sec-fetch-site': 'cross-site' });
        assert.equal(named.status, 200);
        assert.equal(named.headers['access-control-allow-origin'], origin);
        assert.match(String(named.headers.vary), /origin/i);
        assert.equal(named.headers['access-control-allow-credentials'], undefined);
      }
      const foreign = [
        'https://evil.example',
        `https://127.0.0.1:${server.port}`,
        'http://127.0.0.1',
        `${own}.evil.example`,
      ];
      for (const origin of [
        ...foreign,
        'http://grafana.example',
        'https://grafana.example:8443',
        '',
        'file://',
        `${own}, ${own}`,
      ]) {
        const answer = await get({ origin });
        assert.equal(answer.status, 403, origin);
        assert.equal(answer.headers['access-control-allow-origin'], undefined);
      }
    }));

  it('"null" is nobody unless it was named', () =>
    withGuards({}, async (server) => {
      assert.equal((await server.ask('/api/today', { headers: { origin: 'null' } })).status, 403);
    }));

  it('is told by Sec-Fetch-Site where there is no Origin: pictures, scripts and links of other sites get no data', () =>
    withGuards({}, async (server) => {
      const statusOf = async (path: string, headers: Record<string, string>): Promise<number> =>
        (await server.ask(path, { headers })).status;
      for (const site of ['same-origin', 'none'])
        assert.equal(await statusOf('/api/today', { 'sec-fetch-site': site }), 200);
      for (const site of ['cross-site', 'same-site', 'x']) {
        assert.equal(await statusOf('/api/today', { 'sec-fetch-site': site, 'sec-fetch-mode': 'no-cors' }), 403);
        const visit = { 'sec-fetch-site': site, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
        assert.equal(await statusOf('/api/today', visit), 403);
        // A link to the dashboard works from anywhere: the page has no data, and nobody can frame it.
        assert.notEqual(await statusOf('/dashboard/', visit), 403);
        assert.equal(await statusOf('/dashboard/', { ...visit, 'sec-fetch-dest': 'iframe' }), 403);
      }
    }));

  it('may ask before it asks: preflights are answered for those that may', () =>
    withGuards({ api: { corsOrigins: ['https://grafana.example'] } }, async (server) => {
      const preflight = (origin: string, more: Record<string, string> = {}) =>
        server.ask('/api/today', {
          method: 'OPTIONS',
          headers: { origin, 'access-control-request-method': 'POST', ...more },
        });
      const yes = await preflight('https://grafana.example', { 'access-control-request-private-network': 'true' });
      assert.equal(yes.status, 204);
      assert.equal(yes.headers['access-control-allow-origin'], 'https://grafana.example');
      assert.equal(yes.headers['access-control-allow-methods'], 'GET, HEAD, POST');
      assert.match(String(yes.headers['access-control-allow-headers']), /authorization/);
      assert.equal(yes.headers['access-control-allow-private-network'], 'true');
      const no = await preflight('https://evil.example');
      assert.equal(no.status, 403);
      assert.equal(no.headers['access-control-allow-origin'], undefined);
      const plain = await server.ask('/api/today', { method: 'OPTIONS' });
      assert.equal(plain.status, 204);
      assert.equal(plain.headers.allow, 'GET, HEAD, OPTIONS');
    }));

  it('is asked of a WebSocket too, before it is one', () =>
    withGuards({}, async (server) => {
      const statusOf = async (headers: Record<string, string>, path?: string): Promise<number> =>
        Number((await server.upgrade(headers, path)).split(' ')[1]);
      assert.equal(await statusOf({}), 101);
      assert.equal(await statusOf({ Origin: OWN_PAGE(server.port) }), 101);
      assert.equal(await statusOf({ Origin: 'https://evil.example' }), 403);
      assert.equal(await statusOf({ Origin: 'null' }), 403);
      assert.equal(await statusOf({ Origin: 'https://evil.example' }, '/api/today'), 403);
      assert.equal(await statusOf({ Host: 'evil.example', Origin: 'http://evil.example' }), 421);
      assert.equal(await statusOf({ 'Sec-WebSocket-Protocol': 'kaipo, kaipo.token.wrong' }), 401);
    }));

  it('may ask for HTTP/2 and is answered in HTTP/1.1', () =>
    withGuards({}, async (server) => {
      const h2c = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAA\r\n';
      const ask = (host: string): Promise<string> =>
        server.exchange(`GET /api/today HTTP/1.1\r\nHost: ${host}\r\n${h2c}\r\n`);
      assert.match(await ask('localhost'), /^HTTP\/1\.1 200 OK[\s\S]*"schema":"kaipo.today\/1"/);
      assert.match(await ask('evil.example'), /^HTTP\/1\.1 421 /);
    }));

  // Other systems have one address of loopback.
  it('is the address it came to', { skip: process.platform !== 'linux' }, () =>
    withGuards({ door: { kind: 'tcp', host: '127.0.0.2', port: 0, isRemote: false } }, async (server) => {
      const at = { host: '127.0.0.2' };
      assert.equal((await server.ask('/api/today', at)).status, 200);
      assert.equal((await server.ask('/api/today', { ...at, headers: { host: '127.0.0.3' } })).status, 421);
    }),
  );

  it('leaves nothing behind when it is refused a WebSocket', () =>
    withGuards({}, async (server) => {
      for (let i = 0; i < 50; i += 1) await server.upgrade({ Origin: 'https://evil.example' });
      const open = await new Promise<number>((resolve, reject) =>
        server.app.server.getConnections((error, count) => (error === null ? resolve(count) : reject(error))),
      );
      assert.ok(open <= 1, `${open} connections are open`);
    }));
});
