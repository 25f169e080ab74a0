import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import test from 'node:test';
import { LivePicture } from '@kaipo/cli/web/live-picture.js';
import { HttpCounts } from '@kaipo/cli/web/metrics/http-counts.js';
import { chosen } from '@kaipo/cli/web/metrics/interface-metrics.js';
import { LiveCounts } from '@kaipo/cli/web/metrics/live-counts.js';
import { METRICS } from '@kaipo/cli/web/metrics/metric-list.js';
import { sample } from '@kaipo/cli/web/metrics/metric-sample.js';
import { metricsText, wantsOpenMetrics } from '@kaipo/cli/web/metrics/metrics-text.js';
import { SlotSums } from '@kaipo/cli/web/metrics/slot-sums.js';
import type { LiveSnapshot } from '@kaipo/core/query/live-snapshot.js';
import { type InterfaceCounters, readInterfaceCounters } from '@kaipo/core/source/counters.js';
import fc from 'fast-check';
import { host, snapshotAt, sums } from './live-parts.js';
import { livePlace } from './live-place.js';
import { type ReadMetrics, readMetrics } from './metrics-reader.js';
import { eventually } from './stream-reader.js';

const OPEN = 'application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.2';
const HOSTILE = 'a"b\\c\nd{e="f"} 1\n# EOF\n<script>\u2028\u202e';

const valueIn = ({ samples }: ReadMetrics, name: string, labels: Record<string, string> = {}): number | undefined =>
  samples.find((one) => one.name === name && Object.entries(labels).every(([key, text]) => one.labels[key] === text))
    ?.value;

const picture = (tsS: number, more: Partial<LiveSnapshot>): LivePicture => new LivePicture(snapshotAt(tsS, more), true);

test('both formats, one after the other and again: the same numbers, sound by their grammars', {
  timeout: 60_000,
}, async (t) => {
  const { app, live } = await livePlace(t);
  assert.equal(live.isRunning, false);
  const scrape = async (accept: string): Promise<ReadMetrics> => {
    const answer = await app.inject({ url: '/metrics', headers: { accept } });
    assert.equal(answer.statusCode, 200);
    const isOpen = accept === OPEN;
    assert.equal(
      answer.headers['content-type'],
      isOpen
        ? 'application/openmetrics-text; version=1.0.0; charset=utf-8'
        : 'text/plain; version=0.0.4; charset=utf-8',
    );
    return readMetrics(answer.body, isOpen ? 'openmetrics' : 'prometheus');
  };
  const before = readInterfaceCounters().find(({ name }) => name === 'lo')!;
  const first = await scrape('*/*');
  await eventually(() => live.latest !== undefined);
  const open = await scrape(OPEN);
  const again = await scrape('*/*');
  const after = readInterfaceCounters().find(({ name }) => name === 'lo')!;
  const rx = [first, open, again].map((each) =>
    valueIn(each, 'kaipo_interface_receive_bytes_total', { interface: 'lo' }),
  ) as number[];
  assert.deepEqual(
    [before.rxBytes, ...rx, after.rxBytes],
    [before.rxBytes, ...rx, after.rxBytes].toSorted((a, b) => a - b),
  );
  assert.equal(valueIn(again, 'kaipo_http_requests_total', { route: '/metrics', status: '200' }), 2);
  assert.equal(valueIn(again, 'kaipo_recorder_up'), 0);
  assert.equal(valueIn(again, 'kaipo_build_info', { version: '1.2.3' }), 1);
  const known = new Set(Object.keys(METRICS));
  for (const name of [...first.types.keys(), ...again.types.keys()]) assert.ok(known.has(name), name);
  assert.ok(live.isRunning);
});

test('routes are told as they are written, not as they are asked for', { timeout: 60_000 }, async (t) => {
  const { app } = await livePlace(t);
  for (let i = 0; i < 200; i++) await app.inject(`/api/nothing-${i}?x=${i}`);
  await app.inject('/api/health?x=1');
  const { samples } = readMetrics((await app.inject('/metrics')).body, 'prometheus');
  const routes = new Set(samples.flatMap(({ labels }) => labels['route'] ?? []));
  assert.ok(routes.size < 5, [...routes].join(' '));
  assert.ok(routes.has('/api/health'));
});

