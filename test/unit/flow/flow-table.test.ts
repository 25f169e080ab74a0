// The flow table: which packets are one flow, whose side is whose, when a flow ends, and what happens when there is no room.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  FLOW_DEAD,
  FLOW_LIVE,
  FlowColumns,
  SIDE_A,
  SIDE_B,
  SUM_BYTES,
  SUM_PACKETS,
  SUMS,
} from '@kaipo/core/flow/flow-columns.js';
import { FlowTable } from '@kaipo/core/flow/flow-table.js';
import { flowAddressText, flowHasPorts, flowIdText, flowPort } from '@kaipo/core/flow/flow-text.js';
import {
  MARK_FIRST_FRAGMENT,
  MARK_LATER_FRAGMENT,
  MARK_NEW_FLOW,
  MARK_PORTS,
  NO_FLOW,
} from '@kaipo/core/frame/frame-batch.js';
import { type DecodedRow, decodedBatch, UDP } from '../../fixtures/frame-rows.js';
import { back, table, there, touch } from '../../fixtures/touched-flows.js';

const [FIN, SYN, RST, ACK] = [1, 2, 4, 16];
const START_US = 1_767_225_600_000_000;
const S = 1_000_000;

const sums = (flows: FlowTable, flow: number, side: number): [packets: number, bytes: number] => [
  flows.columns.sums[flow * SUMS + SUM_PACKETS + side]!,
  flows.columns.sums[flow * SUMS + SUM_BYTES + side]!,
];

/** The side of an address. */
const sideOf = (flows: FlowTable, flow: number, ip: string): number =>
  flowAddressText(flows.columns, flow, SIDE_A) === ip ? SIDE_A : SIDE_B;

describe('which packets are one flow', () => {
  it('both directions, in either order, and each side keeps its own sums', () => {
    for (const order of [
      [there, back, there],
      [back, there, there],
    ]) {
      const flows = table();
      const ids = touch(flows, ...order.map((row, index) => ({ ...row, wireLen: 100 + index })));
      assert.deepEqual(new Set(ids), new Set([ids[0]]));
      const client = sideOf(flows, ids[0]!, '192.0.2.10');
      assert.equal(sums(flows, ids[0]!, client)[0], 2);
      assert.equal(sums(flows, ids[0]!, 1 - client)[0], 1);
      assert.equal(sums(flows, ids[0]!, SIDE_A)[1] + sums(flows, ids[0]!, SIDE_B)[1], 303);
    }
  });

  it('IPv6 in every word of the address, and never mixed with IPv4', () => {
    const flows = table();
    const base = { srcPort: 1000, dstPort: 2000, proto: UDP };
    const addresses = [
      '2001:db8:1::1',
      '2001:db8::1',
      '2001:db8:0:0:1::1',
      '2001:db8::1:0:1',
      '::c000:20a',
      '::ffff:c000:20a',
    ];
    const ids = addresses.map((src) => touch(flows, { ...base, src, dst: '2001:db8::2' })[0]);
    assert.equal(new Set(ids).size, addresses.length);
    const reversed = touch(flows, { ...base, src: '2001:db8::2', dst: '2001:db8:1::1', srcPort: 2000, dstPort: 1000 });
    assert.deepEqual(reversed, [ids[0]]);
    const four = touch(flows, { ...base, src: '192.0.2.10', dst: '192.0.2.11' });
    assert.ok(!ids.includes(four[0]));
    assert.equal(flowAddressText(flows.columns, ids[0]!, sideOf(flows, ids[0]!, '2001:db8:1::1')), '2001:db8:1::1');
  });

  it('ports, protocol and, when asked, the interface tell flows apart', () => {
    const rows = [
      there,
      { ...there, srcPort: 40_001 },
      { ...there, dstPort: 444 },
      { ...there, proto: UDP },
      { ...there, interfaceId: 1 },
    ];
    assert.equal(new Set(touch(table(), ...rows)).size, 4);
    assert.equal(new Set(touch(table({ keyByInterface: true }), ...rows)).size, 5);
  });

  it('a host that talks to itself: the lower port is side A', () => {
    const flows = table();
    const ids = touch(
      flows,
      { src: '127.0.0.1', dst: '127.0.0.1', srcPort: 9000, dstPort: 80 },
      { src: '127.0.0.1', dst: '127.0.0.1', srcPort: 80, dstPort: 9000 },
    );
    assert.equal(ids[0], ids[1]);
    assert.deepEqual([flowPort(flows.columns, ids[0]!, SIDE_A), flowPort(flows.columns, ids[0]!, SIDE_B)], [80, 9000]);
    assert.deepEqual([sums(flows, ids[0]!, SIDE_A)[0], sums(flows, ids[0]!, SIDE_B)[0]], [1, 1]);
  });

  it('only the packet that made a flow is marked, and packets without IP have none', () => {
    const flows = table();
    const batch = decodedBatch([there, back, there]);
    batch.ipVersion[2] = 0;
    flows.touchBatch(batch);
    assert.deepEqual(
      [...batch.marks.subarray(0, 3)].map((marks) => (marks & MARK_NEW_FLOW) !== 0),
      [true, false, false],
    );
    assert.equal(batch.flowId[2], NO_FLOW);
    assert.equal(flows.refusedPackets, 0);
  });
});

