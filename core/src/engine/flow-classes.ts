// Asks classifiers which application a flow belongs to, once, when it ends: then everything is known that will be, also the name its
// address was last looked up by. Cold: never per packet.
import type { FlowFacts } from '../api/classifier.js';
import { EndedFacts } from './ended-facts.js';
import type { EndedFlow } from './ended-flow.js';
import type { FlowNotebook } from './flow-notes.js';
import type { PluginHost } from './plugin-host.js';

export class FlowClasses {
  readonly #notebook: FlowNotebook;
  readonly #host: PluginHost;
  readonly #facts = new EndedFacts();

  constructor(notebook: FlowNotebook, host: PluginHost) {
    this.#notebook = notebook;
    this.#host = host;
  }

  /** Asks about a flow that has ended: nothing better will come than the name its address was last looked up by. */
  finish(ended: EndedFlow): void {
    if (this.#host.classifiers.length === 0) return;
    this.#facts.read(ended);
    const classified = this.#host.classify(this.#facts as FlowFacts);
    if (classified !== undefined) this.#notebook.setClassified(ended.flow, classified);
  }
}
