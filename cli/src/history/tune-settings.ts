// Settings of a rule as they are tried: those of the configuration, those of --set, and the values of --thresholds. Owns reading the words of the
// command line. Must not know the rule.
import type { DetectorSpec, KaipoPlugin, PluginSetting } from '@kaipo/core/api/index.js';
import { KaipoError } from '@kaipo/core/kernel/errors.js';
import { detectorsWith } from '../plugins/detector-specs.js';

export type Settings = Readonly<Record<string, unknown>>;

export interface Variant {
  readonly value: number;
  readonly spec: DetectorSpec;
}

const VALUES_MOST = 32;
/** Of the value that holds. */
const STEPS = [0.25, 0.5, 0.75, 1, 1.5, 2, 4];

/** "key=value" over what is configured. Raises KAIPO_USAGE. */
export function settingsOf(configured: Settings, words: readonly string[], known: readonly PluginSetting[]): Settings {
  const { enabled: _, ...rest } = configured;
  const settings: Record<string, unknown> = rest;
  for (const word of words) {
    const at = word.indexOf('=');
    if (at < 1) throw new KaipoError('KAIPO_USAGE', `--set ${word} is not key=value`, keysHint(known));
    const key = word.slice(0, at).trim();
    settings[key] = parsedValue(word.slice(at + 1).trim(), known.find((setting) => setting.key === key)?.default);
  }
  return settings;
}

/** The rule with these settings. Raises KAIPO_USAGE with what is wrong. */
export function specWith(plugin: KaipoPlugin, rule: string, settings: Settings): DetectorSpec {
  try {
    const spec = detectorsWith(plugin, settings).find((one) => one.rule === rule);
    if (spec !== undefined) return spec;
  } catch (error) {
    throw new KaipoError('KAIPO_USAGE', (error as Error).message, `kaipo plugins show ${plugin.name}`);
  }
  throw new KaipoError('KAIPO_USAGE', `with these settings there is no rule "${rule}"`);
}

/** `asked`: "key=1,2,3", "key", or true for the first number there is. Values the rule refuses are left out. */
export function variantsOf(
  asked: string | true,
  plugin: KaipoPlugin,
  spec: DetectorSpec,
  settings: Settings,
): { readonly key: string; readonly variants: readonly Variant[] } {
  const [wantedKey, list] = asked === true ? [] : asked.split('=', 2);
  const known = plugin.settings ?? spec.settings;
  const numbers = known.filter(({ default: initial = '' }) => Number.isFinite(Number.parseFloat(initial)));
  const setting = wantedKey === undefined ? numbers[0] : numbers.find(({ key }) => key === wantedKey);
  if (setting === undefined) {
    const told = wantedKey === undefined ? `${spec.rule} has no setting that is a number` : `no number "${wantedKey}"`;
    throw new KaipoError('KAIPO_USAGE', told, keysHint(numbers));
  }
  const { key } = setting;
  const current = Number(settings[key] ?? setting.default);
  const values = list === undefined ? STEPS.map((step) => rounded(current * step)) : list.split(',').map(Number);
  if (values.some((value) => !Number.isFinite(value)) || values.length > VALUES_MOST)
    throw new KaipoError('KAIPO_USAGE', `--thresholds ${key}=… needs at most ${VALUES_MOST} numbers`);
  const variants = [...new Set(values)].flatMap((value): Variant[] => {
    try {
      return [{ value, spec: specWith(plugin, spec.rule, { ...settings, [key]: value }) }];
    } catch (error) {
      if (list !== undefined) throw error;
      return [];
    }
  });
  return { key, variants };
}

const rounded = (value: number): number => Number(value.toPrecision(3));

function parsedValue(text: string, initial: string | undefined): unknown {
  if (initial?.startsWith('[') && !text.startsWith('['))
    return text === '' ? [] : text.split(',').map((part) => part.trim());
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const keysHint = (known: readonly PluginSetting[]): string | undefined =>
  known.length === 0 ? undefined : `the settings are ${known.map(({ key }) => key).join(', ')}`;