describe('client and server', () => {
  const clientIp = (flows: FlowTable, flow: number): string =>
    flowAddressText(flows.columns, flow, flows.columns.clientSide[flow]!);

  it('the sender of the SYN, even when it is seen late', () => {
    const flows = table();
    const [flow] = touch(flows, { ...back, tcpFlags: ACK }, { ...there, tcpFlags: SYN });
    assert.equal(clientIp(flows, flow!), '192.0.2.10');
    touch(flows, { ...back, tcpFlags: SYN });
    assert.equal(clientIp(flows, flow!), '192.0.2.10', 'the first SYN stands');
  });

  it('the receiver of SYN and ACK', () => {
    const flows = table();
    const [flow] = touch(flows, { ...back, srcPort: 9000, dstPort: 8000, tcpFlags: SYN | ACK });
    assert.equal(clientIp(flows, flow!), '192.0.2.10');
  });

  it('else the first seen, unless only it uses a well-known port', () => {
    const flows = table();
    assert.equal(clientIp(flows, touch(flows, back)[0]!), '192.0.2.10');
    assert.equal(clientIp(flows, touch(flows, { ...back, srcPort: 8443 })[0]!), '198.51.100.20');
    assert.equal(clientIp(flows, touch(flows, { ...back, dstPort: 22 })[0]!), '198.51.100.20');
  });

  it('the local side comes from the direction of the first packet', () => {
    const flows = table();
    const [out, inward, unknown] = touch(
      flows,
      { ...there, direction: 2 },
      { ...there, srcPort: 2, direction: 1 },
      { ...there, srcPort: 3 },
    );
    assert.equal(flows.columns.localSide[out!], sideOf(flows, out!, '192.0.2.10'));
    assert.equal(flows.columns.localSide[inward!], sideOf(flows, inward!, '198.51.100.20'));
    assert.equal(flows.columns.localSide[unknown!], 2);
  });
});

describe('ports used again', () => {
  it('a SYN after both sides have closed, or after a reset, begins a new flow', () => {
    for (const goodbye of [
      [
        { ...there, tcpFlags: FIN | ACK },
        { ...back, tcpFlags: FIN | ACK },
      ],
      [{ ...back, tcpFlags: RST }],
    ]) {
      const flows = table();
      const ids = touch(
        flows,
        { ...there, tcpFlags: SYN },
        ...goodbye,
        { ...there, tcpFlags: ACK },
        { ...there, tcpFlags: SYN },
        back,
      );
      assert.equal(ids.at(-3), ids[0], 'the last ACK is of the old flow');
      assert.notEqual(ids.at(-2), ids[0]);
      assert.equal(ids.at(-1), ids.at(-2));
      assert.deepEqual([flows.created, flows.active, flows.endedCount], [2, 1, 1]);
      assert.equal(flows.ended[0], ids[0]);
    }
  });

  it('a repeated SYN, or one after half a goodbye, does not', () => {
    const flows = table();
    const ids = touch(
      flows,
      { ...there, tcpFlags: SYN },
      { ...there, tcpFlags: SYN },
      { ...there, tcpFlags: FIN },
      { ...there, tcpFlags: SYN },
    );
    assert.equal(new Set(ids).size, 1);
  });
});

