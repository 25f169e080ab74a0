// The analyzer's end of the wall: what a stream that keeps the contract says, and each way to break it.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  CUSTOM_INTERFACE,
  CUSTOM_MAGIC,
  CUSTOM_NOTICE,
  CUSTOM_PEN,
  CUSTOM_PRIVILEGES,
  MAX_CAPTURE_INTERFACES,
  MAX_CUSTOM_TEXT,
} from '@kaipo/capture-helper/contract/index.js';
import { HelperStream } from '@kaipo/core/source/helper-stream.js';
import { ascii, joined } from '../../fixtures/bytes.js';
import { pcapFile } from '../../fixtures/pcap-writer.js';
import { PcapngWriter } from '../../fixtures/pcapng-writer.js';

const writer = new PcapngWriter();
const PRIVILEGES =
  'helper=native\nversion=0.1.0\npid=42\nuid=65534\ngid=65534\ncapEff=0\ncapPrm=0\ncapAmb=0\ncapBnd=0\nnoNewPrivs=true\nseccomp=2\ntimestamps=kernel\ndrops=counted\nevents=false\nringMiB=32\n';
const nowNs = BigInt(Date.now()) * 1_000_000n;

const custom = (kind: number, text: string, length = ascii(text).length): Uint8Array =>
  writer.custom(CUSTOM_PEN, joined(writer.u32(CUSTOM_MAGIC), writer.u32(kind), writer.u32(length), ascii(text)));
const packet = (timeNs = nowNs, interfaceId = 0): Uint8Array =>
  writer.packet({ timeNs, bytes: ascii('frame'), interfaceId }, 1n);
const counts = (received: bigint, dropped: bigint, delivered: bigint): Uint8Array =>
  writer.statistics(
    0,
    new Map([
      [4, received],
      [7, dropped],
      [8, delivered],
    ]),
  );
const START = [
  writer.section(),
  writer.interface({ name: 'eth0', timeResolution: 9 }),
  custom(CUSTOM_PRIVILEGES, PRIVILEGES),
];

function receive(...blocks: readonly Uint8Array[]) {
  const seen = {
    packets: 0,
    times: [] as number[],
    privileges: [] as unknown[],
    states: [] as unknown[],
    notices: [] as string[],
  };
  const stream = new HelperStream({
    onBatch: (batch) => {
      seen.packets += batch.length;
      seen.times.push(...batch.tsUs.subarray(0, batch.length));
    },
    onPrivileges: (report) => seen.privileges.push(report),
    onInterfaceState: (notice) => seen.states.push(notice),
    onNotice: (text) => seen.notices.push(text),
  });
  const isTaken = stream.push(Buffer.concat(blocks));
  assert.equal(isTaken, stream.failure === undefined);
  return { stream, seen };
}

describe('a stream that keeps the contract', () => {
  it('gives packets, counts, privileges, states and notices', () => {
    const { stream, seen } = receive(
      ...START,
      packet(),
      packet(),
      custom(CUSTOM_INTERFACE, 'interfaceId=0\nname=eth0\nstate=down\n'),
      custom(CUSTOM_NOTICE, 'a smaller ring'),
      counts(5n, 3n, 2n),
    );
    assert.equal(stream.failure, undefined);
    assert.deepEqual(stream.counts, [{ received: 5, droppedByKernel: 3, delivered: 2, seen: 2, reports: 1 }]);
    assert.deepEqual([stream.interfaceName(0), stream.interfaceName(1)], ['eth0', undefined]);
    assert.deepEqual(seen.states, [{ interfaceId: 0, name: 'eth0', state: 'down' }]);
    assert.deepEqual(seen.notices, ['a smaller ring']);
    assert.equal((seen.privileges[0] as { seccomp: number }).seccomp, 2);
  });

  it('unknown blocks, kinds and enterprise numbers are passed over', () => {
    const { stream, seen } = receive(
      ...START,
      custom(77, 'later'),
      writer.custom(1, ascii('somebody else')),
      writer.block(0x1234, ascii('what')),
      packet(),
    );
    assert.deepEqual([stream.failure, seen.packets], [undefined, 1]);
  });

  it('a helper that cannot count drops leaves them unknown', () => {
    const { stream } = receive(
      ...START,
      writer.statistics(
        0,
        new Map([
          [4, 5n],
          [8, 5n],
        ]),
      ),
    );
    assert.equal(stream.counts[0]!.droppedByKernel, undefined);
  });
});

