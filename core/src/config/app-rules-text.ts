// Rules for names of applications as TOML text: what is right, and everything that is wrong with its place. Owns: the form of
// [[app]]. Must not know files. Bound: MAX_RULES rules of MAX_PATTERNS patterns of MAX_PATTERN characters.
import { nearestName } from '../kernel/nearest-name.js';
import { safeText } from '../kernel/safe-text.js';
import { type AppRule, RULE_FIELDS, type RuleField } from '../owners/app-rules.js';
import { isProblem, parseTree, type TextProblem, type TomlPath, type TomlTable } from './toml-tree.js';

const MAX_RULES = 1000;
const MAX_PATTERNS = 64;
const MAX_PATTERN = 256;
const MAX_NAME = 64;
/** More are not read by anyone. */
const MAX_PROBLEMS = 50;

const KEYS = ['name', ...RULE_FIELDS];

export interface CheckedRules {
  /** Those that are right. */
  readonly rules: readonly AppRule[];
  readonly problems: readonly TextProblem[];
}

/** Never throws for any text. */
export function parseAppRules(text: string): CheckedRules {
  const tree = parseTree(text);
  if (isProblem(tree)) return { rules: [], problems: [tree] };
  const problems: TextProblem[] = [...tree.problems];
  const tell = (path: TomlPath, at: 'key' | 'value', message: string): void => {
    if (problems.length < MAX_PROBLEMS) problems.push({ ...tree.placeOf(path)[at], message });
  };
  for (const key of Object.keys(tree.root)) {
    if (key !== 'app') tell([key], 'key', `unknown key "${safeText(key, 64)}"; rules are tables [[app]]`);
  }
  const tables = tree.root['app'] ?? [];
  if (!Array.isArray(tables)) tell(['app'], 'key', '"app" must be a list of tables: write [[app]], not [app]');
  else if (tables.length > MAX_RULES) tell(['app', MAX_RULES], 'key', `more than ${MAX_RULES} rules`);
  else {
    const rules = tables.map((table, index) => ruleOf(table, ['app', index], tell));
    return { rules: rules.filter((rule) => rule !== undefined), problems: inOrder(problems) };
  }
  return { rules: [], problems: inOrder(problems) };
}

type Tell = (path: TomlPath, at: 'key' | 'value', message: string) => void;

function ruleOf(table: unknown, path: TomlPath, tell: Tell): AppRule | undefined {
  if (typeof table !== 'object' || table === null || Array.isArray(table)) {
    tell(path, 'value', 'a rule must be a table');
    return undefined;
  }
  const keys = Object.keys(table);
  for (const key of keys.filter((name) => !KEYS.includes(name))) {
    const near = nearestName(key, KEYS);
    const hint = near === undefined ? `known are ${KEYS.join(', ')}` : `did you mean "${near}"?`;
    tell([...path, key], 'key', `unknown key "${safeText(key, 64)}" in [[app]]; ${hint}`);
  }
  const { name } = table as TomlTable;
  const when: Partial<Record<RuleField, readonly string[]>> = {};
  for (const field of RULE_FIELDS.filter((known) => keys.includes(known))) {
    const patterns = patternsOf((table as TomlTable)[field]);
    if (patterns !== undefined) when[field] = patterns;
    else {
      const must = `text of 1 to ${MAX_PATTERN} characters, or a list of 1 to ${MAX_PATTERNS} such texts`;
      tell([...path, field], 'value', `"${field}" must be ${must}`);
    }
  }
  if (name === undefined) tell(path, 'key', 'a rule needs the key "name": what the application is called');
  else if (!isText(name, MAX_NAME)) {
    const must = `text of 1 to ${MAX_NAME} characters, none of them control characters`;
    tell([...path, 'name'], 'value', `"name" must be ${must}`);
  }
  if (!keys.some((key) => key !== 'name')) {
    tell(path, 'key', `a rule needs at least one of ${RULE_FIELDS.join(', ')}, or it would hold for everything`);
  }
  const isRight = isText(name, MAX_NAME) && Object.keys(when).length === keys.length - 1 && keys.length > 1;
  return isRight ? { name, when } : undefined;
}

function patternsOf(value: unknown): readonly string[] | undefined {
  const list = Array.isArray(value) ? value : [value];
  const isRight = list.length > 0 && list.length <= MAX_PATTERNS && list.every((item) => isText(item, MAX_PATTERN));
  return isRight ? (list as readonly string[]) : undefined;
}

const isText = (value: unknown, longest: number): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= longest && safeText(value, longest) === value;

const inOrder = (problems: readonly TextProblem[]): readonly TextProblem[] =>
  [...problems].sort((a, b) => a.line - b.line || a.column - b.column);
