// What a plugin is: a manifest and one function that registers roles. Heavy work belongs in the roles, not here.

import type { Analyzer, FlowNotes } from './analyzer.js';
import type { Classifier } from './classifier.js';
import type { ProtocolSpec } from './protocol.js';

/** Raised when a change breaks a plugin that compiled before. */
export const PLUGIN_API_VERSION = 1;

export interface PluginRegistry {
  readonly flows: FlowNotes;
  analyzer(analyzer: Analyzer): void;
  protocol(protocol: ProtocolSpec): void;
  classifier(classifier: Classifier): void;
}

/** One key a plugin understands in [plugins.NAME], for `kaipo plugins show`. */
export interface PluginSetting {
  readonly key: string;
  readonly description: string;
  /** What holds when nobody sets it, as it would be written in TOML. */
  readonly default?: string;
}

export interface KaipoPlugin<Config = unknown> {
  /** Lower case, digits and dashes; unique in one engine. */
  readonly name: string;
  readonly apiVersion: typeof PLUGIN_API_VERSION;
  readonly description: string;
  readonly settings?: readonly PluginSetting[];
  /** Turns what the configuration file says into a frozen Config; throws an Error whose message names the bad key. */
  parseConfig(raw: unknown): Config;
  register(registry: PluginRegistry, config: Config): void;
}

/** Gives the plugin its types; adds nothing at run time. */
export function definePlugin<Config>(plugin: KaipoPlugin<Config>): KaipoPlugin<Config> {
  return plugin;
}

/** A plugin that knows one protocol and needs no settings but its ports: what most plugins are. */
export function defineProtocol(
  description: string,
  spec: ProtocolSpec,
): KaipoPlugin<{ readonly ports?: readonly number[] }> {
  return {
    name: spec.name,
    apiVersion: PLUGIN_API_VERSION,
    description,
    settings: [
      { key: 'ports', description: 'ports on which it is asked first', default: `[${(spec.ports ?? []).join(', ')}]` },
    ],
    parseConfig: (raw) => parsePorts(spec.name, raw),
    register: (registry, config) =>
      registry.protocol(config.ports === undefined ? spec : { ...spec, ports: config.ports }),
  };
}

/** `ports = [ … ]` and nothing else. */
function parsePorts(name: string, raw: unknown): { readonly ports?: readonly number[] } {
  for (const key of Object.keys((raw ?? {}) as object))
    if (key !== 'ports') throw new Error(`${name}: unknown key "${key}"; there is only ports`);
  const ports = (raw as { ports?: unknown } | undefined)?.ports;
  if (ports === undefined) return Object.freeze({});
  if (!Array.isArray(ports) || !ports.every((port) => Number.isInteger(port) && port > 0 && port < 65_536))
    throw new Error(`${name}: ports must be a list of port numbers`);
  return Object.freeze({ ports });
}
