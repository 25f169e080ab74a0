import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AppSums, IntervalRecord } from '@kaipo/core/api/index.js';
import { captureLossPlugin } from '@kaipo/plugins/anomalies/capture-loss/index.js';
import { HourlyVolumes } from '@kaipo/plugins/anomalies/parts/hourly-volumes.js';
import { silencePlugin } from '@kaipo/plugins/anomalies/silence/index.js';
import { unbookedBytesPlugin } from '@kaipo/plugins/anomalies/unbooked-bytes/index.js';
import { volumeDropPlugin } from '@kaipo/plugins/anomalies/volume-drop/index.js';
import { volumeSpikePlugin } from '@kaipo/plugins/anomalies/volume-spike/index.js';
import { DetectorRun, detectorOf, intervalAt } from '../../fixtures/detector-harness.js';
import { DAY_US, HOUR_US, liveThrough, MINUTE_US, MONDAY_US } from '../../fixtures/ordinary-weeks.js';

const more =
  (app: string, txBytes: number) =>
  (interval: IntervalRecord): IntervalRecord => ({
    ...interval,
    apps: interval.apps.map((row): AppSums => (row.name === app ? { ...row, txBytes: row.txBytes + txBytes } : row)),
  });

describe('volume-spike', () => {
  const run = (raw = {}) => new DetectorRun(detectorOf(volumeSpikePlugin, raw));

  it('says nothing in six ordinary weeks of a household', () => {
    const spike = run();
    liveThrough(spike, { days: 42 });
    assert.deepEqual(spike.findings, []);
  });

  it('says so within the hour when a small talker sends 20 GB, once as one incident, also after a restart', () => {
    const spike = run();
    const fromUs = liveThrough(spike, { days: 14 });
    spike.restart();
    liveThrough(spike, { days: 0.1, fromUs, change: more('thunderbird', 3_400_000_000) });
    assert.deepEqual(spike.keys, ['thunderbird on wlan0']);
    const [first] = spike.findings;
    assert.ok(first!.tsUs - fromUs <= 30 * MINUTE_US);
    assert.equal(first!.scope?.app, 'thunderbird');
    assert.ok(Number(first!.evidence['bytes']) > 5 * Number(first!.evidence['usualBytes']));
  });

  it('is silent while it learns', () => {
    const spike = run();
    liveThrough(spike, { days: 6, change: more('ssh', 3_000_000_000) });
    assert.deepEqual(spike.findings, []);
  });

  it('knows the backup of every Sunday night', () => {
    const spike = run();
    liveThrough(spike, {
      days: 42,
      change: (interval) => {
        const at = new Date(interval.startUs / 1000);
        return at.getDay() === 0 && at.getHours() === 3 ? more('restic', 9e9)(interval) : interval;
      },
    });
    const late = spike.findings.filter(({ tsUs }) => tsUs > MONDAY_US + 15 * DAY_US);
    assert.deepEqual(late, [], 'the third and later ones');
  });

  it('has a size: a million names', () => {
    const volumes = new HourlyVolumes();
    for (let i = 0; i < 1000; i++) {
      const apps = Array.from({ length: 1000 }, (_, j) => app(`p${i}-${j}`, 2_000_000));
      volumes.add(intervalAt((i + 1) * HOUR_US, { startUs: i * HOUR_US, apps }), () => undefined);
    }
    assert.ok(volumes.size <= 192);
    assert.ok(volumes.forgotten > 100_000);
    assert.ok(JSON.stringify(volumes.save()).length < 256_000);
  });

  it('ignores what it did not save', () => {
    for (const junk of [undefined, 7, 'x', {}, { version: 1, sinceUs: 1, hour: 2, subjects: [[1], ['a', 'b']] }]) {
      const spike = run();
      spike.detector.restore?.(junk);
      spike.interval(intervalAt(HOUR_US));
    }
  });
});

const app = (name: string, txBytes: number): AppSums => ({
  ...{ name, txBytes, rxBytes: 0, txPackets: 1, rxPackets: 0, flows: 1, quality: 'event', interface: 'eth0' },
});

