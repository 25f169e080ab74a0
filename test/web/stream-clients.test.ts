import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import test, { type TestContext } from 'node:test';
import { addStreamRoute } from '@kaipo/cli/web/routes/stream-route.js';
import { STREAM_LIMITS, StreamClients, type StreamLimits } from '@kaipo/cli/web/stream-clients.js';
import { registerStreamHandshake } from '@kaipo/cli/web/stream-handshake.js';
import Fastify, { type FastifyInstance } from 'fastify';
import { WebSocket } from 'ws';
import { HandFeed, host, snapshotAt } from './live-parts.js';
import { eventually, StreamReader } from './stream-reader.js';

interface Place {
  readonly feed: HandFeed;
  readonly clients: StreamClients;
  readonly app: FastifyInstance;
  /** Resolves when its handshake is over. */
  open(query?: string, options?: object): Promise<StreamReader>;
}

async function place(t: TestContext, limits: Partial<StreamLimits> = {}): Promise<Place> {
  const feed = new HandFeed();
  const clients = new StreamClients(feed, { ...STREAM_LIMITS, ...limits });
  const app = Fastify();
  await registerStreamHandshake(app, clients);
  addStreamRoute(app, clients);
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const readers: StreamReader[] = [];
  t.after(async () => {
    for (const { socket } of readers) socket.terminate();
    await app.close();
  });
  const open = (query = '', options: object = {}): Promise<StreamReader> => {
    const reader = new StreamReader(`ws://127.0.0.1:${port}/api/stream${query}`, options);
    readers.push(reader);
    return reader.opened();
  };
  return { feed, clients, app, open };
}

const LONG = 'x'.repeat(250);
/** Some 100 kB as text. */
const large = (tsS: number) =>
  snapshotAt(tsS, {
    notices: Array.from({ length: 64 }, (_, i) => ({
      tsUs: tsS * 1e6,
      severity: 'info',
      text: `${i}${LONG.repeat(7)}`,
    })),
    hosts: Array.from({ length: 50 }, (_, i) => ({ ...host(`10.0.0.${i}`, 1), name: LONG })),
  });

test('the latest interval at once, then every one in order, to all', async (t) => {
  const { feed, open } = await place(t);
  feed.publish(snapshotAt(1));
  const [a, b] = [await open(), await open('?view=wide')];
  await Promise.all([a.until((frames) => frames.length === 1), b.until((frames) => frames.length === 1)]);
  for (let ts = 2; ts <= 50; ts++) feed.publish(snapshotAt(ts));
  await Promise.all([a, b].map((each) => each.until((frames) => frames.length === 50)));
  for (const { frames } of [a, b]) {
    assert.deepEqual(
      frames.map(({ ts }) => ts),
      Array.from({ length: 50 }, (_, i) => i + 1),
    );
    assert.ok(frames.every(({ type }) => type === 'tick'));
  }
  assert.ok(feed.kept >= 50, 'the feed is kept working by those who read');
});

test('wide has more hosts', async (t) => {
  const { feed, open } = await place(t);
  const hosts = Array.from({ length: 300 }, (_, i) => host(`10.0.${i >> 8}.${i & 255}`, 1));
  feed.publish(snapshotAt(1, { hosts }));
  const [usual, wide] = [await open(), await open('?view=wide')];
  await Promise.all([usual, wide].map((each) => each.until((frames) => frames.length === 1)));
  assert.equal((usual.frames[0]!['hosts'] as unknown[]).length, 50);
  assert.equal((wide.frames[0]!['hosts'] as unknown[]).length, 200);
});

