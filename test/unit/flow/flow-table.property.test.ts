// The hash table inside the flow table against a Map: tens of thousands of packets of few addresses, with flows that end in any
// order, so that runs of slots are torn and mended.
import assert from 'node:assert/strict';
import test from 'node:test';
import { FLOW_LIVE, SUM_PACKETS, SUMS } from '@kaipo/core/flow/flow-columns.js';
import { FlowTable } from '@kaipo/core/flow/flow-table.js';
import { NO_FLOW } from '@kaipo/core/frame/frame-batch.js';
import { type DecodedRow, decodedBatch, UDP } from '../../fixtures/frame-rows.js';
import { below, seededRandom } from '../../fixtures/seeded-random.js';

const START_US = 1_767_225_600_000_000;
const TIMEOUT_S = 20;
const STEPS = 1000;
const ROWS = 64;

/** One end of the model: a packet belongs to the flow of its unordered pair. */
const keyOf = (row: DecodedRow): string => [`${row.src} ${row.srcPort}`, `${row.dst} ${row.dstPort}`].sort().join(' ');

for (const [seed, capacity] of [
  [1, 4096],
  [2, 700],
  [3, 300],
] as const) {
  test(`find, make and end agree with a map (capacity ${capacity})`, () => {
    const random = seededRandom(seed);
    const flows = new FlowTable({ capacity, timeouts: { tcpS: TIMEOUT_S, tcpClosedS: TIMEOUT_S, otherS: TIMEOUT_S } });
    const model = new Map<string, { flow: number; packets: number; last: number }>();
    const keyOfFlow = new Map<number, string>();
    const over: { flow: number; packets: number }[] = [];
    const drain = (): void => {
      for (let i = 0; i < flows.endedCount; i++) {
        const flow = flows.ended[i]!;
        const resting = over.findIndex((entry) => entry.flow === flow);
        if (resting >= 0) {
          over.splice(resting, 1);
          continue;
        }
        const key = keyOfFlow.get(flow);
        assert.ok(key !== undefined, 'a flow ends once');
        const { packets } = model.get(key)!;
        const sums = flow * SUMS + SUM_PACKETS;
        assert.equal(flows.columns.sums[sums]! + flows.columns.sums[sums + 1]!, packets);
        keyOfFlow.delete(flow);
        model.delete(key);
      }
      flows.clearEnded();
    };
    let ended = 0;
    let refused = 0;
    let second = 0;
    for (let step = 0; step < STEPS; step++) {
      // Now and then a silence in which most flows end.
      second += below(random, 40) === 0 ? 15 + below(random, 30) : below(random, 3);
      const rows = Array.from({ length: ROWS }, (): DecodedRow => {
        // Some addresses rest for long and then come back.
        const low = `10.0.${below(random, 2)}.${below(random, 1 + ((step >> 4) % 25))}`;
        const ends = [
          { ip: low, port: 1 + below(random, 8) },
          { ip: '10.9.9.9', port: 53 },
        ];
        const [from, to] = below(random, 2) === 0 ? [ends[0]!, ends[1]!] : [ends[1]!, ends[0]!];
        return {
          src: from.ip,
          dst: to.ip,
          srcPort: from.port,
          dstPort: to.port,
          proto: UDP,
          tsUs: START_US + second * 1e6,
        };
      });
      const batch = decodedBatch(rows);
      flows.touchBatch(batch);
      rows.forEach((row, index) => {
        const key = keyOf(row);
        const flow = batch.flowId[index]!;
        // Rested too long: the next packet is of a new flow, whatever the wheel has seen.
        const rested = model.get(key);
        if (rested !== undefined && second - rested.last >= TIMEOUT_S) {
          model.delete(key);
          keyOfFlow.delete(rested.flow);
          over.push(rested);
          ended += 1;
        }
        const known = model.get(key);
        if (flow === NO_FLOW) {
          refused += 1;
          assert.equal(known, undefined, 'a flow that is in the table is found');
          return;
        }
        if (known === undefined) {
          assert.ok(!keyOfFlow.has(flow), 'a row belongs to one flow');
          assert.equal(flows.columns.state[flow], FLOW_LIVE);
          model.set(key, { flow, packets: 1, last: second });
          keyOfFlow.set(flow, key);
        } else {
          assert.equal(flow, known.flow);
          known.packets += 1;
          known.last = second;
        }
      });
      const before = model.size;
      flows.advance(START_US + second * 1e6);
      drain();
      ended += before - model.size;
      assert.equal(flows.active, model.size);
    }
    flows.endSome(Number.POSITIVE_INFINITY);
    drain();
    assert.deepEqual(over, [], 'all that rested was reported');
    assert.equal(model.size, 0);
    assert.ok(ended > 2000, `${ended} flows ended on the way`);
    assert.equal(refused > 0, capacity < 400, `${refused} packets were refused`);
  });
}
