// The reader of captures: what each form of file means, row by row, and its bounds.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { InterfaceStatistics } from '@kaipo/core/frame/capture-interface.js';
import { CaptureReader, type CaptureReaderOptions } from '@kaipo/core/frame/capture-reader.js';
import { FrameBatch } from '@kaipo/core/frame/frame-batch.js';
import { MAX_INTERFACES, MAX_RECORD_BYTES } from '@kaipo/core/kernel/limits.js';
import { ascii } from '../../fixtures/bytes.js';
import { START_NS } from '../../fixtures/packet-list.js';
import { pcapFile } from '../../fixtures/pcap-writer.js';
import { PcapngWriter } from '../../fixtures/pcapng-writer.js';

interface Row {
  readonly tsUs: number;
  readonly capLen: number;
  readonly wireLen: number;
  readonly linkType: number;
  readonly interfaceId: number;
  readonly direction: number;
}

function read(bytes: Uint8Array, options: CaptureReaderOptions = {}) {
  const rows: Row[] = [];
  const reader = new CaptureReader((batch) => {
    for (let row = 0; row < batch.length; row++) {
      rows.push({
        tsUs: batch.tsUs[row]!,
        capLen: batch.capLen[row]!,
        wireLen: batch.wireLen[row]!,
        linkType: batch.linkType[row]!,
        interfaceId: batch.interfaceId[row]!,
        direction: batch.direction[row]!,
      });
    }
  }, options);
  reader.push(bytes);
  reader.end();
  return { rows, failure: reader.failure, reader };
}

const packet = { timeNs: START_NS + 123_456_789n, bytes: ascii('0123456789'), wireLength: 1500 };
const START_US = Number(START_NS / 1000n);

describe('classic pcap', () => {
  for (const isBigEndian of [false, true]) {
    for (const isNanosecond of [false, true]) {
      it(`${isBigEndian ? 'big' : 'little'}-endian, ${isNanosecond ? 'nano' : 'micro'}seconds`, () => {
        const { rows, failure } = read(pcapFile([packet], { isBigEndian, isNanosecond, linkType: 113 }));
        assert.equal(failure, undefined);
        const fraction = isNanosecond ? 123_456.789 : 123_456;
        assert.ok(Math.abs(rows[0]!.tsUs - START_US - fraction) < 0.5);
        assert.deepEqual(
          { ...rows[0], tsUs: 0 },
          { tsUs: 0, capLen: 10, wireLen: 1500, linkType: 113, interfaceId: 0, direction: 0 },
        );
      });
    }
  }

  it('FCS length and flags in the upper half of the link type are not part of it', () => {
    const file = pcapFile([packet]);
    new DataView(file.buffer).setUint32(20, 0x34000001, true);
    assert.equal(read(file).rows[0]!.linkType, 1);
  });

  it('version 2.2 has the two lengths the other way round, 2.3 either way', () => {
    for (const [minor, first, second] of [
      [2, 1500, 10],
      [3, 1500, 10],
      [3, 10, 1500],
    ] as const) {
      const file = pcapFile([packet]);
      const view = new DataView(file.buffer);
      view.setUint16(6, minor, true);
      view.setUint32(24 + 8, first, true);
      view.setUint32(24 + 12, second, true);
      const { rows } = read(file);
      assert.deepEqual([rows[0]!.capLen, rows[0]!.wireLen], [10, 1500], `2.${minor}`);
    }
  });

  it('a record of the largest size is read, one byte more is refused', () => {
    const largest = { timeNs: START_NS, bytes: new Uint8Array(MAX_RECORD_BYTES) };
    assert.equal(read(pcapFile([largest, packet])).rows.length, 2);
    const { rows, failure } = read(
      pcapFile([packet, { timeNs: START_NS, bytes: new Uint8Array(MAX_RECORD_BYTES + 1) }]),
    );
    assert.deepEqual([rows.length, failure?.code], [1, 'KAIPO_CAPTURE_CORRUPT']);
    assert.match(failure!.message, /record at byte 50 says it has 262145 bytes/);
  });

  it('a stream that must be pcapng does not take it', () => {
    assert.equal(read(pcapFile([packet]), { maxBlockBytes: 1000 }).failure?.code, 'KAIPO_NOT_A_CAPTURE');
  });
});

