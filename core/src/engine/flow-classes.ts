// Asks classifiers which application a flow belongs to, once, when it ends: then everything is known that will be, also the name its
// address was last looked up by. Owns: gathering what is known. Cold: never per packet.
import type { FlowFacts } from '../api/classifier.js';
import type { Mutable } from '../kernel/mutable.js';
import type { EndedFlow } from './ended-flow.js';
import type { FlowNotebook } from './flow-notes.js';
import type { PluginHost } from './plugin-host.js';

export class FlowClasses {
  readonly #notebook: FlowNotebook;
  readonly #host: PluginHost;

  constructor(notebook: FlowNotebook, host: PluginHost) {
    this.#notebook = notebook;
    this.#host = host;
  }

  /** Asks about a flow that has ended: nothing better will come than the name its address was last looked up by. */
  finish(ended: EndedFlow): void {
    if (this.#host.classifiers.length === 0) return;
    const classified = this.#host.classify(factsOf(ended));
    if (classified !== undefined) this.#notebook.setClassified(ended.flow, classified);
  }
}

function factsOf(ended: EndedFlow): FlowFacts {
  const { texts, protocol } = ended;
  const facts: Mutable<FlowFacts> = {
    transport: ended.transport,
    clientIp: ended.clientIp,
    serverIp: ended.serverIp,
    serverPort: ended.serverPort,
  };
  if (texts?.details !== undefined) Object.assign(facts, texts.details);
  if (protocol !== undefined) {
    facts.protocol = protocol;
    facts.protocolFrom = ended.protocolFrom;
  }
  if (texts?.application !== undefined) facts.application = texts.application;
  const serverName = ended.serverName(texts);
  if (serverName !== undefined) {
    facts.serverName = serverName;
    facts.serverNameFrom = ended.serverNameFrom(texts);
  }
  return facts;
}
