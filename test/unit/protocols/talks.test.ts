// Every talk of every plugin through the real engine with all plugins: as it was said, a byte at a time, out of order, and doubled.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FlowRecord, KaipoPlugin } from '@kaipo/core/api/index.js';
import { Engine } from '@kaipo/core/engine/engine.js';
import { CaptureReader } from '@kaipo/core/frame/capture-reader.js';
import { helloPlugin } from '@kaipo/plugins/_template/index.js';
import { builtinPlugins } from '@kaipo/plugins/all.js';
import { endedFlows } from '../../fixtures/ended-flows.js';
import { timed } from '../../fixtures/packet-list.js';
import { pcapFile } from '../../fixtures/pcap-writer.js';
import type { Talk } from '../../fixtures/talk.js';
import { readTalk, talkFiles } from '../../fixtures/talk-files.js';
import { type Delivery, talkFrames } from '../../fixtures/talk-frames.js';

/** The template is no protocol that exists: it is there for its own talks only. */
const pluginsFor = (folder: string): readonly KaipoPlugin[] =>
  folder === '_template' ? [helloPlugin] : builtinPlugins;

/** The flows of a talk, and what plugins did wrong. */
function recorded(
  talk: Talk,
  plugins: readonly KaipoPlugin[],
  delivery: Delivery,
): { flows: FlowRecord[]; faults: string[] } {
  const faults: string[] = [];
  const engine = new Engine({ plugins, maxFlows: 64, onFault: (text) => faults.push(text) });
  const flows = endedFlows(engine);
  const reader = new CaptureReader((batch) => engine.process(batch));
  reader.push(pcapFile(timed(talkFrames(talk, delivery))));
  reader.end();
  engine.finish();
  return { flows, faults };
}

function valueAt(record: unknown, path: string): unknown {
  let value: unknown = record;
  for (const name of path.split('.')) value = (value as Record<string, unknown> | undefined)?.[name];
  return value;
}

for (const file of talkFiles()) {
  describe(`talk ${file.name}`, () => {
    const talk = readTalk(file);
    const isWholeStream = talk.transport === 'tcp' && !talk.isMiddle;
    const deliveries: Delivery[] = isWholeStream ? ['as-said', 'byte-by-byte', 'out-of-order', 'doubled'] : ['as-said'];
    for (const delivery of deliveries) {
      it(`${talk.title} (${delivery})`, () => {
        const { flows, faults } = recorded(talk, pluginsFor(file.folder), delivery);
        assert.deepEqual(faults, []);
        assert.equal(flows.length, 1, 'one flow');
        const found = Object.fromEntries(talk.expected.map(([path]) => [path, valueAt(flows[0], path)]));
        assert.deepEqual(found, Object.fromEntries(talk.expected));
        if (flows[0]!.protocol !== undefined && found['protocol'] !== undefined)
          assert.equal(flows[0]!.protocolFrom, 'payload');
      });
    }
  });
}
