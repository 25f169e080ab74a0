// The parts of blessed and blessed-contrib that are used, as types. Owns: nothing at run time.
// The published typings lack the cell buffer (`lines`), terminal capabilities and mouse modes that matter here.
import type { EventEmitter } from 'node:events';

/** [attribute, character]; attribute = flags << 18 | foreground << 9 | background, 0x1ff = the terminal's own colour. */
export type BlessedCell = [attribute: number, text: string];
export type BlessedRow = BlessedCell[] & { dirty: boolean };

export interface BlessedKey {
  readonly full?: string;
}

export interface BlessedMouse {
  readonly action?: string;
  readonly x: number;
  readonly y: number;
}

export interface BlessedProgram extends EventEmitter {
  readonly tput: { brokenACS: boolean };
  setMouse(modes: Readonly<Record<string, boolean>>, enable: boolean): void;
}

export interface BlessedScreen extends EventEmitter {
  readonly program: BlessedProgram;
  readonly width: number;
  readonly height: number;
  /** What the screen should show. */
  readonly lines: BlessedRow[];
  /** What was last sent. */
  readonly olines: BlessedCell[][];
  title: string;
  render(): void;
  destroy(): void;
  append(node: object): void;
  remove(node: object): void;
}

export interface Blessed {
  screen(options: Readonly<Record<string, unknown>>): BlessedScreen;
  readonly tput: { ipaths: unknown[] };
}

/** blessed-contrib's line chart: plots into a drawille canvas of 2 x 4 dots a cell. */
export interface ContribLine {
  calcSize(): void;
  canvasSize: { readonly width: number; readonly height: number };
  readonly ctx: { readonly _canvas: { readonly content: Uint8Array }; clearRect(...rect: number[]): void };
  setData(data: readonly { x: readonly string[]; y: readonly number[] }[]): void;
}

export type ContribLineClass = new (options: Readonly<Record<string, unknown>>) => ContribLine;
