// What one protocol costs a flow: packets of many clients, through the whole engine until their flows have ended.
import { Engine } from '@kaipo/core/engine/engine.js';
import { builtinPlugins } from '@kaipo/plugins/all.js';
import { frameBatch } from '../fixtures/synthetic-traffic.js';
import { readTalk, talkFiles } from '../fixtures/talk-files.js';
import { talkFrames } from '../fixtures/talk-frames.js';
import type { Bench } from './measure.js';

const FLOWS = 200;
/** Longer than any flow waits. */
const SILENCE_US = 700e6;

/** @param framesOf the packets of flow i */
export const flowsBench = (name: string, framesOf: (i: number) => readonly Uint8Array[]): Bench => ({
  name,
  unit: 'flow',
  setup() {
    const engine = new Engine({ plugins: builtinPlugins, maxFlows: 16_384 });
    engine.bus.subscribe({ name: 'bench', wants: 'all', capacity: 4096, whenFull: 'flush', deliver: () => undefined });
    const batch = frameBatch(Array.from({ length: FLOWS }, (_, i) => framesOf(i)).flat());
    const run = () => {
      engine.process(batch);
      for (let row = 0; row < batch.length; row++) batch.tsUs[row] = batch.tsUs[row]! + SILENCE_US;
      engine.tick(batch.tsUs[0]!);
    };
    return { run, units: FLOWS };
  },
});

/** The talks of a plugin in turns. @param folder of the plugin */
export function talksBench(folder: string): Bench {
  const talks = talkFiles()
    .filter((file) => file.folder === folder)
    .map(readTalk)
    .filter(({ to }) => to === undefined);
  return flowsBench(`engine, ${folder} only`, (i) =>
    talkFrames({ ...talks[i % talks.length]!, client: i % 100, clientPort: 20_000 + i }),
  );
}
