// Texts that are kept are those of the address, whichever address had their place before; IPv6 as RFC 5952 writes it.
import assert from 'node:assert/strict';
import test from 'node:test';
import { AddressTexts } from '@kaipo/core/flow/address-texts.js';
import { FlowColumns, KEY_META } from '@kaipo/core/flow/flow-columns.js';
import { flowAddressText } from '@kaipo/core/flow/flow-text.js';
import { ipv6WordsText } from '@kaipo/core/wire/address-text.js';
import { setFlowAddress } from '../../fixtures/flow-address.js';
import { below, seededRandom } from '../../fixtures/seeded-random.js';

test('many addresses, some again', () => {
  const random = seededRandom(9);
  const texts = new AddressTexts();
  const columns = new FlowColumns(1);
  for (let i = 0; i < 100_000; i++) {
    const version = below(random, 2) === 0 ? 4 : 6;
    const word = (): number => (random() < 0.5 ? 0 : below(random, i % 3 === 0 ? 1000 : 2 ** 32));
    setFlowAddress(columns, 0, 1, Array.from({ length: version === 4 ? 1 : 4 }, word));
    columns.key[KEY_META] = 6 | (version << 8);
    assert.equal(texts.of(columns, 0, 1), flowAddressText(columns, 0, 1));
  }
});

test('IPv6', () => {
  for (const [words, text] of [
    [[0, 0, 0, 0], '::'],
    [[0, 0, 0, 1], '::1'],
    [[0x2001_0db8, 0, 0, 1], '2001:db8::1'],
    [[0x2001_0db8, 0x0000_0001, 0x0000_0001, 0x0001_0001], '2001:db8:0:1:0:1:1:1'],
    [[0xfe80_0000, 0, 0, 0], 'fe80::'],
    [[0, 0, 0xffff, 0xc000_0201 | 0], '::ffff:192.0.2.1'],
    [[0xffff_ffff | 0, 0xffff_ffff | 0, 0xffff_ffff | 0, 0xffff_ffff | 0], 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
    [[0x0001_0000, 0, 0x0001_0000, 0x0000_0001], '1::1:0:0:1'],
  ] as const)
    assert.equal(ipv6WordsText(...(words as [number, number, number, number])), text);
});
