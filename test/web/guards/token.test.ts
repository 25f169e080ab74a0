import assert from 'node:assert/strict';
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { chooseProtocol } from '@kaipo/cli/web/guards/stream-protocol.js';
import type { WebDoor } from '@kaipo/cli/web/listen/web-door.js';
import { TokenBook } from '@kaipo/cli/web/tokens/token-book.js';
import { changeTokens, readTokens } from '@kaipo/cli/web/tokens/token-file.js';
import { lastUses } from '@kaipo/cli/web/tokens/token-use.js';
import { bearer, problemOf, READ_TOKEN, TOKEN, withGuards } from './guarded-server.js';

/** As if others could knock; it listens on loopback all the same. */
const REMOTE: WebDoor = { kind: 'tcp', host: '127.0.0.1', port: 0, isRemote: true };
const WRONG = `kpo_${'c'.repeat(43)}`;

const problemTextOf = (book: TokenBook): string => book.problem?.message ?? '';

describe('tokens', () => {
  it('are not asked for on this machine, and a wrong one is refused all the same', () =>
    withGuards({}, async (server) => {
      assert.equal((await server.ask('/api/today')).status, 200);
      server.addToken('laptop', TOKEN);
      assert.equal((await server.ask('/api/today')).status, 200);
      assert.equal((await server.ask('/api/today', { headers: bearer(TOKEN) })).status, 200);
      const wrong = await server.ask('/api/today', { headers: bearer(WRONG) });
      assert.equal(wrong.status, 401);
      assert.equal(wrong.headers['www-authenticate'], 'Bearer realm="kaipo", error="invalid_token"');
    }));

  for (const [what, options, headers] of [
    ['where other machines can knock', { door: REMOTE }, {}],
    ['where api.require_token says so', { api: { requireToken: true } }, {}],
    ['of whoever uses another name', { api: { allowedHosts: ['kaipo.example'] } }, { host: 'kaipo.example' }],
    ['of whoever comes through a proxy', {}, { 'x-forwarded-for': '10.1.2.3' }],
    ['of whoever comes through a proxy of another kind', {}, { forwarded: 'for=10.1.2.3' }],
    ['of whoever comes through a proxy that says no more', {}, { via: '1.1 proxy' }],
  ] as const) {
    it(`are needed ${what}`, () =>
      withGuards(options, async (server) => {
        server.addToken('laptop', TOKEN);
        for (const path of ['/api/today', '/metrics', '/api/nothing', '/api/openapi.json']) {
          const none = await server.ask(path, { headers });
          assert.equal(none.status, 401, path);
          assert.equal(none.headers['www-authenticate'], 'Bearer realm="kaipo"');
          assert.equal(problemOf(none).title, 'A token is needed');
        }
        const right = await server.ask('/api/today', { headers: { ...headers, ...bearer(TOKEN) } });
        assert.equal(right.status, 200);
        const lower = await server.ask('/api/today', { headers: { ...headers, authorization: `bearer  ${TOKEN}` } });
        assert.equal(lower.status, 200);
        // The pages hold no data, and ask for the token themselves.
        assert.notEqual((await server.ask('/dashboard/', { headers })).status, 401);
        const shown = ['', TOKEN, `Basic ${TOKEN}`, 'Bearer', `Bearer ${TOKEN}x`, `Bearer ${TOKEN.slice(0, -1)}`];
        for (const authorization of shown) {
          const answer = await server.ask('/api/today', { headers: { ...headers, authorization } });
          assert.ok([401, 429].includes(answer.status), authorization);
        }
      }));
  }

  it('for reading only change nothing', () =>
    withGuards({ door: REMOTE }, async (server) => {
      server.addToken('grafana', READ_TOKEN, 'read-only');
      server.addToken('laptop', TOKEN);
      const post = (token: string) =>
        server.ask('/api/nothing', {
          method: 'POST',
          headers: { ...bearer(token), 'content-type': 'application/json' },
          body: '{}',
        });
      assert.equal((await server.ask('/api/today', { headers: bearer(READ_TOKEN) })).status, 200);
      const refused = await post(READ_TOKEN);
      assert.equal(refused.status, 403);
      assert.equal(problemOf(refused).detail, 'the token "grafana" is for reading only');
      assert.equal((await post(TOKEN)).status, 404);
    }));

  it('that are wrong again and again are answered later; a right one passes, whoever is wrong beside it', () =>
    withGuards({ door: REMOTE }, async (server) => {
      server.addToken('laptop', TOKEN);
      const statuses: number[] = [];
      for (let i = 0; i < 7; i += 1) {
        const answer = await server.ask('/api/today', { headers: { ...bearer(WRONG), 'x-forwarded-for': '10.1.2.3' } });
        statuses.push(answer.status);
        if (answer.status === 429) assert.ok(Number(answer.headers['retry-after']) >= 1);
      }
      assert.deepEqual(statuses, [401, 401, 401, 401, 401, 429, 429]);
      const others = await server.ask('/api/today', { headers: { ...bearer(WRONG), 'x-forwarded-for': '10.1.2.4' } });
      assert.equal(others.status, 401);
      assert.equal((await server.ask('/api/today', { headers: bearer(TOKEN) })).status, 200);
    }));

  it('do not stand in an address', () =>
    withGuards({ door: REMOTE }, async (server) => {
      server.addToken('laptop', TOKEN);
      for (const path of [
        `/api/today?token=${TOKEN}`,
        `/api/today?a=1&access_token=${TOKEN}`,
        `/?TOKEN=token=${TOKEN}`,
      ]) {
        const answer = await server.ask(path, { headers: bearer(TOKEN) });
        assert.equal(answer.status, 400, path);
        assert.doesNotMatch(answer.body, /kpo_a/);
      }
    }));

  it('travel as a subprotocol of a WebSocket', () =>
    withGuards({ door: REMOTE }, async (server) => {
      server.addToken('laptop', TOKEN);
      const statusOf = async (protocols: string): Promise<number> =>
        (await server.ask('/api/nothing', { headers: { 'sec-websocket-protocol': protocols } })).status;
      assert.equal(await statusOf(`kaipo, kaipo.token.${TOKEN}`), 404);
      assert.equal(await statusOf('kaipo'), 401);
      assert.equal(await statusOf(`kaipo.token.${WRONG}`), 401);
      const head = await server.upgrade({ 'Sec-WebSocket-Protocol': `kaipo.token.${TOKEN}, kaipo` });
      assert.match(head, /^HTTP\/1\.1 101 /);
      assert.match(head, /^Sec-WebSocket-Protocol: kaipo$/m);
      assert.match(await server.upgrade({ Authorization: `Bearer ${TOKEN}` }), /^HTTP\/1\.1 101 /);
      assert.match(await server.upgrade({}), /^HTTP\/1\.1 401 /);
      assert.equal(chooseProtocol(new Set([`kaipo.token.${TOKEN}`, 'kaipo'])), 'kaipo');
      assert.equal(chooseProtocol(new Set([`kaipo.token.${TOKEN}`, 'x'])), 'x');
      assert.equal(chooseProtocol(new Set([`kaipo.token.${TOKEN}`])), `kaipo.token.${TOKEN}`);
    }));

  it('that are over, removed or in a file that others can change are nobody’s', () =>
    withGuards({ door: REMOTE }, async (server) => {
      server.addToken('old', READ_TOKEN, 'full', 1000);
      server.addToken('laptop', TOKEN);
      const book = new TokenBook(server.tokensPath);
      const nowMs = Date.now();
      assert.equal(book.find(READ_TOKEN, nowMs), undefined);
      assert.equal(book.find(READ_TOKEN, 999_000)?.name, 'old');
      assert.deepEqual(
        book.usable(nowMs).map(({ name }) => name),
        ['laptop'],
      );
      assert.equal(book.find(TOKEN, nowMs)?.name, 'laptop');
      chmodSync(server.tokensPath, 0o640);
      book.forget();
      assert.equal(book.find(TOKEN, nowMs), undefined);
      assert.match(problemTextOf(book), /open to other users/);
      chmodSync(server.tokensPath, 0o600);
      book.forget();
      assert.equal(problemTextOf(book), '');
      changeTokens(server.tokensPath, (tokens) => tokens.filter(({ name }) => name !== 'laptop'));
      book.forget();
      assert.equal(book.find(TOKEN, nowMs), undefined);
      writeFileSync(server.tokensPath, '{"tokens":[{"name":"x","sha256":"00"}]}');
      book.forget();
      assert.match(problemTextOf(book), /no list of tokens/);
    }));

  it('are kept as digests, and the day of their use beside them', () =>
    withGuards({ door: REMOTE }, async (server) => {
      server.addToken('laptop', TOKEN);
      const tokens = readTokens(server.tokensPath);
      assert.equal(lastUses(server.tokensPath, tokens).size, 0);
      await server.ask('/api/today', { headers: bearer(TOKEN) });
      assert.doesNotMatch(readFileSync(server.tokensPath, 'utf8'), /kpo_|aaaa/);
      assert.equal(statSync(server.tokensPath).mode & 0o777, 0o600);
      assert.deepEqual([...lastUses(server.tokensPath, tokens).values()], [new Date().toISOString().slice(0, 10)]);
      assert.equal(existsSync(`${server.tokensPath}.lock`), false);
    }));
});
