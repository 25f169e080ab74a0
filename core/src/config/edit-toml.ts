// One key of a TOML text set or taken away; every other byte stays. Owns: where a key goes in a text. Must not know any key.
import { type AST, parseTOML } from 'toml-eslint-parser';
import { tomlKey } from './toml-text.js';

type Path = readonly string[];

interface Found {
  readonly entry: AST.TOMLKeyValue;
  readonly parent: AST.TOMLKeyValue['parent'];
}

/** The text with `path` = `literal` (TOML). The text must parse: see parseTree. Keys of lists of tables are not found here. */
export function setInToml(text: string, path: Path, literal: string): string {
  const program = parse(text);
  const present = find(program, path);
  if (present !== undefined) {
    const [start, end] = present.entry.value.range;
    return splice(text, start, end, literal);
  }
  for (let length = path.length - 1; length > 0; length -= 1) {
    const inline = inlineTable(program, path.slice(0, length));
    // A table on one line is closed: what belongs to it must stand in it.
    if (inline !== undefined)
      return addInline(text, inline, `${path.slice(length).map(tomlKey).join('.')} = ${literal}`);
  }
  return addLine(text, program, path, literal);
}

/** The text without `path`: its line goes, or its place in an inline table. Undefined: it was not there. */
export function unsetInToml(text: string, path: Path): string | undefined {
  const present = find(parse(text), path);
  if (present === undefined) return undefined;
  const { entry, parent } = present;
  if (parent.type === 'TOMLInlineTable') return removeInline(text, parent, entry);
  const [start, end] = entry.range;
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const lineEnd = text.indexOf('\n', end);
  return splice(text, lineStart, lineEnd < 0 ? text.length : lineEnd + 1, '');
}

/**
 * The text without the element of a list of tables ([[cap]]) whose `key` is `value`: its header, its lines, and one empty line.
 * Undefined: there is none that stands in tables of its own.
 */
export function removeElement(text: string, list: Path, key: string, value: string): string | undefined {
  const tables = parse(text).body[0].body.filter((entry) => entry.type === 'TOMLTable');
  const isElement = ({ kind, resolvedKey, body }: AST.TOMLTable): boolean =>
    kind === 'array' &&
    begins(list, resolvedKey.slice(0, list.length)) &&
    resolvedKey.length === list.length + 1 &&
    body.some(({ key: own, value: held }) => isSame(namesOf(own), [key]) && 'value' in held && held.value === value);
  const table = tables.find(isElement);
  if (table === undefined) return undefined;
  const start = text.lastIndexOf('\n', table.range[0]) + 1;
  const lineEnd = text.indexOf('\n', (table.body.at(-1) ?? table.key).range[1]);
  const end = lineEnd < 0 ? text.length : lineEnd + 1;
  const gap = /^\r?\n/.exec(text.slice(end))?.[0].length ?? 0;
  return splice(text, start, end + gap, '');
}

/** The parser (1.0.3) gives a number that ends the text one character too few: a line that ends is read right. */
const parse = (text: string): AST.TOMLProgram => parseTOML(text.endsWith('\n') ? text : `${text}\n`);

const splice = (text: string, start: number, end: number, by: string): string =>
  text.slice(0, start) + by + text.slice(end);

const namesOf = (key: AST.TOMLKey): string[] =>
  key.keys.map((part) => (part.type === 'TOMLBare' ? part.name : part.value));

const isSame = (a: readonly (string | number)[], b: Path): boolean =>
  a.length === b.length && a.every((part, index) => part === b[index]);

const begins = (path: Path, start: readonly (string | number)[]): boolean =>
  start.length <= path.length && start.every((part, index) => part === path[index]);

/** Tables of the text with their paths, the unnamed one first; elements of lists of tables have a number in theirs. */
function tablesOf(
  program: AST.TOMLProgram,
): { path: readonly (string | number)[]; body: AST.TOMLKeyValue[]; table?: AST.TOMLTable }[] {
  const top = program.body[0].body;
  return [
    { path: [], body: top.filter((entry) => entry.type === 'TOMLKeyValue') },
    ...top
      .filter((entry) => entry.type === 'TOMLTable')
      .map((table) => ({ path: table.resolvedKey, body: table.body, table })),
  ];
}

