// The answer of /api/traffic as layers of a chart. Owns their order, their colours and their names.
import type { Traffic, TrafficColumns } from '../api/answers.js';
import type { ShapeLayer } from '../logic/traffic-shape.js';

const layerOf = (id: string, label: string, color: number | undefined, columns: TrafficColumns): ShapeLayer => ({
  id,
  label,
  color,
  txBytes: columns.txBytes,
  rxBytes: columns.rxBytes,
});

/** The largest at the line, what is left over on top; without layers one of everything. */
export function trafficLayers(traffic: Traffic): ShapeLayer[] {
  const { layers = [], other, total, by } = traffic;
  if (by === 'none') return [layerOf('all', 'All traffic', 0, total)];
  return [
    ...layers.map((layer, index) => layerOf(layer.name, layer.label ?? layer.name, index, layer)),
    ...(other === undefined ? [] : [layerOf('\u0000other', 'All others', undefined, other)]),
  ];
}
