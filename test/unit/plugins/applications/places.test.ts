import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { placeOfRecord } from '@kaipo/plugins/applications/place-database.js';
import { findPlaceFiles, placeFolders } from '@kaipo/plugins/applications/place-files.js';
import { Places } from '@kaipo/plugins/applications/places.js';
import { isPublicAddress } from '@kaipo/plugins/applications/public-address.js';
import fc from 'fast-check';
import { mmdbFile } from '../../../fixtures/mmdb-file.js';

const folder = mkdtempSync(join(tmpdir(), 'kaipo-places-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const asn = join(folder, 'GeoLite2-ASN.mmdb');
const country = join(folder, 'GeoLite2-Country.mmdb');
writeFileSync(
  asn,
  mmdbFile('GeoLite2-ASN', {
    '93.184.0.0/16': { autonomous_system_number: 64500, autonomous_system_organization: 'Example\u202e Net' },
    '8.8.8.0/24': { autonomous_system_number: 15169, autonomous_system_organization: 'GOOGLE' },
  }),
);
writeFileSync(country, mmdbFile('GeoLite2-Country', { '93.184.216.0/24': { country: { iso_code: 'US' } } }));

test('network and country come from two databases, each optional', () => {
  const problems: string[] = [];
  const both = new Places({ asn, country }, (text) => problems.push(text));
  assert.deepEqual(both.placeOf('93.184.216.34'), { asn: 64500, network: 'Example\ufffd Net', country: 'US' });
  assert.deepEqual(both.placeOf('93.184.1.1'), { asn: 64500, network: 'Example\ufffd Net' });
  assert.deepEqual(both.placeOf('8.8.8.8'), { asn: 15169, network: 'GOOGLE' });
  assert.equal(both.placeOf('9.9.9.9'), undefined);
  assert.deepEqual(new Places({ country }, assert.fail).placeOf('93.184.216.34'), { country: 'US' });
  assert.equal(new Places({}, assert.fail).placeOf('93.184.216.34'), undefined);
  assert.deepEqual(problems, []);
});

test('private addresses are never looked up: a database that is broken is not even opened', () => {
  const broken = join(folder, 'broken.mmdb');
  writeFileSync(broken, 'this is no database');
  const problems: string[] = [];
  const places = new Places({ asn: broken, country }, (text) => problems.push(text));
  assert.equal(places.placeOf('192.168.1.1'), undefined);
  assert.deepEqual(problems, []);
  assert.deepEqual(places.placeOf('93.184.216.34'), { country: 'US' });
  assert.equal(places.placeOf('8.8.8.8'), undefined);
  assert.equal(problems.length, 1);
  assert.match(problems[0]!, /broken\.mmdb cannot be used and is left out: /);
});

test('damaged databases answer or are left out, and never throw', () => {
  const whole = mmdbFile('GeoLite2-ASN', {
    '93.184.0.0/16': { autonomous_system_number: 64500, autonomous_system_organization: 'Example' },
  });
  const path = join(folder, 'damaged.mmdb');
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), fc.boolean(), (at, change, isCut) => {
      const damaged = Buffer.from(isCut ? whole.subarray(0, at) : whole);
      if (!isCut) damaged[at]! ^= change;
      writeFileSync(path, damaged);
      const places = new Places({ asn: path }, () => undefined);
      const place = places.placeOf('93.184.216.34');
      assert.ok(place === undefined || typeof place === 'object');
      places.placeOf('1.1.1.1');
    }),
    { numRuns: 300 },
  );
});

test('more addresses than are kept are answered all the same', () => {
  const places = new Places({ asn }, assert.fail);
  for (let at = 0; at < 40_000; at++) places.placeOf(`93.184.${(at >> 8) & 255}.${at & 255}`);
  assert.equal(places.placeOf('93.184.0.0')?.asn, 64500);
  assert.equal(places.placeOf('8.8.8.1')?.asn, 15169);
});

test('records of several makers say the same', () => {
  assert.deepEqual(placeOfRecord({ asn: 'AS64500', as_name: 'Example', country_code: 'DE' }), {
    asn: 64500,
    network: 'Example',
    country: 'DE',
  });
  assert.deepEqual(placeOfRecord({ registered_country: { iso_code: 'FR' } }), { country: 'FR' });
  assert.deepEqual(placeOfRecord({ country: { iso_code: 'Germany' }, asn: -4, as_name: 7 }), {});
});

test('databases are looked for by name, the own folder first, of several dates the latest', () => {
  const own = join(folder, 'data', 'kaipo', 'geo');
  const shared = join(folder, 'share');
  for (const path of [own, shared]) mkdirSync(path, { recursive: true });
  for (const file of ['dbip-asn-lite-2026-01.mmdb', 'dbip-asn-lite-2026-03.mmdb', 'readme.txt'])
    writeFileSync(join(own, file), '');
  for (const file of ['GeoLite2-ASN.mmdb', 'GeoLite2-City.mmdb', 'GeoLite2-Country.mmdb'])
    writeFileSync(join(shared, file), '');
  assert.equal(placeFolders({ XDG_DATA_HOME: join(folder, 'data') })[0], own);
  assert.deepEqual(findPlaceFiles([own, join(folder, 'not-there'), shared]), {
    asn: join(own, 'dbip-asn-lite-2026-03.mmdb'),
    country: join(shared, 'GeoLite2-Country.mmdb'),
  });
});

test('addresses that belong to nobody in particular', () => {
  const nobody = [
    '10.1.2.3',
    '127.0.0.1',
    '169.254.1.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.0.1',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.251',
    '255.255.255.255',
    '192.0.2.1',
    '198.51.100.1',
    '203.0.113.1',
    '198.18.0.1',
    '::',
    '::1',
    'fe80::1',
    'fd00::1',
    'ff02::fb',
    '2001:db8::1',
    '::ffff:10.0.0.1',
    '1.2.3',
    '1.2.3.256',
    'example.com',
    '',
  ];
  for (const ip of nobody) assert.equal(isPublicAddress(ip), false, ip);
  for (const ip of ['1.1.1.1', '172.32.0.1', '100.128.0.1', '192.0.1.1', '2606:4700::1111', '::ffff:8.8.8.8'])
    assert.equal(isPublicAddress(ip), true, ip);
});
