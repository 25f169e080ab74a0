// Everything known of the selected row, and how it is known. Owns: how it is laid out. Must not know: where it is looked up.
// Bound: the lines of its box; the rest by scrolling.
import type { LiveDetails } from '@kaipo/core/query/live-details.js';
import { type Line, span } from '../canvas.js';
import { clustersOf, cutText, fitText, textWidth } from '../display-text.js';
import type { SelectedRow } from '../pane.js';

/** Lines a long value may take. */
const MAX_WRAPPED = 4;

export interface DrawnDetails {
  readonly lines: readonly Line[];
  readonly count: number;
  /** The first that is shown: what was asked for, as far as there are lines. */
  readonly offset: number;
}

/** @param details absent until it was looked up: what the row itself says stands there meanwhile. */
export function drawDetails(
  row: SelectedRow,
  details: LiveDetails | undefined,
  width: number,
  height: number,
  from: number,
): DrawnDetails {
  const lines = details === undefined ? cellLines(row, width) : sectionLines(details, width);
  const offset = Math.max(0, Math.min(from, lines.length - height));
  return { lines: lines.slice(offset, offset + height), count: lines.length, offset };
}

function cellLines({ cells }: SelectedRow, width: number): Line[] {
  const names = nameWidth(cells.map(({ title }) => title));
  return cells.flatMap(({ title, text }) => valueLines(title, text, undefined, names, width));
}

function sectionLines({ sections }: LiveDetails, width: number): Line[] {
  const names = nameWidth(sections.flatMap(({ rows }) => rows.map(({ name }) => name)));
  return sections.flatMap(({ title, rows }, i): Line[] => [
    ...(i === 0 ? [] : [[]]),
    [span(cutText(title, width), 'heading')],
    ...rows.flatMap(({ name, value, from }) => valueLines(name, value, from, names, width)),
  ]);
}

const nameWidth = (names: readonly string[]): number =>
  Math.min(20, Math.max(0, ...names.map((name) => textWidth(name))));

function valueLines(name: string, value: string, from: string | undefined, names: number, width: number): Line[] {
  const room = Math.max(8, width - names - 3);
  const parts = wrapped(value, room);
  const lines = parts.map(
    (part, i): Line => [span(` ${i === 0 ? fitText(name, names) : ' '.repeat(names)}  `, 'dim'), span(part)],
  );
  if (from === undefined) return lines;
  const how = `  ${from}`;
  const last = parts.at(-1) ?? '';
  // Beside the value where there is room, else below it.
  if (textWidth(last) + textWidth(how) <= room)
    return [...lines.slice(0, -1), [...(lines.at(-1) ?? []), span(how, 'dim')]];
  return [...lines, ...wrapped(from, room).map((part): Line => [span(' '.repeat(names + 3)), span(part, 'dim')])];
}

/** At a blank in the second half of a line, else where the width ends: addresses, fingerprints and names of hosts have none. */
function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const cluster of clustersOf(text)) {
    if (textWidth(line) + cluster.width > width) {
      if (lines.length === MAX_WRAPPED - 1) return [...lines, cutText(`${line}${cluster.text}`, width)];
      const blank = cluster.text === ' ' ? line.length : line.lastIndexOf(' ');
      const end = blank > line.length / 2 ? blank : line.length;
      lines.push(line.slice(0, end));
      line = line.slice(end).trimStart();
    }
    line += line === '' && cluster.text === ' ' ? '' : cluster.text;
  }
  return [...lines, line];
}
