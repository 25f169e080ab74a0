// What is known of a flow that still runs, for whoever shows it: its name, and which application classifiers take it for by now. Owns: when
// they are asked again. What they say is kept here and not with the flow: at its end more may be known. Must not know who asks.
// Bound: MAX_KEPT flows; when more are asked about, all are asked about anew.
import type { Classified, FlowFacts } from '../api/classifier.js';
import type { FlowDetails, ServerNameEvidence } from '../api/events.js';
import type { Mutable } from '../kernel/mutable.js';
import { safeText } from '../kernel/safe-text.js';
import { EndedFacts } from './ended-facts.js';
import type { EndedFlow } from './ended-flow.js';
import type { PluginHost } from './plugin-host.js';

/** More than a list has rows. */
const MAX_KEPT = 16_384;

/** All texts are safe. */
export interface LiveClass {
  readonly serverName?: string;
  readonly serverNameFrom?: ServerNameEvidence;
  readonly application?: string;
  readonly category?: string;
  readonly tlsVersion?: string;
  readonly ja4?: string;
}

interface Kept {
  readonly generation: number;
  /** What was known when classifiers were asked: they are asked again when one of these is another. */
  readonly protocol: string | undefined;
  readonly protocolFrom: string;
  readonly application: string | undefined;
  readonly details: number;
  readonly known: LiveClass;
}

export class LiveClasses {
  readonly #host: PluginHost;
  readonly #facts = new EndedFacts();
  readonly #kept = new Map<number, Kept>();

  constructor(host: PluginHost) {
    this.#host = host;
  }

  /** Of a flow that was just read. The same value as long as nothing new is known. */
  of(read: EndedFlow): LiveClass {
    const { texts, protocol, protocolFrom, flow } = read;
    const generation = read.columns.generation[flow]!;
    const serverName = read.serverName(texts);
    const serverNameFrom = serverName === undefined ? undefined : read.serverNameFrom(texts);
    const details = countOf(texts?.details);
    const kept = this.#kept.get(flow);
    if (
      kept !== undefined &&
      kept.generation === generation &&
      kept.known.serverName === serverName &&
      kept.known.serverNameFrom === serverNameFrom &&
      kept.protocol === protocol &&
      kept.protocolFrom === protocolFrom &&
      kept.application === texts?.application &&
      kept.details === details
    )
      return kept.known;
    const known: Mutable<LiveClass> = {};
    if (serverName !== undefined && serverNameFrom !== undefined) {
      known.serverName = serverName;
      known.serverNameFrom = serverNameFrom;
    }
    const classified = this.#classify(read);
    if (texts?.application !== undefined) known.application = texts.application;
    else if (classified !== undefined) known.application = safeText(classified.application);
    if (classified?.category !== undefined && known.application === classified.application)
      known.category = safeText(classified.category);
    if (texts?.details?.tlsVersion !== undefined) known.tlsVersion = texts.details.tlsVersion;
    if (texts?.details?.ja4 !== undefined) known.ja4 = texts.details.ja4;
    if (this.#kept.size >= MAX_KEPT) this.#kept.clear();
    this.#kept.set(flow, { generation, protocol, protocolFrom, application: texts?.application, details, known });
    return known;
  }

  /** The flow has ended. */
  forget(flow: number): void {
    if (this.#kept.size > 0) this.#kept.delete(flow);
  }

  #classify(read: EndedFlow): Classified | undefined {
    if (this.#host.classifiers.length === 0) return undefined;
    this.#facts.read(read);
    return this.#host.classify(this.#facts as FlowFacts);
  }
}

function countOf(details: FlowDetails | undefined): number {
  let count = 0;
  for (const _ in details) count += 1;
  return count;
}
