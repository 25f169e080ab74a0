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

/** Whoever is asked about a datagram between two ports, in order. */
function asked(shapes: DatagramShapes, bytes: Uint8Array, start: number, end: number, ports = [9, 9]): number[] {
  const ids: number[] = [];
  shapes.begin(ports[0]!, ports[1]!, bytes, start, end);
  for (let id = shapes.next(); id >= 0; id = shapes.next()) ids.push(id);
  return ids;
}

describe('shapes of datagrams', () => {
  it('are lengths and the values of bytes, of one form or another', () => {
    const shapes = new DatagramShapes([
      spec(undefined),
      spec({ minBytes: 2, maxBytes: 3 }),
      spec({ values: [7, 255] }),
      spec({ at: 2, values: [0] }),
      { ...spec({ at: 1, values: [0], and: [{ values: [6, 7] }] }), firstBytes: [5, 6] },
      spec([{ maxBytes: 1 }, { values: [7], and: [{ at: 3, values: [0] }] }]),
      { ...spec(undefined), transports: ['tcp'] },
    ]);
    const fits = (bytes: number[]) => asked(shapes, Uint8Array.from([9, ...bytes, 0]), 1, bytes.length + 1);
    assert.deepEqual(fits([7]), [0, 2, 5]);
    assert.deepEqual(fits([255, 0]), [0, 1, 2]);
    assert.deepEqual(fits([6, 0, 0]), [0, 1, 3, 4]);
    assert.deepEqual(fits([7, 0, 1, 0]), [0, 2, 5]);
    assert.deepEqual(fits(Array.from({ length: 4000 }, () => 5)), [0]);
  });

  it('of a port are asked first, each once, and of others only there', () => {
    const many = Array.from({ length: 70 }, (_, i) => spec([{}, { maxBytes: 2000 + i }]));
    many[68] = { ...many[68]!, ports: [53, 7] };
    many[40] = { ...many[40]!, ports: [7], isPortBound: true };
    const shapes = new DatagramShapes(many);
    const others = many.map((_, id) => id).filter((id) => id !== 40 && id !== 68);
    const bytes = new Uint8Array(5);
    assert.deepEqual(asked(shapes, bytes, 0, 5, [7, 53]), [68, 40, ...others]);
    assert.deepEqual(asked(shapes, bytes, 0, 5, [7, 9]), [40, 68, ...others]);
    assert.deepEqual(asked(shapes, bytes, 0, 5).length, 69);
  });

  it('leave out nothing that its protocol would not refuse', () => {
    const { specs } = new Engine({ plugins: builtinPlugins, maxFlows: 16 }).protocols;
    const shapes = new DatagramShapes(specs);
    const random = seededRandom(5);
    const probe = new ProbeView();
    probe.bytes = new Uint8Array(1500);
    probe.transport = 17;
    probe.packets = 1;
    for (let round = 0; round < 30_000; round++) {
      const isSparse = round % 2 === 0;
      probe.end = 1 + below(random, round % 3 === 0 ? 1400 : 120);
      for (let at = 0; at < probe.end; at++)
        probe.bytes[at] = isSparse && random() < 0.6 ? below(random, 4) : below(random, 256);
      const ids = new Set(asked(shapes, probe.bytes, 0, probe.end));
      for (const [id, { name, transports, ports, isPortBound, firstBytes, probe: ask }] of specs.entries()) {
        if (!transports.includes('udp') || isPortBound === true || ids.has(id)) continue;
        if (firstBytes?.includes(probe.bytes[0]!) === false) continue;
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
