import assert from 'node:assert/strict';
import { once } from 'node:events';
import http2 from 'node:http2';
import net, { type AddressInfo } from 'node:net';
import test from 'node:test';
import { HpackDecoder } from '@kaipo/core/wire/hpack.js';
import { decodeHuffman, HUFFMAN_BAD } from '@kaipo/core/wire/hpack-huffman.js';
import { type Http2Headers, Http2Side } from '@kaipo/core/wire/http2-side.js';
import fc from 'fast-check';

const hex = (text: string): Buffer => Buffer.from(text.replace(/\s/g, ''), 'hex');

function fieldsOf(decoder: HpackDecoder, bytes: Uint8Array): string[] | undefined {
  const fields: string[] = [];
  const isSound = decoder.decode(bytes, 0, bytes.length, (name, value) => fields.push(`${name}: ${value}`));
  return isSound ? fields : undefined;
}

const DATE_1 = 'Mon, 21 Oct 2013 20:13:21 GMT';
const DATE_2 = 'Mon, 21 Oct 2013 20:13:22 GMT';
const COOKIE = 'foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1';
const REQUESTS = [
  [':method: GET', ':scheme: http', ':path: /', ':authority: www.example.com'],
  [':method: GET', ':scheme: http', ':path: /', ':authority: www.example.com', 'cache-control: no-cache'],
  [':method: GET', ':scheme: https', ':path: /index.html', ':authority: www.example.com', 'custom-key: custom-value'],
];
const RESPONSES = [
  [':status: 302', 'cache-control: private', `date: ${DATE_1}`, 'location: https://www.example.com'],
  [':status: 307', 'cache-control: private', `date: ${DATE_1}`, 'location: https://www.example.com'],
  [
    ':status: 200',
    'cache-control: private',
    `date: ${DATE_2}`,
    'location: https://www.example.com',
    'content-encoding: gzip',
    `set-cookie: ${COOKIE}`,
  ],
];

test('RFC 7541 C.2: one field, each way', () => {
  const literal = fieldsOf(new HpackDecoder(), hex('400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572'));
  assert.deepEqual(literal, ['custom-key: custom-header']);
  assert.deepEqual(fieldsOf(new HpackDecoder(), hex('040c 2f73 616d 706c 652f 7061 7468')), [':path: /sample/path']);
  assert.deepEqual(fieldsOf(new HpackDecoder(), hex('1008 7061 7373 776f 7264 0673 6563 7265 74')), [
    'password: secret',
  ]);
  assert.deepEqual(fieldsOf(new HpackDecoder(), hex('82')), [':method: GET']);
});

test('RFC 7541 C.3 and C.4: requests without and with Huffman code', () => {
  const plain = [
    '8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d',
    '8286 84be 5808 6e6f 2d63 6163 6865',
    '8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65',
  ];
  const coded = [
    '8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff',
    '8286 84be 5886 a8eb 1064 9cbf',
    '8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf',
  ];
  for (const blocks of [plain, coded]) {
    const decoder = new HpackDecoder();
    const sizes = blocks.map((block, i) => {
      assert.deepEqual(fieldsOf(decoder, hex(block)), REQUESTS[i]);
      return decoder.tableBytes;
    });
    assert.deepEqual(sizes, [57, 110, 164]);
  }
});

test('RFC 7541 C.5 and C.6: responses, with entries pushed out of a table of 256 bytes', () => {
  const plain = [
    '4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3120 474d 546e 1768 7474 7073 3a2f 2f77 7777 2e65 7861 6d70 6c65 2e63 6f6d',
    '4803 3330 37c1 c0bf',
    '88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3220 474d 54c0 5a04 677a 6970 7738 666f 6f3d 4153 444a 4b48 514b 425a 584f 5157 454f 5049 5541 5851 5745 4f49 553b 206d 6178 2d61 6765 3d33 3630 303b 2076 6572 7369 6f6e 3d31',
  ];
  const coded = [
    '4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3',
    '4883 640e ffc1 c0bf',
    '88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7 821d d7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07',
  ];
  for (const blocks of [plain, coded]) {
    const decoder = new HpackDecoder();
    assert.deepEqual(fieldsOf(decoder, hex('3fe1 01')), []); // at most 256 bytes
    const sizes = blocks.map((block, i) => {
      assert.deepEqual(fieldsOf(decoder, hex(block)), RESPONSES[i]);
      return decoder.tableBytes;
    });
    assert.deepEqual(sizes, [222, 222, 215]);
  }
});

