// Community IDs against the library's SHA-1 over the bytes of the specification, and those it gives as examples.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test from 'node:test';
import { communityId } from '@kaipo/core/engine/community-id.js';
import { FlowColumns, KEY_META, KEY_PORTS, KEY_WORDS, SIDE_A, SIDE_B } from '@kaipo/core/flow/flow-columns.js';
import { flowAddress, flowPort } from '@kaipo/core/flow/flow-text.js';
import { setFlowAddress } from '../../fixtures/flow-address.js';
import { below, seededRandom } from '../../fixtures/seeded-random.js';

/** One flow between these ends; side A is the lower. */
function flowOf(low: readonly number[], lowPort: number, high: readonly number[], highPort: number, protocol: number) {
  const columns = new FlowColumns(2);
  setFlowAddress(columns, 1, SIDE_A, low);
  setFlowAddress(columns, 1, SIDE_B, high);
  columns.key[KEY_WORDS + KEY_PORTS] = lowPort * 65_536 + highPort;
  columns.key[KEY_WORDS + KEY_META] = protocol | ((low.length === 1 ? 4 : 6) << 8) | (7 << 16);
  return columns;
}

test('the examples of the specification', () => {
  // 128.232.110.120:34855 and 66.35.250.204:80 over TCP: baseline_deflt.json of the specification.
  const columns = flowOf([0x4223_facc], 80, [0x80e8_6e78], 34_855, 6);
  assert.equal(communityId(columns, 1), '1:LQU9qZlK+B5F3KDmev6m5PMibrg=');
});

test('any ends', () => {
  const random = seededRandom(5);
  for (let i = 0; i < 2000; i++) {
    const words = i % 2 === 0 ? 1 : 4;
    const address = (): number[] => Array.from({ length: words }, () => below(random, 2 ** 32));
    const columns = flowOf(address(), below(random, 65_536), address(), below(random, 65_536), [6, 17, 132][i % 3]!);
    const ports = Buffer.alloc(4);
    ports.writeUInt16BE(flowPort(columns, 1, 0), 0);
    ports.writeUInt16BE(flowPort(columns, 1, 1), 2);
    const sum = createHash('sha1')
      .update(Uint8Array.of(0, 0))
      .update(flowAddress(columns, 1, 0))
      .update(flowAddress(columns, 1, 1))
      .update(Uint8Array.of([6, 17, 132][i % 3]!, 0))
      .update(ports);
    assert.equal(communityId(columns, 1), `1:${sum.digest('base64')}`);
  }
});
