// Where things go that do not go there otherwise: uploads, name servers, lists.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { DnsAnswered, NamedSums } from '@kaipo/core/api/index.js';
import { BlockBook } from '@kaipo/plugins/anomalies/block-list/block-book.js';
import { blockListPlugin } from '@kaipo/plugins/anomalies/block-list/index.js';
import { exfiltrationPlugin } from '@kaipo/plugins/anomalies/exfiltration/index.js';
import { unexpectedResolverPlugin } from '@kaipo/plugins/anomalies/unexpected-resolver/index.js';
import { DetectorRun, detectorOf, flowEnded, intervalAt } from '../../fixtures/detector-harness.js';
import { dnsAnswered, dnsAsked } from '../../fixtures/events.js';
import { below, seededRandom } from '../../fixtures/seeded-random.js';

const NOW_US = 1.7e15;
const MINUTE_US = 60e6;

describe('exfiltration', () => {
  const sent = (name: string, txBytes: number, rxBytes = 1_000): NamedSums => ({
    name,
    txBytes,
    rxBytes,
    txPackets: 1,
    rxPackets: 1,
    flows: 1,
  });
  /** A minute each. */
  const days = (run: DetectorRun, count: number, host = '198.51.100.1', bytes = 1e6): number => {
    const minutes = count * 1_440;
    for (let i = 1; i <= minutes; i++) run.interval(intervalAt(NOW_US + i * MINUTE_US, { hosts: [sent(host, bytes)] }));
    return NOW_US + minutes * MINUTE_US;
  };

  it('tells a large upload to a new place as it happens, with who did it', () => {
    const run = new DetectorRun(detectorOf(exfiltrationPlugin));
    const fromUs = days(run, 2);
    assert.equal(run.findings.length, 0);
    run.restart();
    run.tell(
      flowEnded({
        client: { bytes: 2e6 },
        server: { ip: '203.0.113.9' },
        serverName: 'drop.example',
        owner: { app: 'rclone', quality: 'event' },
      }),
    );
    for (let i = 1; i <= 20; i++)
      run.interval(
        intervalAt(fromUs + i * MINUTE_US, { hosts: [sent('203.0.113.9', 50e6), sent('198.51.100.1', 1e6)] }),
      );
    assert.deepEqual(run.keys, ['203.0.113.9']);
    assert.equal(run.findings[0]?.subject, 'drop.example');
    assert.equal(run.findings[0]?.scope?.app, 'rclone');
    assert.equal(run.findings[0]?.evidence['sentBytes'], 500e6);
    assert.ok(run.findings.length <= 2);
  });

  it('is silent about the backup of every day, exchanges, the own network, small things, bytes caught up', () => {
    const run = new DetectorRun(detectorOf(exfiltrationPlugin));
    const fromUs = days(run, 2, '198.51.100.1', 20e6);
    const atUs = fromUs + MINUTE_US;
    run.interval(intervalAt(atUs, { hosts: [sent('198.51.100.1', 2e9), sent('203.0.113.1', 4e9)] }));
    run.interval(intervalAt(atUs, { hosts: [sent('203.0.113.2', 9e9, 5e9), sent('192.168.1.9', 9e9)] }));
    run.interval(intervalAt(atUs, { hosts: [{ ...sent('198.51.100.9', 9e9), zone: 'lan' }] }));
    run.interval(intervalAt(atUs, { isCaughtUp: true, hosts: [sent('203.0.113.3', 9e9)] }));
    assert.deepEqual(run.findings, []);
  });
});

describe('unexpected-resolver', () => {
  const answer = (server: string, tsUs: number, client = '192.168.1.10'): DnsAnswered => ({
    ...dnsAnswered('www.example.com', ['192.0.2.1']),
    client: { ip: client, port: 40_000 },
    server: { ip: server, port: 53 },
    tsUs,
  });
  const learned = (raw = {}): DetectorRun => {
    const run = new DetectorRun(detectorOf(unexpectedResolverPlugin, raw));
    for (let i = 0; i < 120; i++) run.tell(answer('192.168.1.1', NOW_US + i * MINUTE_US));
    return run;
  };
  const LATER_US = NOW_US + 121 * MINUTE_US;

  it('tells another one outside after three answers, a public one as information', () => {
    const run = learned().restart();
    for (let i = 0; i < 10; i++) run.tell(answer('198.51.100.53', LATER_US + i));
    assert.equal(run.findings.length, 1);
    assert.equal(run.last?.severity, 'warning');
    assert.equal(run.last?.evidence['usual'], '192.168.1.1');
    for (let i = 0; i < 10; i++) run.tell(answer('9.9.9.9', LATER_US + i));
    assert.equal(run.last?.severity, 'info');
  });

  it('is silent while it learns, about the own network, allowed ones, one try, and name servers', () => {
    const run = learned({ resolvers: ['198.51.100.1'] });
    for (let i = 0; i < 10; i++) run.tell(answer('198.51.100.1', LATER_US), answer('192.168.1.2', LATER_US));
    run.tell(answer('198.51.100.2', LATER_US), answer('198.51.100.2', LATER_US));
    for (let i = 0; i < 30; i++) run.tell(answer('198.51.100.3', LATER_US, '192.168.1.77'));
    for (let round = 0; round < 20; round++)
      for (let i = 0; i < 12; i++) run.tell(answer(`198.51.100.${50 + i}`, LATER_US + round, '192.168.1.88'));
    assert.deepEqual(run.findings, []);
  });
});

