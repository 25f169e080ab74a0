import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import test from 'node:test';
import { livePlace } from './live-place.js';
import { eventually, type Frame, StreamReader } from './stream-reader.js';

type Json = Readonly<Record<string, unknown>>;

const stateOf = (frame: Frame | undefined): unknown => (frame?.['recording'] as Json | undefined)?.['state'];

/** Programs this process has started and not ended. */
function children(): string[] {
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid))
    .flatMap((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
        const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        return Number(parent) === process.pid && state !== 'Z'
          ? [stat.slice(stat.indexOf('('), stat.lastIndexOf(')'))]
          : [];
      } catch {
        return [];
      }
    });
}

test('without a recorder: the first question waits for one interval, the next for none', {
  timeout: 60_000,
}, async (t) => {
  const { app, live } = await livePlace(t);
  assert.equal(live.isRunning, false);
  const first = (await app.inject('/api/live')).json<Json>();
  assert.equal(first['recorder'], false);
  assert.equal(first['mode'], 'counters');
  assert.ok((first['intervalSeconds'] as number) > 0.2 && (first['intervalSeconds'] as number) < 3);
  const usage = ['bytes_sent', 'bytes_received', 'total_bytes', 'upload_bytes_per_second', 'download_bytes_per_second'];
  for (const name of usage) assert.equal(typeof first[name], 'number', name);
  assert.equal(first['total_bytes'], (first['bytes_sent'] as number) + (first['bytes_received'] as number));
  const tick = first['tick'] as Json;
  assert.equal(tick['type'], 'tick');
  assert.equal(tick['ts'], first['ts']);
  const counted = (tick['interfaces'] as Json[]).filter((row) => row['counted']);
  assert.equal(
    counted.reduce((sum, row) => sum + (row['txBytes'] as number), 0),
    first['bytes_sent'],
  );
  const startMs = performance.now();
  await app.inject('/api/live');
  assert.ok(performance.now() - startMs < 200);
  await live.stop();
  assert.equal(live.latest, undefined);
  assert.deepEqual(children(), []);
});

test('it ends by itself when nobody asks any more, and begins again', { timeout: 60_000 }, async (t) => {
  const { live } = await livePlace(t);
  live.keep(700);
  await eventually(() => live.latest !== undefined);
  await eventually(() => !live.isRunning);
  await eventually(() => children().length === 0);
  assert.ok(await live.current(20_000));
});

test('questions that come at once start one session, and stopping answers all of them', {
  timeout: 60_000,
}, async (t) => {
  const { live } = await livePlace(t);
  const all = Array.from({ length: 50 }, () => live.current(20_000));
  const pictures = await Promise.all(all);
  assert.equal(new Set(pictures).size, 1);
  await live.stop();
  const waiting = live.current(20_000);
  await live.stop();
  assert.equal(await waiting, undefined);
  // In the middle of a start: nothing is left either.
  for (let i = 0; i < 5; i++) {
    live.keep();
    await live.stop();
  }
  await eventually(() => children().length === 0);
  assert.equal(live.isRunning, false);
});

test('a new configuration begins it anew; who reads the stream reads on', { timeout: 60_000 }, async (t) => {
  const { address, live, reload } = await livePlace(t);
  const reader = await new StreamReader(`ws://${address}/api/stream`).opened();
  await reader.until((frames) => frames.length > 0);
  await reload();
  const { length } = reader.frames;
  await reader.until((frames) => frames.length > length);
  assert.equal(reader.socket.readyState, reader.socket.OPEN);
  reader.socket.close();
  await reader.closed;
  await live.stop();
  await reload();
  assert.equal(live.isRunning, false, 'what nobody wants is not begun');
});

test('a recorder comes, is killed and comes again: the stream goes on', { timeout: 120_000 }, async (t) => {
  const { address, record, live } = await livePlace(t);
  const reader = await new StreamReader(`ws://${address}/api/stream`).opened();
  await reader.until((frames) => stateOf(frames.at(-1)) === 'off');
  const first = await record();
  await reader.until((frames) => stateOf(frames.at(-1)) === 'recording');
  const from = reader.frames.length;
  await reader.until((frames) => frames.length >= from + 5);
  assert.ok(reader.frames.slice(from).every((frame) => stateOf(frame) === 'recording'));
  assert.equal((reader.frames.at(-1)?.['intervalSeconds'] as number) < 0.9, true, "the recorder's own interval");
  await first.end('SIGKILL');
  await reader.until((frames) => stateOf(frames.at(-1)) === 'off');
  await record();
  await reader.until((frames) => stateOf(frames.at(-1)) === 'recording');
  assert.equal(reader.socket.readyState, reader.socket.OPEN);
  const ts = reader.frames.map((frame) => frame['ts'] as number);
  assert.deepEqual(
    ts,
    ts.toSorted((a, b) => a - b),
  );
  assert.equal(live.latest?.isFromRecorder, true);
  await eventually(() => children().every((name) => !name.includes('kaipo-sockets')));
});

test('health: no store, a recorder, none any more; never waits', { timeout: 60_000 }, async (t) => {
  const { app, record, live } = await livePlace(t);
  const health = async (): Promise<Json> => (await app.inject('/api/health')).json<Json>();
  const empty = await health();
  assert.equal(empty['status'], 'degraded');
  assert.equal(empty['version'], '1.2.3');
  assert.equal((empty['store'] as Json)['state'], 'missing');
  assert.deepEqual(empty['recorder'], { running: false, fix: 'kaipo daemon' });
  const daemon = await record();
  // What is known stands for a second, and what a recorder says comes after the answer.
  const until = async (isIt: (answer: Json) => boolean): Promise<Json> => {
    for (;;) {
      const answer = await health();
      if (isIt(answer)) return answer;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const recorderOf = (answer: Json): Json => answer['recorder'] as Json;
  const answer = await until(({ status }) => status === 'ok');
  assert.equal(recorderOf(answer)['pid'], daemon.pid);
  assert.match((answer['device'] as Json)['id'] as string, /^[0-9a-f-]{36}$/);
  assert.equal(recorderOf(await until((each) => recorderOf(each)['state'] !== undefined))['state'], 'recording');
  await until(({ store }) => (store as Json)['lastTs'] !== undefined);
  const tookMs: number[] = [];
  for (let i = 0; i < 200; i++) {
    const startMs = performance.now();
    await app.inject('/api/health');
    tookMs.push(performance.now() - startMs);
  }
  const sorted = tookMs.toSorted((a, b) => a - b);
  assert.ok(sorted[100]! < 10, `half of the answers take ${sorted[100]} ms or more`);
  await daemon.end('SIGKILL');
  assert.equal(recorderOf(await until(({ status }) => status !== 'ok'))['running'], false);
  assert.equal(live.isRunning, false, 'health is no reason to measure');
});
