// Every anomaly rule there is, with the settings it has. Owns: which plugins are asked, and registering them with nobody behind.
import type { DetectorSpec, FlowNotes, KaipoPlugin } from '@kaipo/core/api/index.js';
import { KaipoError } from '@kaipo/core/kernel/errors.js';
import { nearestName } from '@kaipo/core/kernel/nearest-name.js';
import { ANOMALY_PLUGINS } from '@kaipo/plugins/anomalies/all.js';

export interface FoundRule {
  readonly plugin: KaipoPlugin;
  readonly spec: DetectorSpec;
}

/** Raises KAIPO_USAGE when there is none of this name. */
export function ruleNamed(name: string, plugins: readonly KaipoPlugin[] = ANOMALY_PLUGINS): FoundRule {
  const all = plugins.flatMap((plugin) => detectorsWith(plugin, undefined).map((spec) => ({ plugin, spec })));
  const found = all.find(({ spec }) => spec.rule === name);
  if (found !== undefined) return found;
  const names = all.map(({ spec }) => spec.rule).sort();
  const near = nearestName(name, names);
  throw new KaipoError(
    'KAIPO_USAGE',
    `there is no rule "${name}"${near === undefined ? '' : `; did you mean "${near}"?`}`,
    `the rules are ${names.join(', ')}`,
  );
}

/** What a plugin registers with these settings; throws an Error that names the key which is wrong. */
export function detectorsWith(plugin: KaipoPlugin, settings: unknown): DetectorSpec[] {
  const specs: DetectorSpec[] = [];
  const nothing = () => undefined;
  const registry = { flows: NO_NOTES, analyzer: nothing, protocol: nothing, classifier: nothing };
  plugin.register({ ...registry, detector: (spec) => specs.push(spec) }, plugin.parseConfig(settings));
  return specs;
}

const NO_NOTES: FlowNotes = {
  protocolId: () => 0,
  setProtocol: () => undefined,
  hasPayloadProtocol: () => false,
  setServerName: () => undefined,
  setApplication: () => undefined,
  isFromClient: () => true,
};
