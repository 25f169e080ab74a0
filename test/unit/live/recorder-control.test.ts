// The control socket: what it answers, what it refuses, and slow readers.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createConnection, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { attachRecorder, requestWriter } from '@kaipo/cli/live/recorder-control.js';
import {
  CONTROL_PROTOCOL,
  encodeFrame,
  FrameReader,
  MAX_REQUEST_BYTES,
  type RecorderStatus,
} from '@kaipo/cli/live/recorder-control-frames.js';
import { MAX_SOCKET_PATH_BYTES, prepareControlPath } from '@kaipo/cli/live/recorder-control-path.js';
import { type ControlHandlers, MAX_CLIENTS, RecorderControl } from '@kaipo/cli/live/recorder-control-server.js';
import { isLiveSnapshot } from '@kaipo/cli/live/recorder-control-snapshot.js';
import { KaipoError } from '@kaipo/core/kernel/errors.js';
import type { LiveSnapshot } from '@kaipo/core/query/live-snapshot.js';
import type { WriterRecord } from '@kaipo/core/store/writer-lock.js';
import fc from 'fast-check';

const SOON = { timeoutMs: 5000 };

function folder(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'kaipo-control-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

const writerAt = (socket: string): WriterRecord => ({
  pid: process.pid,
  startTicks: '',
  bootId: '',
  sinceUs: 0,
  token: 'test',
  socket,
});

const STATUS: RecorderStatus = {
  pid: process.pid,
  protocol: CONTROL_PROTOCOL,
  since: 0,
  store: '/store',
  pollIntervalS: 1,
  batchIntervalS: 30,
  recording: { state: 'recording' },
  waitingIntervals: 0,
  mergedIntervals: 0,
  lostIntervals: 0,
  lostFlows: 0,
};

const NO_TRAFFIC = { txBytes: 0, rxBytes: 0, txPackets: 0, rxPackets: 0, txBytesTotal: 0, rxBytesTotal: 0 };

function snapshotAt(tsUs: number, notices = 0): LiveSnapshot {
  return {
    tsUs,
    intervalUs: 1e6,
    rung: 'counters',
    interfaces: [],
    capture: { received: 0, delivered: 0, droppedByKernel: 0, droppedByHelper: 0, dropsKnown: true, gaps: 0 },
    books: { kernelBytes: 0, attributedBytes: 0, unknownBytes: 0, notCapturedBytes: 0, inFlightBytes: 0 },
    apps: [],
    flows: [],
    hosts: [],
    protocols: [],
    dns: [],
    alerts: [],
    notices: Array.from({ length: notices }, (_, i) => ({ tsUs, severity: 'info' as const, text: `${i}`.repeat(200) })),
    flowTable: { active: 0, capacity: 0, refused: 0, evicted: 0 },
    recording: { state: 'recording' },
  };
}

async function control(t: TestContext, handlers: Partial<ControlHandlers> = {}): Promise<RecorderControl> {
  const path = join(folder(t), 'recorder.sock');
  const opened = new RecorderControl(path, {
    status: () => STATUS,
    flush: async () => undefined,
    compact: async () => ({ beforeBytes: 2, afterBytes: 1 }),
    reload: async () => ({ applied: [] }),
    ...handlers,
  });
  await opened.open();
  t.after(() => opened.close());
  return opened;
}

const closed = (socket: Socket): Promise<void> => new Promise((resolve) => socket.once('close', () => resolve()));

/** That one would set the prototype: it is left out when it is read. */
const NAME = fc.string().filter((name) => name !== '__proto__');

test('frames: any maps in any pieces come out as they went in', () => {
  fc.assert(
    fc.property(fc.array(fc.dictionary(NAME, fc.string())), fc.integer({ min: 1, max: 17 }), (maps, step) => {
      const bytes = Buffer.concat(maps.map(encodeFrame));
      const reader = new FrameReader(MAX_REQUEST_BYTES);
      const out: unknown[] = [];
      for (let at = 0; at < bytes.length; at += step)
        assert.ok(reader.push(bytes.subarray(at, at + step), (frame) => out.push({ ...frame })));
      assert.deepEqual(
        out,
        maps.map((map) => ({ ...map })),
      );
    }),
  );
});

test('questions are answered, errors keep their code', async (t) => {
  const { path } = await control(t, {
    reload: async () => {
      throw new KaipoError('KAIPO_BAD_CONFIG', 'line 3: no', 'kaipo config check');
    },
  });
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.equal((await requestWriter(writerAt(path), 'status', SOON))['store'], '/store');
  assert.equal((await requestWriter(writerAt(path), 'compact', SOON))['afterBytes'], 1);
  await assert.rejects(requestWriter(writerAt(path), 'reload', SOON), {
    code: 'KAIPO_BAD_CONFIG',
    message: 'line 3: no',
    fix: 'kaipo config check',
  });
});

test('a flush that takes too long, a socket nobody has, a record without one: no recorder', async (t) => {
  const { path } = await control(t, { flush: () => new Promise(() => undefined) });
  const gone = { code: 'KAIPO_NO_RECORDER' };
  await assert.rejects(requestWriter(writerAt(path), 'flush', { timeoutMs: 50 }), gone);
  await assert.rejects(requestWriter(writerAt(`${path}.no`), 'flush', SOON), gone);
  const { socket: _socket, ...silent } = writerAt(path);
  await assert.rejects(requestWriter(silent, 'flush', SOON), gone);
});

test('what is no request closes the connection, and hurts nobody else', async (t) => {
  const { path } = await control(t);
  const bad: Uint8Array[] = [
    Buffer.from([0xff, 0xff, 0xff, 0xff]),
    Buffer.from([0, 0, 0, 0]),
    Buffer.from([0, 1, 0, 1]),
    Buffer.from([0, 0, 0, 1, 0xc1]),
    Buffer.from([0, 0, 0, 1, 0x05]),
    encodeFrame({ request: 'format' }),
    encodeFrame({}),
    Buffer.concat([Buffer.from([0, 0, 0xea, 0x60]), Buffer.alloc(60_000, 0x91)]),
    Buffer.concat([encodeFrame({ request: 'status' }), encodeFrame({ request: 'status' })]),
  ];
  for (const bytes of bad) {
    const socket = createConnection(path).on('error', () => undefined);
    const end = closed(socket);
    socket.resume().write(bytes);
    await end;
  }
  assert.equal((await requestWriter(writerAt(path), 'status', SOON))['pid'], process.pid);
});

test('who attaches gets the latest snapshot and every one after it, and is told of the end', async (t) => {
  const opened = await control(t);
  opened.publish(snapshotAt(1));
  const seen: number[] = [];
  const ended = new Promise<string>((resolve) => {
    void attachRecorder(
      writerAt(opened.path),
      {
        onSnapshot: ({ tsUs }) => {
          seen.push(tsUs);
          if (tsUs < 4) opened.publish(snapshotAt(tsUs + 1));
          else void opened.close();
        },
        onEnd: resolve,
      },
      SOON,
    );
  });
  assert.equal(await ended, 'stopped');
  assert.deepEqual(seen, [1, 2, 3, 4]);
  assert.deepEqual(readdirSync(join(opened.path, '..')), []);
});

test('a reader that does not read gets the newest, and how many it missed; memory is not taken for it', async (t) => {
  const opened = await control(t);
  const socket = createConnection(opened.path);
  t.after(() => socket.destroy());
  const frames: Record<string, unknown>[] = [];
  const reader = new FrameReader(16 << 20);
  let heard: () => void = () => undefined;
  const first = new Promise<void>((resolve) => {
    heard = resolve;
  });
  const take = (bytes: Buffer): void => {
    assert.ok(reader.push(bytes, (frame) => frames.push(frame)));
    heard();
  };
  socket.on('data', take);
  socket.write(encodeFrame({ request: 'attach' }));
  await first;
  socket.pause();
  for (let tsUs = 1; tsUs <= 200; tsUs++) opened.publish(snapshotAt(tsUs, 64));
  const newest = new Promise<void>((resolve) => {
    heard = () => {
      const last = frames.at(-1) as { snapshot?: { tsUs: number } };
      if (last.snapshot?.tsUs === 200) resolve();
    };
  });
  socket.resume();
  await newest;
  const shown = frames.filter((frame) => frame['kind'] === 'snapshot');
  const missed = shown.reduce((sum, frame) => sum + Number(frame['missed']), 0);
  assert.equal(shown.length + missed, 200);
  assert.ok(missed > 50, `${missed} missed`);
});

test('a recorder of another version, or something else that listens, is not attached to', async (t) => {
  const opened = await control(t, { status: () => ({ ...STATUS, protocol: CONTROL_PROTOCOL + 1 }) });
  const handlers = { onSnapshot: () => undefined, onEnd: () => undefined };
  await assert.rejects(attachRecorder(writerAt(opened.path), handlers, SOON), { message: /another version/ });
  const path = join(folder(t), 'http.sock');
  const other = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')).listen(path);
  t.after(() => other.close());
  await assert.rejects(attachRecorder(writerAt(path), handlers, SOON), { code: 'KAIPO_NO_RECORDER' });
});

test('a snapshot that cannot be drawn ends the attachment', async (t) => {
  const opened = await control(t);
  const how = new Promise<string>((resolve) => {
    void attachRecorder(writerAt(opened.path), { onSnapshot: () => undefined, onEnd: resolve }, SOON).then(() =>
      opened.publish({ ...snapshotAt(1), flows: [{ id: 1 }] } as unknown as LiveSnapshot),
    );
  });
  assert.equal(await how, 'lost');
});

test('processes may be left out by a recorder, and come as they are or not at all', async () => {
  const process = { app: 'web', pid: 7, quality: 'event', flows: 1, ...NO_TRAFFIC, parents: [{ pid: 1, app: 'init' }] };
  const { pid: _, ...over } = { ...process, ended: 3 };
  assert.ok(isLiveSnapshot(snapshotAt(1)));
  assert.ok(isLiveSnapshot(JSON.parse(JSON.stringify({ ...snapshotAt(1), processes: [process, over] }))));
  for (const wrong of [
    {},
    null,
    { ...process, pid: '7' },
    { ...process, exe: 7 },
    { ...process, ended: 'all' },
    { ...process, txBytes: undefined },
    { ...process, parents: {} },
    { ...process, parents: [{ pid: 1 }] },
    { ...process, parents: Array.from({ length: 65 }, () => ({ pid: 1, app: 'init' })) },
  ])
    assert.ok(!isLiveSnapshot({ ...snapshotAt(1), processes: [wrong] }), JSON.stringify(wrong));
  assert.ok(!isLiveSnapshot({ ...snapshotAt(1), processes: 'many' }));
});

test('a stale socket is replaced, a file is not', async (t) => {
  const first = await control(t);
  const again = new RecorderControl(first.path, {
    status: () => STATUS,
    flush: async () => undefined,
    compact: async () => ({}),
    reload: async () => ({}),
  });
  await again.open();
  assert.equal((await requestWriter(writerAt(first.path), 'status', SOON))['pid'], process.pid);
  await again.close();
  const path = join(folder(t), 'recorder.sock');
  writeFileSync(path, 'mine');
  await assert.rejects(
    new RecorderControl(path, {
      status: () => STATUS,
      flush: async () => undefined,
      compact: async () => ({}),
      reload: async () => ({}),
    }).open(),
    { code: 'EADDRINUSE' },
  );
});

test('more connections than there is room for are refused with a reason', async (t) => {
  const { path } = await control(t);
  const sockets = Array.from({ length: MAX_CLIENTS }, () => createConnection(path));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
  });
  await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.once('connect', resolve))));
  await assert.rejects(requestWriter(writerAt(path), 'status', SOON), { message: /connected/ });
});

test('the place of the socket: the service, the session, the store, and never a path that is too long', (t) => {
  const dir = folder(t);
  const store = join(dir, 'store');
  const runtime = join(dir, 'run');
  const none = prepareControlPath(store, {});
  assert.match(none.path ?? '', new RegExp(`^${store}/recorder-[0-9a-f]{8}\\.sock$`));
  assert.equal(statSync(store).mode & 0o777, 0o700);
  const session = prepareControlPath(store, { XDG_RUNTIME_DIR: runtime });
  assert.ok(session.path?.startsWith(`${runtime}/kaipo/recorder-`));
  assert.equal(statSync(join(runtime, 'kaipo')).mode & 0o777, 0o700);
  const service = prepareControlPath(store, { XDG_RUNTIME_DIR: runtime, RUNTIME_DIRECTORY: `${dir}:/run/else` });
  assert.ok(service.path?.startsWith(`${dir}/recorder-`));
  const long = prepareControlPath(join(dir, 'x'.repeat(120)), { XDG_RUNTIME_DIR: join(dir, 'y'.repeat(120)) });
  assert.ok(long.path !== undefined && Buffer.byteLength(long.path) <= MAX_SOCKET_PATH_BYTES);
  assert.match(long.note ?? '', /longer than/);
});
