// Bursts of names that do not exist, and generated ones among them; what browsers, mail servers and typing errors do is neither.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DnsAnswered } from '@kaipo/core/api/index.js';
import { dgaPlugin } from '@kaipo/plugins/anomalies/dga/index.js';
import { nxdomainBurstPlugin } from '@kaipo/plugins/anomalies/nxdomain-burst/index.js';
import { DetectorRun, detectorOf } from '../../fixtures/detector-harness.js';
import { dnsAnswered } from '../../fixtures/events.js';
import { below, type Random, seededRandom } from '../../fixtures/seeded-random.js';

const missing = (name: string, tsUs: number, about: Partial<DnsAnswered> = {}): DnsAnswered => ({
  ...dnsAnswered(name, []),
  rcode: 'NXDOMAIN',
  tsUs,
  ...about,
});
const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
const WORDS = 'garden window yellow morning letter summer kitchen market winter bridge silver mountain station'.split(
  ' ',
);
const madeUp = (random: Random, length: number): string =>
  Array.from({ length }, () => LETTERS[below(random, LETTERS.length)]).join('');
const dga = (): DetectorRun => new DetectorRun(detectorOf(dgaPlugin));
const burst = (): DetectorRun => new DetectorRun(detectorOf(nxdomainBurstPlugin));

describe('dga', () => {
  it('is found within the first fifteen generated names, once', () => {
    const random = seededRandom(1);
    const run = dga();
    for (let i = 0; i < 15; i++) run.tell(missing(`${madeUp(random, 12)}.${['com', 'net', 'info'][i % 3]}`, i * 1e6));
    assert.deepEqual(run.keys, ['192.0.2.10']);
    assert.equal(run.findings.length, 1);
    assert.equal(run.last?.severity, 'warning');
    for (let i = 0; i < 60; i++) run.tell(missing(`${madeUp(random, 12)}.com`, (15 + i) * 1e6));
    assert.equal(run.last?.severity, 'critical', 'so many are beyond doubt');
    assert.equal(run.keys.length, 1);
  });

  it('is not: names of words, however many', () => {
    const run = dga();
    for (const [i, first] of WORDS.entries())
      for (const second of WORDS) run.tell(missing(`${first}${second}.com`, i * 1e6));
    assert.deepEqual(run.findings, []);
  });

  it('is not: one domain with made-up hosts, single labels, what is asked over months', () => {
    const random = seededRandom(2);
    const run = dga();
    for (let i = 0; i < 100; i++) {
      run.tell(missing(`${madeUp(random, 12)}.example.com`, i));
      run.tell(missing(madeUp(random, 12), i));
    }
    for (let i = 0; i < 100; i++) run.tell(missing(`${madeUp(random, 12)}.com`, i * 3_600e6));
    assert.deepEqual(run.findings, []);
  });
});

describe('nxdomain-burst', () => {
  it('is found at a hundred different names', () => {
    const run = burst();
    for (let i = 0; i < 99; i++) run.tell(missing(`host${i}.example.com`, i * 1e6));
    assert.deepEqual(run.findings, []);
    run.tell(missing('host99.example.com', 99e6));
    assert.deepEqual(run.keys, ['192.0.2.10']);
    assert.equal(run.last?.evidence['names'], 100);
  });

  it('is not: the same name again and again, names that exist besides, block lists, reverse look-ups, the own network', () => {
    const run = burst();
    for (let i = 0; i < 500; i++) {
      const at = i * 1e5;
      run.tell(missing('gone.example.com', at));
      run.tell(missing(`${i % 256}.2.0.192.zen.dnsbl.example`, at));
      run.tell(missing(`${i % 256}.2.0.192.in-addr.arpa`, at));
      run.tell(missing(`host${i}.fritz.box`, at), missing(`printer${i}.local`, at, { protocol: 'mdns' }));
      run.tell(dnsAnswered(`www${i}.example.com`, ['192.0.2.1']));
    }
    assert.deepEqual(run.findings, []);
  });

  it('is not: a crawler, most of whose names exist', () => {
    const run = burst();
    for (let i = 0; i < 600; i++)
      run.tell(
        i % 3 === 0
          ? missing(`dead${i}.example.com`, i * 1e5)
          : { ...dnsAnswered(`live${i}.example.com`, ['192.0.2.1']), tsUs: i * 1e5 },
      );
    assert.deepEqual(run.findings, []);
  });
});
