// Several sources as one configuration. Owns: what is merged by key and what as a whole, where paths begin, and that all
// problems of all sources are said at once.
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { KaipoError } from '../kernel/errors.js';
import { checkTree, checkValues } from './check-config.js';
import { environmentValues, unknownVariables } from './config-environment.js';
import type { PlaceSources } from './config-file.js';
import { CONFIG_KEYS, SECTIONS } from './config-keys.js';
import type { ConfigText, LoadedConfig, SetValue, ValueOrigin } from './load-config.js';
import { channelVariables } from './to-alert-channels.js';
import { toConfig } from './to-config.js';
import { isProblem, parseTree, type TomlPath, type TomlTable, type TomlTree } from './toml-tree.js';

type Merged = Map<string, SetValue & { readonly path: readonly string[] }>;

/** `texts`: strongest first. Raises KAIPO_BAD_CONFIG. */
export function mergeConfig(texts: readonly ConfigText[], sources: PlaceSources): LoadedConfig {
  const problems: string[] = [];
  const merged: Merged = new Map();
  for (const { path, text } of [...texts].reverse()) {
    const tree = parseTree(text);
    const found = isProblem(tree) ? [tree] : checkTree(tree).problems;
    problems.push(...found.map(({ line, column, message }) => `${path}:${line}:${column}: ${message}`));
    if (!isProblem(tree) && found.length === 0) mergeTree(merged, tree, path, sources.home);
  }
  const environment = environmentValues(sources.env);
  problems.push(...environment.problems);
  for (const { key, variable, value } of environment.values) {
    const located = key.notes.isPath ? fullPath(value, sources.cwd, sources.home) : value;
    merged.set(key.name, { path: key.path, value: located, origin: { from: 'environment', where: variable } });
  }
  if (problems.length > 0) throw badConfig(problems, texts);
  // Each source is right by itself; together they may still contradict each other.
  const { problems: together, checked } = checkValues(treeOf(merged));
  if (checked === undefined) {
    throw badConfig(
      together.map(({ path, message }) => `${originOf(merged, path)}${message}`),
      texts,
    );
  }
  const config = toConfig(checked);
  const variables = channelVariables(config.alerts.channels).add(config.sync.urlEnv);
  return {
    config,
    values: merged,
    files: texts.map(({ path }) => path),
    warnings: unknownVariables(environment.unknown, (name) => variables.has(name)),
  };
}

export function badConfig(problems: readonly string[], texts: readonly { readonly path: string }[]): KaipoError {
  const fix =
    texts.length === 0 ? undefined : `correct ${texts.map(({ path }) => path).join(' or ')}, then: kaipo config check`;
  return new KaipoError('KAIPO_BAD_CONFIG', problems.join('\n'), fix);
}

/** Where a file is text, each value has a line. Relative paths begin at the file. */
function mergeTree(merged: Merged, tree: TomlTree, file: string, home: string): void {
  const base = dirname(file);
  const put = (path: readonly string[], value: unknown): void => {
    if (value === undefined) return;
    const origin: ValueOrigin = { from: 'file', where: `${file}:${tree.placeOf(path).key.line}` };
    merged.set(path.join('.'), { path, value, origin });
  };
  for (const key of CONFIG_KEYS.values()) {
    const value = valueAt(tree.root, key.path);
    put(key.path, key.notes.isPath && value !== undefined ? fullPath(value, base, home) : value);
  }
  for (const section of SECTIONS.filter(({ isList }) => isList)) {
    const rows = valueAt(tree.root, section.path) as readonly TomlTable[] | undefined;
    const paths = section.keys.filter(({ notes }) => notes.isPath).map(({ path }) => path.at(-1)!);
    put(
      section.path,
      rows?.map((row) => {
        const copy = { ...row };
        for (const name of paths) if (copy[name] !== undefined) copy[name] = fullPath(copy[name], base, home);
        return copy;
      }),
    );
  }
  const plugins = (tree.root['plugins'] ?? {}) as Readonly<Record<string, TomlTable>>;
  for (const [plugin, settings] of Object.entries(plugins)) {
    for (const [name, value] of Object.entries(settings)) put(['plugins', plugin, name], value);
  }
}

function fullPath(value: unknown, base: string, home: string): string {
  const path = String(value);
  if (path === '~' || path.startsWith('~/')) return join(home, path.slice(1));
  return isAbsolute(path) ? path : resolve(base, path);
}

function valueAt(root: TomlTable, path: TomlPath): unknown {
  return path.reduce<unknown>((at, part) => (at as TomlTable | undefined)?.[part], root);
}

function treeOf(merged: Merged): TomlTable {
  const root = Object.create(null) as TomlTable;
  for (const { path, value } of merged.values()) {
    let at = root;
    for (const part of path.slice(0, -1)) {
      at[part] ??= Object.create(null);
      at = at[part] as TomlTable;
    }
    at[path.at(-1)!] = value;
  }
  return root;
}

function originOf(merged: Merged, path: TomlPath): string {
  for (let length = path.length; length > 0; length -= 1) {
    const found = merged.get(path.slice(0, length).join('.'));
    if (found !== undefined) return `${found.origin.where}: `;
  }
  return '';
}
