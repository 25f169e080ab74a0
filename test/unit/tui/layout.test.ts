import assert from 'node:assert/strict';
import test from 'node:test';
import { asciiPlot } from '@kaipo/cli/tui/ascii-plot.js';
import { Canvas } from '@kaipo/cli/tui/canvas.js';
import { drawPicture, type Picture } from '@kaipo/cli/tui/compose.js';
import { bindKeys } from '@kaipo/cli/tui/key-bindings.js';
import { layoutScreen } from '@kaipo/cli/tui/layout.js';
import { LiveMemory } from '@kaipo/cli/tui/live-memory.js';
import { UTF8_GLYPHS } from '@kaipo/cli/tui/theme.js';
import { newViewState, PANE_IDS, type ViewState } from '@kaipo/cli/tui/view-state.js';
import type { LiveSnapshot, Rung } from '@kaipo/core/query/live-snapshot.js';
import { fakeSnapshot } from '../../tui/fake-snapshots.js';

const RUNGS: readonly Rung[] = ['capture+events', 'capture', 'counters'];

test('at every size every cell belongs to exactly one part of the screen', () => {
  for (let columns = 40; columns <= 200; columns += 7) {
    for (let rows = 12; rows <= 70; rows += 1) {
      for (const rung of RUNGS) {
        for (const noticeCount of [0, 1, 9]) {
          const headerLines = rung === 'capture+events' ? 1 : 2;
          const layout = layoutScreen({ columns, rows, rung, headerLines, noticeCount, recent: [] });
          const covered = new Uint8Array(columns * rows);
          const boxes = layout.boxes.map((box) => box.rect);
          const rects = [layout.header, layout.notices, layout.footer, ...boxes];
          if (layout.overview !== undefined) rects.push(layout.overview);
          for (const { x, y, width, height } of rects) {
            for (let row = y; row < y + height; row += 1) {
              for (let column = x; column < x + width; column += 1) covered[row * columns + column]! += 1;
            }
          }
          const what = `${columns}x${rows} ${rung}, ${noticeCount} notices`;
          assert.ok(
            covered.every((times) => times === 1),
            what,
          );
          for (const rect of boxes) assert.ok(rect.height >= 3 && rect.width >= 20, `${what}: ${JSON.stringify(rect)}`);
          const shown = new Set(layout.boxes.flatMap((box) => box.panes));
          assert.equal(shown.size, rung === 'counters' ? 1 : PANE_IDS.length, `${what}: every pane can be reached`);
        }
      }
    }
  }
});

test('the pane last focused is on top of its box', () => {
  const request = { columns: 80, rows: 24, rung: 'capture', headerLines: 2, noticeCount: 0 } as const;
  const shown = (recent: readonly (typeof PANE_IDS)[number][]) =>
    layoutScreen({ ...request, recent }).boxes.map((box) => box.shown);
  assert.deepEqual(shown([]), ['interfaces', 'apps', 'hosts', 'flows']);
  assert.deepEqual(shown(['flows', 'protocols', 'hosts']), ['interfaces', 'apps', 'protocols', 'flows']);
  assert.deepEqual(
    layoutScreen({ ...request, recent: [], zoomed: 'dns' }).boxes.map((box) => box.shown),
    ['dns'],
  );
});

function pictureOf(snapshot: LiveSnapshot, memory: LiveMemory, view: ViewState): Picture {
  return { snapshot, memory, view, glyphs: UTF8_GLYPHS, plot: asciiPlot, bindings: bindKeys(), hasPast: false };
}

test('hostile names cross no border at any size, zoomed or not', () => {
  const memory = new LiveMemory();
  const snapshot = fakeSnapshot(7, { hostile: true, notices: true, flows: 60 });
  memory.add(snapshot);
  for (let columns = 40; columns <= 170; columns += 10) {
    for (let rows = 12; rows <= 60; rows += 6) {
      for (const zoomed of [undefined, ...PANE_IDS]) {
        const view = newViewState();
        if (zoomed !== undefined) Object.assign(view, { zoomed: true, focus: zoomed });
        const canvas = new Canvas(columns, rows);
        const drawn = drawPicture(canvas, pictureOf(snapshot, memory, view));
        assert.ok(drawn !== undefined);
        for (const { rect } of drawn.layout.boxes) {
          for (let y = rect.y + 1; y < rect.y + rect.height - 1; y += 1) {
            const at = `${columns}x${rows} ${zoomed ?? ''} row ${y}`;
            assert.equal(canvas.text[y * columns + rect.x], '│', at);
            assert.equal(canvas.text[y * columns + rect.x + rect.width - 1], '│', at);
          }
        }
      }
    }
  }
});

test('a terminal that is too small gets one message, and 40x12 a picture', () => {
  const snapshot = fakeSnapshot(3);
  const draw = (columns: number, rows: number): string => {
    const canvas = new Canvas(columns, rows);
    const memory = new LiveMemory();
    memory.add(snapshot);
    drawPicture(canvas, pictureOf(snapshot, memory, newViewState()));
    return Array.from({ length: rows }, (_, y) => canvas.row(y)).join('\n');
  };
  assert.match(draw(39, 20), /make the terminal larger/);
  assert.match(draw(60, 11), /make the terminal larger/);
  const smallest = draw(40, 12);
  assert.match(smallest, /www\.youtube/);
  assert.match(smallest, /^ kaipo {2}● capture\+events +0 dropped/);
  draw(1, 1);
});
