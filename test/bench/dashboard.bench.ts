// Cost of one picture of the dashboard, 160x50 cells with every table full: from a snapshot to cells, without the terminal.
import { asciiPlot } from '@kaipo/cli/tui/ascii-plot.js';
import { Canvas } from '@kaipo/cli/tui/canvas.js';
import { drawPicture } from '@kaipo/cli/tui/compose.js';
import { bindKeys } from '@kaipo/cli/tui/key-bindings.js';
import { LiveMemory } from '@kaipo/cli/tui/live-memory.js';
import { glyphsFor } from '@kaipo/cli/tui/theme.js';
import { newViewState } from '@kaipo/cli/tui/view-state.js';
import { fakeSnapshot } from '../tui/fake-snapshots.js';
import type { Bench } from './measure.js';

const SNAPSHOTS = 60;

export const bench: Bench = {
  name: 'dashboard, 160x50',
  unit: 'picture',
  setup() {
    const memory = new LiveMemory();
    const view = newViewState();
    const bindings = bindKeys();
    const canvas = new Canvas(160, 50);
    const glyphs = glyphsFor({ LANG: 'en_US.UTF-8' });
    const snapshots = Array.from({ length: SNAPSHOTS }, (_, tick) => fakeSnapshot(tick + 1));
    let next = 0;
    const run = (): void => {
      const snapshot = snapshots[next++ % SNAPSHOTS]!;
      memory.add(snapshot);
      drawPicture(canvas, { snapshot, memory, view, glyphs, plot: asciiPlot, bindings, hasPast: false });
    };
    return { run, units: 1 };
  },
};
