// The source of the project as the tidy tests see it: files, their text without comments, their imports.
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { REPOSITORY } from '../fixtures/pcap-case.js';

export interface SourceFile {
  /** From the root of the repository, with slashes. */
  readonly path: string;
  readonly text: string;
  /** Comments and the content of strings are blank; line numbers are those of the file. */
  readonly code: string;
  readonly imports: readonly string[];
}

/** TypeScript and Svelte files below the folders, generated ones left out. */
export function sourceFiles(...folders: readonly string[]): SourceFile[] {
  return folders.flatMap((folder) =>
    readdirSync(join(REPOSITORY, folder), { recursive: true })
      .map((name) => posix.join(folder, String(name).replaceAll('\\', '/')))
      .filter((path) => /\.(ts|svelte)$/.test(path) && !/\/(dist|node_modules|build)\//.test(path))
      .sort()
      .map((path) => sourceFile(path)),
  );
}

function sourceFile(path: string): SourceFile {
  const text = readFileSync(join(REPOSITORY, path), 'utf8');
  return { path, text, code: blanked(text), imports: importsOf(text) };
}

const IMPORT =
  /^\s*(?:import|export)\b[^'"`;]*?\bfrom\s*'([^']+)'|^\s*import\s*'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/gm;

function importsOf(text: string): string[] {
  return [...text.matchAll(IMPORT)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
}

/** What an import means: a path of the repository without extension, or the specifier of a package. */
export function importTarget(from: string, specifier: string): string {
  if (specifier.startsWith('.')) return posix.join(posix.dirname(from), specifier).replace(/\.js$/, '');
  const own = /^@kaipo\/([^/]+)\/(.+)\.js$/.exec(specifier);
  return own === null ? specifier : `${own[1]}/src/${own[2]}`;
}

/** Blanks comments, strings, templates (but not their backquotes) and regular expressions of the simple kind. */
function blanked(text: string): string {
  const blank = (match: string): string => match.replace(/[^\n]/g, ' ');
  return text.replace(
    /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|(?<=[=(,:]\s*)\/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*/g,
    (match) => {
      if (match.startsWith('`')) return `\`${blank(match.slice(1, -1))}\``;
      if (match.startsWith("'") || match.startsWith('"')) return `'${blank(match.slice(1, -1))}'`;
      return blank(match);
    },
  );
}

export const lineOf = (text: string, index: number): number => text.slice(0, index).split('\n').length;
