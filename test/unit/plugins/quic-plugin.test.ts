import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MATCH, NOT_MINE } from '@kaipo/core/api/index.js';
import { quicPlugin } from '@kaipo/plugins/protocols/quic/index.js';
import fc from 'fast-check';
import { describeProtocolContract } from '../../contract/protocol.contract.js';
import { probeOf, protocolsOf } from '../../fixtures/probe.js';
import { cryptoFrame, initialPacket, RFC_CID, SALT_V2 } from '../../fixtures/quic-packets.js';
import { below, seededRandom } from '../../fixtures/seeded-random.js';
import { CLIENT_END, ProtocolBench, type Said, SERVER_END } from './protocol-bench.js';

const hex = (text: string): Buffer => Buffer.from(text.replace(/\s/g, ''), 'hex');
const [QUIC] = protocolsOf(quicPlugin);

/** A ClientHello for `name` with an extension that makes it `padding` bytes longer, as a key share of a post-quantum group does. */
function clientHello(name: string, padding: number): Buffer {
  const u16 = (value: number): Buffer => Buffer.of(value >> 8, value & 255);
  const extension = (type: number, data: Buffer): Buffer => Buffer.concat([u16(type), u16(data.length), data]);
  const host = Buffer.concat([u16(name.length + 3), Buffer.of(0), u16(name.length), Buffer.from(name)]);
  const extensions = Buffer.concat([
    extension(51, Buffer.alloc(padding, 0x5a)),
    extension(16, hex('0003026833')),
    extension(43, hex('020304')),
    extension(0, host),
    extension(57, Buffer.concat([hex('7129 09'), Buffer.from('Chrome/99')])),
  ]);
  const body = Buffer.concat([
    hex('0303'),
    Buffer.alloc(32, 1),
    hex('00 0002 1301 0100'),
    u16(extensions.length),
    extensions,
  ]);
  return Buffer.concat([Buffer.of(1, 0), u16(body.length), body]);
}

const AT_443 = { ...SERVER_END, port: 443 };
const up = (payload: Uint8Array): Said => ({ transport: 'udp', from: CLIENT_END, to: AT_443, payload });
const down = (payload: Uint8Array): Said => ({ transport: 'udp', from: AT_443, to: CLIENT_END, payload });
/** RFC 9001 A.3. */
const SERVER_INITIAL = hex(
  `cf000000010008f067a5502a4262b5004075c0d95a482cd0991cd25b0aac406a5816b6394100f37a1c69797554780bb3
   8cc5a99f5ede4cf73c3ec2493a1839b3dbcba3f6ea46c5b7684df3548e7ddeb9c3bf9c73cc3f3bded74b562bfb19fb84
   022f8ef4cdd93795d77d06edbb7aaf2f58891850abbdca3d20398c276456cbc42158407dd074ee`,
);

