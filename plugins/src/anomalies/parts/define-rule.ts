// A plugin that is one anomaly rule with settings that are numbers or lists of texts: what most rules are. Owns: reading the table
// [plugins.RULE], its limits, and the description people see. Must not know any rule.
import {
  type DetectorSpec,
  definePlugin,
  type KaipoPlugin,
  PLUGIN_API_VERSION,
  type PluginSetting,
} from '@kaipo/core/api/index.js';

/** No list of a setting is longer. */
const MAX_TEXTS = 256;

export interface NumberSetting {
  readonly description: string;
  readonly default: number;
  readonly least: number;
  readonly most: number;
}

export interface TextsSetting {
  readonly description: string;
  readonly default: readonly string[];
}

/** By key, as in TOML: lower case, underscores, units last. */
export type RuleSettings = Readonly<Record<string, NumberSetting | TextsSetting>>;

export type SettingValues<Settings extends RuleSettings> = {
  readonly [Key in keyof Settings]: Settings[Key] extends NumberSetting ? number : readonly string[];
};

export interface RuleAbout<Settings extends RuleSettings>
  extends Omit<DetectorSpec, 'settings' | 'create' | 'learnsUs'> {
  readonly settings: Settings;
  readonly learnsUs?: number | ((values: SettingValues<Settings>) => number);
  create(values: SettingValues<Settings>): ReturnType<DetectorSpec['create']>;
}

/** The plugin has the name of the rule, and its title as description. */
export function defineRule<const Settings extends RuleSettings>(
  about: RuleAbout<Settings>,
): KaipoPlugin<SettingValues<Settings>> {
  const settings = shownSettings(about.settings);
  const { learnsUs, create, ...rest } = about;
  return definePlugin<SettingValues<Settings>>({
    name: about.rule,
    apiVersion: PLUGIN_API_VERSION,
    description: about.title,
    settings,
    parseConfig: (raw) => parseSettings(about.rule, about.settings, raw),
    register(registry, values) {
      registry.detector({
        ...rest,
        settings,
        ...(learnsUs === undefined ? {} : { learnsUs: typeof learnsUs === 'number' ? learnsUs : learnsUs(values) }),
        create: () => create(values),
      });
    },
  });
}

export function parseSettings<const Settings extends RuleSettings>(
  rule: string,
  settings: Settings,
  raw: unknown,
): SettingValues<Settings> {
  const table = (raw ?? {}) as Record<string, unknown>;
  for (const key of Object.keys(table))
    if (!Object.hasOwn(settings, key))
      throw new Error(`${rule}: unknown key "${key}" (known: ${Object.keys(settings).join(', ') || 'none'})`);
  const values: Record<string, number | readonly string[]> = {};
  for (const [key, setting] of Object.entries(settings)) {
    const value = table[key] ?? setting.default;
    values[key] = isNumberSetting(setting) ? numberOf(rule, key, setting, value) : textsOf(rule, key, value);
  }
  return Object.freeze(values) as SettingValues<Settings>;
}

export const shownSettings = (settings: RuleSettings): readonly PluginSetting[] =>
  Object.entries(settings).map(([key, setting]) => ({
    key,
    description: setting.description,
    default: JSON.stringify(setting.default),
  }));

const isNumberSetting = (setting: NumberSetting | TextsSetting): setting is NumberSetting =>
  typeof setting.default === 'number';

function numberOf(rule: string, key: string, { least, most }: NumberSetting, value: unknown): number {
  if (typeof value !== 'number' || !(value >= least && value <= most))
    throw new Error(`${rule}: ${key} must be a number from ${least} to ${most}`);
  return value;
}

function textsOf(rule: string, key: string, value: unknown): readonly string[] {
  if (
    !Array.isArray(value) ||
    value.length > MAX_TEXTS ||
    !value.every((text) => typeof text === 'string' && text !== '')
  )
    throw new Error(`${rule}: ${key} must be a list of at most ${MAX_TEXTS} texts`);
  return Object.freeze([...(value as string[])]);
}
