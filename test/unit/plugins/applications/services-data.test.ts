import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { parseServices } from '@kaipo/plugins/applications/service-file.js';
import { builtinBook, builtinServices, SERVICES_FOLDER } from '@kaipo/plugins/applications/service-sources.js';

const services = builtinServices();

test('at least 400 services in at least 20 categories', () => {
  assert.ok(services.length >= 400, `${services.length} services`);
  assert.ok(new Set(services.map((service) => service.category)).size >= 20);
});

test('a file has one category, its own, and its applications in alphabetical order', () => {
  for (const file of readdirSync(SERVICES_FOLDER)) {
    const here = parseServices(readFileSync(join(SERVICES_FOLDER, file), 'utf8'), file);
    for (const service of here) assert.equal(`${service.category}.txt`, file, service.place);
    for (const [at, service] of here.entries()) {
      const before = here[at - 1];
      if (before !== undefined)
        assert.ok(
          before.application.toLowerCase() < service.application.toLowerCase(),
          `${service.place}: ${service.application} stands behind ${before.application}`,
        );
    }
  }
});

test('no application is there twice, and none has what another has', () => {
  const seen = new Map<string, string>();
  for (const { application, place } of services) {
    const key = application.toLowerCase();
    assert.equal(seen.get(key), undefined, `${place}: ${application} is also at ${seen.get(key)}`);
    seen.set(key, place);
  }
  assert.doesNotThrow(builtinBook);
});

test('no name is needless: under another of the same application', () => {
  const owner = new Map(
    services.flatMap(({ application, names }) => names.map((name) => [name, application] as const)),
  );
  for (const { application, names, place } of services) {
    for (const name of names) {
      const labels = name.split('.');
      const above = labels.slice(1).map((_, at) => labels.slice(at + 1).join('.'));
      const nearest = above.find((suffix) => owner.has(suffix));
      assert.ok(nearest === undefined || owner.get(nearest) !== application, `${place}: ${name} is under ${nearest}`);
    }
  }
});

test('no name takes what belongs to everybody', () => {
  const shared = new Set(
    'com net org co.uk com.br com.cn gov edu io tv app dev cloud me co in-addr.arpa arpa local'.split(' '),
  );
  for (const { names, place } of services)
    for (const name of names) assert.ok(!shared.has(name) && !/^\*+\.[^.]*$/.test(name), `${place}: ${name}`);
});

test('names people meet', () => {
  const book = builtinBook();
  const known: Readonly<Record<string, readonly [string, string]>> = {
    'r5---sn-vh5ouxa-hju6.googlevideo.com': ['YouTube', 'video'],
    'www.google.co.uk': ['Google', 'search'],
    'android.clients.google.com': ['Google Play', 'update'],
    'imap.gmail.com': ['Gmail', 'mail'],
    'ipv4-c001-fra001-ix.1.oca.nflxvideo.net': ['Netflix', 'video'],
    'media.fmct2-1.fna.whatsapp.net': ['WhatsApp', 'messaging'],
    'instagram.faae1-1.fna.fbcdn.net': ['Instagram', 'social'],
    'video.fmct2-3.fna.fbcdn.net': ['Facebook', 'social'],
    'euaz.tr.teams.microsoft.com': ['Microsoft Teams', 'calls'],
    '3.tlu.dl.delivery.mp.microsoft.com': ['Windows Update', 'update'],
    'p26-keyvalueservice.icloud.com': ['Apple iCloud', 'storage'],
    '1-courier.push.apple.com': ['Apple Push', 'system'],
    'my-bucket.s3.eu-central-1.amazonaws.com': ['AWS S3', 'cloud'],
    'ec2-192-0-2-1.compute-1.amazonaws.com': ['AWS EC2', 'cloud'],
    'd1234.cloudfront.net': ['AWS CloudFront', 'cloud'],
    'www.amazon.com.br': ['Amazon', 'shopping'],
    'registry.npmjs.org': ['npm', 'development'],
    'files.pythonhosted.org': ['PyPI', 'development'],
    'registry-1.docker.io': ['Docker', 'development'],
    'security.debian.org': ['Debian', 'update'],
    'huggingface.co': ['Hugging Face', 'ai'],
    'api.anthropic.com': ['Anthropic', 'ai'],
    'chatgpt.com': ['ChatGPT', 'ai'],
    'mc.yandex.ru': ['Yandex Metrika', 'analytics'],
    'zoomfrn99mmr.zoom.us': ['Zoom', 'calls'],
    'ext3-sto1.steamserver.net': ['Steam', 'games'],
  };
  for (const [host, [application, category]] of Object.entries(known)) {
    const service = book.byName(host);
    assert.deepEqual([service?.application, service?.category], [application, category], host);
  }
  for (const nobody of ['www.example.com', 'printer.local', 'myyoutube.com', 'google.com.evil.example'])
    assert.equal(book.byName(nobody), undefined, nobody);
});
