import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test from 'node:test';
import { BAD, FITS, SHORT } from '@kaipo/core/wire/check.js';
import { ja3, ja3Text } from '@kaipo/core/wire/ja3.js';
import { ja4 } from '@kaipo/core/wire/ja4.js';
import {
  ClientHelloLayout,
  checkClientHello,
  clientHelloAlpn,
  clientHelloServerName,
  clientHelloVersion,
} from '@kaipo/core/wire/tls-client-hello.js';
import { clientHelloFacts } from '@kaipo/core/wire/tls-hello-facts.js';
import { isGrease, tlsVersionText } from '@kaipo/core/wire/tls-values.js';
import fc from 'fast-check';
import { be8, be16, joined } from '../../fixtures/bytes.js';
import {
  alpn,
  clientHelloBody,
  extension,
  groups,
  type HelloParts,
  pointFormats,
  serverName,
  signatures,
  versions,
} from '../../fixtures/tls-messages.js';

const layout = new ClientHelloLayout();

/** The hello somewhere in a larger buffer, so that a read beyond it gives other values. */
function checked(body: Uint8Array, hasCookie = false): { bytes: Uint8Array; result: number } {
  const bytes = new Uint8Array(body.length + 40).fill(0xff);
  bytes.set(body, 20);
  return { bytes, result: checkClientHello(bytes, 20, 20 + body.length, layout, hasCookie) };
}

const ja4Of = (parts: HelloParts, transport: 't' | 'q' | 'd' = 't'): string => {
  const { bytes, result } = checked(clientHelloBody(parts), transport === 'd');
  assert.equal(result, FITS);
  return ja4(bytes, layout, transport);
};

const EXAMPLE_CIPHERS = [
  ...[0x2a2a, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8],
  ...[0xc013, 0xc014, 0x009c, 0x009d, 0x002f, 0x0035],
];
const EXAMPLE_SIGNATURES = [0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601];
const EXAMPLE: HelloParts = {
  ciphers: EXAMPLE_CIPHERS,
  extensions: [
    extension(0x5a5a),
    ...[0x1b, 0x33, 0x4469, 0x17, 0x2d, 0x23].map((type) => extension(type)),
    serverName('example.com'),
    alpn('h2', 'http/1.1'),
    signatures(...EXAMPLE_SIGNATURES),
    ...[0x05, 0x12, 0xff01].map((type) => extension(type)),
    groups(0x4a4a, 29, 23, 24),
    pointFormats(0),
    versions(0x6a6a, 0x0304, 0x0303),
    extension(0x3a3a, be8(0)),
    extension(0x15),
  ],
};

test('JA4: the example of its definition', () => {
  assert.equal(ja4Of(EXAMPLE), 't13d1516h2_8daaf6152771_e5627efa2ab1');
  assert.equal(ja4Of(EXAMPLE, 'q'), 'q13d1516h2_8daaf6152771_e5627efa2ab1');
});

test('JA3: the examples of its definition', () => {
  const digest = (parts: HelloParts): (string | undefined)[] => {
    const { bytes, result } = checked(clientHelloBody(parts));
    assert.equal(result, FITS);
    return [ja3Text(bytes, layout), ja3(bytes, layout)];
  };
  assert.deepEqual(
    digest({
      version: 769,
      ciphers: [47, 53, 5, 10, 49161, 49162, 49171, 49172, 50, 56, 19, 4],
      extensions: [serverName('example.com'), groups(23, 24, 25), pointFormats(0)],
    }),
    ['769,47-53-5-10-49161-49162-49171-49172-50-56-19-4,0-10-11,23-24-25,0', 'ada70206e40642a3e4461f35503241d5'],
  );
  assert.deepEqual(digest({ version: 769, ciphers: [4, 5, 10, 9, 100, 98, 3, 6, 19, 18, 99] }), [
    '769,4-5-10-9-100-98-3-6-19-18-99,,,',
    'de350869b8c85de67a350c8d186f11e6',
  ]);
  const { bytes } = checked(clientHelloBody(EXAMPLE));
  assert.match(ja3Text(bytes, layout), /^771,4865-4866-.*,27-51-17513-.*-21,29-23-24,0$/);
  assert.equal(ja3(bytes, layout), createHash('md5').update(ja3Text(bytes, layout)).digest('hex'));
});

