// Which key does what: the usual ones, and those a person chose instead. Owns: how keys are named, which of two wins.
// Must not know: what actions change. Bound: one entry a key.
import { ACTION_NAMES, ACTIONS, type ActionName } from './actions.js';

export interface KeyBindings {
  actionOf(key: string): ActionName | undefined;
  /** The first key of an action, for footer and help; undefined: it has none. */
  keyOf(action: ActionName): string | undefined;
  keysOf(action: ActionName): readonly string[];
}

export type ChosenKeys = Readonly<Partial<Record<ActionName, readonly string[]>>>;

/** @param chosen keys by action; they replace the usual ones, an empty list takes them away. */
export function bindKeys(chosen: ChosenKeys = {}): KeyBindings {
  const taken = new Set(Object.values(chosen).flat());
  const keysFor = (name: ActionName): readonly string[] =>
    chosen[name] ?? ACTIONS[name].keys.filter((key) => !taken.has(key));
  const keys = new Map(ACTION_NAMES.map((name) => [name, keysFor(name)]));
  const actions = new Map([...keys].flatMap(([name, own]) => own.map((key) => [key, name] as const)));
  return {
    actionOf: (key) => actions.get(key),
    keyOf: (name) => keys.get(name)?.[0],
    keysOf: (name) => keys.get(name) ?? [],
  };
}

/** Two actions that a choice gives the same key, in words for a person; undefined: there are none. */
export function keyProblem(chosen: ChosenKeys): string | undefined {
  const owners = new Map<string, string>();
  for (const [action, keys] of Object.entries(chosen)) {
    for (const key of keys) {
      const other = owners.get(key);
      if (other !== undefined && other !== action)
        return `live.keys: "${key}" is bound to "${other}" and to "${action}"`;
      owners.set(key, action);
    }
  }
  return undefined;
}

/** A key as blessed names it (`C-d`, `S-tab`, `S-g`, `return`), as people write it. */
export function keyName(name: string): string {
  if (name === 'return' || name === 'linefeed') return 'enter';
  const [, shift, letter] = /^(S-)([a-z])$/.exec(name) ?? [];
  if (shift !== undefined && letter !== undefined) return letter.toUpperCase();
  return name.replace('C-', 'ctrl-').replace('S-', 'shift-').replace('M-', 'alt-');
}
