import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import type { Classifier, FlowFacts } from '@kaipo/core/api/index.js';
import { applicationsPlugin } from '@kaipo/plugins/applications/index.js';
import { parse } from 'smol-toml';
import { mmdbFile } from '../../../fixtures/mmdb-file.js';
import { REPOSITORY } from '../../../fixtures/pcap-case.js';

const folder = mkdtempSync(join(tmpdir(), 'kaipo-applications-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const home = join(REPOSITORY, 'plugins/src/applications');

function classifierOf(raw?: unknown): Classifier {
  const classifiers: Classifier[] = [];
  const none = (): never => assert.fail('only a classifier is registered');
  applicationsPlugin.register(
    { flows: {} as never, analyzer: none, protocol: none, detector: none, classifier: (one) => classifiers.push(one) },
    applicationsPlugin.parseConfig(raw),
  );
  assert.equal(classifiers.length, 1);
  return classifiers[0]!;
}

const flowTo = (serverName: string): FlowFacts => ({
  transport: 6,
  clientIp: '10.0.0.2',
  serverIp: '10.0.0.3',
  serverPort: 443,
  serverName,
  serverNameFrom: 'sni',
});

test('works without configuration, and its sample is accepted', () => {
  assert.match(applicationsPlugin.name, /^[a-z][a-z0-9-]{0,31}$/);
  assert.ok(applicationsPlugin.description.length <= 120);
  assert.ok(Object.isFrozen(applicationsPlugin.parseConfig(undefined)));
  assert.deepEqual(classifierOf().classify(flowTo('www.youtube.com')), {
    application: 'YouTube',
    category: 'video',
  });
  const sample = parse(readFileSync(join(home, 'sample.toml'), 'utf8')) as { plugins: Record<string, unknown> };
  applicationsPlugin.parseConfig(sample.plugins['applications']);
});

test('services of the user go before the built-in ones', () => {
  const file = join(folder, 'own.txt');
  writeFileSync(file, '[office]\nOur Films = youtube.com\n');
  const classifier = classifierOf({ file });
  assert.deepEqual(classifier.classify(flowTo('www.youtube.com')), {
    application: 'Our Films',
    category: 'office',
  });
  assert.equal(classifier.classify(flowTo('www.netflix.com'))?.application, 'Netflix');
});

test('the example of a file of own services uses every kind of word', () => {
  const classifier = classifierOf({ file: join(home, 'testdata', 'own-services.txt') });
  assert.equal(classifier.classify(flowTo('updates.example.de'))?.application, 'Our Updates');
  assert.equal(classifier.classify({ ...flowTo('x.test'), clientSoftware: 'House Updater 2' })?.category, 'system');
  assert.equal(classifier.classify(flowTo('wiki-2.example.org'))?.application, 'Our Wiki');
});

test('what is wrong in the configuration is named', () => {
  const file = join(folder, 'bad.txt');
  writeFileSync(file, '[office]\nOur Films youtube.com\n');
  const refused: readonly (readonly [unknown, RegExp])[] = [
    [{ no_such_key: 1 }, /no_such_key/],
    [{ file: 5 }, /file must be the path/],
    [{ file: join(folder, 'missing.txt') }, /file ".*missing\.txt" cannot be read/],
    [{ file }, /bad\.txt:2: neither/],
    [{ asn_file: join(folder, 'missing.mmdb') }, /asn_file ".*" cannot be read/],
    [{ dns_names: 'no' }, /dns_names must be true or false/],
    [{ places: 1 }, /places must be true or false/],
  ];
  for (const [raw, message] of refused) assert.throws(() => applicationsPlugin.parseConfig(raw), { message });
});

test('databases that are named are asked; with places = false none is', () => {
  const asn_file = join(folder, 'mine.mmdb');
  writeFileSync(asn_file, mmdbFile('ASN', { '8.8.8.0/24': { autonomous_system_number: 15169 } }));
  assert.equal(classifierOf({ asn_file }).placeOf?.('8.8.8.8')?.asn, 15169);
  assert.equal(classifierOf({ asn_file, places: false }).placeOf, undefined);
});