function find(program: AST.TOMLProgram, path: Path): Found | undefined {
  for (const { path: above, body } of tablesOf(program)) {
    const found = begins(path, above) ? findIn(body, path.slice(above.length)) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

function findIn(body: readonly AST.TOMLKeyValue[], path: Path): Found | undefined {
  for (const entry of body) {
    const names = namesOf(entry.key);
    if (isSame(names, path)) return { entry, parent: entry.parent };
    if (entry.value.type === 'TOMLInlineTable' && begins(path, names)) {
      const found = findIn(entry.value.body, path.slice(names.length));
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function inlineTable(program: AST.TOMLProgram, path: Path): AST.TOMLInlineTable | undefined {
  const value = find(program, path)?.entry.value;
  return value?.type === 'TOMLInlineTable' ? value : undefined;
}

function addInline(text: string, table: AST.TOMLInlineTable, entry: string): string {
  const last = table.body.at(-1);
  const [start] = table.range;
  if (last === undefined) return splice(text, start, table.range[1], `{ ${entry} }`);
  return splice(text, last.range[1], last.range[1], `, ${entry}`);
}

function removeInline(text: string, table: AST.TOMLInlineTable, entry: AST.TOMLKeyValue): string {
  const index = table.body.indexOf(entry);
  const next = table.body[index + 1];
  const before = table.body[index - 1];
  if (before !== undefined) return splice(text, before.range[1], entry.range[1], '');
  return splice(text, entry.range[0], next === undefined ? entry.range[1] : next.range[0], '');
}

/** A new line below the last one of its table; a new table at the end of the text. */
function addLine(text: string, program: AST.TOMLProgram, path: Path, literal: string): string {
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const section = path.slice(0, -1);
  const tables = tablesOf(program);
  const home = tables.find(({ path: own, table }) => table !== undefined && isSame(own, section));
  if (home !== undefined) {
    const last = home.body.at(-1);
    const line = `${indentOf(text, last)}${tomlKey(path.at(-1)!)} = ${literal}`;
    return insertAfterLine(text, (last ?? home.table!.key).range[1], line, newline);
  }
  // A table made by dotted keys must not get a header of its own: TOML forbids it.
  for (const { path: own, body } of tables) {
    if (!begins(section, own)) continue;
    const rest = section.slice(own.length);
    const last = body.findLast((entry) => {
      const names = namesOf(entry.key);
      return rest.length > 0 && names.length > rest.length && begins(names, rest);
    });
    if (last === undefined) continue;
    const key = path.slice(own.length).map(tomlKey).join('.');
    return insertAfterLine(text, last.range[1], `${indentOf(text, last)}${key} = ${literal}`, newline);
  }
  if (section.length === 0) return `${path.map(tomlKey).join('.')} = ${literal}${newline}${text}`;
  const end = text === '' || text.endsWith('\n') ? text : text + newline;
  const gap = end === '' ? '' : newline;
  return `${end}${gap}[${section.map(tomlKey).join('.')}]${newline}${tomlKey(path.at(-1)!)} = ${literal}${newline}`;
}

function insertAfterLine(text: string, offset: number, line: string, newline: string): string {
  const end = text.indexOf('\n', offset);
  return end < 0 ? `${text}${newline}${line}` : splice(text, end + 1, end + 1, `${line}${newline}`);
}

/** The blanks in front of the line that a new one follows. */
function indentOf(text: string, entry: AST.TOMLKeyValue | undefined): string {
  if (entry === undefined) return '';
  const lineStart = text.lastIndexOf('\n', entry.range[0] - 1) + 1;
  return /^[ \t]*/.exec(text.slice(lineStart, entry.range[0]))![0];
}
