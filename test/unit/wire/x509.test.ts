import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import test from 'node:test';
import { readCertificate } from '@kaipo/core/wire/x509.js';
import fc from 'fast-check';
import { addressBytes, ascii, be8, joined } from '../../fixtures/bytes.js';
import {
  BMP_STRING,
  COMMON_NAME,
  COUNTRY,
  der,
  EMAIL,
  IA5_STRING,
  makeCertificate,
  ORGANIZATION,
  PRINTABLE_STRING,
  TELETEX_STRING,
  UTF8_STRING,
} from '../../fixtures/certificates.js';

const read = (bytes: Uint8Array): ReturnType<typeof readCertificate> => readCertificate(bytes, 0, bytes.length);
const utf16 = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'utf16le').swap16());

const made = makeCertificate({
  subject: [
    [COUNTRY, PRINTABLE_STRING, ascii('CH')],
    [ORGANIZATION, UTF8_STRING, ascii('Bäume, Äste & Söhne')],
    [COMMON_NAME, UTF8_STRING, ascii('www.example.org')],
    [EMAIL, IA5_STRING, ascii('post@example.org')],
  ],
  issuer: [[COMMON_NAME, PRINTABLE_STRING, ascii('Example CA 1')]],
  dnsNames: ['www.example.org', '*.example.org'],
  addresses: [addressBytes('192.0.2.53'), addressBytes('2001:db8::35')],
  notBefore: '491231235959Z',
  notAfter: '20500101000000Z',
});

test('names and validity', () => {
  assert.deepEqual(read(made.der), {
    subject: 'C=CH, O=Bäume\\, Äste & Söhne, CN=www.example.org, emailAddress=post@example.org',
    issuer: 'CN=Example CA 1',
    names: ['www.example.org', '*.example.org', '192.0.2.53', '2001:db8::35'],
    notBefore: Date.UTC(2049, 11, 31, 23, 59, 59) / 1000,
    notAfter: Date.UTC(2050, 0, 1) / 1000,
  });
});

test('agrees with OpenSSL', () => {
  const theirs = new X509Certificate(made.der);
  const ours = read(made.der);
  assert.equal(ours?.subject, theirs.subject.split('\n').join(', '));
  assert.equal(ours?.issuer, theirs.issuer);
  assert.equal(ours?.notBefore, Date.parse(theirs.validFrom) / 1000);
  assert.equal(ours?.notAfter, Date.parse(theirs.validTo) / 1000);
});

test('strings of every kind', () => {
  const { der: bytes } = makeCertificate({
    subject: [
      [COMMON_NAME, TELETEX_STRING, be8(0x63, 0xe9)],
      [ORGANIZATION, BMP_STRING, utf16('Ελλάς')],
      ['550429', PRINTABLE_STRING, ascii('a+b')],
      ['2a0304', PRINTABLE_STRING, ascii('of a type nobody knows')],
    ],
  });
  assert.equal(read(bytes)?.subject, 'CN=cé, O=Ελλάς, name=a\\+b');
  assert.equal(read(bytes)?.names, undefined);
});

test('times: with an offset, before 1970, and none', () => {
  const times = (notBefore: string, notAfter: string): (number | undefined)[] => {
    const facts = read(makeCertificate({ subject: [], notBefore, notAfter }).der);
    return [facts?.notBefore, facts?.notAfter];
  };
  assert.deepEqual(times('500101000000Z', '99991231235959Z'), [
    Date.UTC(1950, 0, 1) / 1000,
    Date.UTC(9999, 11, 31, 23, 59, 59) / 1000,
  ]);
  assert.deepEqual(times('not a time at', '00000101000000Z'), [undefined, undefined]);
  assert.deepEqual(times('2601020304+01', '20260102030405Z'), [undefined, Date.UTC(2026, 0, 2, 3, 4, 5) / 1000]);
});

test('a bound for names', () => {
  const dnsNames = Array.from({ length: 40 }, (_, i) => `n${i}.example`);
  assert.deepEqual(read(makeCertificate({ subject: [], dnsNames }).der)?.names, dnsNames.slice(0, 16));
});

test('what is no certificate, or not whole', () => {
  assert.equal(read(be8()), undefined);
  assert.equal(read(new Uint8Array(300)), undefined);
  assert.equal(read(der(0x30, der(0x30, der(0x04, ascii('no'))))), undefined);
  for (let length = 0; length < made.der.length; length++) assert.equal(read(made.der.slice(0, length)), undefined);
  // It may lie anywhere.
  const moved = joined(be8(1, 2, 3), made.der, be8(4));
  assert.deepEqual(readCertificate(moved, 3, 3 + made.der.length), read(made.der));
});

test('any bytes: never throws', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(made.der.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }),
      fc.nat(made.der.length),
      (changes, length) => {
        const copy = made.der.slice();
        for (const [at, value] of changes) copy[at] = value;
        const facts = read(copy);
        assert.ok(facts === undefined || (facts.names ?? []).length <= 16);
        readCertificate(copy, 0, length);
      },
    ),
    { numRuns: 2000 },
  );
});
