// A session on a service socket: everything between the launcher and a helper that needs no privilege.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { DEFAULT_PATHS, findHelpers, NoHelperError, prepareCapture } from '@kaipo/capture-helper/launch/index.js';
import { Recorder, until } from '../../helper/launch-recorder.js';

/** A service in a folder of its own; `onStream` is called for each connection that says nothing for a moment. */
async function service(
  t: TestContext,
  onStream: (socket: Socket) => void,
): Promise<{ server: Server; paths: typeof DEFAULT_PATHS }> {
  const folder = mkdtempSync(join(tmpdir(), 'kaipo-service-'));
  const path = join(folder, 'capture.sock');
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    onStream(socket);
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const nowhere = join(folder, 'nothing');
  return { server, paths: { service: path, installed: nowhere, built: nowhere, portable: nowhere } };
}

test('stop() shuts down our side, takes all that is left, and ends once', async (t) => {
  const { paths } = await service(t, (socket) => {
    socket.write('begin');
    socket.on('end', () => setTimeout(() => socket.end('the rest'), 50)).resume();
  });
  const prepared = await prepareCapture({ interfaces: ['lo'], paths });
  assert.deepEqual([prepared.helper, prepared.place, prepared.spares], ['service', 'service', 0]);
  const recorder = new Recorder();
  const session = prepared.start(recorder);
  await until('first bytes', () => recorder.bytes > 0);
  await session.stop();
  assert.equal(Buffer.concat(recorder.chunks).toString(), 'beginthe rest');
  assert.deepEqual(recorder.end, { reason: 'closed' });
  assert.deepEqual(recorder.gaps, []);
});

test('a stream that ends is a gap and a new stream; the sixth time within a minute is the end', async (t) => {
  let streams = 0;
  const { paths } = await service(t, (socket) => {
    streams += 1;
    // The first connection of a pair only asks whether somebody answers.
    socket.end(`stream ${streams}`);
  });
  const recorder = new Recorder();
  (await prepareCapture({ interfaces: ['lo'], paths })).start(recorder);
  await until('the end', () => recorder.end !== undefined, 8000);
  assert.equal(recorder.starts.length, 6);
  assert.deepEqual(
    recorder.starts.map((start) => start.attempt),
    [1, 2, 3, 4, 5, 6],
  );
  assert.equal(recorder.gaps.length, 6);
  assert.match(recorder.end!.message!, /failed 6 times within a minute.*closed the stream/);
  const waits = recorder.starts.slice(1).map((start, index) => start.atMs - recorder.gaps[index]!.atMs);
  for (const [index, wait] of waits.entries()) assert.ok(wait >= 100 * 2 ** index - 5, `wait ${index}: ${wait} ms`);
});

test('a service that is gone for good: nothing else is usable, and the end says what would help', async (t) => {
  const { paths, server } = await service(t, (socket) => socket.write('bytes'));
  const prepared = await prepareCapture({ interfaces: ['lo'], paths, prefer: 'native' });
  const recorder = new Recorder();
  const session = prepared.start(recorder);
  await until('first bytes', () => recorder.bytes > 0);
  server.close();
  session.reject('too long a block');
  await until('the end', () => recorder.end !== undefined);
  assert.equal(recorder.end!.reason, 'failed');
  assert.match(recorder.end!.message!, /^too long a block; it cannot be started again/);
  assert.ok(recorder.end!.fix);
});

test('stop() while it waits for a restart, and before it began', async (t) => {
  const { paths } = await service(t, (socket) => socket.end('x'));
  const waiting = new Recorder();
  const session = (await prepareCapture({ interfaces: ['lo'], paths })).start(waiting);
  await until('a gap', () => waiting.gaps.length === 1);
  await session.stop();
  assert.equal(waiting.end!.reason, 'closed');
  const early = new Recorder();
  await (await prepareCapture({ interfaces: ['lo'], paths })).start(early).stop();
  assert.deepEqual([early.end!.reason, early.starts.length], ['closed', 0]);
});

test('a peer that ignores the half-close is cut after 3 s', async (t) => {
  const { paths } = await service(t, (socket) => socket.write('x'));
  const recorder = new Recorder();
  const session = (await prepareCapture({ interfaces: ['lo'], paths })).start(recorder);
  await until('first bytes', () => recorder.bytes > 0);
  const before = performance.now();
  await session.stop();
  const tookMs = performance.now() - before;
  assert.ok(tookMs >= 2900 && tookMs < 4000, `${tookMs} ms`);
  assert.match(recorder.end!.message!, /did not end in order/);
});

test('the service is left alone when options of our own or named interfaces are wanted', async (t) => {
  const { paths } = await service(t, (socket) => socket.write('x'));
  for (const options of [{ service: false }, { filter: 'tcp' }, { snaplen: 96 }, { prefer: 'portable' as const }]) {
    await assert.rejects(prepareCapture({ interfaces: ['lo'], paths, ...options }), NoHelperError);
  }
});

test('findHelpers tells a socket that answers from one that does not', async (t) => {
  const { paths, server } = await service(t, () => {});
  assert.equal((await findHelpers(paths))[0]!.usable, true);
  server.close();
  const [gone, installed, built] = await findHelpers(paths);
  assert.equal(gone!.usable, false);
  assert.deepEqual([installed!.usable, installed!.fix], [false, 'sudo kaipo setup']);
  assert.equal(built!.usable, false);
  for (const candidate of await findHelpers(DEFAULT_PATHS)) assert.ok(candidate.why.length > 0);
});
