import assert from 'node:assert/strict';
import test from 'node:test';
import { BAD, FITS, SHORT } from '@kaipo/core/wire/check.js';
import { ja3s, ja3sText } from '@kaipo/core/wire/ja3.js';
import { tlsCipherText } from '@kaipo/core/wire/tls-ciphers.js';
import { serverHelloFacts } from '@kaipo/core/wire/tls-hello-facts.js';
import { checkServerHello, ServerHelloLayout } from '@kaipo/core/wire/tls-server-hello.js';
import fc from 'fast-check';
import { be8, be16, joined } from '../../fixtures/bytes.js';
import { alpn, extension, serverHelloBody } from '../../fixtures/tls-messages.js';

const layout = new ServerHelloLayout();
const check = (body: Uint8Array): number => checkServerHello(body, 0, body.length, layout);

test('JA3S: the example of its definition', () => {
  const body = serverHelloBody(
    769,
    47,
    [65281, 0, 11, 35, 5, 16].map((type) => extension(type)),
  );
  assert.equal(check(body), FITS);
  assert.equal(ja3sText(body, layout), '769,47,65281-0-11-35-5-16');
  assert.equal(ja3s(body, layout), '836ce314215654b5b1f85f97c73e506f');
});

test('what the server chose', () => {
  const old = serverHelloBody(0x0303, 0xc02f, [extension(0xff01, be8(0)), alpn('h2')]);
  assert.equal(check(old), FITS);
  assert.deepEqual(serverHelloFacts(old, layout), {
    tlsCipher: 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
    tlsVersion: '1.2',
    alpnChosen: 'h2',
    ja3s: ja3s(old, layout),
  });
  const fresh = serverHelloBody(0x0303, 0x1303, [extension(43, be16(0x0304)), extension(51)]);
  assert.equal(check(fresh), FITS);
  assert.equal(serverHelloFacts(fresh, layout).tlsVersion, '1.3');
  const bare = serverHelloBody(0x0300, 0x0005);
  assert.equal(check(bare), FITS);
  assert.deepEqual([layout.version, layout.cipher, layout.extensionsEnd], [0x0300, 0x0005, 0]);
});

test('drafts of 1.3 before the 22nd have neither session id nor compression', () => {
  const body = joined(be16(0x7f12), new Uint8Array(32), be16(0x1302), be16(4), extension(51));
  assert.equal(check(body), FITS);
  assert.equal(layout.cipher, 0x1302);
  assert.equal(serverHelloFacts(body, layout).tlsVersion, '1.3');
});

test('a request to try again has no fingerprint', () => {
  const body = serverHelloBody(0x0303, 0x1301, [extension(43, be16(0x0304))]);
  body.set(Buffer.from('cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c', 'hex'), 2);
  assert.equal(check(body), FITS);
  assert.equal(layout.isRetryRequest, true);
  assert.deepEqual(serverHelloFacts(body, layout), { tlsCipher: 'TLS_AES_128_GCM_SHA256', tlsVersion: '1.3' });
});

test('cut, and contradictions', () => {
  const body = serverHelloBody(0x0303, 0xc02f, [alpn('h2')]);
  for (let length = 0; length < body.length; length++)
    assert.equal(check(body.slice(0, length)), length === 38 ? FITS : SHORT, `cut to ${length}`);
  const withByte = (at: number, value: number): number => {
    const copy = body.slice();
    copy[at] = value;
    return check(copy);
  };
  assert.equal(withByte(34, 33), BAD);
  assert.equal(withByte(43, 200), BAD);
  assert.equal(checkServerHello(body, 0, body.length + 1, layout), BAD);
});

test('cipher suites by name', () => {
  const names = (...values: readonly number[]): string[] => values.map(tlsCipherText);
  assert.deepEqual(names(0, 0x002f, 0x009c, 0x00ff, 0x1305), [
    'TLS_NULL_WITH_NULL_NULL',
    'TLS_RSA_WITH_AES_128_CBC_SHA',
    'TLS_RSA_WITH_AES_128_GCM_SHA256',
    'TLS_EMPTY_RENEGOTIATION_INFO_SCSV',
    'TLS_AES_128_CCM_8_SHA256',
  ]);
  assert.deepEqual(names(0xc02b, 0xc0af, 0xcca8, 0xd001, 0xfafa), [
    'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
    'TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8',
    'TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256',
    'TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256',
    '0xfafa',
  ]);
});

test('any bytes: never throws, and everything found lies within', () => {
  const body = serverHelloBody(0x0303, 0xc02f, [extension(43, be16(0x0304)), alpn('h2')]);
  const damaged = fc
    .array(fc.tuple(fc.nat(body.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 })
    .map((changes) => {
      const copy = body.slice();
      for (const [at, value] of changes) copy[at] = value;
      return copy;
    });
  fc.assert(
    fc.property(fc.oneof(damaged, fc.uint8Array({ maxLength: 120 })), (input) => {
      check(input);
      serverHelloFacts(input, layout);
      assert.ok(layout.extensionsEnd <= input.length && layout.alpnEnd <= input.length);
      assert.ok(layout.extensionsAt <= layout.extensionsEnd);
    }),
    { numRuns: 2000 },
  );
});
