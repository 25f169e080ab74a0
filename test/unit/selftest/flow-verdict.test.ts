import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bytesAgree, carriesPayload, labelOf } from '@kaipo/cli/selftest/flow-verdict.js';
import { ownerOf, recordOf, truthRow } from './selftest-rows.js';

const truth = truthRow(100, 10);
const parent = { pid: 99, exe: '/tmp/kw-parent' };
const once = (payload: number): { payload: number; resent: number } => ({ payload, resent: 0 });
const shared = truthRow(100, 10, { group: [parent] });

describe('labelOf', () => {
  it('right: the pid and the program', () => {
    assert.equal(labelOf(ownerOf(truth), truth), 'right-pid');
    assert.equal(labelOf({ app: 'kw-short-100', pid: 100, quality: 'event' }, truth), 'right-pid');
  });

  it('right by name: somebody who shares the socket, or the program without a pid', () => {
    assert.equal(labelOf(ownerOf(parent), shared), 'right-name');
    assert.equal(labelOf({ app: 'kw-parent', quality: 'inherited' }, shared), 'right-name');
    assert.equal(labelOf({ app: 'kw-short-100', quality: 'inferred' }, truth), 'right-name');
  });

  it('unknown: no owner, or one that says it is nobody here', () => {
    assert.equal(labelOf(undefined, truth), 'unknown');
    assert.equal(labelOf({ app: 'forwarded', quality: 'forwarded' }, truth), 'unknown');
  });

  it('wrong: another process, another program, the right pid in another life', () => {
    assert.equal(labelOf(ownerOf({ pid: 101, exe: '/tmp/kw-short-101' }), truth), 'wrong');
    assert.equal(labelOf(ownerOf({ pid: 101, exe: truth.exe }), truth), 'wrong');
    assert.equal(labelOf(ownerOf({ pid: 100, exe: '/tmp/kw-short-84' }), truth), 'wrong');
    assert.equal(labelOf({ app: 'kw-short-84', quality: 'inferred' }, truth), 'wrong');
    assert.equal(labelOf({ app: 'kworker/0:1', quality: 'kernel' }, truth), 'wrong');
    assert.equal(labelOf(ownerOf(parent), truth), 'wrong');
  });
});

describe('bytes', () => {
  it('agree when frames are the payload and headers', () => {
    assert.ok(bytesAgree([recordOf(truth)], [truth]));
    assert.ok(carriesPayload({ packets: 10, bytes: 10 * 1042 }, once(10_000), 'udp', false));
    assert.ok(carriesPayload({ packets: 10, bytes: 10 * 1062 }, once(10_000), 'udp', true));
    assert.ok(carriesPayload({ packets: 0, bytes: 0 }, once(0), 'udp', false));
  });

  it('what was sent again is on the wire', () => {
    const twice = { packets: 20, bytes: 20 * 1066 };
    assert.ok(!carriesPayload(twice, once(10_000), 'tcp', false));
    assert.ok(carriesPayload(twice, { payload: 10_000, resent: 10_000 }, 'tcp', false));
    assert.ok(!carriesPayload(twice, { payload: 10_000, resent: 5000 }, 'tcp', false));
  });

  it('do not agree when a packet is missing, or is of another flow', () => {
    assert.ok(!carriesPayload({ packets: 9, bytes: 9 * 1042 }, once(10_000), 'udp', false));
    assert.ok(!carriesPayload({ packets: 11, bytes: 11 * 1042 }, once(10_000), 'udp', false));
    assert.ok(!carriesPayload({ packets: 0, bytes: 0 }, once(1), 'tcp', false));
    const { client, server, ...rest } = recordOf(truth);
    assert.ok(!bytesAgree([{ ...rest, client: { ...client, bytes: client.bytes + 500 }, server }], [truth]));
    assert.ok(!bytesAgree([], [truth]));
  });

  it('of flows that were seen as one are the sum', () => {
    const [one, two] = [truthRow(1, 10), truthRow(2, 11)];
    const merged = recordOf({ ...one, txBytes: 200, rxBytes: 200 });
    assert.ok(bytesAgree([merged], [one, two]));
    assert.ok(!bytesAgree([recordOf(one)], [one, two]));
  });
});