/** A service that moves about a GB an hour, day and night. */
const service = (startUs: number, bytes: number): IntervalRecord =>
  intervalAt(startUs + 10 * MINUTE_US, {
    startUs,
    apps: [app('nginx', bytes)],
    interfaces: [{ name: 'eth0', txBytes: bytes, rxBytes: 1000, txPackets: 10, rxPackets: 10 }],
  });

describe('volume-drop', () => {
  it('says nothing in six ordinary weeks of a household', () => {
    const drop = new DetectorRun(detectorOf(volumeDropPlugin));
    liveThrough(drop, { days: 42 });
    assert.deepEqual(drop.findings, []);
  });

  it('says when a steady service almost stops, and when it is back', () => {
    const drop = new DetectorRun(detectorOf(volumeDropPlugin));
    const brokenUs = MONDAY_US + 20 * DAY_US;
    for (let atUs = MONDAY_US; atUs < brokenUs + 5 * HOUR_US; atUs += 10 * MINUTE_US) {
      const isBroken = atUs >= brokenUs && atUs < brokenUs + 2 * HOUR_US;
      drop.interval(service(atUs, isBroken ? 100_000 : 150_000_000 + (atUs % 7e6)));
    }
    assert.deepEqual(drop.keys.sort(), ['eth0', 'nginx on eth0']);
    const ofService = drop.findings.filter(({ key }) => key === 'nginx on eth0');
    assert.deepEqual(
      ofService.map(({ isOver }) => isOver === true),
      [false, false, true],
    );
    assert.ok(ofService[0]!.tsUs <= brokenUs + 70 * MINUTE_US);
  });

  it('does not mistake hours that nobody recorded for quiet ones', () => {
    const drop = new DetectorRun(detectorOf(volumeDropPlugin));
    const goneUs = MONDAY_US + 20 * DAY_US;
    for (let atUs = MONDAY_US; atUs < goneUs + 5 * HOUR_US; atUs += 10 * MINUTE_US) {
      const isGone = atUs >= goneUs && atUs < goneUs + 100 * MINUTE_US;
      if (!isGone) drop.interval(service(atUs, 150_000_000));
    }
    assert.deepEqual(drop.findings, []);
  });
});

describe('silence', () => {
  const talk = (
    startUs: number,
    names: readonly string[],
    hosts: readonly string[] = ['192.0.2.1'],
  ): IntervalRecord => {
    const sums = { txBytes: 10, rxBytes: 10, txPackets: 1, rxPackets: 1 };
    return intervalAt(startUs + MINUTE_US, {
      startUs,
      interfaces: names.map((name) => ({ name, ...sums })),
      hosts: hosts.map((name) => ({ name, flows: 1, ...sums })),
    });
  };

  it('says when an interface stops that never did, and when it talks again', () => {
    const silence = new DetectorRun(detectorOf(silencePlugin));
    const stopUs = MONDAY_US + 4 * DAY_US;
    for (let atUs = MONDAY_US; atUs < stopUs + 30 * MINUTE_US; atUs += MINUTE_US) {
      if (atUs === stopUs) silence.restart();
      const isStopped = atUs >= stopUs && atUs < stopUs + 20 * MINUTE_US;
      silence.interval(talk(atUs, isStopped ? ['wlan0'] : ['eth0', 'wlan0']));
    }
    assert.deepEqual(
      silence.findings.map(({ key, isOver }) => [key, isOver === true]),
      [
        ['interface eth0', false],
        ['interface eth0', true],
      ],
    );
    assert.ok(silence.findings[0]!.tsUs <= stopUs + 12 * MINUTE_US);
  });

  it('says when a host stops, not when nothing is captured any more', () => {
    const silence = new DetectorRun(detectorOf(silencePlugin));
    const stopUs = MONDAY_US + 4 * DAY_US;
    for (let atUs = MONDAY_US; atUs < stopUs + 90 * MINUTE_US; atUs += MINUTE_US) {
      const isBlind = atUs >= stopUs && atUs < stopUs + 30 * MINUTE_US;
      const hosts = atUs < stopUs + 30 * MINUTE_US ? ['192.0.2.1', '192.0.2.2'] : ['192.0.2.1'];
      silence.interval(talk(atUs, ['eth0'], isBlind ? [] : hosts));
    }
    assert.deepEqual(silence.keys, ['host 192.0.2.2']);
  });

  it('says nothing while nobody records, and of a laptop that sleeps at night', () => {
    const silence = new DetectorRun(detectorOf(silencePlugin));
    for (let atUs = MONDAY_US; atUs < MONDAY_US + 10 * DAY_US; atUs += MINUTE_US) {
      const hour = new Date(atUs / 1000).getHours();
      if (hour === 12) continue;
      silence.interval(talk(atUs, hour < 7 ? ['eth0'] : ['eth0', 'wlan0']));
    }
    assert.deepEqual(silence.findings, []);
  });

  it('says nothing in four ordinary weeks of a household', () => {
    const silence = new DetectorRun(detectorOf(silencePlugin));
    liveThrough(silence, { days: 28 });
    assert.deepEqual(silence.findings, []);
  });

  it('has a size: a million hosts', () => {
    const silence = new DetectorRun(detectorOf(silencePlugin));
    for (let i = 0; i < 1000; i++) {
      silence.interval(
        talk(
          MONDAY_US + i * MINUTE_US,
          ['eth0'],
          Array.from({ length: 1000 }, (_, j) => `10.${i >> 8}.${i & 255}.${j}`),
        ),
      );
    }
    silence.restart();
    assert.deepEqual(silence.findings, []);
  });
});

