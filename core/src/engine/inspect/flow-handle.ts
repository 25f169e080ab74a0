// What a reader says about its flow, passed on to the notebook. Owns nothing. One object a flow that is read.
import type { EventWriter, FlowDetails, KaipoEvent, ServerNameEvidence } from '../../api/events.js';
import type { ProtocolFlow, ProtocolTransport } from '../../api/protocol.js';
import type { FlowRows } from '../../flow/flow-columns.js';
import { flowAddressText, flowPort, flowProtocolNumber } from '../../flow/flow-text.js';
import type { FlowNotebook } from '../flow-notes.js';
import type { ExpectedFlows } from './expected-flows.js';

export class FlowHandle implements ProtocolFlow {
  readonly #clock: { readonly tsUs: number };
  readonly #flows: FlowRows;
  readonly #notebook: FlowNotebook;
  readonly #out: EventWriter;
  readonly #expected: ExpectedFlows;
  readonly #flow: number;

  constructor(
    clock: { readonly tsUs: number },
    flows: FlowRows,
    notebook: FlowNotebook,
    out: EventWriter,
    expected: ExpectedFlows,
    flow: number,
  ) {
    this.#clock = clock;
    this.#flows = flows;
    this.#notebook = notebook;
    this.#out = out;
    this.#expected = expected;
    this.#flow = flow;
  }

  get clientIp(): string {
    return flowAddressText(this.#flows.columns, this.#flow, this.#clientSide);
  }

  get serverIp(): string {
    return flowAddressText(this.#flows.columns, this.#flow, 1 - this.#clientSide);
  }

  get clientPort(): number {
    return flowPort(this.#flows.columns, this.#flow, this.#clientSide);
  }

  get serverPort(): number {
    return flowPort(this.#flows.columns, this.#flow, 1 - this.#clientSide);
  }

  get transport(): number {
    return flowProtocolNumber(this.#flows.columns, this.#flow);
  }

  get tsUs(): number {
    return this.#clock.tsUs;
  }

  rename(protocol: string): void {
    this.#notebook.renameProtocol(this.#flow, this.#notebook.protocolId(protocol));
  }

  setServerName(name: string, evidence: ServerNameEvidence): void {
    this.#notebook.setServerName(this.#flow, name, evidence);
  }

  setApplication(application: string): void {
    this.#notebook.setApplication(this.#flow, application);
  }

  setDetails(details: FlowDetails): void {
    this.#notebook.setDetails(this.#flow, details);
  }

  expect(transport: ProtocolTransport, ip: string, port: number, protocol: string): void {
    this.#expected.expect(this.tsUs, transport, ip, port, protocol);
  }

  write(event: KaipoEvent): void {
    this.#out.write(event);
  }

  get #clientSide(): number {
    return this.#flows.columns.clientSide[this.#flow]!;
  }
}
