import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AppSums, DeviceSeen } from '@kaipo/core/api/index.js';
import { newApplicationPlugin } from '@kaipo/plugins/anomalies/new-application/index.js';
import { newCountryPlugin } from '@kaipo/plugins/anomalies/new-country/index.js';
import { newDestinationPlugin } from '@kaipo/plugins/anomalies/new-destination/index.js';
import { newDevicePlugin } from '@kaipo/plugins/anomalies/new-device/index.js';
import { newListeningPortPlugin } from '@kaipo/plugins/anomalies/new-listening-port/index.js';
import { KnownNames } from '@kaipo/plugins/anomalies/parts/known-names.js';
import { DetectorRun, detectorOf, flowEnded, intervalAt } from '../../fixtures/detector-harness.js';
import { DAY_US, HOUR_US, liveThrough, MINUTE_US, MONDAY_US } from '../../fixtures/ordinary-weeks.js';

const app = (name: string): AppSums => ({
  ...{ name, txBytes: 900, rxBytes: 0, txPackets: 1, rxPackets: 0, flows: 1, quality: 'event', exe: `/opt/${name}` },
});

describe('new-application', () => {
  it('says nothing of a household that does what it always does', () => {
    const run = new DetectorRun(detectorOf(newApplicationPlugin));
    liveThrough(run, { days: 21 });
    assert.deepEqual(run.findings, []);
  });

  it('tells fifty that come together as one incident, later ones as another, each once, also after a restart', () => {
    const run = new DetectorRun(detectorOf(newApplicationPlugin));
    const fromUs = liveThrough(run, { days: 14 });
    for (let i = 0; i < 50; i++) run.interval(intervalAt(fromUs + i * MINUTE_US, { apps: [app(`tool-${i}`)] }));
    run.restart();
    const laterUs = fromUs + 5 * HOUR_US;
    run.interval(intervalAt(laterUs, { apps: [app('tool-7'), app('miner')] }));
    assert.equal(run.findings.length, 51);
    assert.equal(run.keys.length, 2);
    assert.match(run.findings[49]!.summary, /^50 new applications: tool-0, .* and 45 more$/);
    assert.equal(run.last!.evidence['exe'], '/opt/miner');
  });

  it('is silent while it learns, and of what is ignored', () => {
    const run = new DetectorRun(detectorOf(newApplicationPlugin, { learn_days: 1, ignore: ['quiet'] }));
    run.interval(intervalAt(MONDAY_US, { apps: [app('first')] }));
    run.interval(intervalAt(MONDAY_US + 2 * DAY_US, { apps: [app('quiet')] }));
    assert.deepEqual(run.findings, []);
  });
});

describe('names that are known', () => {
  it('stay known in a flood of new ones, which is refused', () => {
    const names = new KnownNames(0, 100);
    for (let i = 0; i < 50; i++) names.meet(`home-${i}`, MONDAY_US);
    for (let i = 0; i < 5_000_000; i++) names.meet(`flood-${i % 500_000}`, MONDAY_US + i);
    assert.equal(names.size, 100);
    assert.ok(names.refused > 4_000_000);
    for (let i = 0; i < 50; i++) assert.equal(names.meet(`home-${i}`, MONDAY_US + DAY_US), 'known');
  });

  it('that were not used for a month make room', () => {
    const names = new KnownNames(0, 2);
    for (const name of ['a', 'b']) names.meet(name, MONDAY_US);
    assert.equal(names.meet('c', MONDAY_US + 40 * DAY_US), 'new');
    assert.equal(names.size, 2);
  });
});

const flowOf = (name: string, serverName: string, tsUs: number) =>
  flowEnded({ endUs: tsUs, localSide: 'client', serverName, owner: { app: name, quality: 'event' } });