describe('fragments', () => {
  const first = { ...there, proto: UDP, marks: MARK_PORTS | MARK_FIRST_FRAGMENT, fragmentId: 77 };
  const later = { src: there.src, dst: there.dst, proto: UDP, marks: MARK_LATER_FRAGMENT, fragmentId: 77 };

  it('later ones belong to the flow of the first', () => {
    const ids = touch(table(), first, later, later);
    assert.equal(new Set(ids).size, 1);
  });

  it('of another datagram, or of other hosts, they make a flow without ports', () => {
    const flows = table();
    const ids = touch(flows, first, { ...later, fragmentId: 78 }, { ...later, dst: '198.51.100.21' });
    assert.equal(new Set(ids).size, 3);
    assert.equal(flowHasPorts(flows.columns, ids[1]!), false);
    assert.deepEqual(touch(flows, { ...later, fragmentId: 79 }), [ids[1]], 'one portless flow a pair');
  });

  it('a first fragment whose flow has ended is forgotten', () => {
    const flows = table();
    touch(flows, first);
    flows.endSome(Number.POSITIVE_INFINITY);
    flows.clearEnded();
    touch(flows, later);
    assert.deepEqual([flows.created, flows.active], [2, 1]);
  });
});

describe('time', () => {
  const at = (row: DecodedRow, second: number): DecodedRow => ({ ...row, tsUs: START_US + second * S });
  const timeouts = { tcpS: 100, tcpClosedS: 5, otherS: 30 };

  /** Second at which each flow ended, when time goes on second by second. */
  function endings(flows: FlowTable, from: number, to: number): Map<number, number> {
    const ended = new Map<number, number>();
    for (let second = from; second <= to; second++) {
      flows.advance(START_US + second * S);
      for (let i = 0; i < flows.endedCount; i++) ended.set(flows.ended[i]!, second);
      flows.clearEnded();
    }
    return ended;
  }

  it('UDP, open TCP and closed TCP end after their own limits', () => {
    const flows = table({ timeouts });
    const [udpFlow, open, closed] = touch(
      flows,
      at({ ...there, proto: UDP }, 0),
      at({ ...there, srcPort: 1000 }, 0),
      at({ ...there, srcPort: 2000, tcpFlags: RST }, 0),
    );
    const ended = endings(flows, 0, 200);
    const between = (flow: number, low: number, high: number): void => {
      const second = ended.get(flow)!;
      assert.ok(second >= low && second <= high, `flow ended at ${second}, not from ${low} to ${high}`);
    };
    // A wheel of 64 s is looked at from its first second on: a flow may be found that much late at the very beginning.
    between(closed!, 5, 70);
    between(udpFlow!, 30, 95);
    between(open!, 100, 165);
    assert.equal(flows.active, 0);
  });

  it('packets keep a flow alive; after its end the same addresses are a new flow with a new id', () => {
    const flows = table({ timeouts });
    const row = { ...there, proto: UDP };
    const [flow] = touch(flows, at(row, 0));
    const firstId = flowIdText(flows.columns, flow!);
    for (let second = 10; second <= 100; second += 10) {
      assert.equal(touch(flows, at(row, second))[0], flow);
      assert.equal(endings(flows, second - 9, second).size, 0);
    }
    assert.equal(endings(flows, 101, 300).size, 1);
    const [again] = touch(flows, at(row, 301));
    assert.notEqual(flowIdText(flows.columns, again!), firstId);
    assert.equal(sums(flows, again!, SIDE_A)[0] + sums(flows, again!, SIDE_B)[0], 1, 'sums begin anew');
  });

  it('a jump of years ends flows once, and time never goes back', () => {
    const flows = table({ timeouts });
    touch(flows, at(there, 0), at({ ...there, srcPort: 5 }, 0));
    flows.advance(START_US);
    flows.advance(START_US + 1e9 * S);
    assert.equal(flows.endedCount, 2);
    flows.clearEnded();
    flows.advance(START_US);
    flows.advance(Number.NaN);
    assert.equal(flows.endedCount, 0);
  });

  it('packets without a time make flows that end with the input', () => {
    const flows = table({ timeouts });
    touch(flows, { ...there, tsUs: Number.NaN });
    for (let second = 0; second < 200; second++) flows.advance(START_US + second * S);
    flows.endSome(Number.POSITIVE_INFINITY);
    assert.equal(flows.endedCount, 1);
  });
});