describe('a QUIC handshake', () => {
  it('is read however the ClientHello is cut, shuffled and spread over datagrams', () => {
    const hello = clientHello('shuffled.example', 1_600);
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: hello.length - 1 }), { maxLength: 20 }),
        fc.array(fc.nat(99), { minLength: 24, maxLength: 24 }),
        (cuts, order) => {
          const edges = [...new Set([0, ...cuts, hello.length])].sort((a, b) => a - b);
          const frames = edges
            .slice(1)
            .map((end, i) => ({ rank: order[i]!, frame: cryptoFrame(edges[i]!, hello.subarray(edges[i], end)) }))
            .sort((a, b) => a.rank - b.rank)
            .map(({ frame }) => Buffer.concat([frame, Buffer.of(1, 0, 0)]));
          const half = Math.ceil(frames.length / 2);
          const bench = new ProtocolBench(quicPlugin);
          bench.run(
            up(initialPacket(Buffer.concat(frames.slice(half)), { packetNumber: 1, padTo: 1200 })),
            up(initialPacket(Buffer.concat(frames.slice(0, half)), { packetNumber: 0, padTo: 1200 })),
          );
          const [flow] = bench.finish();
          assert.equal(flow?.serverName, 'shuffled.example');
          assert.deepEqual(flow?.alpn, ['h3']);
          assert.equal(flow?.clientSoftware, 'Chrome/99');
          assert.match(flow?.ja4 ?? '', /^q13d0105h3_/);
          assert.deepEqual(bench.faults, []);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('is read in every version that can be opened', () => {
    for (const [version, salt, text] of [
      [0xff000016, '7fbcdb0e7c66bbe9193a96cd21519ebd7a02644a', 'draft-22'],
      [0xff00001b, 'c3eef712c72ebb5a11a7d2432bb46365bef9f502', 'draft-27'],
      [0xff000020, 'afbfec289993d24c9e9786f19c6111e04390a899', 'draft-32'],
      [0xff000022, '38762cf7f55934b34d179ae6a4c80cadccbb7f0a', 'draft-34'],
      [0xfaceb001, '7fbcdb0e7c66bbe9193a96cd21519ebd7a02644a', 'mvfst-1'],
      [0xfaceb002, 'c3eef712c72ebb5a11a7d2432bb46365bef9f502', 'mvfst-2'],
      [0xfaceb003, '38762cf7f55934b34d179ae6a4c80cadccbb7f0a', 'mvfst-3'],
      [0x54303530, '7ff579e5acd072915580304c43a2367c60488310', 'T050'],
      [0x54303531, '7a4edef4e7ccee5fa4506c19124fc8ccda6e033d', 'T051'],
      [0xabcd0001, 'afbfec289993d24c9e9786f19c6111e04390a899', '0xabcd0001'],
    ] as const) {
      const bench = new ProtocolBench(quicPlugin);
      bench.run(up(initialPacket(cryptoFrame(0, clientHello('any.example', 60)), { version, salt, padTo: 1200 })));
      const [flow] = bench.finish();
      assert.deepEqual([flow?.quicVersion, flow?.serverName], [text, 'any.example']);
    }
  });

  it('is read in coalesced packets, and after a server that changes the version', () => {
    const hello = cryptoFrame(0, clientHello('changed.example', 60));
    const scid = Buffer.from('c1c2c3c4', 'hex');
    const bench = new ProtocolBench(quicPlugin);
    const serverHello = hex('02000026 0303'.concat('22'.repeat(32), '00 1301 00 0006 002b00020304'));
    serverHello[3] = serverHello.length - 4;
    const v2 = { version: 0x6b3343cf, salt: SALT_V2, label: 'quicv2' };
    bench.run(
      up(
        Buffer.concat([
          initialPacket(hello, { scid, padTo: 400 }),
          hex('d0 00000001 08 8394c8f03e515708 04 c1c2c3c4 4040'),
          Buffer.alloc(800, 1),
        ]),
      ),
      down(
        initialPacket(cryptoFrame(0, serverHello), {
          ...v2,
          keyCid: RFC_CID,
          dcid: scid,
          scid: Buffer.alloc(8, 5),
          side: 'server',
          padTo: 1200,
        }),
      ),
    );
    const [flow] = bench.finish();
    assert.deepEqual([flow?.serverName, flow?.quicVersion, flow?.tlsVersion], ['changed.example', '2', '1.3']);
  });

  it('whose first datagrams were not captured has the part of its name that came', () => {
    const hello = clientHello('early.example', 1_500);
    const bench = new ProtocolBench(quicPlugin);
    // Only the beginning, with the key share first: nothing to tell but that it is QUIC.
    bench.run(up(initialPacket(cryptoFrame(0, hello.subarray(0, 900)), { padTo: 1200 })));
    assert.deepEqual([bench.finish()[0]?.protocol, bench.flows[0]?.serverName], ['quic', undefined]);
    const ordered = new ProtocolBench(quicPlugin);
    const whole = clientHello('early.example', 40);
    ordered.run(up(initialPacket(cryptoFrame(0, whole.subarray(0, whole.length - 5)), { padTo: 1200 })));
    assert.deepEqual([ordered.finish()[0]?.serverName, ordered.flows[0]?.ja4], ['early.example', undefined]);
  });

  it('that is met at its answer has the name of its protocol', () => {
    const bench = new ProtocolBench(quicPlugin);
    bench.run(down(SERVER_INITIAL), down(SERVER_INITIAL));
    assert.equal(bench.finish()[0]?.protocol, 'quic');
  });

  it('of another connection on the same ports does not change the first name', () => {
    const bench = new ProtocolBench(quicPlugin);
    for (const [name, keyCid] of [
      ['first.example', RFC_CID],
      ['second.example', Buffer.alloc(8, 3)],
    ] as const)
      bench.run(up(initialPacket(cryptoFrame(0, clientHello(name, 60)), { keyCid, padTo: 1200 })));
    assert.equal(bench.finish()[0]?.serverName, 'first.example');
  });

  it('that nobody can open is left after some datagrams', () => {
    const bench = new ProtocolBench(quicPlugin);
    const bad = Array.from({ length: 200 }, (_, i) =>
      up(
        initialPacket(Buffer.alloc(40), {
          keyCid: Buffer.alloc(8, 1),
          dcid: Buffer.alloc(8, 2 + (i % 250)),
          padTo: 1200,
        }),
      ),
    );
    bench.run(...bad);
    assert.equal(bench.finish()[0]?.protocol, 'quic');
    assert.deepEqual(bench.faults, []);
  });
});

