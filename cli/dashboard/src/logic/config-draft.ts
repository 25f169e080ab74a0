// Changes of settings that are not saved yet. Owns: what is a change at all, what is sent, and how a change is taken back. Pure.

/** A value by key; `undefined`: to be taken out of the file, so that the default holds. */
export type Draft = Readonly<Record<string, unknown>>;

export interface ConfigChanges {
  readonly set: Readonly<Record<string, unknown>>;
  readonly unset: readonly string[];
}

export interface KnownSetting {
  readonly key: string;
  readonly value?: unknown;
  readonly origin: string;
}

export const isSameValue = (left: unknown, right: unknown): boolean => JSON.stringify(left) === JSON.stringify(right);

/** The draft with one more change; what is as it was is no change. */
export function withChange(draft: Draft, setting: KnownSetting, value: unknown): Draft {
  const { [setting.key]: _, ...others } = draft;
  const isNone = value === undefined ? setting.origin !== 'file' : isSameValue(value, setting.value);
  return isNone ? others : { ...others, [setting.key]: value };
}

/** For POST /api/config. */
export function changesOf(draft: Draft): ConfigChanges {
  const entries = Object.entries(draft);
  return {
    set: Object.fromEntries(entries.filter(([, value]) => value !== undefined)),
    unset: entries.filter(([, value]) => value === undefined).map(([key]) => key),
  };
}

/** What takes saved changes back. */
export function undoOf(
  changed: readonly { readonly key: string; readonly before?: unknown; readonly after?: unknown }[],
): ConfigChanges {
  const real = changed.filter(({ before, after }) => !isSameValue(before, after));
  return changesOf(Object.fromEntries(real.map(({ key, before }) => [key, before])));
}

/** A number where one was typed, else the text: what it must be, the server says. */
export function typedValue(text: string, isNumber: boolean): string | number {
  const trimmed = text.trim();
  return isNumber && /^-?\d+([.,]\d+)?$/.test(trimmed) ? Number(trimmed.replace(',', '.')) : trimmed;
}

/** Which keys a refusal is about: it names them in quotes. */
export function refusedKeys(detail: string, keys: readonly string[]): readonly string[] {
  return keys.filter((key) => detail.includes(`"${key}"`));
}

/** A value in words: `7.5`, `eth0, wlan0`, `not set`. */
export function valueText(value: unknown): string {
  if (value === undefined) return 'not set';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(valueText).join(', ');
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
