// What protocols say of the beginnings of their streams agrees with what they answer: nobody wants a stream he is not shown.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ProtocolSpec } from '@kaipo/core/api/index.js';
import { NOT_MINE } from '@kaipo/core/api/index.js';
import { Engine } from '@kaipo/core/engine/engine.js';
import { ProbeView } from '@kaipo/core/engine/inspect/probe-view.js';
import { protocolLists } from '@kaipo/core/engine/inspect/protocol-lists.js';
import { StreamShapes } from '@kaipo/core/engine/inspect/stream-shapes.js';
import { builtinPlugins } from '@kaipo/plugins/all.js';
import { below, seededRandom } from '../../fixtures/seeded-random.js';

const spec = (stream: ProtocolSpec['stream']): ProtocolSpec => ({
  name: 'x',
  transports: ['tcp', 'udp'],
  ...(stream && { stream }),
  probe: () => NOT_MINE,
});

describe('shapes of streams', () => {
  it('are the values of one byte, once enough are there', () => {
    const shapes = new StreamShapes([
      spec(undefined),
      spec({ values: [7, 255] }),
      spec({ at: 2, values: [0] }),
      spec({ at: 1, values: [0], fromBytes: 4 }),
    ]);
    const fits = (bytes: number[]) =>
      [0, 1, 2, 3].filter((id) => shapes.mayBe(id, Uint8Array.from([9, ...bytes]), 1, bytes.length + 1));
    assert.deepEqual(fits([7]), [0, 1, 2, 3]);
    assert.deepEqual(fits([6, 1]), [0, 2, 3]);
    assert.deepEqual(fits([255, 0, 1]), [0, 1, 3]);
    assert.deepEqual(fits([6, 1, 0, 0]), [0, 2]);
  });

  it('of the first byte are who is asked for it over TCP, and over TCP only', () => {
    const specs = [spec({ values: [7] }), spec({ at: 1, values: [7] }), spec({ values: [7], fromBytes: 3 })];
    assert.deepEqual([...protocolLists(specs, 'tcp').byFirstByte[6]!], [1, 2]);
    assert.deepEqual([...protocolLists(specs, 'tcp').byFirstByte[7]!], [0, 1, 2]);
    assert.deepEqual([...protocolLists(specs, 'udp').byFirstByte[6]!], [0, 1, 2]);
  });

  it('leave out nothing that its protocol would not refuse', () => {
    const { specs } = new Engine({ plugins: builtinPlugins, maxFlows: 16 }).protocols;
    const shapes = new StreamShapes(specs);
    const random = seededRandom(6);
    const probe = new ProbeView();
    probe.bytes = new Uint8Array(1500);
    probe.transport = 6;
    probe.packets = 1;
    for (let round = 0; round < 20_000; round++) {
      const isSparse = round % 2 === 0;
      probe.end = 1 + below(random, round % 3 === 0 ? 600 : 40);
      for (let at = 0; at < probe.end; at++)
        probe.bytes[at] = isSparse && random() < 0.6 ? below(random, 4) : below(random, 256);
      probe.fromClient = random() < 0.5;
      probe.fromStart = random() < 0.5;
      for (const [id, { name, stream, transports, ports, probe: ask }] of specs.entries()) {
        if (stream === undefined || !transports.includes('tcp')) continue;
        if (shapes.mayBe(id, probe.bytes, 0, probe.end)) continue;
        probe.serverPort = round % 4 === 0 ? 9 : (ports?.[0] ?? 9);
        assert.equal(
          ask(probe),
          NOT_MINE,
          `${name}: ${Buffer.from(probe.bytes.subarray(0, probe.end)).toString('hex')}`,
        );
      }
    }
  });
});