test('what is no header block is refused', () => {
  for (const block of [
    '80',
    'be',
    '40',
    '4003 6162',
    'ff',
    'ffff ffff ffff',
    '3fff ffff 7f',
    '0085 ffff ffff ff00',
    '0081 0000',
  ])
    assert.equal(fieldsOf(new HpackDecoder(), hex(block)), undefined, block);
  assert.equal(decodeHuffman(hex('ffffffff'), 0, 4, new Uint8Array(9)), HUFFMAN_BAD); // end of string
  assert.equal(decodeHuffman(hex('1f00'), 0, 2, new Uint8Array(9)), HUFFMAN_BAD); // padding of zeros
});

test('after blocks were lost what is unknown is left out, what is new is known', () => {
  const decoder = new HpackDecoder();
  decoder.forget();
  assert.deepEqual(
    fieldsOf(decoder, hex('8286 84be 5808 6e6f 2d63 6163 6865')),
    REQUESTS[0]!.slice(0, 3).concat('cache-control: no-cache'),
  );
  assert.deepEqual(fieldsOf(decoder, hex('82be')), [':method: GET', 'cache-control: no-cache']);
});

test('any bytes: the table keeps its bound, nothing is thrown', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 20 }), (blocks) => {
      const decoder = new HpackDecoder();
      for (const block of blocks) fieldsOf(decoder, block as Uint8Array);
      assert.ok(decoder.tableBytes <= 65_536 && decoder.tableBytes >= 0);
    }),
    { numRuns: 2_000 },
  );
});

/** What a client and a server of Node say to each other over cleartext HTTP/2. */
async function recorded(paths: readonly string[], secret: string): Promise<{ client: Buffer; server: Buffer }> {
  const server = http2.createServer({ settings: { headerTableSize: 4096 } });
  server.on('stream', (stream, headers) => {
    stream.respond({
      ':status': 200,
      server: 'node/1',
      'x-echo': headers[':path'] ?? '',
      'content-type': 'text/plain',
    });
    stream.end(secret);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const said: { client: Buffer[]; server: Buffer[] } = { client: [], server: [] };
  const relay = net.createServer((near) => {
    const far = net.connect((server.address() as AddressInfo).port, '127.0.0.1');
    near.on('data', (bytes: Buffer) => said.client.push(bytes));
    far.on('data', (bytes: Buffer) => said.server.push(bytes));
    near.pipe(far);
    far.pipe(near);
    near.on('error', () => far.destroy());
    far.on('error', () => near.destroy());
  });
  await once(relay.listen(0, '127.0.0.1'), 'listening');
  const session = http2.connect(`http://127.0.0.1:${(relay.address() as AddressInfo).port}`);
  for (const path of paths) {
    const request = session.request({ ':path': path, 'user-agent': `agent ${path}`, 'x-all': secret });
    request.resume();
    await once(request, 'close');
  }
  session.close();
  await once(session, 'close');
  relay.close();
  server.close();
  return { client: Buffer.concat(said.client), server: Buffer.concat(said.server) };
}

interface Block {
  readonly stream: number;
  readonly text: string;
}

function blocksOf(bytes: Uint8Array, size: number): Block[] {
  const blocks: Block[] = [];
  const side = new Http2Side({
    headers(stream: number, headers: Http2Headers) {
      const { method, path, status, userAgent, server } = headers;
      blocks.push({ stream, text: [method, path, status, userAgent, server].join('|') });
    },
  });
  for (let at = 0, end = Math.min(size, bytes.length); at < bytes.length; end = Math.min(end + size, bytes.length)) {
    const used = at < end ? side.read(bytes, at, end) : 0;
    at += used;
    if (used === 0 && end === bytes.length) break;
  }
  return blocks;
}

test('agrees with what node:http2 sends: every printable character in both codings, a table that fills up', async () => {
  const paths = Array.from({ length: 95 }, (_, i) => `/${String.fromCharCode(33 + (i % 94)).repeat((i % 7) + 1)}${i}`);
  const everything = Array.from({ length: 94 }, (_, i) => String.fromCharCode(33 + i)).join('');
  const { client, server } = await recorded(paths, everything);
  for (const size of [1, 10, 1_000, 1_000_000]) {
    assert.deepEqual(
      blocksOf(client, size).map(({ text }) => text),
      paths.map((path) => `GET|${path}||agent ${path}|`),
    );
    assert.deepEqual(
      blocksOf(server, size).map(({ text }) => text),
      paths.map(() => '||200||node/1'),
    );
  }
});
