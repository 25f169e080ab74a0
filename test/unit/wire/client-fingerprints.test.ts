// What is remembered is what would be made: whatever differs between two hellos, each gets its own fingerprints.
import assert from 'node:assert/strict';
import test from 'node:test';
import { FITS } from '@kaipo/core/wire/check.js';
import { clientFingerprints } from '@kaipo/core/wire/client-fingerprints.js';
import { ja3 } from '@kaipo/core/wire/ja3.js';
import { ja4 } from '@kaipo/core/wire/ja4.js';
import { ClientHelloLayout, checkClientHello } from '@kaipo/core/wire/tls-client-hello.js';
import fc from 'fast-check';
import {
  alpn,
  clientHelloBody,
  extension,
  groups,
  pointFormats,
  serverName,
  signatures,
  versions,
} from '../../fixtures/tls-messages.js';

const layout = new ClientHelloLayout();
/** Few values, so that hellos are often the same, or nearly; one is GREASE. */
const values = fc.array(fc.constantFrom(0x1301, 0x1302, 0xc02b, 0x4a4a, 0x0403), { maxLength: 4 });
const anyExtension = fc.oneof(
  values.map((list) => groups(...list)),
  values.map((list) => signatures(...list)),
  values.map((list) => versions(...list)),
  fc.constantFrom(0, 1).map((format) => pointFormats(format)),
  fc.constantFrom('h2', 'http/1.1', 'h3').map((name) => alpn(name)),
  fc.constantFrom('a.example', 'b.example').map((name) => serverName(name)),
  fc.constantFrom(0x17, 0x23, 0x5a5a, 0x6a6a).map((type) => extension(type)),
);
const hello = fc.record({
  version: fc.constantFrom(0x0301, 0x0303),
  ciphers: fc.array(fc.constantFrom(0x1301, 0x1302, 0xc02b, 0x2a2a), { minLength: 1, maxLength: 4 }),
  extensions: fc.array(anyExtension, { maxLength: 4 }),
});

function agree(body: Uint8Array, transport: 't' | 'q' | 'd'): void {
  const bytes = new Uint8Array(body.length + 40).fill(0xff);
  bytes.set(body, 20);
  if (checkClientHello(bytes, 20, 20 + body.length, layout, transport === 'd') !== FITS) return;
  const found = clientFingerprints(bytes, layout, transport);
  assert.deepEqual([found.ja3, found.ja4], [ja3(bytes, layout), ja4(bytes, layout, transport)]);
}

test('many hellos that differ a little', () => {
  fc.assert(
    fc.property(hello, fc.constantFrom('t', 'q'), (parts, transport) => agree(clientHelloBody(parts), transport)),
    { numRuns: 5000 },
  );
});

test('a hello too long to be remembered, and more hellos than are', () => {
  const ciphers = Array.from({ length: 2000 }, (_, index) => index);
  agree(clientHelloBody({ ciphers }), 't');
  agree(clientHelloBody({ ciphers: [...ciphers, 7] }), 't');
  for (let index = 0; index < 3000; index++) agree(clientHelloBody({ ciphers: [index, 5] }), 't');
});
