// Traffic over time of the largest names of a kind, and of all others together. Must not know lmdb.
// Bound: series of one step times points while it is read, `top` and one layers as the answer.
import { OTHER_ID, OTHER_NAME, type SeriesKind, type SeriesName } from '../store/series-kind.js';
import type { Store, StoreView } from '../store/store.js';
import type { HistoryStack, HistoryStep, StackLayer, StackQuestion } from './history-answers.js';
import { IdSlots } from './history-id-sums.js';
import { seriesReading } from './history-reading.js';
import { PeriodCursor } from './history-spans.js';
import { StackCells } from './history-stack-cells.js';
import { type ChartSteps, chartSteps } from './history-steps.js';
import { LargestRows } from './largest-rows.js';
import type { TimeRange } from './time-range.js';

/** Every step has every layer; layers and other add up to the totals of the kind. */
export function queryStack(store: Store, kind: SeriesKind, range: TimeRange, question: StackQuestion): HistoryStack {
  return store.view((view) => {
    const chart = chartSteps(view, range, question.maxPoints);
    const { kind: read, counts, identity, nameOf } = seriesReading(view, kind, question.filter, question.name);
    const slots = new IdSlots();
    const cells = new StackCells();
    const cursor = new PeriodCursor(view, chart.steps);
    for (const { resolutionS, fromUs, toUs } of chart.spans) {
      view.readSeries(read, resolutionS, fromUs, toUs, (bucketUs, series) => {
        cells.openStep(cursor.indexAt(bucketUs));
        const { length, txBytes, rxBytes } = series;
        for (let row = 0; row < length; row++) {
          if (counts !== undefined && !counts(series, row)) continue;
          const slot = slots.slotOf(identity === 'scope' ? series.scopeAt(row) : series.idAt(row));
          cells.add(slot, txBytes[row]!, rxBytes[row]!);
        }
        return true;
      });
    }
    const layers = layersOf(slots.ids, cells, chart.steps.length, question.top, nameOf);
    return { ...range, stepUs: chart.stepUs, steps: coveredSteps(view, chart), ...layers };
  });
}

function coveredSteps(view: StoreView, { steps, spans }: ChartSteps): HistoryStep[] {
  const covered = steps.map(({ fromUs, toUs }) => ({ startUs: fromUs, endUs: toUs, coveredUs: 0 }));
  const cursor = new PeriodCursor(view, steps);
  for (const { resolutionS, fromUs, toUs } of spans) {
    view.readTotals(resolutionS, fromUs, toUs, (bucketUs, { coveredUs }) => {
      covered[cursor.indexAt(bucketUs)]!.coveredUs += coveredUs;
      return true;
    });
  }
  return covered;
}

interface MutableLayer extends SeriesName {
  readonly txBytes: number[];
  readonly rxBytes: number[];
  txTotal: number;
  rxTotal: number;
}

/** Two ids that read alike share a layer. */
function layersOf(
  ids: readonly number[],
  cells: StackCells,
  points: number,
  top: number,
  nameOf: (id: number) => SeriesName,
): { readonly layers: readonly StackLayer[]; readonly other: StackLayer } {
  const newLayer = (name: SeriesName): MutableLayer => {
    const zeros = (): number[] => new Array<number>(points).fill(0);
    return { ...name, txBytes: zeros(), rxBytes: zeros(), txTotal: 0, rxTotal: 0 };
  };
  const byName = new Map<string, MutableLayer>();
  const other = newLayer({ name: OTHER_NAME });
  const layerOf = new Array<MutableLayer>(ids.length).fill(other);
  for (const slot of largestSlots(ids, cells, top)) {
    const name = nameOf(ids[slot]!);
    const identity = JSON.stringify(name);
    const layer = byName.get(identity) ?? newLayer(name);
    byName.set(identity, layer);
    layerOf[slot] = layer;
  }
  cells.visit((step, slot, txBytes, rxBytes) => {
    const into = layerOf[slot]!;
    into.txBytes[step]! += txBytes;
    into.rxBytes[step]! += rxBytes;
    into.txTotal += txBytes;
    into.rxTotal += rxBytes;
  });
  return { layers: [...byName.values()], other };
}

function largestSlots(ids: readonly number[], cells: StackCells, top: number): number[] {
  if (top < 1) return [];
  const weights = new Float64Array(ids.length);
  cells.visit((_, slot, txBytes, rxBytes) => {
    weights[slot]! += txBytes + rxBytes;
  });
  const largest = new LargestRows(top);
  for (const [slot, id] of ids.entries()) if (id !== OTHER_ID) largest.offer(slot, weights[slot]!);
  return largest.take();
}