describe('capture-loss', () => {
  const second = (s: number, received: number, droppedByKernel: number): IntervalRecord =>
    intervalAt(MONDAY_US + s * 1e6, {
      capture: { received, delivered: received - droppedByKernel, droppedByKernel, droppedByHelper: 0 },
    });

  it('says when more than the share is lost over a minute, and when it is over; not for one bad second', () => {
    const loss = new DetectorRun(detectorOf(captureLossPlugin));
    for (let s = 1; s <= 300; s++) loss.interval(second(s, 1000, s === 30 ? 500 : s > 120 && s <= 240 ? 300 : 0));
    assert.deepEqual(
      loss.findings.map(({ severity, isOver, key = 'capture' }) => [severity, isOver === true, key]),
      [
        ['critical', false, 'capture'],
        ['critical', false, 'capture'],
        ['warning', true, 'capture'],
      ],
    );
    assert.equal(loss.findings[0]!.evidence['percent'], 30);
  });

  it('needs enough packets', () => {
    const loss = new DetectorRun(detectorOf(captureLossPlugin));
    for (let s = 1; s <= 300; s++) loss.interval(second(s, 4, 2));
    assert.deepEqual(loss.findings, []);
  });
});

describe('unbooked-bytes', () => {
  const minute = (m: number, unexplained: number): IntervalRecord =>
    intervalAt(MONDAY_US + (m + 1) * MINUTE_US, {
      startUs: MONDAY_US + m * MINUTE_US,
      books: [
        { interface: 'eth0', category: 'kernel', reason: 'none', bytes: 100e6 },
        { interface: 'eth0', category: 'attributed', reason: 'none', bytes: 100e6 - unexplained },
        { interface: 'eth0', category: 'not-captured', reason: 'unexplained', bytes: unexplained },
      ],
    });

  it('says when the books of an interface do not close, and when they do again', () => {
    const books = new DetectorRun(detectorOf(unbookedBytesPlugin));
    for (let m = 0; m < 60; m++) books.interval(minute(m, m >= 20 && m < 40 ? 20e6 : 10_000));
    assert.deepEqual(
      books.findings.map(({ subject, isOver }) => [subject, isOver === true]),
      [
        ['eth0', false],
        ['eth0', false],
        ['eth0', true],
      ],
    );
  });

  it('says nothing in ordinary weeks, where losses have reasons', () => {
    const books = new DetectorRun(detectorOf(unbookedBytesPlugin));
    liveThrough(books, { days: 14 });
    assert.deepEqual(books.findings, []);
  });
});