test('who does not read misses updates and is told how many; the others go on', { timeout: 60_000 }, async (t) => {
  const { feed, clients, open } = await place(t);
  const [slow, quick] = [await open(), await open()];
  slow.socket.pause();
  let ts = 0;
  while (clients.skipped < 20) {
    ts += 1;
    feed.publish(large(ts));
    await quick.until((frames) => frames.at(-1)?.['ts'] === ts);
  }
  assert.equal(quick.frames.length, ts);
  const { skipped } = clients;
  slow.socket.resume();
  // What was on its way arrives, and the next update is preceded by the news of the gap.
  await slow.until((frames) => frames.length === ts - skipped);
  feed.publish(snapshotAt(ts + 1));
  await slow.until((frames) => frames.at(-1)?.['ts'] === ts + 1);
  assert.deepEqual(slow.frames.at(-2), { type: 'lag', skipped });
  assert.deepEqual(
    slow.frames.slice(0, -2).map((frame) => frame['ts']),
    Array.from({ length: ts - skipped }, (_, i) => i + 1),
  );
  assert.equal(clients.closed, 0);
});

test('who does not read for long is shown out, and nothing is left of them', { timeout: 60_000 }, async (t) => {
  const { feed, clients, open } = await place(t, { stuckMs: 50 });
  const [stuck, quick] = [await open(), await open()];
  stuck.socket.pause();
  for (let ts = 1; clients.size > 1; ts++) {
    feed.publish(large(ts));
    await quick.until((frames) => frames.at(-1)?.['ts'] === ts);
  }
  assert.ok(clients.closed >= 1);
  stuck.socket.resume();
  assert.ok([1013, 1006].includes(await stuck.closed));
  feed.publish(snapshotAt(1e6));
  await quick.until((frames) => frames.at(-1)?.['ts'] === 1e6);
});

test('100 times come and gone: nothing is left', async (t) => {
  const { feed, clients, open } = await place(t);
  feed.publish(snapshotAt(1));
  for (let round = 0; round < 10; round++) {
    const readers = await Promise.all(Array.from({ length: 10 }, () => open()));
    assert.equal(feed.listeners.size, 1);
    for (const [i, { socket }] of readers.entries()) i % 2 === 0 ? socket.close() : socket.terminate();
    await Promise.all(readers.map(({ closed }) => closed));
  }
  await eventually(() => clients.size === 0);
  assert.equal(feed.listeners.size, 0);
});

test('there is room for so many, the next are told so before the handshake', async (t) => {
  const { app, clients, open } = await place(t, { maxClients: 2 });
  const [first] = [await open(), await open()];
  await assert.rejects(open(), /Unexpected server response: 503/);
  first!.socket.close();
  await eventually(() => clients.size === 1);
  await open();
  assert.equal((await app.inject('/api/stream')).statusCode, 426);
  assert.equal((await app.inject('/api/stream?view=all')).statusCode, 400);
});

test('who talks is shown out: a long message at once, short ones when there are many', async (t) => {
  const { open } = await place(t);
  const [long, many] = [await open(), await open()];
  long.socket.send('x'.repeat(2000));
  assert.equal(await long.closed, 1009);
  for (let i = 0; i < 20; i++) many.socket.send('hello');
  assert.equal(await many.closed, 1008);
});

test('who does not answer a ping is gone', async (t) => {
  const { clients, open } = await place(t, { pingMs: 20 });
  const [silent, lively] = [await open('', { autoPong: false }), await open()];
  assert.equal(await silent.closed, 1006);
  await eventually(() => clients.size === 1);
  lively.socket.close();
  await lively.closed;
});

test('one of the protocols that were offered is answered; not the token when there is another', async (t) => {
  const { app } = await place(t);
  const { port } = app.server.address() as AddressInfo;
  const answered = async (protocols: string[]): Promise<string> => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/api/stream`, protocols);
    await once(socket, 'open');
    socket.terminate();
    return socket.protocol;
  };
  assert.equal(await answered(['kaipo.token.secret', 'kaipo.stream']), 'kaipo.stream');
  assert.equal(await answered(['kaipo.token.secret']), 'kaipo.token.secret');
});

test('the server ends: readers are told, also one that does not read', { timeout: 20_000 }, async (t) => {
  const { app, feed, clients, open } = await place(t);
  const [good, deaf] = [await open(), await open()];
  deaf.socket.pause();
  while (clients.skipped === 0) feed.publish(large(1));
  await app.close();
  assert.equal(await good.closed, 1001);
  assert.equal(clients.size, 0);
});