test('JA4: versions, counts, and what is not there', () => {
  const head = (parts: HelloParts, transport: 't' | 'q' | 'd' = 't'): string => ja4Of(parts, transport).slice(0, 10);
  assert.equal(ja4Of({ version: 0x0301 }), 't10i010000_0f2cb44170f4_000000000000');
  assert.equal(ja4Of({ version: 0x0300, extensions: [] }).slice(-12), '000000000000');
  assert.equal(head({ version: 0x0300 }), 'ts3i010000');
  assert.equal(head({ version: 0x0302 }), 't11i010000');
  assert.equal(head({ version: 0xfefd, cookie: be8(1, 2) }, 'd'), 'dd2i010000');
  assert.equal(head({ version: 0xfeff, cookie: be8() }, 'd'), 'dd1i010000');
  assert.equal(head({ cookie: be8(), extensions: [versions(0xfefc)] }, 'd'), 'dd3i010100');
  assert.equal(head({ extensions: [versions(0x7f12, 0x0303)] }), 't00i010100');
  const many = Array.from({ length: 120 }, (_, i) => i + 1);
  assert.equal(head({ ciphers: many, extensions: many.map((type) => extension(type + 100)) }), 't12i999900');
  // GREASE counts nowhere, and no cipher besides it is no cipher.
  assert.equal(
    ja4Of({ ciphers: [0xdada], extensions: [extension(0xbaba)] }),
    `t12i000000_${'0'.repeat(12)}_${'0'.repeat(12)}`,
  );
});

test('JA4: first and last character of the first ALPN name', () => {
  const letters = (...names: readonly (string | Uint8Array)[]): string =>
    ja4Of({ extensions: [alpn(...names)] }).slice(8, 10);
  assert.equal(letters('h2', 'http/1.1'), 'h2');
  assert.equal(letters('http/1.1'), 'h1');
  assert.equal(letters('h'), 'hh');
  assert.equal(letters('dot'), 'dt');
  // Not a letter or digit at one end: the ends of its hex form.
  assert.equal(letters(be8(0xab)), 'ab');
  assert.equal(letters(be8(0xab, 0xcd)), 'ad');
  assert.equal(letters(be8(0x30, 0xab)), '3b');
  assert.equal(letters(be8(0x30, 0x31, 0xab, 0xcd)), '3d');
  assert.equal(letters(be8(0xea, 0xea), 'h2'), 'ea');
  assert.equal(ja4Of({ extensions: [extension(16, be16(0))] }).slice(8, 10), '00');
});

test('a hello, part by part', () => {
  const { bytes, result } = checked(clientHelloBody({ ...EXAMPLE, sessionId: new Uint8Array(32) }));
  assert.equal(result, FITS);
  assert.equal(clientHelloServerName(bytes, layout), 'example.com');
  assert.deepEqual(clientHelloAlpn(bytes, layout), ['h2', 'http/1.1']);
  assert.equal(clientHelloVersion(bytes, layout), 0x0304);
  assert.equal(layout.sessionIdEnd - layout.sessionIdAt, 32);
  assert.equal(layout.hasEch, false);
  assert.equal(layout.hasQuicParameters, false);
  assert.deepEqual(clientHelloFacts(bytes, layout, 't', false), { alpn: ['h2', 'http/1.1'] });
});

test('GREASE in the ALPN list is no name; encrypted hellos and QUIC parameters are noticed', () => {
  const facts = (type: number): ReturnType<typeof clientHelloFacts> => {
    const { bytes } = checked(clientHelloBody({ extensions: [alpn(be8(0x1a, 0x1a), 'h3'), extension(type, be8(0))] }));
    return clientHelloFacts(bytes, layout, 'q', true);
  };
  assert.deepEqual(facts(0x2b).alpn, ['h3']);
  assert.equal(facts(0x2b).ech, undefined);
  for (const type of [0xfe0d, 0xfe08, 0xffce]) assert.equal(facts(type).ech, true, type.toString(16));
  for (const type of [57, 0xffa5]) {
    facts(type);
    assert.equal(layout.hasQuicParameters, true);
  }
});

test('a hello that is cut says what is whole before the cut, and that it is cut', () => {
  const body = clientHelloBody({
    extensions: [serverName('example.com'), alpn('h2'), extension(21, new Uint8Array(50))],
  });
  for (let length = 0; length < body.length; length++) {
    const bytes = body.slice(0, length);
    // Without extensions it is whole too: that is how it was before RFC 3546.
    const isOldForm = length === 2 + 32 + 1 + 4 + 2;
    assert.equal(checkClientHello(bytes, 0, length, layout), isOldForm ? FITS : SHORT, `cut to ${length}`);
    if (length === body.length - 1) {
      assert.equal(clientHelloServerName(bytes, layout), 'example.com');
      assert.deepEqual(clientHelloAlpn(bytes, layout), ['h2']);
    }
  }
});