describe('a full table', () => {
  const row = (index: number, second = 0): DecodedRow => ({
    ...there,
    srcPort: index + 1,
    proto: UDP,
    tsUs: START_US + second * S,
  });

  it('refuses new flows, counts them, and goes on with the flows it has', () => {
    const flows = table({ capacity: 3 });
    const ids = touch(flows, row(0), row(1), row(2), row(3), row(3), row(4), row(0));
    assert.deepEqual(ids.slice(3, 6), [NO_FLOW, NO_FLOW, NO_FLOW]);
    assert.equal(ids[6], ids[0]);
    assert.deepEqual([flows.active, flows.created, flows.refusedPackets], [3, 3, 3]);
    assert.ok(flows.refused >= 2);
  });

  it('takes new flows again when old ones have ended', () => {
    const flows = table({ capacity: 3, timeouts: { tcpS: 5, tcpClosedS: 5, otherS: 5 } });
    touch(flows, row(0), row(1), row(2));
    for (let second = 0; second < 150; second++) {
      flows.advance(START_US + second * S);
      flows.clearEnded();
    }
    const ids = touch(flows, row(7, 150), row(8, 150), row(9, 150), row(10, 150));
    assert.equal(ids.filter((id) => id !== NO_FLOW).length, 3);
    assert.ok(ids.slice(0, 3).every((flow) => flows.columns.state[flow] === FLOW_LIVE));
  });
});

describe('rows that somebody else reads', () => {
  const row = (srcPort: number, tsUs: number): DecodedRow => ({ ...there, proto: UDP, srcPort, tsUs });

  it('a flow that has ended keeps its row until it is released, however long that takes', () => {
    const columns = new FlowColumns(1);
    const flows = new FlowTable({ capacity: 1, columns, keepEnded: true });
    assert.equal(flows.columns, columns);
    assert.deepEqual(touch(flows, row(1, START_US)), [0]);
    for (let s = 0; s <= 400; s++) flows.advance(START_US + s * S);
    assert.equal(flows.endedCount, 1);
    flows.clearEnded();
    for (let s = 401; s <= 500; s++) flows.advance(START_US + s * S);
    assert.equal(columns.state[0], FLOW_DEAD);
    assert.deepEqual(touch(flows, row(2, START_US + 500 * S)), [NO_FLOW]);
    assert.deepEqual(sums(flows, 0, sideOf(flows, 0, there.src))[0], 1);
    flows.release(0);
    assert.deepEqual(touch(flows, row(2, START_US + 500 * S)), [0]);
  });

  it('a row that is given away before the timer wheel has met it again ends with its new flow, once and in time', () => {
    const flows = new FlowTable({ capacity: 1, keepEnded: true });
    flows.advance(START_US - 200 * S);
    touch(flows, row(1, START_US));
    flows.advance(START_US);
    for (let at = 1; at <= 200; at++) {
      // The only flow ends because its ends are used again much later; its row goes to the next.
      touch(flows, row(1, START_US + at * 300 * S));
      assert.deepEqual([flows.endedCount, flows.active], [1, 0], `flow ${at}`);
      flows.clearEnded();
      flows.release(0);
      assert.deepEqual(touch(flows, row(1, START_US + at * 300 * S)), [0]);
      assert.deepEqual([flows.endedCount, flows.active], [0, 1], `flow ${at + 1}`);
    }
    const lastUs = START_US + 200 * 300 * S;
    for (let second = 1; second < 180; second++) flows.advance(lastUs + second * S);
    assert.equal(flows.endedCount, 0);
    for (let second = 180; second < 180 + 64; second++) flows.advance(lastUs + second * S);
    assert.equal(flows.endedCount, 1);
  });
});
