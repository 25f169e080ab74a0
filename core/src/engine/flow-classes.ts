// Asks classifiers which application a flow belongs to, once, when it ends: then everything is known that will be, also the name its
// address was last looked up by. Owns: gathering what is known. Cold: never per packet.
import type { FlowFacts } from '../api/classifier.js';
import type { FlowRows } from '../flow/flow-columns.js';
import { SIDE_A, SIDE_B } from '../flow/flow-columns.js';
import { flowAddressText, flowPort, flowProtocolNumber } from '../flow/flow-text.js';
import type { Mutable } from '../kernel/mutable.js';
import type { FlowNotebook } from './flow-notes.js';
import type { NameCache } from './name-cache.js';
import type { PluginHost } from './plugin-host.js';

export class FlowClasses {
  readonly #flows: FlowRows;
  readonly #notebook: FlowNotebook;
  readonly #names: NameCache;
  readonly #host: PluginHost;

  constructor(flows: FlowRows, notebook: FlowNotebook, names: NameCache, host: PluginHost) {
    this.#flows = flows;
    this.#notebook = notebook;
    this.#names = names;
    this.#host = host;
  }

  /** Asks about a flow that has ended: nothing better will come than the name its address was last looked up by. */
  finish(flow: number): void {
    if (this.#host.classifiers.length === 0) return;
    const classified = this.#host.classify(this.#factsOf(flow));
    if (classified !== undefined) this.#notebook.setClassified(flow, classified);
  }

  #factsOf(flow: number): FlowFacts {
    const columns = this.#flows.columns;
    const clientSide = columns.clientSide[flow] === SIDE_A ? SIDE_A : SIDE_B;
    const serverIp = flowAddressText(columns, flow, 1 - clientSide);
    const protocol = this.#notebook.protocolName(columns.protocolId[flow]!);
    const texts = this.#notebook.textsOf(flow);
    const lookedUp = texts?.serverName === undefined ? this.#names.nameOf(serverIp) : undefined;
    const facts: Mutable<FlowFacts> = {
      transport: flowProtocolNumber(columns, flow),
      clientIp: flowAddressText(columns, flow, clientSide),
      serverIp,
      serverPort: flowPort(columns, flow, 1 - clientSide),
    };
    if (texts?.details !== undefined) Object.assign(facts, texts.details);
    if (protocol !== undefined) {
      facts.protocol = protocol;
      facts.protocolFrom = this.#notebook.evidenceOf(flow);
    }
    if (texts?.application !== undefined) facts.application = texts.application;
    if (texts?.serverName !== undefined) {
      facts.serverName = texts.serverName;
      facts.serverNameFrom = texts.serverNameFrom ?? 'dns';
    } else if (lookedUp !== undefined) {
      facts.serverName = lookedUp;
      facts.serverNameFrom = 'dns';
    }
    return facts;
  }
}