test('with a recorder: up, recording, and what it measures is counted on', { timeout: 60_000 }, async (t) => {
  const { app, record } = await livePlace(t);
  await record();
  const scrape = async (): Promise<ReadMetrics> => readMetrics((await app.inject('/metrics')).body, 'prometheus');
  const until = async (isIt: (read: ReadMetrics) => boolean): Promise<ReadMetrics> => {
    for (;;) {
      const read = await scrape();
      if (isIt(read)) return read;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const up = await until((read) => valueIn(read, 'kaipo_recorder_up') === 1);
  assert.equal(valueIn(up, 'kaipo_recorder_recording'), 1);
  await until((read) => (valueIn(read, 'kaipo_store_last_interval_timestamp_seconds') ?? 0) > Date.now() / 1000 - 30);
  const entries = ['attributed', 'unknown', 'not_captured'].map((entry) => ({ entry }));
  const read = await scrape();
  const parts = entries.map((labels) => valueIn(read, 'kaipo_books_bytes_total', labels)!);
  const inFlight = valueIn(read, 'kaipo_books_in_flight_bytes')!;
  const kernel = valueIn(read, 'kaipo_books_bytes_total', { entry: 'kernel' })!;
  assert.equal(
    parts.reduce((sum, bytes) => sum + bytes, inFlight),
    kernel,
  );
});

test('hostile names stay inside their quotes', async () => {
  const names = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }), fc.constant(HOSTILE));
  await fc.assert(
    fc.asyncProperty(names, fc.nat(), async (name, value) => {
      for (const format of ['prometheus', 'openmetrics'] as const) {
        const counts = [sample('kaipo_application_bytes_total', value, { app: name, direction: 'receive' })];
        const { text } = await metricsText(counts, format === 'openmetrics');
        const { samples } = readMetrics(text, format);
        assert.equal(samples.length, 1);
        assert.equal(samples[0]!.value, value);
        assert.doesNotMatch(samples[0]!.labels['app']!, /[\u0000-\u001f\u2028\u202e]/);
      }
    }),
  );
});

test('names that differ only in what is unsafe are one series', async () => {
  const counts = ['a\u0001', 'a\u0002'].map((app) => sample('kaipo_application_bytes_total', 1, { app }));
  assert.equal(readMetrics((await metricsText(counts, false)).text, 'prometheus').samples.length, 1);
});

test('the weights of Accept decide', () => {
  assert.equal(wantsOpenMetrics(undefined), false);
  assert.equal(wantsOpenMetrics('*/*'), false);
  assert.equal(wantsOpenMetrics('text/plain'), false);
  assert.equal(wantsOpenMetrics(OPEN), true);
  assert.equal(wantsOpenMetrics('application/openmetrics-text; version=0.0.1'), false);
  assert.equal(wantsOpenMetrics('application/openmetrics-text;q=0'), false);
  assert.equal(wantsOpenMetrics('application/openmetrics-text;q=0.2, text/plain;q=0.9'), false);
});

test('names have slots for good: sums never go back, none is lost, and there are never more', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 20 }), fc.nat(1000), fc.nat(1000))), (moves) => {
      const slots = new SlotSums(5);
      let last = new Map<string, number>();
      for (const [name, txBytes, rxBytes] of moves) {
        slots.add(name === 20 ? 'other' : `app-${name}`, { txBytes, rxBytes });
        const now = new Map([...slots.entries()].map(([each, sum]) => [each, sum.txBytes + sum.rxBytes]));
        for (const [each, bytes] of last) assert.ok(now.get(each)! >= bytes);
        last = now;
      }
      assert.ok(last.size <= 6);
      const sum = (values: Iterable<number>): number => [...values].reduce((a, b) => a + b, 0);
      assert.equal(sum(last.values()), sum(moves.map(([, tx, rx]) => tx + rx)));
    }),
  );
});

