import assert from 'node:assert/strict';
import test from 'node:test';
import {
  checkDns,
  DNS_CUT,
  DNS_MALFORMED,
  DNS_OK,
  DnsLayout,
  dnsNameEnd,
  NAME_BAD,
  NAME_CUT,
} from '@kaipo/core/wire/dns.js';
import { dnsRcodeText, dnsTypeText } from '@kaipo/core/wire/dns-names.js';
import { recordText } from '@kaipo/core/wire/dns-record-text.js';
import { dnsNameText } from '@kaipo/core/wire/dns-text.js';
import dnsPacket, { type Answer } from 'dns-packet';

const layout = new DnsLayout();
const hex = (text: string): Buffer => Buffer.from(text.replace(/\s/g, ''), 'hex');
const HEADER = '1234 8180 0001 0001 0000 0000';
const check = (bytes: Uint8Array): number => checkDns(bytes, 0, bytes.length, layout);

/** Every answer as text. */
function answersOf(bytes: Uint8Array, unicode = false): string[] {
  return Array.from({ length: layout.answers }, (_, slot) =>
    recordText(layout.answerType[slot]!, {
      bytes,
      start: 0,
      at: layout.answerDataAt[slot]!,
      end: layout.answerDataEnd[slot]!,
      unicode,
    }),
  );
}

test('a response, byte by byte', () => {
  const bytes = hex(`${HEADER} 07 6578616d706c65 03 636f6d 00 0001 0001 c00c 0001 0001 0000003c 0004 5db8d822`);
  assert.equal(check(bytes), DNS_OK);
  assert.equal(layout.questions, 1);
  assert.equal(dnsNameText(bytes, 0, layout.questionAt[0]!), 'example.com');
  assert.deepEqual([layout.questionType[0], layout.questionClass[0]], [1, 1]);
  assert.deepEqual(answersOf(bytes), ['93.184.216.34']);
  assert.equal(layout.end, bytes.length);
});

test('a message inside other bytes has its pointers counted from its own begin', () => {
  const message = hex(`${HEADER} 01 61 00 0001 0001 c00c 0005 0001 00000000 0004 01 62 c00c`);
  const bytes = Buffer.concat([Buffer.alloc(100, 0xff), message, Buffer.alloc(50, 0xff)]);
  assert.equal(checkDns(bytes, 100, 100 + message.length, layout), DNS_OK);
  assert.equal(dnsNameText(bytes, 100, layout.answerDataAt[0]!), 'b.a');
});

test('every cut of a good message is told from damage, and keeps what is whole', () => {
  const bytes = hex(`${HEADER} 07 6578616d706c65 03 636f6d 00 0001 0001 c00c 0001 0001 0000003c 0004 5db8d822`);
  for (let length = 0; length < bytes.length; length++) {
    const verdict = check(bytes.subarray(0, length));
    assert.equal(verdict, length < 12 ? DNS_MALFORMED : DNS_CUT, `${length} bytes`);
    assert.equal(layout.questions, length >= 29 ? 1 : 0);
  }
});

test('pointers that lead forwards, to themselves, into the header or in a circle are refused', () => {
  for (const name of ['c00c', 'c00e', 'c000', '01 61 c00c', 'c0ff']) {
    assert.equal(check(hex(`1234 0100 0001 0000 0000 0000 ${name} 0001 0001`)), DNS_MALFORMED, name);
  }
  assert.equal(check(hex('1234 0100 0001 0000 0000 0000 c0')), DNS_CUT);
});

test('a name may be 255 bytes on the wire, not 256; 0x40 and 0x80 are no lengths', () => {
  const label = (length: number): string => length.toString(16).padStart(2, '0') + '61'.repeat(length);
  const question = (labels: string): number => check(hex(`1234 0100 0001 0000 0000 0000 ${labels} 00 0001 0001`));
  assert.equal(question(label(63).repeat(3) + label(61)), DNS_OK);
  assert.equal(question(label(63).repeat(3) + label(62)), DNS_MALFORMED);
  assert.equal(question('40 61'), DNS_MALFORMED);
  assert.equal(question('80 61'), DNS_MALFORMED);
});

