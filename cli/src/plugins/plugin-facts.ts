// What a plugin is, for people: its roles, what it recognises, its settings, and what asking it costs on this machine.
// Owns: registering a plugin with nobody behind it, to see what it registers.
import type {
  Analyzer,
  Classifier,
  DetectorSpec,
  FlowNotes,
  KaipoPlugin,
  PluginSetting,
  Probe,
  ProtocolSpec,
  Severity,
} from '@kaipo/core/api/index.js';
import { ProbeView } from '@kaipo/core/engine/inspect/probe-view.js';

export interface ProtocolFacts {
  readonly name: string;
  readonly transports: readonly string[];
  readonly ports?: readonly number[];
  /** Asked on its ports only. */
  readonly isPortBound?: true;
  readonly application?: string;
  /** Does it read on after the match? */
  readonly isRead: boolean;
  /** Of one question about bytes that are not its own, measured now. */
  readonly askNs?: number;
}

/** What a detector raises. */
export interface RuleFacts {
  readonly rule: string;
  readonly title: string;
  readonly meaning: string;
  readonly falsePositives: string;
  readonly severity: Severity;
  /** Without a finding for so long an incident is over. */
  readonly quietS: number;
  /** Says nothing for so long at first. */
  readonly learnsS?: number;
}

export interface PluginFacts {
  readonly name: string;
  readonly description: string;
  readonly enabled: boolean;
  readonly roles: readonly ('protocol' | 'analyzer' | 'classifier' | 'detector')[];
  readonly protocols: readonly ProtocolFacts[];
  /** Of a plugin that raises alerts. */
  readonly rules?: readonly RuleFacts[];
  /** Names it gives to flows: those of its protocols, and what its analyzers register. */
  readonly names: readonly string[];
  readonly settings: readonly PluginSetting[];
}

export interface PluginFactsOptions {
  readonly enabled: boolean;
  /** What holds for it in the configuration. */
  readonly config: unknown;
  /** Also measure what asking costs. */
  readonly isMeasured?: boolean;
}

const ENABLED: PluginSetting = { key: 'enabled', description: 'false switches the plugin off', default: 'true' };

export function pluginFacts(plugin: KaipoPlugin, options: PluginFactsOptions): PluginFacts {
  const protocols: ProtocolSpec[] = [];
  const analyzers: Analyzer[] = [];
  const classifiers: Classifier[] = [];
  const detectors: DetectorSpec[] = [];
  const names = new Set<string>();
  plugin.register(
    {
      flows: namesOnly(names),
      protocol: (protocol) => protocols.push(protocol),
      analyzer: (analyzer) => analyzers.push(analyzer),
      classifier: (classifier) => classifiers.push(classifier),
      detector: (detector) => detectors.push(detector),
    },
    plugin.parseConfig(options.config),
  );
  for (const { name } of protocols) names.add(name);
  return {
    name: plugin.name,
    description: plugin.description,
    enabled: options.enabled,
    roles: [
      ...(protocols.length > 0 ? (['protocol'] as const) : []),
      ...(analyzers.length > 0 ? (['analyzer'] as const) : []),
      ...(classifiers.length > 0 ? (['classifier'] as const) : []),
      ...(detectors.length > 0 ? (['detector'] as const) : []),
    ],
    protocols: protocols.map((spec) => protocolFacts(spec, options.isMeasured === true)),
    ...(detectors.length === 0 ? {} : { rules: detectors.map(ruleFacts) }),
    names: [...names].sort(),
    settings: [ENABLED, ...(plugin.settings ?? [])],
  };
}

function ruleFacts({ rule, title, meaning, falsePositives, severity, quietUs, learnsUs }: DetectorSpec): RuleFacts {
  const learns = learnsUs === undefined ? {} : { learnsS: learnsUs / 1e6 };
  return { rule, title, meaning, falsePositives, severity, quietS: quietUs / 1e6, ...learns };
}

function protocolFacts(spec: ProtocolSpec, isMeasured: boolean): ProtocolFacts {
  return {
    name: spec.name,
    transports: spec.transports,
    ...(spec.ports === undefined || spec.ports.length === 0 ? {} : { ports: spec.ports }),
    ...(spec.isPortBound === true ? { isPortBound: true as const } : {}),
    ...(spec.application === undefined ? {} : { application: spec.application }),
    isRead: spec.open !== undefined,
    ...(isMeasured ? { askNs: askNs(spec) } : {}),
  };
}

/** Registers names, and takes nothing else. */
function namesOnly(names: Set<string>): FlowNotes {
  return {
    protocolId: (name) => names.add(name).size,
    setProtocol: () => undefined,
    hasPayloadProtocol: () => false,
    setServerName: () => undefined,
    setApplication: () => undefined,
    isFromClient: () => true,
  };
}

const ROUNDS = 20_000;
const SAMPLE_BYTES = 256;

/** Nanoseconds a question, about 64 packets of bytes that look like nothing; the best of three rounds. */
function askNs(spec: ProtocolSpec): number {
  const probe = new ProbeView();
  const bytes = new Uint8Array(64 * SAMPLE_BYTES);
  let state = 1;
  for (let at = 0; at < bytes.length; at++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes[at] = state >>> 24;
  }
  probe.bytes = bytes;
  probe.addressBytes = bytes;
  probe.transport = spec.transports[0] === 'udp' ? 17 : 6;
  probe.clientPort = 40_000;
  probe.serverPort = spec.ports?.[0] ?? 40_001;
  probe.packets = 1;
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 3; round++) best = Math.min(best, timed(spec, probe));
  return Math.round(best * 10) / 10;
}

function timed(spec: ProtocolSpec, probe: ProbeView): number {
  const began = performance.now();
  for (let i = 0; i < ROUNDS; i++) {
    probe.start = (i & 63) * SAMPLE_BYTES;
    probe.end = probe.start + SAMPLE_BYTES;
    probe.memoA = 0;
    probe.memoB = 0;
    // A first byte it does not begin with is never shown to it.
    if (spec.firstBytes !== undefined) probe.bytes[probe.start] = spec.firstBytes[i % spec.firstBytes.length] ?? 0;
    spec.probe(probe as Probe);
  }
  return ((performance.now() - began) * 1e6) / ROUNDS;
}
