// A TOML text as plain values that remember where they stand. Owns: from syntax tree to values, positions, bounds. Must not
// know any key. Bounds: MAX_DEPTH tables in each other, MAX_MARKS values; the length of the text is the reader's (config-file.ts).
import { type AST, ParseError, parseTOML } from 'toml-eslint-parser';
import { safeText } from '../kernel/safe-text.js';

export interface TextPosition {
  /** From 1. */
  readonly line: number;
  readonly column: number;
}

export interface TextProblem extends TextPosition {
  readonly message: string;
}

export type TomlPath = readonly (string | number)[];

/** Tables have no prototype: a key named __proto__ is a key. */
export interface TomlTable {
  [key: string]: unknown;
}

export interface KeyPlace {
  readonly key: TextPosition;
  readonly value: TextPosition;
}

export interface TomlTree {
  readonly root: TomlTable;
  /** Keys that no configuration may have; they are not in `root`. */
  readonly problems: readonly TextProblem[];
  /** Of a key or an element, or of the nearest table around it that stands in the text. */
  placeOf(path: TomlPath): KeyPlace;
}

const MAX_DEPTH = 16;
/** Signs of values and lines. The parser takes 2 kB of memory for each; a whole configuration has some hundred. */
const MAX_MARKS = 20_000;

const BYTE_ORDER_MARK = '\ufeff';

/** Some editors begin a text with a mark that TOML does not know. */
export const withoutMark = (text: string): string => (text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text);

/** @returns the values, or the one thing that keeps the text from being TOML 1.0 (and 1.1). Never throws for any text. */
export function parseTree(text: string): TomlTree | TextProblem {
  let program: AST.TOMLProgram;
  const marks = text.match(/[[{,=\n]/g)?.length ?? 0;
  if (marks > MAX_MARKS)
    return { line: 1, column: 1, message: `more than ${MAX_MARKS} lines and values: this is no configuration` };
  try {
    program = parseTOML(withoutMark(text));
  } catch (error) {
    if (error instanceof ParseError) {
      return { line: error.lineNumber, column: error.column + 1, message: sentence(error.message) };
    }
    // The parser calls itself for each level, and spreads the characters of a text.
    if (error instanceof RangeError)
      return { line: 1, column: 1, message: 'nested too deeply, or one value is far too long' };
    throw error;
  }
  return new TreeBuilder().build(program);
}

export const isProblem = (tree: TomlTree | TextProblem): tree is TextProblem => 'message' in tree;

const sentence = (message: string): string => safeText(`${message.charAt(0).toLowerCase()}${message.slice(1)}`);
const pathKey = (path: TomlPath): string => path.join('\u0000');
const positionOf = (node: AST.TOMLNode): TextPosition => ({
  line: node.loc.start.line,
  column: node.loc.start.column + 1,
});

class RefusedNode extends Error {
  readonly node: AST.TOMLNode;
  constructor(node: AST.TOMLNode, message: string) {
    super(message);
    this.node = node;
  }
}

/** What no configuration has. */
function refuse(path: TomlPath, node: AST.TOMLNode): void {
  if (path.length > MAX_DEPTH) throw new RefusedNode(node, `nested more than ${MAX_DEPTH} levels deep`);
}

class TreeBuilder {
  readonly #root = newTable();
  readonly #places = new Map<string, KeyPlace>();
  readonly #problems: TextProblem[] = [];

  build(program: AST.TOMLProgram): TomlTree | TextProblem {
    try {
      for (const entry of program.body[0].body) {
        if (entry.type === 'TOMLKeyValue') this.#keyValue([], entry);
        else this.#table(entry);
      }
    } catch (error) {
      if (!(error instanceof RefusedNode)) throw error;
      return { ...positionOf(error.node), message: error.message };
    }
    const start: KeyPlace = { key: { line: 1, column: 1 }, value: { line: 1, column: 1 } };
    return {
      root: this.#root,
      problems: this.#problems,
      placeOf: (path) => {
        for (let length = path.length; length > 0; length -= 1) {
          const place = this.#places.get(pathKey(path.slice(0, length)));
          if (place !== undefined) return place;
        }
        return start;
      },
    };
  }

  #table(table: AST.TOMLTable): void {
    const path = table.resolvedKey;
    refuse(path, table.key);
    if (this.#isForbidden(path, table.key)) return;
    this.#place(path, table.key, table.key);
    this.#container(path);
    for (const entry of table.body) this.#keyValue(path, entry);
  }

  #keyValue(above: TomlPath, entry: AST.TOMLKeyValue): void {
    const path = [...above, ...entry.key.keys.map((part) => (part.type === 'TOMLBare' ? part.name : part.value))];
    refuse(path, entry.key);
    if (this.#isForbidden(path, entry.key)) return;
    this.#place(path, entry.key, entry.value);
    const last = path.length - 1;
    this.#container(path.slice(0, last))[path[last]!] = this.#value(path, entry.value);
  }

  /** Harmless here, where tables have no prototype, and not in what comes after. */
  #isForbidden(path: TomlPath, node: AST.TOMLNode): boolean {
    if (!path.includes('__proto__')) return false;
    this.#problems.push({ ...positionOf(node), message: '"__proto__" is no name of a key' });
    return true;
  }

  #value(path: TomlPath, node: AST.TOMLContentNode): unknown {
    refuse(path, node);
    if (node.type === 'TOMLArray') {
      return node.elements.map((element, index) => {
        const at = [...path, index];
        this.#places.set(pathKey(at), { key: positionOf(element), value: positionOf(element) });
        return this.#value(at, element);
      });
    }
    if (node.type === 'TOMLInlineTable') {
      const table = this.#container(path);
      for (const entry of node.body) this.#keyValue(path, entry);
      return table;
    }
    // A date is its text: no key of kaipo has one, and a plugin gets what was written.
    return node.value instanceof Date ? (node as AST.TOMLDateTimeValue).datetime : node.value;
  }

  /** The table at `path`, made where it is missing. */
  #container(path: TomlPath): TomlTable {
    let at: unknown = this.#root;
    path.forEach((part, index) => {
      const inside = at as TomlTable;
      inside[part] ??= typeof path[index + 1] === 'number' ? [] : newTable();
      at = inside[part];
    });
    return at as TomlTable;
  }

  #place(path: TomlPath, key: AST.TOMLNode, value: AST.TOMLNode): void {
    for (let length = 1; length <= path.length; length += 1) {
      const known = pathKey(path.slice(0, length));
      const isWhole = length === path.length;
      // A table named by a key below it stands where that key stands, until its own header comes.
      if (isWhole || !this.#places.has(known)) {
        this.#places.set(known, { key: positionOf(key), value: positionOf(isWhole ? value : key) });
      }
    }
  }
}

const newTable = (): TomlTable => Object.create(null) as TomlTable;