test('long chains of pointers are bounded', () => {
  // Pointer i points to pointer i - 1; the first to a root.
  const bytes = Buffer.alloc(12 + 2 + 2 * 200 + 4);
  bytes[5] = 1;
  for (let i = 0; i < 200; i++) bytes.writeUInt16BE(0xc000 + (i === 0 ? 12 : 12 + 2 * i), 14 + 2 * i);
  assert.equal(dnsNameEnd(bytes, 0, 14 + 2 * 100, bytes.length), 14 + 2 * 100 + 2);
  assert.equal(dnsNameEnd(bytes, 0, 14 + 2 * 199, bytes.length), NAME_BAD);
  assert.equal(dnsNameEnd(bytes, 0, bytes.length, bytes.length), NAME_CUT);
});

test('counts of 65,535 cost no more than the bytes that are there', () => {
  assert.equal(check(hex('1234 8180 ffff ffff ffff ffff 00 0001 0001')), DNS_CUT);
  assert.equal(layout.questions, 1);
  const many = Buffer.concat([hex('1234 8180 0000 ffff ffff ffff'), Buffer.alloc(11 * 5000)]);
  assert.equal(check(many), DNS_OK);
  assert.equal(layout.answers, 64);
  assert.equal(layout.end, 0);
});

test('the OPT record extends the response code and is no answer', () => {
  assert.equal(check(hex('1234 8180 0000 0000 0000 0001 00 0029 04d0 01000000 0000')), DNS_OK);
  assert.equal(layout.rcode, 16);
  assert.equal(dnsRcodeText(layout.rcode), 'BADVERS');
  assert.equal(layout.answers, 0);
});

test('names in presentation form', () => {
  const name = (labels: string, unicode = false): string => {
    const bytes = hex(`1234 0100 0001 0000 0000 0000 ${labels} 00 0001 0001`);
    assert.equal(check(bytes), DNS_OK);
    return dnsNameText(bytes, 0, 12, unicode);
  };
  assert.equal(name(''), '.');
  assert.equal(name('03 612e62 01 5c'), 'a\\.b.\\\\');
  assert.equal(name('04 00 20 7f ff'), '\\000\\032\\127\\255');
  assert.equal(name('03 c3bc 20'), '\\195\\188\\032');
  assert.equal(name('03 c3bc 20', true), 'ü ');
  assert.equal(name('02 c3 28', true), '\\195(');
});

test('mnemonics, and numbers where there are none', () => {
  assert.deepEqual([1, 28, 65, 255, 257, 12345].map(dnsTypeText), ['A', 'AAAA', 'HTTPS', 'ANY', 'CAA', 'TYPE12345']);
  assert.deepEqual([0, 3, 23, 4000].map(dnsRcodeText), ['NOERROR', 'NXDOMAIN', 'BADCOOKIE', 'RCODE4000']);
});

