// What a plugin is: a manifest and one function that registers roles. Heavy work belongs in the roles, not here.

import type { Analyzer, FlowNotes } from './analyzer.js';

/** Raised when a change breaks a plugin that compiled before. */
export const PLUGIN_API_VERSION = 1;

export interface PluginRegistry {
  readonly flows: FlowNotes;
  analyzer(analyzer: Analyzer): void;
}

export interface KaipoPlugin<Config = unknown> {
  /** Lower case, digits and dashes; unique in one engine. */
  readonly name: string;
  readonly apiVersion: typeof PLUGIN_API_VERSION;
  readonly description: string;
  /** Turns what the configuration file says into a frozen Config; throws an Error whose message names the bad key. */
  parseConfig(raw: unknown): Config;
  register(registry: PluginRegistry, config: Config): void;
}

/** Gives the plugin its types; adds nothing at run time. */
export function definePlugin<Config>(plugin: KaipoPlugin<Config>): KaipoPlugin<Config> {
  return plugin;
}
