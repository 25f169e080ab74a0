// Takes plugins in and keeps them from hurting the engine. Owns: checks at registration, and calls into analyzers that may throw.

import type { Analyzer, FlowNotes } from '../api/analyzer.js';
import type { Classified, Classifier, FlowFacts, Place } from '../api/classifier.js';
import type { DetectorSpec } from '../api/detector.js';
import type { EventWriter, KaipoEvent } from '../api/events.js';
import { type KaipoPlugin, PLUGIN_API_VERSION, type PluginRegistry } from '../api/plugin.js';
import type { ProtocolSpec } from '../api/protocol.js';
import type { FrameBatch } from '../frame/frame-batch.js';
import type { Lane } from './lanes.js';
import { Strikes } from './strikes.js';

const PLUGIN_NAME = /^[a-z][a-z0-9-]{0,31}$/;

/** Registers every plugin. Throws one Error that lists all problems at once. */
export class PluginHost {
  readonly analyzers: Analyzer[] = [];
  readonly protocols: ProtocolSpec[] = [];
  readonly classifiers: Classifier[] = [];
  readonly detectors: DetectorSpec[] = [];
  readonly plugins: KaipoPlugin[] = [];
  readonly strikes: Strikes;

  /** `onFault` is told, once each, about analyzers and protocols that were stopped. */
  constructor(onFault: (text: string) => void) {
    this.strikes = new Strikes(onFault);
  }

  registerAll(plugins: readonly KaipoPlugin[], flows: FlowNotes, configOf: (name: string) => unknown): void {
    const problems: string[] = [];
    for (const plugin of plugins) {
      const problem = this.#register(plugin, flows, configOf);
      if (problem !== undefined) problems.push(problem);
    }
    if (problems.length > 0) throw new Error(`plugins: ${problems.join('; ')}`);
  }

  #register(plugin: KaipoPlugin, flows: FlowNotes, configOf: (name: string) => unknown): string | undefined {
    if (!PLUGIN_NAME.test(plugin.name)) return `"${plugin.name}" is not a plugin name`;
    if (plugin.apiVersion !== PLUGIN_API_VERSION)
      return `${plugin.name} is made for plugin API ${plugin.apiVersion}, this is ${PLUGIN_API_VERSION}`;
    if (this.plugins.some((known) => known.name === plugin.name)) return `${plugin.name} is there twice`;
    const registry: PluginRegistry = {
      flows,
      analyzer: (analyzer) => this.analyzers.push(analyzer),
      protocol: (protocol) => this.protocols.push(protocol),
      classifier: (classifier) => this.classifiers.push(classifier),
      detector: (detector) => this.detectors.push(detector),
    };
    try {
      plugin.register(registry, plugin.parseConfig(configOf(plugin.name)));
    } catch (error) {
      return `${plugin.name}: ${messageOf(error)}`;
    }
    this.plugins.push(plugin);
    return undefined;
  }

  runLane(lane: Lane, batch: FrameBatch, flows: FlowNotes, out: EventWriter): void {
    if (this.strikes.isOut(lane.analyzer.name)) return;
    try {
      lane.analyzer.onPackets?.(batch, lane, flows, out);
    } catch (error) {
      this.strikes.add(lane.analyzer.name, error);
    }
  }

  runEvents(analyzer: Analyzer, events: readonly KaipoEvent[], out: EventWriter): void {
    if (this.strikes.isOut(analyzer.name)) return;
    try {
      analyzer.onEvents?.(events, out);
    } catch (error) {
      this.strikes.add(analyzer.name, error);
    }
  }

  tick(nowUs: number, out: EventWriter): void {
    for (const analyzer of this.analyzers) {
      if (analyzer.onTick === undefined || this.strikes.isOut(analyzer.name)) continue;
      try {
        analyzer.onTick(nowUs, out);
      } catch (error) {
        this.strikes.add(analyzer.name, error);
      }
    }
  }

  classify(flow: FlowFacts): Classified | undefined {
    for (const classifier of this.classifiers) {
      if (this.strikes.isOut(classifier.name)) continue;
      try {
        const classified = classifier.classify(flow);
        if (classified !== undefined) return classified;
      } catch (error) {
        this.strikes.add(classifier.name, error);
      }
    }
    return undefined;
  }

  placeOf(ip: string): Place | undefined {
    for (const classifier of this.classifiers) {
      if (classifier.placeOf === undefined || this.strikes.isOut(classifier.name)) continue;
      try {
        const place = classifier.placeOf(ip);
        if (place !== undefined) return place;
      } catch (error) {
        this.strikes.add(classifier.name, error);
      }
    }
    return undefined;
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
