// Regular calls to a place nobody knows are found after twelve periods; what is irregular, known, or usual is not.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FlowEnded } from '@kaipo/core/api/index.js';
import { beaconingPlugin } from '@kaipo/plugins/anomalies/beaconing/index.js';
import { DetectorRun, detectorOf, flowEnded } from '../../fixtures/detector-harness.js';
import { seededRandom } from '../../fixtures/seeded-random.js';

const C2 = { server: { ip: '198.51.100.66', port: 8443 } };
const START_US = 1.7e15;

/** Calls of which each waits `periodUs` give or take a share of it that is at most `jitter`. */
function calls(
  count: number,
  periodUs: number,
  jitter: number,
  about: Parameters<typeof flowEnded>[0] = C2,
): FlowEnded[] {
  const random = seededRandom(7);
  let startUs = START_US;
  return Array.from({ length: count }, () => {
    startUs += periodUs * (1 + (random() * 2 - 1) * jitter);
    return flowEnded({ ...about, startUs, endUs: startUs + 200_000 });
  });
}

const run = (raw = {}): DetectorRun => new DetectorRun(detectorOf(beaconingPlugin, raw));

describe('beaconing', () => {
  for (const jitter of [0, 0.1, 0.3, 0.45])
    it(`is found with a jitter of ${jitter} after twelve periods`, () => {
      const beats = calls(13, 60e6, jitter);
      const found = run().tell(...beats.slice(0, 12));
      assert.equal(found.findings.length, 0, 'eleven periods are not twelve');
      found.tell(beats[12]!);
      assert.equal(found.keys.length, 1);
      assert.equal(found.last?.severity, 'warning');
      assert.equal(found.last?.scope?.host, '198.51.100.66');
      assert.ok(
        Math.abs(Number(found.last?.evidence['periodSeconds']) - 60) < 15,
        `${found.last?.evidence['periodSeconds']}`,
      );
      assert.equal(found.last?.evidence['periods'], 12);
    });

  it('is one incident however long it goes on, and is said again every ten minutes', () => {
    const found = run().tell(...calls(200, 60e6, 0.1));
    assert.equal(found.keys.length, 1);
    assert.ok(found.findings.length >= 12 && found.findings.length <= 22, `${found.findings.length}`);
  });

  it('survives calls that were missed and calls in pairs', () => {
    const beats = calls(20, 60e6, 0.05).filter((_, i) => i !== 7);
    const doubled = beats.flatMap((beat) => [
      beat,
      { ...beat, flow: { ...beat.flow, startUs: beat.flow.startUs + 100 } },
    ]);
    assert.equal(run().tell(...doubled).keys.length, 1);
  });

  it('is not seen in what people and programs do at any time', () => {
    const random = seededRandom(3);
    let startUs = START_US;
    const visits = Array.from({ length: 400 }, () => {
      startUs += -Math.log(1 - random()) * 60e6;
      return flowEnded({ ...C2, startUs });
    });
    assert.deepEqual(run().tell(...visits).findings, []);
  });

  it('is not seen where the place or the way is known to be polled', () => {
    const found = run();
    found.tell(...calls(40, 60e6, 0.1, { ...C2, category: 'cloud', application: 'Example' }));
    found.tell(...calls(40, 60e6, 0.1, { ...C2, protocol: 'ntp', transport: 'udp' }));
    found.tell(...calls(40, 60e6, 0.1, { ...C2, localSide: 'server' }));
    found.tell(...calls(40, 60e6, 0.1, { server: { ip: '198.51.100.66', port: 8443, packets: 0, bytes: 0 } }));
    // HTTPS to a name, of changing size: an updater, a mail client, a feed reader.
    const random = seededRandom(1);
    const https = calls(40, 60e6, 0.1, { protocol: 'tls', protocolFrom: 'payload', serverName: 'updates.example.org' });
    found.tell(
      ...https.map((one) => ({
        ...one,
        flow: { ...one.flow, server: { ...one.flow.server, bytes: 4_000 + random() * 9_000 } },
      })),
    );
    assert.deepEqual(found.findings, []);
  });

  it('in the own network takes more and is information', () => {
    const found = run().tell(...calls(20, 10e6, 0.1, { server: { ip: '10.0.0.7', port: 4444 } }));
    assert.equal(found.last?.severity, 'info');
    const web = calls(20, 10e6, 0.1, {
      server: { ip: '10.0.0.8', port: 443 },
      protocol: 'tls',
      protocolFrom: 'payload',
    });
    assert.equal(run().tell(...web).findings.length, 0);
  });

  it('obeys its settings', () => {
    const byAddress = run({ ignored_hosts: ['198.51.100.66'] }).tell(...calls(40, 60e6, 0.1));
    assert.deepEqual(byAddress.findings, []);
    const byDomain = run({ ignored_hosts: ['example.org'] });
    byDomain.tell(...calls(40, 60e6, 0.1, { ...C2, serverName: 'API.example.org' }));
    assert.deepEqual(byDomain.findings, []);
    assert.equal(run({ periods: 6 }).tell(...calls(7, 60e6, 0.1)).findings.length, 1);
    assert.equal(run({ jitter: 0.02 }).tell(...calls(40, 60e6, 0.3)).findings.length, 0);
  });
});
