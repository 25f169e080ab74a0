// Lanes: each analyzer gets the rows it asked for and no other.
import assert from 'node:assert/strict';
import test from 'node:test';
import type { Analyzer, Interest } from '@kaipo/core/api/index.js';
import { Lanes, MAX_LANES } from '@kaipo/core/engine/lanes.js';
import { MARK_NEW_FLOW, MARK_PAYLOAD, MARK_PORTS, NO_FLOW } from '@kaipo/core/frame/frame-batch.js';
import { type DecodedRow, decodedBatch, TCP, UDP } from '../../fixtures/frame-rows.js';

const analyzer = (interest: Interest): Analyzer => ({ name: 'test', interest, onPackets: () => undefined });
const ends = { src: '192.0.2.1', dst: '192.0.2.2' };
const ROWS: readonly DecodedRow[] = [
  { ...ends, proto: TCP, srcPort: 40_000, dstPort: 80, marks: MARK_PORTS | MARK_NEW_FLOW },
  { ...ends, proto: TCP, srcPort: 80, dstPort: 40_000, marks: MARK_PORTS | MARK_PAYLOAD },
  { ...ends, proto: UDP, srcPort: 5000, dstPort: 53, marks: MARK_PORTS | MARK_NEW_FLOW | MARK_PAYLOAD },
  { ...ends, proto: UDP, srcPort: 53, dstPort: 5000, marks: MARK_PORTS | MARK_PAYLOAD },
  { ...ends, proto: 1, marks: MARK_NEW_FLOW },
  { ...ends, proto: UDP, srcPort: 53, dstPort: 53, marks: MARK_PORTS },
  { ...ends, proto: UDP, srcPort: 1, dstPort: 53, marks: MARK_PORTS | MARK_PAYLOAD },
];

/** Rows each interest selects; the last row of ROWS has no flow. */
function select(...interests: readonly Interest[]): number[][] {
  const lanes = new Lanes();
  for (const interest of interests) lanes.add(analyzer(interest));
  const batch = decodedBatch(ROWS);
  batch.flowId[ROWS.length - 1] = NO_FLOW;
  // Twice: a selection leaves nothing behind.
  lanes.select(batch);
  lanes.select(batch);
  return lanes.all.map((lane) => [...lane.rows.subarray(0, lane.length)]);
}

test('by transport, kind of packet and port', () => {
  assert.deepEqual(
    select(
      { transport: 'any', packets: 'flow-start' },
      { transport: 'tcp', packets: 'flow-start' },
      { transport: 'any', packets: 'payload' },
      { transport: 'udp', packets: 'payload' },
      { transport: 'udp', packets: 'payload', ports: [53] },
      { transport: 'any', packets: 'payload', ports: [80] },
      { transport: 'tcp', packets: 'payload', ports: [53] },
      { transport: 'udp', packets: 'flow-start', ports: [5000] },
    ),
    [[0, 2, 4], [0], [1, 2, 3], [2, 3], [2, 3], [1], [], [2]],
  );
});

test('analyzers without packets take no lane', () => {
  const lanes = new Lanes();
  lanes.add(analyzer({ transport: 'any', packets: 'none' }));
  lanes.add({ name: 'events only', interest: { transport: 'any', packets: 'payload' } });
  assert.equal(lanes.all.length, 0);
});

test('all lanes work up to the last bit, and one more is refused', () => {
  const all: Interest[] = Array.from({ length: MAX_LANES }, () => ({ transport: 'any', packets: 'flow-start' }));
  const selected = select(...all);
  assert.equal(selected.length, MAX_LANES);
  for (const rows of selected) assert.deepEqual(rows, [0, 2, 4]);
  assert.throws(() => select(...all, all[0]!), /more than 32/);
});
