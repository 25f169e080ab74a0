// Where a UDP port gets another owner, one flow ends and another begins: also for flows that are there already, in both families and
// directions, and not for anybody else.
import assert from 'node:assert/strict';
import test from 'node:test';
import { FlowTable } from '@kaipo/core/flow/flow-table.js';
import { addressKey } from '@kaipo/core/kernel/address-key.js';
import { HandOvers } from '@kaipo/core/owners/events/hand-overs.js';
import { type DecodedRow, decodedBatch, TCP, UDP } from '../../fixtures/frame-rows.js';

const WALL_US = 1_767_225_600_000_000;
/** Wall clock minus monotonic. */
const OFFSET_US = WALL_US - 5_000_000;

const ENDS = [
  ['192.0.2.10', '198.51.100.20'],
  ['2001:db8::10', '2001:db8::20'],
  ['2001:db8::20', '2001:db8::10'],
] as const;

function setUp(): { handOvers: HandOvers; touch(...rows: DecodedRow[]): number[] } {
  const handOvers = new HandOvers();
  const flows = new FlowTable({ capacity: 100, splits: handOvers });
  handOvers.attach(flows);
  const touch = (...rows: DecodedRow[]): number[] => {
    const batch = decodedBatch(rows);
    flows.touchBatch(batch);
    return [...batch.flowId.subarray(0, rows.length)];
  };
  return { handOvers, touch };
}

const packet = (atUs: number, [src, dst]: readonly [string, string], proto = UDP): DecodedRow => {
  return { src, dst, srcPort: 5000, dstPort: 53, proto, tsUs: WALL_US + atUs };
};
const reply = ({ src, dst, srcPort, dstPort, ...row }: DecodedRow): DecodedRow => {
  return { ...row, src: dst, dst: src, srcPort: dstPort!, dstPort: srcPort! };
};

for (const ends of ENDS) {
  test(`${ends[0]} to ${ends[1]}: a flow that is there, and one that comes after it`, () => {
    const { handOvers, touch } = setUp();
    const [first] = touch(packet(0, ends));
    // The route is looked up before the packet passes; events are read before packets.
    handOvers.add(5000, 53, addressKey(ends[1])!, 5_000_000 + 1000);
    handOvers.add(5000, 53, addressKey(ends[1])!, 5_000_000 + 2000);
    handOvers.endRound(OFFSET_US, 5_003_000);
    const rows = [
      packet(900, ends),
      reply(packet(950, ends)),
      packet(1000, ends),
      reply(packet(1900, ends)),
      packet(2001, ends),
    ];
    const [late, answer, second, secondAnswer, third] = touch(...rows);
    assert.deepEqual([late, answer], [first, first]);
    assert.equal(secondAnswer, second);
    assert.equal(new Set([first, second, third]).size, 3);
    assert.deepEqual(touch(packet(900_000, ends)), [third], 'and then no more');
  });
}

test('not TCP, not another end, not another port', () => {
  const { handOvers, touch } = setUp();
  const ends = ENDS[0];
  handOvers.add(5000, 53, addressKey(ends[1])!, 5_000_000 + 1000);
  handOvers.endRound(OFFSET_US, 5_002_000);
  const others: ((atUs: number) => DecodedRow)[] = [
    (atUs) => packet(atUs, ends, TCP),
    (atUs) => packet(atUs, [ends[0], '198.51.100.21']),
    (atUs) => ({ ...packet(atUs, ends), srcPort: 5001 }),
    (atUs) => ({ ...packet(atUs, ends), dstPort: 54 }),
  ];
  for (const make of others) {
    const [before, after] = touch(make(0), make(5000));
    assert.equal(after, before);
  }
});

test('a moment is forgotten when its packets have long passed', () => {
  const { handOvers } = setUp();
  handOvers.add(5000, 53, 1, 1_000_000);
  handOvers.add(5000, 53, 1, 2_000_000);
  handOvers.endRound(0, 2_000_000);
  assert.equal(handOvers.size, 1);
  handOvers.endRound(0, 11_500_000);
  assert.equal(handOvers.size, 1, 'the second one is still there');
  handOvers.endRound(0, 13_000_000);
  assert.equal(handOvers.size, 0);
});
