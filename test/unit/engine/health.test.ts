// Health of TCP flows from real packets with times that were chosen: handshake, round trips, what was sent again, resets, windows.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FlowHealth } from '@kaipo/core/api/index.js';
import { Engine } from '@kaipo/core/engine/engine.js';
import { CaptureReader } from '@kaipo/core/frame/capture-reader.js';
import { endedFlows } from '../../fixtures/ended-flows.js';
import { ethernetIp } from '../../fixtures/link-layers.js';
import { START_NS } from '../../fixtures/packet-list.js';
import { pcapFile } from '../../fixtures/pcap-writer.js';
import { ACK, FIN, PSH, RST, SYN, tcp } from '../../fixtures/transport-layers.js';

const CLIENT = { ip: '192.0.2.10', port: 40_000 };
const SERVER = { ip: '198.51.100.20', port: 443 };

interface Said {
  /** Milliseconds since the start. */
  readonly at: number;
  readonly from: 'c' | 's';
  readonly flags: number;
  readonly seq: number;
  readonly ack?: number;
  readonly length?: number;
}

function healthOf(list: readonly Said[]): FlowHealth | undefined {
  const engine = new Engine({ plugins: [], maxFlows: 16 });
  const flows = endedFlows(engine);
  const packets = list.map(({ at, from, flags, seq, ack = 0, length = 0 }) => ({
    timeNs: START_NS + BigInt(Math.round(at * 1000)) * 1000n,
    bytes: ethernetIp(
      tcp(from === 'c' ? CLIENT : SERVER, from === 'c' ? SERVER : CLIENT, {
        flags,
        seq: seq >>> 0,
        ack: ack >>> 0,
        payload: new Uint8Array(length).fill(1),
      }),
    ),
  }));
  const reader = new CaptureReader((batch) => engine.process(batch));
  reader.push(pcapFile(packets));
  reader.end();
  engine.finish();
  assert.equal(flows.length, 1);
  return flows[0]!.health;
}

const HANDSHAKE: readonly Said[] = [
  { at: 0, from: 'c', flags: SYN, seq: 99 },
  { at: 20, from: 's', flags: SYN | ACK, seq: 499, ack: 100 },
  { at: 21, from: 'c', flags: ACK, seq: 100, ack: 500 },
];

describe('round trips', () => {
  it('handshake: SYN to SYN-ACK is the way to the server, SYN-ACK to ACK the way to the client', () => {
    assert.deepEqual(healthOf(HANDSHAKE), { serverHandshakeUs: 20_000, clientHandshakeUs: 1000 });
  });

  it('a SYN that was sent twice is measured from the second, and counted', () => {
    const health = healthOf([{ at: -1000, from: 'c', flags: SYN, seq: 99 }, ...HANDSHAKE]);
    assert.equal(health?.serverHandshakeUs, 20_000);
    assert.equal(health?.clientRetransmits, 1);
  });

  it('data to its acknowledgement, smallest and latest', () => {
    const health = healthOf([
      ...HANDSHAKE,
      { at: 30, from: 'c', flags: PSH | ACK, seq: 100, ack: 500, length: 100 },
      { at: 45, from: 's', flags: ACK, seq: 500, ack: 200 },
      { at: 50, from: 'c', flags: PSH | ACK, seq: 200, ack: 500, length: 100 },
      { at: 60, from: 's', flags: PSH | ACK, seq: 500, ack: 300, length: 50 },
      { at: 62, from: 'c', flags: ACK, seq: 300, ack: 550 },
    ]);
    assert.equal(health?.serverRttUs, 10_000);
    assert.equal(health?.serverLastRttUs, 10_000);
    assert.equal(health?.clientRttUs, 2000);
  });

  it('data that was sent twice is not measured (Karn)', () => {
    const health = healthOf([
      ...HANDSHAKE,
      { at: 30, from: 'c', flags: PSH | ACK, seq: 100, ack: 500, length: 100 },
      { at: 230, from: 'c', flags: PSH | ACK, seq: 100, ack: 500, length: 100 },
      { at: 231, from: 's', flags: ACK, seq: 500, ack: 200 },
    ]);
    assert.equal(health?.serverRttUs, undefined);
    assert.equal(health?.clientRetransmits, 1);
  });

  it('a clock that was set gives no time', () => {
    const health = healthOf([
      ...HANDSHAKE,
      { at: 30, from: 'c', flags: PSH | ACK, seq: 100, ack: 500, length: 100 },
      { at: 10, from: 's', flags: ACK, seq: 500, ack: 200 },
    ]);
    assert.equal(health?.serverRttUs, undefined);
  });
});

describe('what goes wrong', () => {
  it('a segment that fills a hole at once was overtaken, one that comes later was sent again', () => {
    const data = (at: number, seq: number): Said => ({ at, from: 's', flags: PSH | ACK, seq, ack: 100, length: 100 });
    assert.equal(healthOf([...HANDSHAKE, data(30, 500), data(31, 700), data(32, 600)])?.serverRetransmits, undefined);
    assert.equal(healthOf([...HANDSHAKE, data(30, 500), data(31, 700), data(99, 600)])?.serverRetransmits, 1);
  });

  it('sequence numbers may wrap', () => {
    const data = (at: number, seq: number): Said => ({ at, from: 'c', flags: PSH | ACK, seq, ack: 1, length: 100 });
    assert.equal(healthOf([data(0, 0xffffffc0), data(5, 36), data(300, 0xffffffc0)])?.clientRetransmits, 1);
  });

  it('keep-alives are not sent again', () => {
    const health = healthOf([
      ...HANDSHAKE,
      { at: 30, from: 'c', flags: PSH | ACK, seq: 100, ack: 500, length: 100 },
      { at: 40, from: 's', flags: ACK, seq: 500, ack: 200 },
      { at: 9000, from: 'c', flags: ACK, seq: 199, ack: 500, length: 1 },
    ]);
    assert.equal(health?.clientRetransmits, undefined);
  });

  it('resets are counted, goodbyes are not', () => {
    assert.equal(healthOf([...HANDSHAKE, { at: 30, from: 's', flags: RST | ACK, seq: 500 }])?.resets, 1);
    assert.equal(
      healthOf([...HANDSHAKE, { at: 30, from: 's', flags: FIN | ACK, seq: 500, ack: 100 }])?.resets,
      undefined,
    );
  });

  it('nothing measured: no health at all', () => {
    assert.equal(healthOf([{ at: 0, from: 'c', flags: PSH | ACK, seq: 1, ack: 1, length: 10 }]), undefined);
  });
});