describe('what is no QUIC', () => {
  const verdict = (payload: Uint8Array, fields = {}) =>
    QUIC!.probe(probeOf(payload, { transport: 17, serverPort: 443, ...fields }));

  it('is refused: version 1 whose lengths do not fit, unknown versions, short headers', () => {
    const body = 'ab'.repeat(40);
    assert.equal(verdict(hex(`c0 00000001 08 0102030405060708 00 00 28 ${body}`)), MATCH);
    assert.equal(verdict(hex(`c0 00000001 08 0102030405060708 00 00 29 ${body}`)), NOT_MINE);
    assert.equal(verdict(hex(`c0 00000001 08 0102030405060708 00 00 29 ${body}`), { isCut: true }), MATCH);
    assert.equal(verdict(hex(`c0 00000001 08 0102030405060708 00 00 20 ${body}`)), NOT_MINE);
    assert.equal(verdict(hex(`c0 00000002 08 0102030405060708 00 00 28 ${body}`)), NOT_MINE);
    assert.equal(verdict(hex(`ca 1a2a3a4a 08 0102030405060708 00 00 28 ${body}`)), NOT_MINE);
    assert.equal(verdict(hex(`43 0102030405060708 ${body}`)), NOT_MINE);
  });

  it('is hardly ever taken for it by chance', () => {
    const random = seededRandom(11);
    let named = 0;
    for (let round = 0; round < 60_000; round++) {
      const isSparse = round % 2 === 0;
      const bytes = Uint8Array.from({ length: 20 + below(random, 180) }, () =>
        isSparse && below(random, 8) > 0 ? 0 : below(random, 256),
      );
      bytes[0]! |= 0xc0;
      if (verdict(bytes) !== NOT_MINE) named += 1;
    }
    assert.ok(named <= 1, `${named} of 60,000`);
  });
});

describeProtocolContract(quicPlugin, {
  samples: [
    initialPacket(cryptoFrame(0, clientHello('sample.example', 60)), { padTo: 1200 }),
    SERVER_INITIAL,
    hex('95 00000000 04 aabbccdd 08 8394c8f03e515708 00000001 faceb002'),
  ],
  ports: [443, 80],
});