describe('pcapng', () => {
  const writer = new PcapngWriter();
  const join = (...blocks: readonly Uint8Array[]): Uint8Array => Buffer.concat(blocks);
  const start = (resolution?: number): Uint8Array[] => [
    writer.section(),
    writer.interface(resolution === undefined ? {} : { timeResolution: resolution }),
  ];

  it('time resolutions: powers of ten and of two', () => {
    for (const [resolution, ticks, us] of [
      [undefined, 1_767_225_600_123_456n, START_US + 123_456],
      [9, START_NS + 123_456_000n, START_US + 123_456],
      [3, START_NS / 1_000_000n + 5n, START_US + 5000],
      [0, START_NS / 1_000_000_000n, START_US],
      [0x80 | 10, (START_NS / 1_000_000_000n) * 1024n + 512n, START_US + 500_000],
    ] as const) {
      const { rows } = read(join(...start(resolution), writer.packet({ ...packet, timeNs: ticks }, 1n)));
      assert.ok(Math.abs(rows[0]!.tsUs - us) < 1, `resolution ${resolution}: ${rows[0]!.tsUs}`);
    }
  });

  it('direction comes from the flags, also behind other options', () => {
    const comment = { code: 1, value: ascii('odd length') };
    for (const direction of [0, 1, 2, 3]) {
      const { rows } = read(join(...start(), writer.packet({ ...packet, direction }, 1000n, [comment])));
      assert.equal(rows[0]!.direction, direction === 3 ? 0 : direction);
    }
    assert.equal(read(join(...start(), writer.packet(packet))).rows[0]!.direction, 0);
  });

  it('statistics have absolute interface numbers, and undefined where they say nothing', () => {
    const seen: InterfaceStatistics[] = [];
    const section = join(
      ...start(),
      writer.statistics(
        0,
        new Map([
          [4, 10n],
          [7, 3n],
        ]),
      ),
    );
    read(join(section, section), { onStatistics: (statistics) => seen.push(statistics) });
    assert.deepEqual(
      seen.map(({ interfaceId }) => interfaceId),
      [0, 1],
    );
    assert.deepEqual(
      { ...seen[0] },
      { interfaceId: 0, received: 10, droppedByInterface: undefined, droppedByOs: 3, delivered: undefined },
    );
  });

  it('the obsolete Packet Block is read', () => {
    const enhanced = writer.packet(packet);
    const obsolete = enhanced.slice();
    new DataView(obsolete.buffer).setUint32(0, 2, true);
    new DataView(obsolete.buffer).setUint16(10, 77, true);
    const { rows } = read(join(...start(), obsolete));
    assert.deepEqual([rows[0]!.capLen, rows[0]!.interfaceId], [10, 0]);
  });

  it('large blocks nobody reads are passed over without being kept', () => {
    const secrets = writer.block(10, new Uint8Array(5_000_000));
    const { rows, failure } = read(join(...start(), secrets, writer.packet(packet)), {
      batch: new FrameBatch(new Uint8Array(1 << 20)),
    });
    assert.deepEqual([rows.length, failure], [1, undefined]);
    const stream = read(join(...start(), secrets, writer.packet(packet)), { maxBlockBytes: 262_400 });
    assert.equal(stream.failure?.code, 'KAIPO_CAPTURE_CORRUPT');
  });

  for (const [what, blocks, pattern] of [
    ['a packet of an interface nobody described', [writer.section(), writer.packet(packet)], /names interface 0/],
    [
      'a simple packet without an interface',
      [writer.section(), writer.simplePacket(ascii('x'))],
      /described no interface/,
    ],
    [
      'a captured length beyond the block',
      [...start(), writer.block(6, new Uint8Array(20).fill(0x7f, 12, 16))],
      /more than it holds/,
    ],
    [
      'a packet block without its fixed part',
      [...start(), writer.block(6, new Uint8Array(8))],
      /without its fixed part/,
    ],
    [
      'a section of version 2',
      [writer.block(0x0a0d0d0a, Buffer.from('4d3c2b1a02000000ffffffffffffffff', 'hex'))],
      /version 2/,
    ],
    [
      'a length that is no multiple of four',
      [...start(), Buffer.from('0100000015000000aaaaaaaaaaaaaaaaaa15000000', 'hex')],
      /impossible length 21/,
    ],
  ] as const) {
    it(`refuses ${what}`, () => {
      const { failure } = read(join(...blocks));
      assert.equal(failure?.code, 'KAIPO_CAPTURE_CORRUPT');
      assert.match(failure!.message, pattern);
    });
  }

  it('describes a bounded number of interfaces', () => {
    const many = Array.from({ length: MAX_INTERFACES + 1 }, () => writer.interface());
    const { failure, reader } = read(join(writer.section(), ...many));
    assert.equal(reader.interfaces.length, MAX_INTERFACES);
    assert.match(failure!.message, /more than 1024 interfaces/);
  });
});

describe('the arena', () => {
  it('is never full, however small it was asked to be: the largest record still fits', { timeout: 5000 }, () => {
    const largest = { timeNs: START_NS, bytes: new Uint8Array(MAX_RECORD_BYTES) };
    const { rows, failure } = read(pcapFile([largest, packet, largest]), {
      batch: new FrameBatch(new Uint8Array(1000)),
    });
    assert.deepEqual([rows.length, failure], [3, undefined]);
  });

  it('what was read into space() means the same as bytes that are pushed, in pieces of any size', () => {
    const file = pcapFile([packet, packet, packet]);
    for (const size of [1, 7, 64, file.length]) {
      let rows = 0;
      const reader = new CaptureReader((batch) => {
        rows += batch.length;
        assert.equal(batch.bytes[batch.frameStart[0]!], packet.bytes[0]);
      });
      for (let at = 0; at < file.length; at += size) {
        const piece = file.subarray(at, at + size);
        const space = reader.space();
        space.set(piece);
        assert.equal(reader.push(space.subarray(0, piece.length)), true);
      }
      reader.end();
      assert.deepEqual([rows, reader.failure, reader.offset], [3, undefined, file.length], `pieces of ${size}`);
    }
  });

  it('a reader that failed takes nothing more', () => {
    const { reader, failure } = read(ascii('no capture'));
    assert.equal(reader.push(pcapFile([packet])), false);
    assert.equal(reader.failure, failure);
  });
});
