// Traffic over time of the largest names of a kind, and of all others together. Must not know lmdb.
// Bound: series of one step times points while it is read, `top` and one layers as the answer.
import { OTHER_ID, OTHER_NAME, type SeriesKind, type SeriesName } from '../store/series-kind.js';
import type { Store, StoreView } from '../store/store.js';
import { COVERED_COLUMN } from '../store/totals-block.js';
import type { HistoryStack, HistoryStep, StackLayer, StackQuestion } from './history-answers.js';
import { sumsByPeriod } from './history-period-sums.js';
import { seriesReading } from './history-reading.js';
import { PeriodCursor } from './history-spans.js';
import { STACK_COLUMNS, StackCells, type StackColumns } from './history-stack-cells.js';
import { type ChartSteps, chartSteps } from './history-steps.js';
import { LargestRows } from './largest-rows.js';
import type { TimeRange } from './time-range.js';

/** Every step has every layer; layers and other add up to the totals of the kind. */
export function queryStack(store: Store, kind: SeriesKind, range: TimeRange, question: StackQuestion): HistoryStack {
  return store.view((view) => {
    const chart = chartSteps(view, range, question.grain);
    const { kind: read, counts, identity, nameOf } = seriesReading(view, kind, question.filter, question.name);
    const cells = new StackCells(identity, counts);
    const cursor = new PeriodCursor(view, chart.steps);
    for (const { resolutionS, fromUs, toUs } of chart.spans) {
      view.readRows(read, resolutionS, fromUs, toUs, STACK_COLUMNS, (rows) => {
        cells.addRows(rows, cursor.indexesOf(rows));
        return true;
      });
    }
    const layers = layersOf(cells, chart.steps.length, question.top, nameOf);
    return { ...range, stepUs: chart.stepUs, steps: coveredSteps(view, chart), ...layers };
  });
}

function coveredSteps(view: StoreView, { steps, spans }: ChartSteps): HistoryStep[] {
  const coveredUs = sumsByPeriod(view, spans, steps, COVERED_COLUMN + 1)[COVERED_COLUMN]!;
  return steps.map(({ fromUs, toUs }, step) => ({ startUs: fromUs, endUs: toUs, coveredUs: coveredUs[step]! }));
}

/** Two ids that read alike share a layer. */
function layersOf(
  cells: StackCells,
  points: number,
  top: number,
  nameOf: (id: number) => SeriesName,
): { readonly layers: readonly StackLayer[]; readonly other: StackLayer } {
  const newColumns = (): StackColumns => ({ txBytes: new Float64Array(points), rxBytes: new Float64Array(points) });
  const byName = new Map<string, { readonly name: SeriesName; readonly columns: StackColumns }>();
  const other = newColumns();
  const columnsOf = new Array<StackColumns>(cells.ids.length).fill(other);
  for (const slot of largestSlots(cells, top)) {
    const name = nameOf(cells.ids[slot]!);
    const identity = JSON.stringify(name);
    const { columns } = byName.get(identity) ?? { columns: newColumns() };
    byName.set(identity, { name, columns });
    columnsOf[slot] = columns;
  }
  cells.spread(columnsOf);
  const layers = [...byName.values()].map(({ name, columns }) => asLayer(name, columns));
  return { layers, other: asLayer({ name: OTHER_NAME }, other) };
}

function asLayer(name: SeriesName, { txBytes, rxBytes }: StackColumns): StackLayer {
  const sumOf = (column: Float64Array): number => column.reduce((sum, bytes) => sum + bytes, 0);
  return {
    ...name,
    txBytes: Array.from(txBytes),
    rxBytes: Array.from(rxBytes),
    txTotal: sumOf(txBytes),
    rxTotal: sumOf(rxBytes),
  };
}

function largestSlots(cells: StackCells, top: number): number[] {
  if (top < 1) return [];
  const largest = new LargestRows(top);
  for (const [slot, id] of cells.ids.entries()) if (id !== OTHER_ID) largest.offer(slot, cells.weightOf(slot));
  return largest.take();
}
