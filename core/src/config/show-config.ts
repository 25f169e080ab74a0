// The configuration that holds, as TOML. Owns: the order, what stands for a default, and that no secret is printed: what is
// hidden reads back as a value of its kind.
import { CONFIG_KEYS, SECTIONS } from './config-keys.js';
import { formatDuration } from './config-units.js';
import type { LoadedConfig, SetValue, ValueOrigin } from './load-config.js';
import { tomlKey, tomlValue } from './toml-text.js';

export interface ShownValue {
  readonly key: string;
  readonly path: readonly string[];
  readonly value: unknown;
  /** Absent: a default. */
  readonly origin?: ValueOrigin;
}

const HIDDEN = 'hidden';
const SECRET_NAME = /secret|token|passw|credential|api_?key|private_?key|^key$|auth/i;
/** Names of files are no secrets. */
const FILE_NAME = /_(file|path|env)$/;

/** Every value that holds, in the order of the schema; keys without value and default are left out. */
export function shownValues({ values, config }: Pick<LoadedConfig, 'values' | 'config'>): ShownValue[] {
  const shown: ShownValue[] = [];
  const add = (path: readonly string[], set: SetValue | undefined, preset?: unknown): void => {
    const value = set?.value ?? preset;
    if (value === undefined) return;
    shown.push({ key: path.join('.'), path, value, ...(set !== undefined && { origin: set.origin }) });
  };
  for (const section of SECTIONS) {
    if (section.isList) {
      const set = values.get(section.path.join('.'));
      add(section.path, set && { ...set, value: (set.value as readonly object[]).map(withoutSecrets) });
    } else {
      // Defaults that gave way to what was set: coarse history is kept at least as long as the finer.
      const kept = section.path.join('.') === 'store.retention' ? config.store.retentionS : undefined;
      section.keys.forEach((key, index) => {
        const preset = kept === undefined ? key.notes.preset : formatDuration(kept[index]!);
        add(key.path, values.get(key.name), preset);
      });
    }
  }
  for (const [name, set] of values) {
    const path = pluginPath(name);
    if (path === undefined) continue;
    const [, , key] = path;
    add(path, { ...set, value: isSecret(key!) ? HIDDEN : withoutSecrets(set.value) });
  }
  return shown;
}

/** One value as TOML, or the word that stands for a secret. */
export const shownValue = (name: string, value: unknown): string =>
  tomlValue(isSecret(name) ? HIDDEN : withoutSecrets(value));

/** As one configuration file. @param withOrigin says behind each line where its value comes from. */
export function showText(values: readonly ShownValue[], withOrigin: boolean): string {
  // Defaults say nothing: what somebody set stands out.
  const origin = ({ origin: from }: ShownValue): string =>
    withOrigin && from !== undefined ? `  # ${from.where}` : '';
  let text = withOrigin ? '# A value without a note is a default.\n' : '';
  let section = '';
  for (const shown of values) {
    const { path, value } = shown;
    if (isTables(value) && !CONFIG_KEYS.has(shown.key) && path[0] !== 'plugins') {
      for (const row of value) {
        text += `\n[[${path.map(tomlKey).join('.')}]]${origin(shown)}\n`;
        for (const [name, inside] of Object.entries(row)) text += `${tomlKey(name)} = ${tomlValue(inside)}\n`;
      }
      section = '';
      continue;
    }
    const header = path.slice(0, -1).map(tomlKey).join('.');
    if (header !== section) text += `\n[${header}]\n`;
    section = header;
    text += `${tomlKey(path.at(-1)!)} = ${tomlValue(value)}${origin(shown)}\n`;
  }
  return text.trimStart();
}

const isTables = (value: unknown): value is readonly object[] =>
  Array.isArray(value) && value.length > 0 && value.every((row) => typeof row === 'object' && row !== null);

/** plugins.NAME.KEY; the key may have dots of its own. */
function pluginPath(name: string): readonly string[] | undefined {
  const parts = /^plugins\.([^.]+)\.(.+)$/s.exec(name);
  return parts === null ? undefined : ['plugins', parts[1]!, parts[2]!];
}

const isSecret = (name: string): boolean => SECRET_NAME.test(name) && !FILE_NAME.test(name);

/** The same value without secrets: by the name of the key, and what an address holds besides its host. */
function withoutSecrets(value: unknown): unknown {
  if (typeof value === 'string') return withoutAddressSecrets(value);
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inside]) => [name, isSecret(name) ? HIDDEN : withoutSecrets(inside)]),
  );
}

/** A webhook's path is its password, more often than not. */
function withoutAddressSecrets(text: string): string {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text) || !URL.canParse(text)) return text;
  const { protocol, host, pathname, search, username } = new URL(text);
  const isPlain = pathname.length <= 1 && search === '' && username === '';
  return isPlain ? text : `${protocol}//${host}/${HIDDEN}`;
}
