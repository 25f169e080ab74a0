import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import test from 'node:test';
import { pathToFileURL } from 'node:url';
import { MacVendors, RANDOMISED } from '@kaipo/core/wire/mac-vendors.js';
import { vendorOf } from '@kaipo/core/wire/vendor-of.js';
import fc from 'fast-check';
import { REPOSITORY } from '../../fixtures/pcap-case.js';

interface Maker {
  macVendorsFile(registry: Readonly<Record<string, string>>): Buffer;
  shortVendor(entry: string): string;
}

const maker = (await import(pathToFileURL(join(REPOSITORY, '.ci/make-mac-vendors.mjs')).href)) as Maker;
const registry = createRequire(join(REPOSITORY, 'plugins/package.json'))('oui-data') as Record<string, string>;

const small = MacVendors.over(
  maker.macVendorsFile({
    '001B63': 'Apple, Inc.\n1 Infinite Loop\nCupertino\nUnited States',
    '1006480': 'Block of Twenty-Eight GmbH\n',
    '100648': 'IEEE Registration Authority',
    '70B3D5001': 'Block of Thirty-Six S.p.A.',
    '70B3D5': 'Whole Block Co.,Ltd.',
    AA0004: 'DIGITAL EQUIPMENT CORPORATION',
    '0000AB': 'Private',
  }),
)!;

test('the smallest block an address is in names its maker', () => {
  assert.equal(small.vendorOf('00:1b:63:00:00:01'), 'Apple');
  assert.equal(small.vendorOf('001B.6312.3456'), 'Apple');
  assert.equal(small.vendorOf(Uint8Array.of(0x10, 0x06, 0x48, 0x0f, 0, 0)), 'Block of Twenty-Eight');
  assert.equal(small.vendorOf('10-06-48-1F-00-00'), undefined);
  assert.equal(small.vendorOf('70:b3:d5:00:1f:ff'), 'Block of Thirty-Six');
  assert.equal(small.vendorOf('70:b3:d5:00:2f:ff'), 'Whole Block');
});

test('addresses that a program made up, groups, and what is no address', () => {
  assert.equal(small.vendorOf('02:42:ac:11:00:02'), RANDOMISED);
  assert.equal(small.vendorOf('da:a1:19:00:00:01'), RANDOMISED);
  assert.equal(small.vendorOf('aa:00:04:00:01:02'), 'DIGITAL EQUIPMENT', 'given out before the bit had a meaning');
  for (const nobody of ['01:00:5e:00:00:01', 'ff:ff:ff:ff:ff:ff', '00:00:ab:00:00:01', '00:11', '', 'x'.repeat(99)])
    assert.equal(small.vendorOf(nobody), undefined, nobody);
  assert.equal(small.vendorOf(new Uint8Array(5)), undefined);
});

test('legal forms are left out, names that would vanish stay', () => {
  const names: Readonly<Record<string, string>> = {
    'Cisco Systems, Inc': 'Cisco Systems',
    'HUAWEI TECHNOLOGIES CO.,LTD': 'HUAWEI TECHNOLOGIES',
    'CLOUD NETWORK TECHNOLOGY SINGAPORE PTE. LTD.': 'CLOUD NETWORK TECHNOLOGY SINGAPORE',
    'Nokia Danmark A/S': 'Nokia Danmark',
    NETGEAR: 'NETGEAR',
    'SA Co.': 'SA',
    '  A   B  \nC': 'A B',
  };
  for (const [entry, name] of Object.entries(names)) assert.equal(maker.shortVendor(entry), name);
});

test('every block of the registry is found in the file the build makes', () => {
  let named = 0;
  for (const [digits, entry] of Object.entries(registry)) {
    const name = maker.shortVendor(entry);
    const mac = digits.padEnd(12, '0');
    if (Number.parseInt(mac[1]!, 16) % 2 === 1 || /^(IEEE Registration Authority|Private)$/.test(name)) continue;
    // The first address of a block may be in a smaller one.
    const smaller = registry[mac.slice(0, 9)] ?? registry[mac.slice(0, 7)] ?? entry;
    const wanted = maker.shortVendor(smaller);
    if (wanted === 'Private') continue;
    const got = vendorOf(mac)!;
    assert.ok(got === wanted || (got.endsWith('…') && wanted.startsWith(got.slice(0, -1))), `${digits}: ${got}`);
    named += 1;
  }
  assert.ok(named > 50_000, `${named} blocks`);
});

test('a file that is not whole is refused, any address answered', () => {
  const file = maker.macVendorsFile({ '001B63': 'Apple, Inc.' });
  fc.assert(
    fc.property(fc.nat(file.length - 1), (length) => {
      assert.equal(MacVendors.over(file.subarray(0, length)), undefined);
    }),
  );
  fc.assert(fc.property(fc.uint8Array({ minLength: 6, maxLength: 6 }), (mac) => void vendorOf(mac)));
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (mac) => void vendorOf(mac)));
});
