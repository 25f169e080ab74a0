// Text measured as a terminal draws it. Owns: display width, clusters, cutting and padding by columns. Must not know:
// panes, colours. Bound: a cluster keeps MAX_CLUSTER_UNITS code units, so that stacked marks cannot leave their line.
import { safeText } from '@kaipo/core/kernel/safe-text.js';
import { ASCII, displayWidth, SIMPLE, simpleWidth } from '../output/display-width.js';

/** Longest line that is looked at; no terminal is wider. */
const MAX_LINE = 4096;
const MAX_CLUSTER_UNITS = 8;
/** Texts of difficult scripts whose clusters are remembered; they come back every second. All are forgotten when full. */
const MAX_REMEMBERED = 1024;
/** Made for the first text that needs it: that takes 10 ms. */
let segmenter: Intl.Segmenter | undefined;
const remembered = new Map<string, readonly Cluster[]>();

export interface Cluster {
  readonly text: string;
  /** Columns: 1 or 2. */
  readonly width: number;
}

/** The last door before a screen: whatever came from outside loses its control, bidi and invisible characters. */
export function screenText(text: string): string {
  return ASCII.test(text) || SIMPLE.test(text) ? text : safeText(text, MAX_LINE);
}

/** Columns `text` takes. */
export function textWidth(text: string): number {
  if (!SIMPLE.test(text)) return clustersOf(text).reduce((sum, cluster) => sum + cluster.width, 0);
  return displayWidth(text);
}

/** The drawable clusters of `text`; those without a width of their own are left out. */
export function clustersOf(text: string): readonly Cluster[] {
  if (SIMPLE.test(text)) return [...text].map((unit) => ({ text: unit, width: simpleWidth(unit.charCodeAt(0)) }));
  const known = remembered.get(text);
  if (known !== undefined) return known;
  const clusters: Cluster[] = [];
  segmenter ??= new Intl.Segmenter();
  for (const { segment } of segmenter.segment(screenText(text))) {
    const width = displayWidth(segment);
    if (width === 1 || width === 2) clusters.push({ text: cutUnits(segment), width });
    else if (width > 2) for (const character of segment) pushCharacter(clusters, character);
  }
  if (remembered.size >= MAX_REMEMBERED) remembered.clear();
  remembered.set(text, clusters);
  return clusters;
}

function pushCharacter(clusters: Cluster[], character: string): void {
  const width = displayWidth(character);
  if (width === 1 || width === 2) clusters.push({ text: character, width });
}

/** At most MAX_CLUSTER_UNITS code units, no half of a surrogate pair. */
function cutUnits(segment: string): string {
  return segment.length <= MAX_CLUSTER_UNITS
    ? segment
    : segment.slice(0, MAX_CLUSTER_UNITS).replace(/[\ud800-\udbff]$/, '');
}

/** `text` in at most `width` columns; what is cut ends in `ellipsis`. */
export function cutText(text: string, width: number, ellipsis = '…'): string {
  if (width <= 0) return '';
  const safe = screenText(text);
  if (textWidth(safe) <= width) return safe;
  const room = width - ellipsis.length;
  if (room <= 0) return ellipsis.slice(0, width);
  if (ASCII.test(safe)) return safe.slice(0, room) + ellipsis;
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
  const fitted = padded(cut, width, align);
  if (SIMPLE.test(cut) || textWidth(fitted) === width) return fitted;
  // A lone skin tone, a mark that belongs to what follows: beside a space it becomes one cluster with it, of another width.
  const clusters = clustersOf(cut);
  const kept = align === 'left' ? clusters.slice(0, -1) : clusters.slice(1);
  return fitText(kept.map((cluster) => cluster.text).join(''), width, align, ellipsis);
}

function padded(text: string, width: number, align: 'left' | 'right'): string {
  const space = ' '.repeat(Math.max(0, width - textWidth(text)));
  return align === 'left' ? text + space : space + text;
}