test('what contradicts itself is bad', () => {
  const withByte = (at: number, value: number): Uint8Array => {
    const body = clientHelloBody({ extensions: [serverName('example.com')] });
    body[at] = value;
    return body;
  };
  assert.equal(checked(withByte(34, 33)).result, BAD, 'session id longer than 32');
  assert.equal(checked(withByte(36, 3)).result, BAD, 'half a cipher suite');
  assert.equal(checked(withByte(36, 0)).result, BAD, 'no cipher suite');
  assert.equal(checked(withByte(39, 0)).result, BAD, 'no compression method');
  assert.equal(checked(withByte(46, 200)).result, BAD, 'an extension longer than all of them');
  const rubbish = joined(withByte(42, 21), be8(7));
  assert.equal(checked(rubbish).result, BAD, 'a byte after the last extension');
  assert.equal(clientHelloServerName(checked(rubbish).bytes, layout), 'example.com');
  assert.equal(checkClientHello(new Uint8Array(50), 0, 60, layout), BAD);
});

test('lengths within extensions that lie are kept within them', () => {
  const lying = (type: number, data: Uint8Array): ClientHelloLayout => {
    assert.equal(
      checked(clientHelloBody({ extensions: [extension(type, data), extension(21, be16(0x6162))] })).result,
      FITS,
    );
    return layout;
  };
  const lie = be16(0xffff, 0x6161);
  assert.equal(lying(10, lie).groupsEnd - layout.groupsAt, 2);
  assert.equal(lying(13, be8(0xff, 0xff, 1)).signatureAlgorithmsEnd - layout.signatureAlgorithmsAt, 0);
  assert.equal(lying(16, lie).alpnEnd - layout.alpnAt, 2);
  assert.equal(lying(43, be8(0xff, 3, 4)).versionsEnd - layout.versionsAt, 2);
  assert.equal(lying(11, be8(0xff, 3, 4)).pointFormatsEnd - layout.pointFormatsAt, 2);
  assert.equal(lying(0, be8(0, 9, 0, 0, 9, 97)).nameEnd, 0);
  assert.equal(lying(0, be8(0, 9, 0, 0, 1, 97)).nameEnd - layout.nameAt, 1);
  assert.equal(lying(0, be8(0)).hasServerName, true);
});

test('versions by name, and GREASE', () => {
  const named = [0x0002, 0x0300, 0x0301, 0x0302, 0x0303, 0x0304, 0x7f1c, 0xfb1a, 0xfeff, 0xfefd, 0xfefc, 0x0100];
  assert.deepEqual(named.map(tlsVersionText), [
    'ssl2',
    'ssl3',
    '1.0',
    '1.1',
    '1.2',
    '1.3',
    '1.3',
    '1.3',
    'dtls1.0',
    'dtls1.2',
    'dtls1.3',
    'dtls1.0',
  ]);
  assert.equal(tlsVersionText(0x0305), undefined);
  const grease = Array.from({ length: 65_536 }, (_, value) => value).filter(isGrease);
  assert.deepEqual(
    grease,
    Array.from({ length: 16 }, (_, i) => 0x0a0a + 0x1010 * i),
  );
});

test('any bytes: never throws, and everything found lies within', () => {
  const body = clientHelloBody(EXAMPLE);
  const damaged = fc
    .array(fc.tuple(fc.nat(body.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 })
    .map((changes) => {
      const copy = body.slice();
      for (const [at, value] of changes) copy[at] = value;
      return copy;
    });
  fc.assert(
    fc.property(fc.oneof(damaged, fc.uint8Array({ maxLength: 300 })), fc.boolean(), (input, hasCookie) => {
      const { bytes, result } = checked(input, hasCookie);
      const end = 20 + input.length;
      for (const [name, at] of Object.entries(layout))
        if (typeof at === 'number' && name !== 'legacyVersion') assert.ok(at === 0 || (at >= 20 && at <= end), name);
      assert.ok(layout.ciphersAt <= layout.ciphersEnd && layout.extensionsAt <= layout.extensionsEnd);
      const facts = clientHelloFacts(bytes, layout, 't', result === FITS);
      if (facts.ja4 !== undefined) assert.match(facts.ja4, /^t..[di]\d{4}[0-9a-zA-Z]{2}_[0-9a-f]{12}_[0-9a-f]{12}$/);
    }),
    { numRuns: 3000 },
  );
});
