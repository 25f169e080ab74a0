// The answer of /api/traffic as layers of a chart. Owns their order, their colours and their names.
import type { Traffic } from '../api/answers.js';
import type { ShapeColumns, ShapeLayer } from '../logic/traffic-shape.js';

const layerOf = (id: string, label: string, color: ShapeLayer['color'], columns: ShapeColumns): ShapeLayer => ({
  id,
  label,
  color,
  txBytes: columns.txBytes,
  rxBytes: columns.rxBytes,
});

/** Less than this part of all is a rounding, not a layer. */
const MIN_PART = 0.001;

/**
 * The largest at the line, then what is left over, then what counters know and packets do not: together they are the total. Without layers
 * one of everything.
 */
export function trafficLayers(traffic: Traffic): ShapeLayer[] {
  const { layers = [], other, total, by } = traffic;
  if (by === 'none') return [layerOf('all', 'All traffic', 0, total)];
  const named = [
    ...layers.map((layer, index) => layerOf(layer.name, layer.label ?? layer.name, index, layer)),
    ...(other === undefined ? [] : [layerOf('\u0000other', 'All others', 'other', other)]),
  ];
  const rest = {
    txBytes: restOf(total.txBytes, named, 'txBytes'),
    rxBytes: restOf(total.rxBytes, named, 'rxBytes'),
  };
  const isMuch = sumOf(rest.txBytes) + sumOf(rest.rxBytes) > MIN_PART * (total.txTotal + total.rxTotal);
  return isMuch ? [...named, layerOf('\u0000rest', 'Not captured', 'uncaptured', rest)] : named;
}

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

const restOf = (total: readonly number[], layers: readonly ShapeLayer[], of: 'txBytes' | 'rxBytes'): number[] =>
  total.map((bytes, step) =>
    Math.max(
      0,
      layers.reduce((left, layer) => left - (layer[of][step] ?? 0), bytes),
    ),
  );
