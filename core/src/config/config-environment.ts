// KAIPO_* variables as values of keys. Owns: which variable is which key, and what is said of those that are none.

import { nearestName } from '../kernel/nearest-name.js';
import { safeText } from '../kernel/safe-text.js';
import { CONFIG_KEYS, type ConfigKey, environmentName, refusal, valueOfText } from './config-keys.js';
import { isForeignVariable } from './own-variables.js';

export interface EnvironmentValues {
  readonly values: readonly { readonly key: ConfigKey; readonly variable: string; readonly value: unknown }[];
  readonly problems: readonly string[];
  readonly unknown: readonly string[];
}

/** An empty variable is none, as with other programs. */
export function environmentValues(env: Readonly<Record<string, string | undefined>>): EnvironmentValues {
  const keys = new Map([...CONFIG_KEYS.values()].map((key) => [environmentName(key), key]));
  const values: { key: ConfigKey; variable: string; value: unknown }[] = [];
  const problems: string[] = [];
  const unknown: string[] = [];
  for (const [variable, text] of Object.entries(env)) {
    if (!variable.startsWith('KAIPO_') || isForeignVariable(variable) || text === undefined || text === '') continue;
    const key = keys.get(variable);
    if (key === undefined) {
      unknown.push(variable);
      continue;
    }
    const value = valueOfText(key.schema, text);
    const must = refusal(key.schema, value);
    if (must === undefined) values.push({ key, variable, value });
    else problems.push(`${variable} must be ${must}, not "${safeText(text, 64)}"`);
  }
  return { values, problems, unknown };
}

/** `isUsed`: variables that a value of the configuration names (sync.url_env). */
export function unknownVariables(names: readonly string[], isUsed: (name: string) => boolean): string[] {
  const known = [...CONFIG_KEYS.values()].map(environmentName);
  return names
    .filter((name) => !isUsed(name))
    .map((name) => {
      const near = nearestName(name, known);
      return `${safeText(name, 64)} means nothing to kaipo${near === undefined ? '' : `; did you mean ${near}?`}`;
    });
}