describe('new-destination', () => {
  const run = () => new DetectorRun(detectorOf(newDestinationPlugin));

  it('says nothing of a household, whose browser roams', () => {
    const household = run();
    liveThrough(household, { days: 21 });
    assert.deepEqual(household.findings, []);
    const browser = run();
    for (let i = 0; i < 20_000; i++) {
      browser.tell(flowOf('firefox', `www.site-${i % 700}.example`, MONDAY_US + i * 2 * MINUTE_US));
    }
    assert.deepEqual(browser.findings, []);
  });

  it('says when a program of steady habits talks to another site, once', () => {
    const agent = run();
    for (let i = 0; i < 14 * 24; i++)
      agent.tell(flowOf('agent', `node-${i % 9}.vendor.co.uk`, MONDAY_US + i * HOUR_US));
    agent.restart();
    for (let i = 0; i < 5; i++) agent.tell(flowOf('agent', 'drop.example.org', MONDAY_US + 14 * DAY_US + i * HOUR_US));
    assert.equal(agent.findings.length, 1);
    assert.equal(agent.last!.evidence['destination'], 'example.org');
    assert.match(agent.last!.summary, /only vendor\.co\.uk|vendor\.co\.uk only/);
  });

  it('has a size: a million applications and destinations', () => {
    const flood = run();
    for (let i = 0; i < 300_000; i++) flood.tell(flowOf(`app-${i}`, `${i}.example`, MONDAY_US + i));
    flood.restart();
    assert.deepEqual(flood.findings, []);
  });
});

describe('new-country', () => {
  it('says when a server in another country is talked to, once a country', () => {
    const run = new DetectorRun(detectorOf(newCountryPlugin));
    const talk = (country: string, day: number, bytes = 9000) =>
      run.tell(
        flowEnded({ endUs: MONDAY_US + day * DAY_US, localSide: 'client', serverCountry: country, server: { bytes } }),
      );
    for (let day = 0; day < 10; day++) for (const country of ['DE', 'US', 'NL']) talk(country, day);
    talk('TV', 11, 60);
    assert.deepEqual(run.findings, []);
    for (let i = 0; i < 3; i++) talk('KP', 11);
    assert.deepEqual(run.keys, ['KP']);
    assert.equal(run.findings.length, 1);
  });
});

describe('new-listening-port', () => {
  const asked = (port: number, day: number, packets: number, transport = 'tcp') =>
    flowEnded({
      endUs: MONDAY_US + day * DAY_US,
      localSide: 'server',
      transport,
      client: { ip: '192.168.1.77' },
      server: { ip: '192.168.1.5', port, packets },
      owner: { app: 'nc', quality: 'listener' },
    });

  it('says when a port answers for the first time; a refusal is no answer, and an answer to a client none', () => {
    const run = new DetectorRun(detectorOf(newListeningPortPlugin));
    for (let day = 0; day < 5; day++) run.tell(asked(22, day, 8), asked(53, day, 1, 'udp'));
    run.tell(asked(8080, 6, 1), asked(40_123, 6, 5, 'udp'));
    assert.deepEqual(run.findings, []);
    run.tell(asked(4444, 6, 6), asked(4444, 6, 9));
    assert.deepEqual(run.keys, ['tcp/4444']);
    assert.equal(run.findings.length, 1);
    assert.equal(run.last!.scope?.host, '192.168.1.77');
  });
});

describe('new-device', () => {
  const seen = (mac: string, tsUs: number): DeviceSeen => ({
    ...{ kind: 'device.seen', tsUs, from: 'arp', mac, ip: '192.168.1.50' },
  });
  const macOf = (i: number): string =>
    [0, 0x1a, i >>> 24, (i >>> 16) & 255, (i >>> 8) & 255, i & 255]
      .map((byte) => byte.toString(16).padStart(2, '0'))
      .join(':');

  it('says at once, with address and maker; those that come together are one incident', () => {
    const run = new DetectorRun(detectorOf(newDevicePlugin));
    for (let day = 0; day < 4; day++) for (let i = 0; i < 20; i++) run.tell(seen(macOf(i), MONDAY_US + day * DAY_US));
    assert.deepEqual(run.findings, []);
    run.restart();
    run.tell(seen(macOf(99), MONDAY_US + 5 * DAY_US), seen('02:42:ac:11:00:02', MONDAY_US + 5 * DAY_US + 9));
    assert.equal(run.findings.length, 2);
    assert.equal(run.keys.length, 1);
    assert.match(String(run.last!.evidence['address']), /^made up/);
  });

  it('has a size: a million hardware addresses', () => {
    const run = new DetectorRun(detectorOf(newDevicePlugin, { learn_days: 0 }));
    for (let i = 0; i < 1_000_000; i++) run.tell(seen(macOf(i), MONDAY_US + i));
    assert.equal(run.findings.length, 4096);
    assert.equal(run.keys.length, 1);
    run.restart();
  });
});
