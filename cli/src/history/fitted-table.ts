// A table for a person, as wide as the screen: texts are cut, then the columns that matter least go. Owns widths; must not know
// what cells mean. Every cell passes the sanitiser of display-text.ts.
import { cutText, fitText, textWidth } from '../tui/display-text.js';

export interface TableColumn {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** Text that may be cut down to this many columns. */
  readonly shrinksTo?: number;
  /** Who goes first when there is no room: 1 before 2; absent: never. */
  readonly drop?: number;
}

const GAP = '  ';
/** Without a screen: names of strangers do not get more. */
const MAX_CELL = 64;

/** Lines with two spaces in front, each ended by a newline. `width`: columns of the screen. */
export function fittedTable(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  width: number | undefined,
): string {
  const safe = rows.map((row) => columns.map((_, index) => cutText(row[index] ?? '', MAX_CELL)));
  const whole = columns.map(({ title }, index) =>
    Math.max(textWidth(title), ...safe.map((row) => textWidth(row[index]!))),
  );
  const { shown, widths } = fitWidths(columns, whole, filledColumns(columns, safe), width);
  const line = (cells: readonly string[]): string =>
    `${GAP}${shown.map((index) => fitText(cells[index]!, widths[index]!, columns[index]!.align)).join(GAP)}`.trimEnd();
  return [columns.map(({ title }) => title), ...safe].map((cells) => `${line(cells)}\n`).join('');
}

/** A column that may go and has nothing to say goes first. */
function filledColumns(columns: readonly TableColumn[], rows: readonly (readonly string[])[]): number[] {
  const all = columns.map((_, index) => index);
  if (rows.length === 0) return all;
  return all.filter((index) => columns[index]!.drop === undefined || rows.some((row) => row[index] !== ''));
}

function fitWidths(
  columns: readonly TableColumn[],
  whole: readonly number[],
  filled: readonly number[],
  screen = Number.POSITIVE_INFINITY,
) {
  let shown = [...filled];
  for (;;) {
    const widths = [...whole];
    const excess = (): number => shown.reduce((sum, index) => sum + widths[index]! + GAP.length, 0) - screen;
    shrink(columns, widths, shown, excess());
    const droppable = shown.filter((index) => columns[index]!.drop !== undefined);
    if (excess() <= 0 || droppable.length === 0) return { shown, widths };
    const first = droppable.reduce((least, index) => (columns[index]!.drop! < columns[least]!.drop! ? index : least));
    shown = shown.filter((index) => index !== first);
  }
}

/** The widest text gives first, so that short ones stay whole. */
function shrink(columns: readonly TableColumn[], widths: number[], shown: readonly number[], excess: number): void {
  const floor = (index: number): number => Math.max(columns[index]!.shrinksTo ?? 0, textWidth(columns[index]!.title));
  for (let left = excess; left > 0; left--) {
    const able = shown.filter((index) => columns[index]!.shrinksTo !== undefined && widths[index]! > floor(index));
    if (able.length === 0) return;
    widths[able.reduce((most, index) => (widths[index]! > widths[most]! ? index : most))]! -= 1;
  }
}