describe('what it says is not trusted', () => {
  it('a time in the future or long past becomes now, and is counted', () => {
    const { stream, seen } = receive(...START, packet(nowNs + 3_600_000_000_000n), packet(1n), packet());
    assert.equal(stream.clampedTimes, 2);
    assert.ok(seen.times[0]! <= Date.now() * 1000 + 1e6);
    assert.ok(seen.times[1]! > Date.now() * 1000 - 60e6);
  });

  it('text is made safe', () => {
    const { stream, seen } = receive(
      writer.section(),
      writer.interface({ name: 'eth0\u001b[2J\u202e' }),
      custom(CUSTOM_PRIVILEGES, PRIVILEGES.replace('version=0.1.0', 'version=1\u0007')),
      custom(CUSTOM_NOTICE, 'bell \u0007 and\nline'),
      custom(CUSTOM_INTERFACE, 'interfaceId=0\nname=\u001b]0;x\u0007\nstate=gone\n'),
    );
    assert.equal(stream.failure, undefined);
    assert.doesNotMatch(JSON.stringify([stream.interfaceNames, seen]), /\\u001b|\\u0007|\\n|\u202e/);
  });

  for (const [what, blocks, pattern] of [
    ['something that is no pcapng', [pcapFile([])], /not a pcap or pcapng/],
    ['a second section', [...START, writer.section()], /a second section/],
    [
      'too many interfaces',
      [writer.section(), ...Array.from({ length: MAX_CAPTURE_INTERFACES + 1 }, () => writer.interface())],
      /more than 64 interfaces/,
    ],
    [
      'a block larger than any helper writes',
      [...START, writer.block(5, new Uint8Array(300_000))],
      /more than the 262400 allowed/,
    ],
    ['a text longer than its block', [...START, custom(CUSTOM_NOTICE, 'short', 100)], /text block/],
    ['a text longer than allowed', [...START, custom(CUSTOM_NOTICE, 'x'.repeat(MAX_CUSTOM_TEXT + 4))], /text block/],
    [
      'a privilege report without a uid',
      [...START.slice(0, 2), custom(CUSTOM_PRIVILEGES, PRIVILEGES.replace(/uid=.*\n/, ''))],
      /privilege report/,
    ],
    [
      'a privilege report with a uid that is no number',
      [...START.slice(0, 2), custom(CUSTOM_PRIVILEGES, PRIVILEGES.replace('uid=65534', 'uid=0x0'))],
      /privilege report/,
    ],
    [
      'an unknown interface state',
      [...START, custom(CUSTOM_INTERFACE, 'interfaceId=0\nname=eth0\nstate=odd\n')],
      /interface notice/,
    ],
    ['counts that run backwards', [...START, counts(5n, 0n, 5n), counts(4n, 0n, 4n)], /backwards/],
    ['counts that do not add up', [...START, counts(5n, 9n, 5n)], /do not add up/],
    ['packets delivered that never came', [...START, counts(9000n, 0n, 9000n)], /do not add up/],
    ['packets before the privilege report', [...START.slice(0, 2), packet()], /before the privilege report/],
    ['a second privilege report', [...START, custom(CUSTOM_PRIVILEGES, PRIVILEGES)], /second privilege report/],
    [
      'a packet without interface and time',
      [...START, writer.simplePacket(new Uint8Array(60))],
      /kind streams do not have/,
    ],
    [
      'a notice about an interface nobody described',
      [...START, custom(CUSTOM_INTERFACE, 'interfaceId=7\nname=eth7\nstate=gone\n')],
      /not described/,
    ],
    ['counts no computer can have', [...START, counts(2n ** 60n, 0n, 0n)], /impossible count/],
    ['statistics of an interface nobody described', [...START, writer.statistics(9, new Map())], /not described/],
  ] as const) {
    it(`refuses ${what}, and takes nothing more`, () => {
      const { stream } = receive(...blocks);
      assert.equal(stream.failure?.code, 'KAIPO_STREAM_HOSTILE');
      assert.match(stream.failure!.message, /^the capture helper's stream breaks its contract: /);
      assert.match(stream.failure!.message, pattern);
      assert.equal(stream.push(packet()), false);
    });
  }

  it('packets before the damage arrive, after it none', () => {
    const { seen } = receive(...START, packet(), writer.section(), packet());
    assert.ok(seen.packets <= 1);
    const damaged = receive(...START, packet(), Buffer.from('0600000001000000', 'hex'), packet());
    assert.equal(damaged.seen.packets, 1);
  });

  it('a flood of text is ignored after a thousand blocks', () => {
    const notice = custom(CUSTOM_NOTICE, 'again');
    const { stream, seen } = receive(...START, ...Array.from({ length: 3000 }, () => notice));
    assert.equal(stream.failure, undefined);
    assert.ok(seen.notices.length <= 1000);
  });
});