test('an interval is counted once, whoever told it', () => {
  const counts = new LiveCounts();
  const apps = [{ app: 'curl', quality: {}, ...sums(10, 90) }] as unknown as LiveSnapshot['apps'];
  const more = { apps, hosts: [host('1.2.3.4', 7)] };
  counts.add(picture(100, more));
  // The same one, sent again to whoever attaches; one that overlaps it; the next.
  counts.add(picture(100, more));
  counts.add(picture(100.4, more));
  counts.add(picture(101, more));
  const of = (metric: string, labels: Record<string, string>): number | undefined =>
    counts
      .samples()
      .find((one) => one.metric === metric && Object.entries(labels).every(([key, text]) => one.labels?.[key] === text))
      ?.value;
  assert.equal(of('kaipo_application_bytes_total', { app: 'curl', direction: 'receive' }), 180);
  assert.equal(of('kaipo_zone_bytes_total', { zone: 'internet', direction: 'transmit' }), 14);
  assert.equal(of('kaipo_books_bytes_total', { entry: 'kernel' }), 200);
  assert.equal(of('kaipo_capture_dropped_packets_total', { where: 'kernel' }), 4);
});

test('with many interfaces those that count come first, and who was told stays', () => {
  const row = (name: string, counted = false): InterfaceCounters =>
    ({
      name,
      counted,
      rxBytes: 0,
      txBytes: 0,
      rxPackets: 0,
      txPackets: 0,
      packetsKnown: true,
      up: true,
    }) as InterfaceCounters;
  const veths = Array.from({ length: 100 }, (_, i) => row(`veth${i}`));
  const first = chosen([...veths, row('eth0', true)], new Set());
  assert.equal(first.told.length, 64);
  assert.equal(first.leftOut, 37);
  assert.ok(first.told.some(({ name }) => name === 'eth0'));
  const before = new Set(first.told.map(({ name }) => name));
  const second = chosen([row('wlan0', true), ...veths.toReversed(), row('eth0', true)], before);
  assert.deepEqual(new Set(second.told.map(({ name }) => name)), before);
});

test('durations lie in the buckets they belong to; routes have a bound', async () => {
  const counts = new HttpCounts();
  for (const tookS of [0.0005, 0.001, 0.0011, 99]) counts.add('/api/today', 200, tookS);
  for (let i = 0; i < 1000; i++) counts.add(`/made-up/${i}`, 200, 0.001);
  const read = readMetrics((await metricsText(counts.samples(), true)).text, 'openmetrics');
  const bucket = (le: string): number | undefined =>
    valueIn(read, 'kaipo_http_request_duration_seconds_bucket', { route: '/api/today', le });
  assert.deepEqual(['0.001', '0.0025', '2.5', '+Inf'].map(bucket), [2, 3, 3, 4]);
  assert.equal(valueIn(read, 'kaipo_http_request_duration_seconds_count', { route: '/api/today' }), 4);
  const routes = new Set(read.samples.flatMap(({ labels }) => labels['route'] ?? []));
  assert.ok(routes.size <= 129);
  assert.equal(valueIn(read, 'kaipo_http_requests_total', { route: 'other' }), 1000 - 127);
});

const PROMTOOL = process.env['KAIPO_PROMTOOL'] ?? 'promtool';
const noPromtool = spawnSync(PROMTOOL, ['--version']).status === 0 ? false : 'promtool is not installed';

test("Prometheus' own tool finds nothing wrong", { skip: noPromtool, timeout: 60_000 }, async (t) => {
  const { app, live } = await livePlace(t);
  await app.inject('/metrics');
  await eventually(() => live.latest !== undefined);
  const { body } = await app.inject('/metrics');
  const checked = spawnSync(PROMTOOL, ['check', 'metrics'], { input: body, encoding: 'utf8' });
  assert.equal(checked.status, 0, checked.stdout + checked.stderr);
});