const RECORDS: readonly [Answer, string][] = [
  [{ name: 'x', type: 'AAAA', data: '2001:db8::1' }, '2001:db8::1'],
  [{ name: 'x', type: 'NS', data: 'ns.example' }, 'ns.example'],
  [{ name: 'x', type: 'PTR', data: 'host.example' }, 'host.example'],
  [{ name: 'x', type: 'DNAME', data: 'other.example' }, 'other.example'],
  [{ name: 'x', type: 'MX', data: { preference: 10, exchange: 'mx.example' } }, '10 mx.example'],
  [{ name: 'x', type: 'TXT', data: ['v=spf1 "x"', 'b'] }, '"v=spf1 \\"x\\"" "b"'],
  [{ name: 'x', type: 'HINFO', data: { cpu: 'ARM', os: 'Linux' } }, '"ARM" "Linux"'],
  [
    { name: 'x', type: 'SRV', data: { priority: 1, weight: 2, port: 5060, target: 'sip.example' } },
    '1 2 5060 sip.example',
  ],
  [{ name: 'x', type: 'CAA', data: { flags: 0, tag: 'issue', value: 'ca.example' } }, '0 issue "ca.example"'],
  [{ name: 'x', type: 'RP', data: { mbox: 'me.example', txt: 'about.example' } }, 'me.example about.example'],
  [
    {
      name: 'x',
      type: 'SOA',
      data: { mname: 'a.example', rname: 'b.example', serial: 1, refresh: 2, retry: 3, expire: 4, minimum: 5 },
    },
    'a.example b.example 1 2 3 4 5',
  ],
  [
    {
      name: 'x',
      type: 'NAPTR',
      data: { order: 1, preference: 2, flags: 's', services: 'SIP+D2U', regexp: '', replacement: 'r.example' },
    },
    '1 2 "s" "SIP+D2U" "" r.example',
  ],
  [
    { name: 'x', type: 'DS', data: { keyTag: 7, algorithm: 13, digestType: 2, digest: Buffer.from('abcd', 'hex') } },
    '7 13 2 abcd',
  ],
  [{ name: 'x', type: 'DNSKEY', data: { flags: 257, algorithm: 13, key: Buffer.alloc(64) } }, '257 3 13 (64 bytes)'],
  [
    { name: 'x', type: 'NSEC', data: { nextDomain: 'y.example', rrtypes: ['A', 'AAAA', 'CAA'] } },
    'y.example A AAAA CAA',
  ],
  [
    { name: 'x', type: 'SSHFP', data: { algorithm: 4, hash: 2, fingerprint: 'ab'.repeat(32) } },
    `4 2 ${'ab'.repeat(32)}`,
  ],
  [
    {
      name: 'x',
      type: 'RRSIG',
      data: {
        typeCovered: 'A',
        algorithm: 13,
        labels: 2,
        originalTTL: 60,
        expiration: 1,
        inception: 1,
        keyTag: 9,
        signersName: 'example',
        signature: Buffer.alloc(64),
      },
    },
    'A 13 2 9 example',
  ],
];

test('records of an independent encoder are read back', () => {
  for (const [answer, expected] of RECORDS) {
    const bytes = dnsPacket.encode({ type: 'response', answers: [answer] });
    assert.equal(check(bytes), DNS_OK, answer.type);
    assert.deepEqual(answersOf(bytes), [expected], answer.type);
  }
});

test('data that does not fit its type is shown as bytes', () => {
  const answer = (type: string, data: string): string => {
    const length = (hex(data).length & 0xffff).toString(16).padStart(4, '0');
    const bytes = hex(`1234 8180 0000 0001 0000 0000 00 ${type} 0001 00000000 ${length} ${data}`);
    assert.equal(check(bytes), DNS_OK);
    return answersOf(bytes)[0]!;
  };
  assert.equal(answer('0001', '010203'), '\\# 3 010203');
  assert.equal(answer('001c', ''), '\\# 0');
  assert.equal(answer('0005', '0561'), '\\# 2 0561');
  assert.equal(answer('0010', '0561'), '\\# 2 0561');
  assert.equal(answer('0041', '0001 00 0001 00ff'), '\\# 7 000100000100ff');
  assert.equal(answer('ff00', '00'.repeat(40)), `\\# 40 ${'00'.repeat(32)}…`);
});

test('HTTPS records name their parameters (RFC 9460 appendix D)', () => {
  const service = (data: string): string => {
    const length = hex(data).length.toString(16).padStart(4, '0');
    const bytes = hex(`1234 8180 0000 0001 0000 0000 00 0041 0001 00000000 ${length} ${data}`);
    assert.equal(check(bytes), DNS_OK);
    return answersOf(bytes)[0]!;
  };
  assert.equal(service('0000 03 666f6f 07 6578616d706c65 03 636f6d 00'), '0 foo.example.com');
  assert.equal(service('0010 03 666f6f 00 0003 0002 0035'), '16 foo port=53');
  assert.equal(
    service('0001 00 0000 0002 0001 0001 0006 02 6832 02 6833 0002 0000 0004 0008 c0000201 c0000202'),
    '1 . mandatory=alpn alpn=h2,h3 no-default-alpn ipv4hint=192.0.2.1,192.0.2.2',
  );
  assert.equal(
    service('0001 00 0005 0002 abcd 0006 0010 20010db8000000000000000000000001'),
    '1 . ech=(2 bytes) ipv6hint=2001:db8::1',
  );
});
