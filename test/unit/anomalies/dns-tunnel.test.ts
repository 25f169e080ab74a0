// Data in names is found, in the shapes that known programs give it; long names of CDNs and of anti-virus programs are no tunnel.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { dnsTunnelPlugin } from '@kaipo/plugins/anomalies/dns-tunnel/index.js';
import { DetectorRun, detectorOf } from '../../fixtures/detector-harness.js';
import { dnsAnswered, dnsAsked } from '../../fixtures/events.js';
import { below, type Random, seededRandom } from '../../fixtures/seeded-random.js';

const START_US = 1.7e15;
const BASE32 = 'abcdefghijklmnopqrstuvwxyz012345';
const HEX = '0123456789abcdef';
const random = seededRandom(5);
const text = (length: number, alphabet: string): string =>
  Array.from({ length }, () => alphabet[below(random, alphabet.length)]).join('');
const labels = (length: number, alphabet: string): string => text(length, alphabet).replace(/.{57}/g, '$&.');

/** A question and its answer, one every tenth of a second. */
function ask(run: DetectorRun, i: number, name: string, qtype: string, answers: readonly string[]): void {
  const tsUs = START_US + i * 1e5;
  run.tell({ ...dnsAsked(i, name), qtype, tsUs }, { ...dnsAnswered(name, answers, qtype), tsUs: tsUs + 1_000 });
}
const run = (raw = {}): DetectorRun => new DetectorRun(detectorOf(dnsTunnelPlugin, raw));

describe('dns-tunnel', () => {
  const shapes: [string, (random: Random) => string, string, string[]][] = [
    ['iodine', () => `${labels(150, BASE32)}.t.example.com`, 'NULL', []],
    ['dnscat2', () => `${text(36, HEX)}.example.com`, 'TXT', ['0f'.repeat(20)]],
    ['uploads in questions for addresses', () => `${text(60, HEX)}.x.example.co.uk`, 'A', ['192.0.2.1']],
  ];
  for (const [what, name, qtype, answers] of shapes)
    it(`finds ${what} within a hundred questions, once`, () => {
      const found = run();
      for (let i = 0; i < 100; i++) ask(found, i, name(random), qtype, answers);
      assert.equal(found.keys.length, 1);
      assert.match(found.last?.subject ?? '', /^example\.(com|co\.uk)$/);
      assert.equal(found.last?.severity, 'warning');
    });

  it('finds it where only answers were captured, and is grave when much is carried', () => {
    const found = run();
    for (let i = 0; i < 1_000; i++) {
      const name = `${labels(150, BASE32)}.t.example.com`;
      found.tell({ ...dnsAnswered(name, ['ab'.repeat(50)], 'TXT'), tsUs: START_US + i * 1e5 });
    }
    assert.equal(found.last?.severity, 'critical');
    assert.equal(found.keys.length, 1);
  });

  it('is not: names that come again, words, short ones, few, names that do not exist', () => {
    const found = run();
    const cdn = Array.from({ length: 60 }, () => `${text(50, HEX)}.cdn.example.com`);
    for (let i = 0; i < 600; i++) {
      ask(found, i, cdn[below(random, cdn.length)]!, 'A', ['192.0.2.1']);
      ask(found, i, `d${text(13, BASE32)}.cloudfront.net`, 'A', ['192.0.2.1']);
      ask(found, i, `r${i % 20}---sn-${text(8, BASE32)}.video.example.net`, 'A', ['192.0.2.1']);
      if (i < 30) ask(found, i, `${text(60, HEX)}.few.example.org`, 'TXT', ['x']);
      const tsUs = START_US + i * 1e5;
      found.tell({ ...dnsAnswered(`${text(50, HEX)}.gone.example`, []), rcode: 'NXDOMAIN', tsUs });
    }
    assert.deepEqual(found.findings, []);
  });

  it('is not: anti-virus look-ups, and domains the person left out', () => {
    const found = run({ ignored_domains: ['Example.com'] });
    for (let i = 0; i < 300; i++) {
      ask(found, i, `0.0.0.0.1.0.0.4e.${text(26, BASE32)}.${text(26, BASE32)}.avqs.mcafee.com`, 'A', ['127.0.0.1']);
      ask(found, i, `${text(50, HEX)}.deep.example.com`, 'TXT', ['x']);
    }
    assert.deepEqual(found.findings, []);
  });
});
