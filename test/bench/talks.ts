// What one protocol costs a flow: the talks of its plugin, said by many clients, through the whole engine until the flows have ended.
import { Engine } from '@kaipo/core/engine/engine.js';
import { builtinPlugins } from '@kaipo/plugins/all.js';
import { frameBatch } from '../fixtures/synthetic-traffic.js';
import { readTalk, talkFiles } from '../fixtures/talk-files.js';
import { talkFrames } from '../fixtures/talk-frames.js';
import type { Bench } from './measure.js';

const FLOWS = 200;

/** @param folder of the plugin */
export const talksBench = (folder: string): Bench => ({
  name: `engine, ${folder} only`,
  unit: 'flow',
  setup() {
    const engine = new Engine({ plugins: builtinPlugins, maxFlows: 1024 });
    engine.bus.subscribe({ name: 'bench', wants: 'all', capacity: 4096, whenFull: 'flush', deliver: () => undefined });
    const talks = talkFiles()
      .filter((file) => file.folder === folder)
      .map(readTalk)
      .filter(({ to }) => to === undefined);
    const frames = Array.from({ length: FLOWS }, (_, i) => {
      const talk = talks[i % talks.length]!;
      return talkFrames({ ...talk, client: i % 100, clientPort: 20_000 + i });
    });
    const batch = frameBatch(frames.flat());
    const run = () => {
      engine.process(batch);
      engine.finish();
    };
    return { run, units: FLOWS };
  },
});
