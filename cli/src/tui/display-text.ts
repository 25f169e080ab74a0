// Text measured as a terminal draws it. Owns: display width, clusters, cutting and padding by columns. Must not know:
// panes, colours. Bound: a cluster keeps MAX_CLUSTER_UNITS code units, so that stacked marks cannot leave their line.
import { safeText } from '@kaipo/core/kernel/safe-text.js';
import stringWidth from 'string-width';

/** Longest line that is looked at; no terminal is wider. */
const MAX_LINE = 4096;
const MAX_CLUSTER_UNITS = 8;
const PLAIN = /^[\x20-\x7e]*$/;
const segmenter = new Intl.Segmenter();

export interface Cluster {
  readonly text: string;
  /** Columns: 1 or 2. */
  readonly width: number;
}

/** The last door before a screen: whatever came from outside loses its control, bidi and invisible characters. */
export function screenText(text: string): string {
  return PLAIN.test(text) ? text : safeText(text, MAX_LINE);
}

/** Columns `text` takes. */
export function textWidth(text: string): number {
  return PLAIN.test(text) ? text.length : stringWidth(screenText(text));
}

/** The drawable clusters of `text`; those without a width of their own are left out. */
export function clustersOf(text: string): Cluster[] {
  const clusters: Cluster[] = [];
  for (const { segment } of segmenter.segment(screenText(text))) {
    const width = stringWidth(segment);
    if (width === 1 || width === 2) clusters.push({ text: segment.slice(0, MAX_CLUSTER_UNITS), width });
    else if (width > 2) for (const character of segment) clusters.push({ text: character, width: 1 });
  }
  return clusters;
}

/** `text` in at most `width` columns; what is cut ends in `ellipsis`. */
export function cutText(text: string, width: number, ellipsis = '…'): string {
  if (width <= 0) return '';
  const safe = screenText(text);
  if (PLAIN.test(safe) ? safe.length <= width : stringWidth(safe) <= width) return safe;
  const room = width - ellipsis.length;
  if (room <= 0) return ellipsis.slice(0, width);
  if (PLAIN.test(safe)) return safe.slice(0, room) + ellipsis;
  let kept = '';
  let used = 0;
  for (const cluster of clustersOf(safe)) {
    if (used + cluster.width > room) break;
    kept += cluster.text;
    used += cluster.width;
  }
  return kept + ellipsis;
}

/** `text` in exactly `width` columns. */
export function fitText(text: string, width: number, align: 'left' | 'right' = 'left', ellipsis = '…'): string {
  const cut = cutText(text, width, ellipsis);
  const space = ' '.repeat(Math.max(0, width - textWidth(cut)));
  return align === 'left' ? cut + space : space + cut;
}
