// What analyzers have said about flows. Owns: protocol names by number, and the texts of flows that have any.
// Bound: MAX_NAMES names; texts of `maxTexts` live flows, removed when the flow ends; what is said of further ones is not kept, and
// counted.
import type { FlowNotes } from '../api/analyzer.js';
import type { Classified } from '../api/classifier.js';
import type { FlowDetails, FlowOwner, ProtocolEvidence, ServerNameEvidence } from '../api/events.js';
import type { FlowRows } from '../flow/flow-columns.js';
import type { FrameBatch } from '../frame/frame-batch.js';
import { MAX_NAMES } from '../kernel/limits.js';
import { safeText } from '../kernel/safe-text.js';
import { addSafeDetails } from './safe-details.js';

const EVIDENCE_PORT = 1;
const EVIDENCE_PAYLOAD = 2;
/** What a client asks for by SNI is more certain than a Host header, and both than what an address was once called. */
const EVIDENCE_RANK: Readonly<Record<ServerNameEvidence, number>> = { dns: 0, host: 1, sni: 2 };
const PROTOCOL_NAME = /^[a-z0-9][a-z0-9._/+-]{0,31}$/;

export interface FlowTexts {
  serverName?: string;
  serverNameFrom?: ServerNameEvidence;
  application?: string;
  category?: string;
  details?: FlowDetails;
  owner?: FlowOwner;
}

export class FlowNotebook implements FlowNotes {
  /** Times something was said of a flow and not kept: there were texts enough. */
  refusedTexts = 0;
  readonly #flows: FlowRows;
  readonly #maxTexts: number;
  readonly #names: string[] = [''];
  readonly #ids = new Map<string, number>();
  /** By flow, as far as there were any; as long as the highest row that had texts. */
  readonly #texts: (FlowTexts | undefined)[] = [];
  #textsCount = 0;

  constructor(flows: FlowRows, maxTexts: number = flows.columns.capacity) {
    this.#flows = flows;
    this.#maxTexts = maxTexts;
  }

  protocolId(name: string): number {
    const known = this.#ids.get(name);
    if (known !== undefined) return known;
    if (!PROTOCOL_NAME.test(name))
      throw new Error(`"${name}" is not a protocol name: lower case, at most 32 characters`);
    if (this.#names.length >= MAX_NAMES) throw new Error(`more than ${MAX_NAMES} protocol names`);
    this.#names.push(name);
    this.#ids.set(name, this.#names.length - 1);
    return this.#names.length - 1;
  }

  setProtocol(flowId: number, protocolId: number, evidence: ProtocolEvidence): void {
    const columns = this.#flows.columns;
    const weight = evidence === 'payload' ? EVIDENCE_PAYLOAD : EVIDENCE_PORT;
    if (columns.protocolEvidence[flowId]! >= weight) return;
    columns.protocolEvidence[flowId] = weight;
    columns.protocolId[flowId] = protocolId;
  }

  /** Its reader knows better now. */
  renameProtocol(flowId: number, protocolId: number): void {
    this.#flows.columns.protocolEvidence[flowId] = EVIDENCE_PAYLOAD;
    this.#flows.columns.protocolId[flowId] = protocolId;
  }

  hasPayloadProtocol(flowId: number): boolean {
    return this.#flows.columns.protocolEvidence[flowId] === EVIDENCE_PAYLOAD;
  }

  setServerName(flowId: number, name: string, evidence: ServerNameEvidence): void {
    const texts = this.#textsOf(flowId);
    if (texts.serverName !== undefined && EVIDENCE_RANK[texts.serverNameFrom ?? 'dns'] >= EVIDENCE_RANK[evidence])
      return;
    texts.serverName = safeText(name);
    texts.serverNameFrom = evidence;
  }

  setApplication(flowId: number, application: string): void {
    const texts = this.#textsOf(flowId);
    texts.application = safeText(application);
  }

  /** What a classifier says: the application unless a protocol has named it, and its category. */
  setClassified(flowId: number, classified: Classified): void {
    const texts = this.#textsOf(flowId);
    texts.application ??= safeText(classified.application);
    if (classified.category !== undefined && texts.application === classified.application)
      texts.category = safeText(classified.category);
  }

  setDetails(flowId: number, details: FlowDetails): void {
    const texts = this.#textsOf(flowId);
    texts.details ??= {};
    addSafeDetails(texts.details, details);
  }

  setOwner(flowId: number, owner: FlowOwner): void {
    this.#textsOf(flowId).owner = owner;
  }

  isFromClient(batch: FrameBatch, row: number): boolean {
    return this.#flows.columns.clientSide[batch.flowId[row]!] === batch.flowSide[row];
  }

  /** The name of a protocol number; undefined for 0, "not known". */
  protocolName(protocolId: number): string | undefined {
    return protocolId === 0 ? undefined : this.#names[protocolId];
  }

  evidenceOf(flowId: number): ProtocolEvidence {
    return this.#flows.columns.protocolEvidence[flowId] === EVIDENCE_PAYLOAD ? 'payload' : 'port';
  }

  textsOf(flowId: number): FlowTexts | undefined {
    return flowId < this.#texts.length ? this.#texts[flowId] : undefined;
  }

  /** The flow has ended: its number may be given to another. */
  forget(flowId: number): void {
    if (this.textsOf(flowId) === undefined) return;
    this.#texts[flowId] = undefined;
    this.#textsCount -= 1;
  }

  #textsOf(flowId: number): FlowTexts {
    const known = this.textsOf(flowId);
    if (known !== undefined) return known;
    const texts: FlowTexts = {};
    if (this.#textsCount >= this.#maxTexts) {
      this.refusedTexts += 1;
      return texts;
    }
    while (this.#texts.length <= flowId) this.#texts.push(undefined);
    this.#texts[flowId] = texts;
    this.#textsCount += 1;
    return texts;
  }
}
