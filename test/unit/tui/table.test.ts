import assert from 'node:assert/strict';
import test from 'node:test';
import { type Column, drawTable, fitColumns } from '@kaipo/cli/tui/table.js';
import { UTF8_GLYPHS } from '@kaipo/cli/tui/theme.js';
import type { TableState } from '@kaipo/cli/tui/view-state.js';

interface Row {
  readonly name: string;
  readonly bytes: number;
}

const columns: readonly Column<Row, undefined>[] = [
  { title: 'name', width: 6, grow: 1, priority: 1, cell: (row) => row.name, sortBy: (row) => row.name },
  {
    title: 'bytes',
    width: 7,
    align: 'right',
    priority: 2,
    cell: (row) => String(row.bytes),
    sortBy: (row) => row.bytes,
  },
];
const rows: readonly Row[] = Array.from({ length: 30 }, (_, i) => ({
  name: `row-${String(i).padStart(2, '0')}`,
  bytes: (i * 7) % 30,
}));

function draw(state: TableState, list: readonly Row[] = rows, height = 6) {
  const view = {
    columns,
    rows: list,
    keyOf: (row: Row) => row.name,
    state,
    context: undefined,
    glyphs: UTF8_GLYPHS,
    focused: true,
  };
  const drawn = drawTable(view, 20, height);
  return { ...drawn, text: drawn.lines.map((line) => line.map((part) => part.text).join('')) };
}

const fresh = (): TableState => ({ reverse: false, selectedIndex: 0, offset: 0 });

test('columns never take more than the width, and the first one is always there', () => {
  for (let width = 1; width < 60; width += 1) {
    const widths = fitColumns(columns, width, 1);
    const used = widths.filter((w) => w > 0);
    assert.ok((widths[0] ?? 0) > 0);
    assert.ok(used.reduce((sum, w) => sum + w, 0) + used.length - 1 <= width, `width ${width}`);
  }
});

test('less important columns wait until the important one is comfortable', () => {
  const wanted = [
    { width: 6, comfort: 20, grow: 1, priority: 1 },
    { width: 5, priority: 4 },
  ];
  assert.deepEqual(fitColumns(wanted, 20, 1), [20, 0]);
  assert.deepEqual(fitColumns(wanted, 26, 1), [20, 5]);
});

test('sorts numbers largest first, text in order, and marks the column', () => {
  const state = { ...fresh(), sort: 1 };
  const byBytes = draw(state);
  assert.match(byBytes.text[0] ?? '', /bytes▾$/);
  assert.match(byBytes.text[1] ?? '', / 29$/);
  state.reverse = true;
  assert.match(draw(state).text[1] ?? '', / 0$/);
  assert.match(draw({ ...fresh(), sort: 0 }).text[0] ?? '', /^name▴/);
});

test('the selection follows its row when rows move, and leaves with it', () => {
  const state: TableState = { ...fresh(), selectedIndex: 3, selectedKey: '' };
  draw(state);
  assert.equal(state.selectedKey, 'row-03');
  const moved = [rows[3]!, ...rows.filter((row) => row.name !== 'row-03')];
  assert.equal(draw(state, moved).selectedLine, 1);
  assert.equal(state.selectedIndex, 0);
  draw(
    state,
    rows.filter((row) => row.name !== 'row-03'),
  );
  assert.equal(state.selectedKey, 'row-00');
  // An interval without rows takes nothing away.
  assert.equal(draw(state, []).selectedLine, undefined);
  assert.equal(state.selectedKey, 'row-00');
  draw(state);
  assert.equal(state.selectedKey, 'row-00');
});

test('the selection stays visible and the offset in range', () => {
  const state: TableState = { ...fresh(), selectedIndex: 29, selectedKey: '' };
  const drawn = draw(state);
  assert.equal(drawn.selectedLine, 5);
  assert.deepEqual([drawn.first, drawn.last], [26, 30]);
  draw(state, rows.slice(0, 3));
  assert.equal(state.offset, 0);
});

test('a column nobody fills is left out', () => {
  const optional: readonly Column<Row, undefined>[] = [
    ...columns,
    { title: 'app', width: 3, priority: 3, present: () => false, cell: () => '' },
  ];
  const view = {
    columns: optional,
    rows,
    keyOf: (row: Row) => row.name,
    state: fresh(),
    context: undefined,
    glyphs: UTF8_GLYPHS,
    focused: false,
  };
  assert.ok(!drawTable(view, 40, 3).lines[0]?.some((part) => part.text.includes('app')));
});
