import assert from 'node:assert/strict';
import test from 'node:test';
import { BAD, FITS, SHORT } from '@kaipo/core/wire/check.js';
import { checkDtlsRecord, isDtlsFragment, isDtlsUnifiedHeader } from '@kaipo/core/wire/dtls-records.js';
import { checkSsl2ClientHello, checkSsl2ServerHello } from '@kaipo/core/wire/ssl2.js';
import { checkTlsRecord } from '@kaipo/core/wire/tls-records.js';
import { be8, be16, joined } from '../../fixtures/bytes.js';
import { clientHelloBody, dtlsFragment, dtlsRecord, tlsRecord } from '../../fixtures/tls-messages.js';

const dtls = (bytes: Uint8Array): number => checkDtlsRecord(bytes, 0, bytes.length);
const tls = (bytes: Uint8Array): number => checkTlsRecord(bytes, 0, bytes.length);

test('DTLS: records of every kind', () => {
  const body = clientHelloBody({ version: 0xfefd, cookie: be8() });
  for (const version of [0xfeff, 0xfefd, 0x0100])
    assert.equal(dtls(dtlsRecord(22, dtlsFragment(1, body), 0, 0, version)), FITS);
  assert.equal(dtls(dtlsRecord(22, dtlsFragment(1, body, 0, 10, 20))), FITS);
  assert.equal(dtls(dtlsRecord(20, be8(1))), FITS);
  assert.equal(dtls(dtlsRecord(20, be8(1, 0, 1), 0, 0, 0x0100)), FITS);
  assert.equal(dtls(dtlsRecord(21, be8(2, 40))), FITS);
  assert.equal(dtls(dtlsRecord(23, new Uint8Array(30), 1)), FITS);
  const whole = dtlsRecord(22, dtlsFragment(1, body));
  assert.equal(dtls(whole.slice(0, -1)), SHORT);
  assert.equal(dtls(whole.slice(0, 20)), SHORT);
});

test('DTLS: what is none', () => {
  const body = clientHelloBody({ version: 0xfefd, cookie: be8() });
  assert.equal(dtls(dtlsRecord(22, dtlsFragment(1, body), 0, 0, 0xfefe)), BAD);
  assert.equal(dtls(dtlsRecord(27, be8(1), 1)), BAD);
  assert.equal(dtls(dtlsRecord(25, new Uint8Array(30), 1)), BAD, 'its length is elsewhere');
  assert.equal(dtls(dtlsRecord(23, new Uint8Array(30), 0)), BAD, 'data before there are keys');
  assert.equal(dtls(dtlsRecord(23, new Uint8Array(30), 16)), BAD);
  assert.equal(dtls(dtlsRecord(23, new Uint8Array(4), 1)), BAD);
  assert.equal(dtls(dtlsRecord(21, be8(2), 0)), BAD);
  assert.equal(dtls(dtlsRecord(22, be8(1, 2, 3), 0)), BAD);
  assert.equal(dtls(dtlsRecord(22, joined(dtlsFragment(1, body).subarray(0, 9), be8(0, 255, 255), body))), BAD);
  assert.equal(dtls(new Uint8Array(60)), BAD);
  assert.equal(checkDtlsRecord(new Uint8Array(10), 0, 60), BAD);
  assert.equal(isDtlsFragment(dtlsFragment(27, be8(1)), 0, 13), false);
  assert.deepEqual([0x1f, 0x20, 0x3f, 0x40].map(isDtlsUnifiedHeader), [false, true, true, false]);
});

test('TLS: record headers, whole and cut', () => {
  const record = tlsRecord(22, be8(1, 2, 3));
  assert.equal(tls(record), FITS);
  for (let length = 0; length < 5; length++) assert.equal(tls(record.slice(0, length)), SHORT);
  assert.equal(tls(tlsRecord(23, be8(), 0x0303)), FITS);
  for (const bad of [
    tlsRecord(19, be8(1)),
    tlsRecord(25, be8(1)),
    tlsRecord(22, be8(1), 0x0201),
    tlsRecord(22, be8(1), 0x0305),
    tlsRecord(22, be8()),
    be8(22, 3, 1, 0x49),
    be8(22, 3, 1, 0x48, 0x01),
  ])
    assert.equal(tls(bad), BAD, Buffer.from(bad).toString('hex'));
});

test('SSL 2: hellos whose lengths add up', () => {
  const client = (version: number, ciphers: number, challenge: number, total?: number): Uint8Array => {
    const body = joined(be8(1), be16(version, ciphers, 0, challenge), new Uint8Array(Math.max(0, ciphers + challenge)));
    return joined(be16(0x8000 | (total ?? body.length)), body);
  };
  const ask = (bytes: Uint8Array): number => checkSsl2ClientHello(bytes, 0, bytes.length);
  assert.equal(ask(client(0x0301, 9, 16)), FITS);
  assert.equal(ask(client(0x0002, 3, 32)), FITS);
  assert.equal(ask(client(0x0301, 9, 16).slice(0, 10)), SHORT);
  assert.equal(ask(client(0x0301, 8, 16)), BAD);
  assert.equal(ask(client(0x0301, 0, 16)), BAD);
  assert.equal(ask(client(0x0301, 9, 15)), BAD);
  assert.equal(ask(client(0x0301, 9, 33)), BAD);
  assert.equal(ask(client(0x0301, 9, 16, 33)), BAD);
  assert.equal(ask(client(0x0003, 9, 16)), BAD);
  assert.equal(ask(client(0x0401, 9, 16)), BAD);
  const server = joined(be16(0x8000 | 34), be8(4, 0, 1), be16(2, 4, 3, 16), new Uint8Array(23));
  assert.equal(checkSsl2ServerHello(server, 0, server.length), FITS);
  assert.equal(checkSsl2ServerHello(server, 0, 12), SHORT);
  server[3] = 2;
  assert.equal(checkSsl2ServerHello(server, 0, server.length), BAD);
});
