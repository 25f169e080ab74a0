// A screen of cells. Owns: one character cluster and one style a cell, boxes, clipping. Must not know: terminals, panes.
// Bound: width x height cells. A cluster two columns wide leaves an empty string in the cell behind it.
import { clustersOf, screenText, textWidth } from './display-text.js';
import type { Glyphs, StyleName } from './theme.js';

export interface Span {
  readonly text: string;
  readonly style: StyleName;
}

/** One line of a pane, left to right. */
export type Line = readonly Span[];

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export function span(text: string, style: StyleName = 'text'): Span {
  return { text, style };
}

export function lineWidth(line: Line): number {
  let width = 0;
  for (const part of line) width += textWidth(part.text);
  return width;
}

const PLAIN = /^[\x20-\x7e]*$/;

export class Canvas {
  readonly width: number;
  readonly height: number;
  readonly text: string[];
  readonly styles: StyleName[];

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.text = new Array<string>(width * height).fill(' ');
    this.styles = new Array<StyleName>(width * height).fill('text');
  }

  clear(): void {
    this.text.fill(' ');
    this.styles.fill('text');
  }

  /** Draws `line` from column x, at most `room` columns. Returns the column behind the last one drawn. */
  put(x: number, y: number, line: Line, room: number = this.width - x): number {
    if (y < 0 || y >= this.height) return x;
    const end = Math.min(x + room, this.width);
    let column = x;
    for (const part of line) {
      const safe = screenText(part.text);
      if (PLAIN.test(safe)) {
        for (let i = 0; i < safe.length && column < end; i += 1) this.#set(column++, y, safe[i] ?? ' ', part.style);
        continue;
      }
      for (const cluster of clustersOf(safe)) {
        if (column + cluster.width > end) break;
        this.#set(column++, y, cluster.text, part.style);
        if (cluster.width === 2) this.#set(column++, y, '', part.style);
      }
    }
    return column;
  }

  /** A box with a title on the left and another on the right of its top edge, and labels on its bottom edge. */
  box(rect: Rect, glyphs: Glyphs, style: StyleName, titles: { left?: Line; right?: Line; bottom?: Line } = {}): void {
    const { x, y, width, height } = rect;
    const edge = glyphs.horizontal.repeat(Math.max(0, width - 2));
    this.put(x, y, [span(glyphs.topLeft + edge + glyphs.topRight, style)], width);
    for (let row = y + 1; row < y + height - 1; row += 1) {
      this.put(x, row, [span(glyphs.vertical, style)], 1);
      this.#blank(x + 1, row, width - 2);
      this.put(x + width - 1, row, [span(glyphs.vertical, style)], 1);
    }
    this.put(x, y + height - 1, [span(glyphs.bottomLeft + edge + glyphs.bottomRight, style)], width);
    const room = width - 4;
    let used = 0;
    if (titles.left !== undefined) used = this.put(x + 2, y, titles.left, room) - (x + 2);
    const right = titles.right === undefined ? 0 : lineWidth(titles.right);
    // A second title that would touch the first is left out rather than cut.
    if (titles.right !== undefined && right > 0 && right + used < room) {
      this.put(x + width - 2 - right, y, titles.right, right);
    }
    if (titles.bottom !== undefined) this.put(x + 2, y + height - 1, titles.bottom, room);
  }

  /** Gives `width` cells one style: the selected row. */
  paint(x: number, y: number, width: number, style: StyleName): void {
    for (let column = x; column < x + width; column += 1) this.styles[y * this.width + column] = style;
  }

  /** Row `y` as text, for plain output and tests. */
  row(y: number): string {
    return this.text.slice(y * this.width, (y + 1) * this.width).join('');
  }

  #blank(x: number, y: number, width: number): void {
    const from = y * this.width + x;
    const to = y * this.width + Math.min(x + width, this.width);
    if (y < 0 || y >= this.height) return;
    // Half of a wide character is none: the terminal would shift all that follows.
    if (x > 0 && this.text[from] === '') this.text[from - 1] = ' ';
    if (to < (y + 1) * this.width && this.text[to] === '') this.text[to] = ' ';
    this.text.fill(' ', from, to);
    this.styles.fill('text', from, to);
  }

  #set(x: number, y: number, text: string, style: StyleName): void {
    const cell = y * this.width + x;
    // Of a wide character that is drawn over in part, nothing stays.
    if (this.text[cell] === '') {
      if (text !== '' && x > 0) this.text[cell - 1] = ' ';
    } else if (x + 1 < this.width && this.text[cell + 1] === '') this.text[cell + 1] = ' ';
    this.text[cell] = text;
    this.styles[cell] = style;
  }
}
