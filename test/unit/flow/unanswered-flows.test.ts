// Flows that nobody has answered: when they make room, in which order, and which never do.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { END_EVICTED, END_IDLE } from '@kaipo/core/flow/flow-columns.js';
import type { FlowTable } from '@kaipo/core/flow/flow-table.js';
import { NO_FLOW } from '@kaipo/core/frame/frame-batch.js';
import { type DecodedRow, UDP } from '../../fixtures/frame-rows.js';
import { back, table, there, touch } from '../../fixtures/touched-flows.js';

const [SYN, ACK] = [2, 16];
const START_US = 1_767_225_600_000_000;
const S = 1_000_000;

describe('a table that fills with flows nobody answers', () => {
  const syn = (port: number): DecodedRow => ({ ...there, srcPort: port, tcpFlags: SYN });
  const answer = (port: number): DecodedRow => ({ ...back, dstPort: port, tcpFlags: SYN | ACK });
  const reasons = (flows: FlowTable): number[] =>
    [...flows.ended.subarray(0, flows.endedCount)].map((flow) => flows.columns.endReason[flow]!);
  const ports = (count: number, from = 1): number[] => Array.from({ length: count }, (_, index) => from + index);

  it('the oldest of them make room, one for each that comes', () => {
    const flows = table({ capacity: 100, reserve: 25 });
    const ids = touch(flows, ...ports(90).map(syn));
    assert.ok(!ids.includes(NO_FLOW));
    assert.deepEqual([flows.active, flows.evicted, flows.refused], [75, 15, 0]);
    assert.deepEqual([...flows.ended.subarray(0, flows.endedCount)], ids.slice(0, 15));
    assert.deepEqual(new Set(reasons(flows)), new Set([END_EVICTED]));
    flows.clearEnded();
    assert.ok(!touch(flows, ...ports(25, 1000).map(syn)).includes(NO_FLOW), 'their rows are free again');
  });

  it('a flow that was answered, or has said more than a SYN twice, never goes', () => {
    const flows = table({ capacity: 100, reserve: 50 });
    const kept = touch(flows, ...ports(20).flatMap((port) => [syn(port), answer(port)]));
    const patient = touch(flows, ...ports(20, 50).flatMap((port) => [syn(port), syn(port), syn(port)]));
    for (let round = 0; round < 50; round++) {
      touch(flows, ...ports(20, 1000 + round * 20).map(syn));
      flows.clearEnded();
    }
    assert.equal(flows.evicted, 1000 - 10);
    assert.equal(flows.refusedPackets, 0);
    assert.deepEqual(touch(flows, ...ports(20).flatMap((port) => [syn(port), answer(port)])), kept);
    assert.deepEqual(touch(flows, ...ports(20, 50).flatMap((port) => [syn(port), syn(port), syn(port)])), patient);
  });

  it('one lonely datagram goes, two stay', () => {
    const flows = table({ capacity: 40, reserve: 20 });
    const datagram = (port: number): DecodedRow => ({ ...there, srcPort: port, proto: UDP });
    const kept = touch(flows, ...ports(10).flatMap((port) => [datagram(port), datagram(port)]));
    for (let round = 0; round < 50; round++) {
      touch(flows, ...ports(10, 100 + round * 10).map(datagram));
      flows.clearEnded();
    }
    assert.deepEqual([flows.refusedPackets, flows.evicted], [0, 500 - 10]);
    assert.deepEqual(touch(flows, ...ports(10).flatMap((port) => [datagram(port), datagram(port)])), kept);
  });

  it('full of answered flows it refuses, and takes a bounded look at each', () => {
    const flows = table({ capacity: 50, reserve: 25 });
    touch(flows, ...ports(50).flatMap((port) => [syn(port), answer(port)]));
    assert.deepEqual([flows.active, flows.evicted], [50, 0]);
    assert.deepEqual(touch(flows, syn(1000)), [NO_FLOW]);
    assert.deepEqual([flows.refused, flows.refusedPackets, flows.evicted], [1, 1, 0]);
  });

  it('without a reserve nobody goes', () => {
    const flows = table({ capacity: 10 });
    touch(flows, ...ports(20).map(syn));
    assert.deepEqual([flows.active, flows.evicted, flows.refusedPackets], [10, 0, 10]);
  });

  it('a SYN that nobody answers rests half a minute, not ten', () => {
    const flows = table();
    touch(flows, syn(1), syn(2), answer(2), { ...there, srcPort: 3 });
    for (let second = 0; second < 30; second++) flows.advance(START_US + second * S);
    assert.equal(flows.endedCount, 0);
    for (let second = 30; second < 30 + 64; second++) flows.advance(START_US + second * S);
    assert.deepEqual(reasons(flows), [END_IDLE]);
    assert.equal(flows.active, 2, 'what began before the capture may be in the middle of anything');
  });
});
