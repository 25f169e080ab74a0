// What is wrong with a configuration, all of it at once, each with its place. Owns: unknown keys, the schema, rules between
// keys. Must not know where the text came from.
import * as v from 'valibot';
import { nearestName } from '../kernel/nearest-name.js';
import { safeText } from '../kernel/safe-text.js';
import { CONFIG_KEYS, elementOf, entriesOf } from './config-keys.js';
import { type CheckedConfig, configSchema } from './config-schema.js';
import { formatDuration } from './config-units.js';
import { replacementOf } from './replaced-keys.js';
import { channelProblems } from './to-alert-channels.js';
import type { TextProblem, TomlPath, TomlTable, TomlTree } from './toml-tree.js';

/** More are not read by anyone. */
const MAX_PROBLEMS = 50;

export interface CheckedText {
  readonly problems: readonly TextProblem[];
  /** Absent when there are problems. */
  readonly checked?: CheckedConfig;
}

export interface ValueProblem {
  readonly path: TomlPath;
  readonly at: 'key' | 'value';
  readonly message: string;
}

/** Problems of a text in the order of their lines. */
export function checkTree(tree: TomlTree): CheckedText {
  const { problems, checked } = checkValues(tree.root);
  const placed = [
    ...tree.problems,
    ...problems.map(({ path, at, message }) => ({ ...tree.placeOf(path)[at], message })),
  ].slice(0, MAX_PROBLEMS);
  placed.sort((a, b) => a.line - b.line || a.column - b.column);
  return placed.length > 0 || checked === undefined ? { problems: placed } : { problems: placed, checked };
}

export function checkValues(root: TomlTable): { problems: readonly ValueProblem[]; checked?: CheckedConfig } {
  const problems: ValueProblem[] = [];
  unknownKeys(configSchema, root, [], problems);
  const result = v.safeParse(configSchema, root, { abortPipeEarly: true });
  if (!result.success) problems.push(...result.issues.slice(0, MAX_PROBLEMS).map((issue) => problemOf(issue, root)));
  else problems.push(...ruleProblems(result.output));
  if (problems.length > 0 || !result.success) return { problems: problems.slice(0, MAX_PROBLEMS) };
  return { problems, checked: result.output };
}

type Schema = v.GenericSchema<unknown, unknown>;

function unknownKeys(schema: Schema, value: unknown, path: TomlPath, problems: ValueProblem[]): void {
  const element = elementOf(schema);
  if (element !== undefined && Array.isArray(value)) {
    value.forEach((item, index) => {
      if (problems.length < MAX_PROBLEMS) unknownKeys(element, item, [...path, index], problems);
    });
    return;
  }
  const entries = entriesOf(schema);
  if (entries === undefined || typeof value !== 'object' || value === null || Array.isArray(value)) return;
  for (const [name, inside] of Object.entries(value)) {
    if (problems.length >= MAX_PROBLEMS) return;
    const at = [...path, name];
    if (Object.hasOwn(entries, name)) unknownKeys(entries[name]!, inside, at, problems);
    else problems.push({ path: at, at: 'key', message: unknownMessage(at, Object.keys(entries)) });
  }
}

function unknownMessage(path: TomlPath, known: readonly string[]): string {
  const name = String(path.at(-1));
  const section = path
    .slice(0, -1)
    .filter((part) => typeof part === 'string')
    .join('.');
  const place = section === '' ? 'at the top' : `in [${section}]`;
  const advice = replacementOf(path) ?? homeOf(name);
  const near = nearestName(name, known);
  const hint = advice ?? (near === undefined ? `known are ${known.join(', ')}` : `did you mean "${near}"?`);
  return `unknown key "${safeText(name, 64)}" ${place}; ${hint}`;
}

/** A key that stands in the wrong table. */
function homeOf(name: string): string | undefined {
  const homes = [...CONFIG_KEYS.values()].filter((key) => key.path.at(-1) === name);
  return homes.length === 1 ? `it belongs into [${homes[0]!.path.slice(0, -1).join('.')}]` : undefined;
}

/** A union reports its parts below one message of its own; every other message is ours. */
function problemOf(issue: v.BaseIssue<unknown>, root: TomlTable): ValueProblem {
  const path = (issue.path ?? []).map((item) => item.key as string | number);
  const name = dotted(path);
  if (issue.input === undefined && issue.kind === 'schema' && !isThere(root, path)) {
    const message = `${dotted(path.slice(0, -1))} needs the key "${String(path.at(-1))}"`;
    return { path: path.slice(0, -1), at: 'key', message };
  }
  return { path, at: 'value', message: `"${name}" must be ${issue.message}, not ${shown(issue.input)}` };
}

function isThere(root: TomlTable, path: TomlPath): boolean {
  let at: unknown = root;
  for (const part of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, part)) return false;
    at = (at as TomlTable)[part];
  }
  return true;
}

/** cap.limit; which of several it is, its place says. */
const dotted = (path: TomlPath): string => safeText(path.filter((part) => typeof part === 'string').join('.'), 128);

function shown(value: unknown): string {
  if (typeof value === 'string') return `"${safeText(value, 64)}"`;
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  return typeof value === 'object' ? 'a table' : safeText(String(value), 64);
}

const RESOLUTION_KEYS = ['1s', '10s', '1m', '1h', '1d'] as const;

/** Rules between keys of one text. What defaults fill in is checked with them, see toConfig. */
function ruleProblems(checked: CheckedConfig): ValueProblem[] {
  const problems: ValueProblem[] = [];
  const retention = checked.store?.retention ?? {};
  let finer: (typeof RESOLUTION_KEYS)[number] | undefined;
  for (const name of RESOLUTION_KEYS) {
    const keptS = retention[name];
    if (keptS === undefined) continue;
    if (finer !== undefined && keptS < retention[finer]!) {
      const message = `"store.retention.${name}" must be at least ${formatDuration(retention[finer]!)}, as long as the finer ${finer}`;
      problems.push({ path: ['store', 'retention', name], at: 'value', message });
    }
    finer = name;
  }
  problems.push(...channelProblems(checked.alerts).map((problem) => ({ ...problem, at: 'key' as const })));
  const names = new Set<string>();
  const pages = new Set<string>();
  (checked.report ?? []).forEach(({ file, every }, index) => {
    if (pages.has(`${every} ${file}`)) {
      problems.push({ path: ['report', index, 'file'], at: 'value', message: `two reports are written to "${file}"` });
    }
    pages.add(`${every} ${file}`);
  });
  (checked.cap ?? []).forEach(({ name }, index) => {
    if (names.has(name))
      problems.push({ path: ['cap', index, 'name'], at: 'value', message: `two caps are named "${name}"` });
    names.add(name);
  });
  return problems;
}