describe('block-list', () => {
  it('finds addresses, networks and names, and nothing else: compared with a plain search', () => {
    const random = seededRandom(4);
    const networks = Array.from({ length: 300 }, () => ({
      at: below(random, 2 ** 20) * 4_096,
      bits: 12 + below(random, 21),
    }));
    const text = (value: number): string => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');
    const book = new BlockBook();
    book.addText(networks.map(({ at, bits }) => `${text(at)}/${bits}`).join('\n'));
    assert.equal(book.badLines, 0);
    for (let i = 0; i < 5_000; i++) {
      const near = networks[below(random, networks.length)]!;
      const value = random() < 0.5 ? below(random, 2 ** 32) : (near.at + below(random, 8_192) - 2_048) >>> 0;
      const isIn = networks.some(
        ({ at, bits }) => Math.floor(value / 2 ** (32 - bits)) === Math.floor(at / 2 ** (32 - bits)),
      );
      assert.equal(book.hasAddress(text(value)), isIn, text(value));
    }
  });

  it('reads the forms lists come in', () => {
    const book = new BlockBook();
    book.addText(
      '# list\n! list\n0.0.0.0 ads.example # why\n||track.example^\n*.Evil.Example.\n2001:db8::/32\n198.51.100.7\n\nno words here\n',
    );
    assert.equal(book.badLines, 1);
    assert.equal(book.entryOfName('a.ads.example'), 'ads.example');
    assert.equal(book.entryOfName('TRACK.example'), 'track.example');
    assert.equal(book.entryOfName('x.evil.example'), 'evil.example');
    assert.equal(book.entryOfName('notevil.example'), undefined);
    assert.ok(book.hasAddress('2001:db8:1::7') && !book.hasAddress('2001:db9::1'));
    assert.ok(
      book.hasAddress('198.51.100.7') && book.hasAddress('::ffff:198.51.100.7') && !book.hasAddress('198.51.100.8'),
    );
  });

  it('tells traffic, reads the file again when it changes, and refuses one that is not there', () => {
    const folder = mkdtempSync(join(tmpdir(), 'kaipo-block-list-'));
    try {
      const file = join(folder, 'list.txt');
      writeFileSync(file, 'evil.example\n198.51.100.0/24\n');
      assert.throws(() => blockListPlugin.parseConfig({ files: [join(folder, 'gone.txt')] }), /files.*gone\.txt/);
      const run = new DetectorRun(detectorOf(blockListPlugin, { files: [file] }));
      run.tell(
        flowEnded({ server: { ip: '198.51.100.66' }, endUs: NOW_US }),
        { ...dnsAsked(1, 'www.evil.example'), tsUs: NOW_US },
        flowEnded({ client: { ip: '198.51.100.9' }, server: { ip: '192.168.1.5', port: 22 }, endUs: NOW_US }),
        flowEnded({ client: { ip: '198.51.100.8' }, server: { ip: '192.168.1.5', packets: 0 }, endUs: NOW_US }),
        flowEnded({ endUs: NOW_US }),
      );
      assert.deepEqual(
        run.findings.map(({ severity, subject }) => [severity, subject]),
        [
          ['warning', '198.51.100.66'],
          ['warning', 'evil.example'],
          ['info', '198.51.100.9'],
        ],
      );
      writeFileSync(file, 'other.example\n');
      run.findings.length = 0;
      run.tick(NOW_US + 2 * MINUTE_US);
      const later = NOW_US + 60 * MINUTE_US;
      run.tell({ ...dnsAsked(1, 'www.evil.example'), tsUs: later }, { ...dnsAsked(1, 'other.example'), tsUs: later });
      assert.deepEqual(run.keys, ['192.0.2.10 other.example']);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
