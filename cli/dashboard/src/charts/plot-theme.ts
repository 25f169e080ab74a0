// Colours of the page for the canvas. Owns where they are read.
import type { ShapeLayer } from '../logic/traffic-shape.js';

export interface PlotTheme {
  readonly ink: string;
  readonly muted: string;
  readonly line: string;
  readonly card: string;
  readonly gap: string;
  readonly rx: string;
  readonly tx: string;
  readonly layers: readonly string[];
  readonly other: string;
  readonly uncaptured: string;
  readonly font: string;
}

/** Colours before they are used again. */
export const LAYER_COLORS = 8;

export function plotTheme(): PlotTheme {
  const style = getComputedStyle(document.documentElement);
  const of = (name: string): string => style.getPropertyValue(name).trim();
  return {
    ink: of('--ink'),
    muted: of('--muted'),
    line: of('--line'),
    card: of('--card'),
    gap: of('--gap'),
    rx: of('--rx'),
    tx: of('--tx'),
    layers: Array.from({ length: LAYER_COLORS }, (_, index) => of(`--layer-${index}`)),
    other: of('--layer-other'),
    uncaptured: of('--layer-uncaptured'),
    font: getComputedStyle(document.body).fontFamily,
  };
}

/** The colour of a layer as CSS says it, for what is not on the canvas. */
export const layerColor = (color: ShapeLayer['color']): string =>
  `var(--layer-${typeof color === 'number' ? color % LAYER_COLORS : color})`;
