// Which plugins run, and with which settings: the built-in ones less those that are switched off. Owns the key `enabled`, which
// every plugin has. Each plugin checks the rest of its table.
import type { KaipoPlugin } from '@kaipo/core/api/index.js';
import { KaipoError } from '@kaipo/core/kernel/errors.js';
import { nearestName } from '@kaipo/core/kernel/nearest-name.js';
import { builtinPlugins } from '@kaipo/plugins/all.js';

export type PluginTables = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export interface PluginSet {
  /** For EngineOptions. */
  readonly plugins: readonly KaipoPlugin[];
  pluginConfig(name: string): unknown;
}

/** Raises KAIPO_BAD_CONFIG with every problem of [plugins.…], one a line. */
export function pluginSet(tables: PluginTables, all: readonly KaipoPlugin[] = builtinPlugins): PluginSet {
  const problems = pluginProblems(tables, all);
  if (problems.length > 0)
    throw new KaipoError(
      'KAIPO_BAD_CONFIG',
      problems.join('\n'),
      'kaipo plugins list names the plugins and their settings',
    );
  return {
    plugins: all.filter(({ name }) => tables[name]?.['enabled'] !== false),
    pluginConfig: (name) => settingsOf(tables[name]),
  };
}

/** What is wrong with [plugins.…], one text a problem. */
export function pluginProblems(tables: PluginTables, all: readonly KaipoPlugin[] = builtinPlugins): string[] {
  const problems: string[] = [];
  for (const [name, table] of Object.entries(tables)) {
    const plugin = all.find((one) => one.name === name);
    if (plugin === undefined) {
      const near = nearestName(
        name,
        all.map((one) => one.name),
      );
      problems.push(`there is no plugin "${name}"${near === undefined ? '' : `; did you mean "${near}"?`}`);
      continue;
    }
    if (table['enabled'] !== undefined && typeof table['enabled'] !== 'boolean')
      problems.push(`plugins.${name}.enabled must be true or false`);
    try {
      plugin.parseConfig(settingsOf(table));
    } catch (error) {
      problems.push(`plugins.${name}: ${(error as Error).message}`);
    }
  }
  return problems;
}

/** Without the key that every plugin has; undefined when nothing is left to say. */
function settingsOf(table: Readonly<Record<string, unknown>> | undefined): unknown {
  if (table === undefined) return undefined;
  const { enabled: _enabled, ...settings } = table;
  return Object.keys(settings).length === 0 ? undefined : settings;
}
