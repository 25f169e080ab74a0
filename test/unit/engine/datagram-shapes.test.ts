// What protocols say of the shape of their datagrams agrees with what they answer: nobody wants a datagram he is not shown.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ProtocolSpec } from '@kaipo/core/api/index.js';
import { NOT_MINE } from '@kaipo/core/api/index.js';
import { Engine } from '@kaipo/core/engine/engine.js';
import { DatagramShapes } from '@kaipo/core/engine/inspect/datagram-shapes.js';
import { ProbeView } from '@kaipo/core/engine/inspect/probe-view.js';
import { builtinPlugins } from '@kaipo/plugins/all.js';
import { below, seededRandom } from '../../fixtures/seeded-random.js';

const spec = (datagram: ProtocolSpec['datagram']): ProtocolSpec => ({
  name: 'x',
  transports: ['udp'],
  ...(datagram && { datagram }),
  probe: () => NOT_MINE,
});

describe('shapes of datagrams', () => {
  it('are lengths and the values of one byte', () => {
    const shapes = new DatagramShapes([
      spec(undefined),
      spec({ minBytes: 2, maxBytes: 3 }),
      spec({ values: [7, 255] }),
      spec({ at: 2, values: [0] }),
    ]);
    const fits = (bytes: number[]) =>
      [0, 1, 2, 3].filter((id) => shapes.mayBe(id, Uint8Array.from([9, ...bytes]), 1, bytes.length + 1));
    assert.deepEqual(fits([7]), [0, 2]);
    assert.deepEqual(fits([255, 0]), [0, 1, 2]);
    assert.deepEqual(fits([6, 0, 0]), [0, 1, 3]);
    assert.deepEqual(fits([7, 0, 1, 0]), [0, 2]);
  });

  it('leave out nothing that its protocol would not refuse', () => {
    const { specs } = new Engine({ plugins: builtinPlugins, maxFlows: 16 }).protocols;
    const shapes = new DatagramShapes(specs);
    const random = seededRandom(5);
    const probe = new ProbeView();
    probe.bytes = new Uint8Array(1500);
    probe.transport = 17;
    probe.packets = 1;
    for (let round = 0; round < 20_000; round++) {
      const isSparse = round % 2 === 0;
      probe.end = 1 + below(random, round % 3 === 0 ? 1400 : 120);
      for (let at = 0; at < probe.end; at++)
        probe.bytes[at] = isSparse && random() < 0.6 ? below(random, 4) : below(random, 256);
      for (const [id, { name, datagram, transports, ports, probe: ask }] of specs.entries()) {
        if (datagram === undefined || !transports.includes('udp')) continue;
        if (shapes.mayBe(id, probe.bytes, 0, probe.end)) continue;
        probe.serverPort = ports?.[0] ?? 9;
        assert.equal(
          ask(probe),
          NOT_MINE,
          `${name}: ${Buffer.from(probe.bytes.subarray(0, probe.end)).toString('hex')}`,
        );
      }
    }
  });
});
