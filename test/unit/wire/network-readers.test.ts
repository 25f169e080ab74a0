import assert from 'node:assert/strict';
import test from 'node:test';
import { FITS } from '@kaipo/core/wire/check.js';
import { isDcerpc, isDcerpcDatagram } from '@kaipo/core/wire/dcerpc.js';
import { checkBootp, checkDhcp, dhcpOptionAt } from '@kaipo/core/wire/dhcp.js';
import { dhcpv6OptionAt, isDhcpv6 } from '@kaipo/core/wire/dhcpv6.js';
import { labelsText } from '@kaipo/core/wire/label-text.js';
import { isNbdgm, isNbns, isNetbiosName, netbiosByte, netbiosNameEnd } from '@kaipo/core/wire/netbios.js';
import { ntlmIdentity, ntlmUserText } from '@kaipo/core/wire/ntlmssp.js';
import { uuidText } from '@kaipo/core/wire/uuid-text.js';
import fc from 'fast-check';

const hex = (text: string): Buffer => Buffer.from(text.replace(/\s/g, ''), 'hex');

function dhcpMessage(options: string): Buffer {
  const message = Buffer.alloc(240);
  message.set([1, 1, 6, 0]);
  message.writeUInt32BE(0x63825363, 236);
  return Buffer.concat([message, hex(options)]);
}

test('DHCP options: padding, the end, and values that are cut', () => {
  const message = dhcpMessage('35 01 01 00 00 0c 03 616263 ff 0c 01 78');
  assert.equal(checkDhcp(message, 0, message.length), FITS);
  const at = dhcpOptionAt(message, 0, message.length, 12);
  assert.equal(message.toString('latin1', at, at + message[at - 1]!), 'abc');
  assert.equal(dhcpOptionAt(message, 0, message.length, 60), -1);
  assert.equal(dhcpOptionAt(message, 0, 247, 12), -1);
  assert.notEqual(checkDhcp(message, 0, 239), FITS);
  assert.notEqual(checkBootp(Buffer.alloc(300), 0, 300), FITS);
});

test('DHCPv6: options to the last byte, and one that proves it', () => {
  const message = hex('01 a1b2c3 0001 000a 0003 0001 001122334455 0008 0002 0000');
  assert.ok(isDhcpv6(message, 0, message.length));
  for (let length = 0; length < message.length; length++)
    if (length !== 18) assert.equal(isDhcpv6(message, 0, length), false, `${length} bytes`);
  assert.equal(isDhcpv6(hex('01 a1b2c3 0014 0000 0015 0000'), 0, 12), false);
  const relayed = Buffer.concat([hex(`0c 00 ${'00'.repeat(32)} 0009 0012`), message.subarray(0, 18)]);
  assert.ok(isDhcpv6(relayed, 0, relayed.length));
  assert.equal(dhcpv6OptionAt(relayed, 0, relayed.length, 1), 34 + 4 + 8);
});

test('NetBIOS names', () => {
  const name = Buffer.from(' FDEBFCFHEFFCCACACACACACACACACACA\0', 'latin1');
  assert.ok(isNetbiosName(name, 0, name.length));
  assert.equal(String.fromCharCode(...[0, 1, 2, 3, 4, 5].map((index) => netbiosByte(name, 0, index))), 'SARWER');
  assert.equal(netbiosNameEnd(name, 0, name.length), name.length);
  assert.equal(isNetbiosName(name.subarray(0, 33), 0, 33), false);
  assert.equal(isNetbiosName(Buffer.from(` ${'Q'.repeat(32)}\0`), 0, 34), false);
  assert.equal(netbiosNameEnd(Buffer.concat([name.subarray(0, 33), hex('ff')]), 0, 34), -1);
});

test('labels', () => {
  const text = (input: string): string => labelsText(hex(input), 0, hex(input).length);
  assert.equal(text('03 616263 02 6465 00'), 'abc.de');
  assert.equal(text('03 616263'), 'abc');
  assert.equal(text('40 61'), '');
  assert.equal(text('05 616263'), '');
});

test('UUIDs of both byte orders', () => {
  const bytes = hex('0883afe1 5d1f c911 91a4 08002b14a0fa'.replace('5d1f', '1f5d'));
  assert.equal(uuidText(bytes, 0, true), 'e1af8308-5d1f-11c9-91a4-08002b14a0fa');
  assert.equal(uuidText(hex('e1af83085d1f11c991a408002b14a0fa'), 0, false), 'e1af8308-5d1f-11c9-91a4-08002b14a0fa');
});

test('NTLMSSP: only the third message, and fields that lie inside', () => {
  const message = Buffer.alloc(64 + 12);
  message.write('NTLMSSP\0', 'latin1');
  message.writeUInt32LE(3, 8);
  message.writeUInt16LE(4, 28);
  message.writeUInt32LE(64, 32);
  message.writeUInt16LE(6, 36);
  message.writeUInt32LE(68, 40);
  message.writeUInt16LE(6, 44);
  message.writeUInt32LE(1000, 48);
  message.writeUInt32LE(1, 60);
  message.write('D\0M\0a\0n\0n\0', 64, 'latin1');
  const identity = ntlmIdentity(message, 0, message.length);
  assert.deepEqual(identity, { domain: 'DM', user: 'ann' });
  assert.equal(ntlmUserText(identity!), 'DM\\ann');
  message.writeUInt32LE(2, 8);
  assert.equal(ntlmIdentity(message, 0, message.length), undefined);
});

test('whatever bytes: nothing throws', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      checkDhcp(bytes, 0, bytes.length);
      isDhcpv6(bytes, 0, bytes.length);
      dhcpv6OptionAt(bytes, 0, bytes.length, 39);
      isNbns(bytes, 0, bytes.length);
      isNbdgm(bytes, 0, bytes.length, false);
      ntlmIdentity(bytes, 0, bytes.length);
      isDcerpcDatagram(bytes, 0, bytes.length, false);
      if (bytes.length >= 16) isDcerpc(bytes, 0);
      labelsText(bytes, 0, bytes.length);
    }),
  );
});
