// The role of a plugin that says which application a flow belongs to, from what is known about it. Asked once a
// flow, when it has ended; never per packet.
import type { FlowDetails, ProtocolEvidence, ServerNameEvidence } from './events.js';

/** What is known of a flow that has no application, or no category, yet. Of the next flow when `classify` has returned: copy what you keep. */
export interface FlowFacts extends FlowDetails {
  readonly transport: number;
  readonly clientIp: string;
  readonly serverIp: string;
  readonly serverPort: number;
  readonly protocol?: string;
  readonly protocolFrom?: ProtocolEvidence;
  /** Already named by its protocol: only the category is missing. */
  readonly application?: string;
  readonly serverName?: string;
  readonly serverNameFrom?: ServerNameEvidence;
}

export interface Classified {
  readonly application: string;
  readonly category?: string;
}

export interface Classifier {
  readonly name: string;
  classify(flow: FlowFacts): Classified | undefined;
  /** Network and country of an address, where a database knows them. */
  placeOf?(ip: string): Place | undefined;
}

export interface Place {
  readonly asn?: number;
  readonly network?: string;
  readonly country?: string;
}
