// What every anomaly rule owes: it says what it is, has a README with its settings, throws at nothing, grows with nothing, and comes back from
// what it saved, also when that is nonsense.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { KaipoPlugin } from '@kaipo/core/api/index.js';
import { ANOMALY_PLUGINS } from '@kaipo/plugins/anomalies/all.js';
import { DetectorRun, detectorsOf, flowEnded, intervalAt } from '../../fixtures/detector-harness.js';
import { dnsAnswered, dnsAsked } from '../../fixtures/events.js';
import { REPOSITORY } from '../../fixtures/pcap-case.js';
import { randomAddress, randomEvent } from '../../fixtures/random-events.js';
import { seededRandom } from '../../fixtures/seeded-random.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const START_US = 1.7e15;
const FOLDERS = join(REPOSITORY, 'plugins', 'src', 'anomalies');
const specs = ANOMALY_PLUGINS.flatMap((plugin) => detectorsOf(plugin).map((spec) => ({ plugin, spec })));

describe('anomaly rules', () => {
  it('have names of their own, in order', () => {
    const names = ANOMALY_PLUGINS.map((plugin) => plugin.name);
    assert.deepEqual(names, [...new Set(names)].sort());
    const rules = specs.map(({ spec }) => spec.rule);
    assert.equal(new Set(rules).size, rules.length);
  });

  for (const { plugin, spec } of specs) {
    it(`${spec.rule} says what it is, and its README tells the settings`, () => {
      for (const text of [spec.title, spec.meaning, spec.falsePositives]) assert.ok(text.length > 5);
      assert.match(spec.rule, /^[a-z][a-z0-9-]*$/);
      assert.ok(spec.quietUs > 0);
      const path = [plugin.name, spec.rule].map((name) => join(FOLDERS, name, 'README.md')).find(existsSync);
      assert.ok(path !== undefined, `${spec.rule} has no README.md`);
      const readme = readFileSync(path, 'utf8');
      for (const { key } of spec.settings) assert.ok(readme.includes(`\`${key}\``), `${path} does not tell ${key}`);
      assert.ok(readme.split('\n').length <= 60, `${path} is longer than a screen`);
    });

    it(`${spec.rule} refuses settings it does not know`, () => {
      assert.throws(() => (plugin as KaipoPlugin).parseConfig({ no_such_key: 1 }), /no_such_key/);
    });

    it(`${spec.rule} throws at nothing, and comes back from what it saved`, () => {
      const random = seededRandom(11);
      const run = new DetectorRun(spec);
      for (let i = 0; i < 20_000; i++) {
        const tsUs = START_US + i * 1e5 * (random() < 0.01 ? -1 : 1);
        run.tell(randomEvent(random, tsUs));
        if (i % 1_000 === 0) run.interval(intervalAt(tsUs));
        if (i % 5_000 === 4_999) run.restart();
      }
      for (const saved of [undefined, 0, '', 'x', [], {}, [[1]], { rows: 3 }, { rows: [[]] }, { version: 99 }])
        spec.create().restore?.(saved);
    });

    it(`${spec.rule} does not grow with made-up senders`, () => {
      const random = seededRandom(13);
      const run = new DetectorRun(spec);
      const flood = (count: number): void => {
        for (let i = 0; i < count; i++) {
          const ip = randomAddress(random);
          const name = `${ip.replace(/\W/g, 'q')}${'w9x'.repeat(8)}.${i}.com`;
          const tsUs = START_US + i;
          run.tell(
            flowEnded({
              client: { ip },
              server: { ip: randomAddress(random) },
              endUs: tsUs,
              userName: ip,
              protocol: 'ftp',
              tlsVersion: 'ssl3',
            }),
            { ...dnsAsked(i, name), client: { ip }, tsUs },
            { ...dnsAnswered(name, []), client: { ip }, tsUs, rcode: 'NXDOMAIN' },
          );
          run.findings.length = 0;
        }
      };
      flood(30_000);
      collectGarbage();
      const before = process.memoryUsage().heapUsed;
      flood(60_000);
      collectGarbage();
      const grown = process.memoryUsage().heapUsed - before;
      assert.ok(grown < 2_000_000, `${spec.rule} grew by ${grown} bytes`);
    });
  }
});
