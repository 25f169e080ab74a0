// What a plugin is: a manifest and one function that registers roles. Heavy work belongs in the roles, not here.

import type { Analyzer, FlowNotes } from './analyzer.js';
import type { Classifier } from './classifier.js';
import type { DetectorSpec } from './detector.js';
import type { ProtocolSpec } from './protocol.js';

/** Raised when a change breaks a plugin that compiled before. */
export const PLUGIN_API_VERSION = 1;

export interface PluginRegistry {
  readonly flows: FlowNotes;
  analyzer(analyzer: Analyzer): void;
  protocol(protocol: ProtocolSpec): void;
  classifier(classifier: Classifier): void;
  detector(detector: DetectorSpec): void;
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

export interface PortsConfig {
  readonly ports?: readonly number[];
}

/** A plugin that knows one protocol and needs no settings but its ports: what most plugins are. */
export function defineProtocol(description: string, spec: ProtocolSpec): KaipoPlugin<PortsConfig> {
  return defineProtocols(spec.name, description, [spec]);
}

/** A plugin that knows several protocols of one kind. Its `ports` can be set when there is one; ports of several would say nothing. */
export function defineProtocols(
  name: string,
  description: string,
  specs: readonly ProtocolSpec[],
): KaipoPlugin<PortsConfig> {
  const only = specs.length === 1 ? specs[0] : undefined;
  return {
    name,
    apiVersion: PLUGIN_API_VERSION,
    description,
    settings: only === undefined ? [] : [portsSetting(only)],
    parseConfig: (raw) => (only === undefined ? parseNothing(name, raw) : parsePorts(name, raw)),
    register(registry, { ports }) {
      for (const spec of specs) registry.protocol(ports === undefined ? spec : { ...spec, ports });
    },
  };
}

const portsSetting = ({ ports = [] }: ProtocolSpec): PluginSetting => ({
  key: 'ports',
  description: 'ports on which it is asked first',
  default: `[${ports.join(', ')}]`,
});

/** For plugins without settings: any key is refused. */
export function parseNothing(name: string, raw: unknown): Record<string, never> {
  for (const key of Object.keys((raw ?? {}) as object))
    throw new Error(`${name}: unknown key "${key}"; there are no settings`);
  return Object.freeze({});
}

/** `ports = [ … ]` and nothing else. */
function parsePorts(name: string, raw: unknown): PortsConfig {
  for (const key of Object.keys((raw ?? {}) as object))
    if (key !== 'ports') throw new Error(`${name}: unknown key "${key}"; there is only ports`);
  const ports = (raw as { ports?: unknown } | undefined)?.ports;
  if (ports === undefined) return Object.freeze({});
  if (!Array.isArray(ports) || !ports.every((port) => Number.isInteger(port) && port > 0 && port < 65_536))
    throw new Error(`${name}: ports must be a list of port numbers`);
  return Object.freeze({ ports });
}
