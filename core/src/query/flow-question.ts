// A flow as it asks for its owner: one value for all flows, filled anew for each. Owns the way from the columns of a flow to the question;
// addresses become text only when somebody reads them. Must not know who answers.
import {
  addressAt,
  FlowAddresses,
  type FlowColumns,
  SUM_BYTES,
  SUM_FIRST_US,
  SUM_LAST_US,
  SUM_PACKETS,
  SUMS,
} from '../flow/flow-columns.js';
import {
  flowAddressText,
  flowHasPorts,
  flowIpVersion,
  flowPort,
  flowProtocolNumber,
  transportName,
} from '../flow/flow-text.js';
import type { OwnerQuestion } from '../owners/socket-owners.js';
import { type AddressKnowledge, keyAt } from './traffic-zone.js';

export class FlowQuestion implements OwnerQuestion {
  transport = '';
  localKey = 0;
  remoteKey = 0;
  localPort: number | undefined;
  remotePort: number | undefined;
  startUs = 0;
  endUs = 0;
  isOutgoing = false;
  meanSentBytes = 0;
  readonly #columns: FlowColumns;
  readonly #addresses: AddressKnowledge;
  /** Of the flow it is about. */
  readonly #words = new FlowAddresses();
  #flow = 0;
  #localSide = 0;

  constructor(columns: FlowColumns, addresses: AddressKnowledge) {
    this.#columns = columns;
    this.#addresses = addresses;
  }

  /** From now on the question is about this flow. */
  of(flow: number, localSide: number): this {
    const { sums, clientSide } = this.#columns;
    const words = this.#words.read(this.#columns, flow);
    const at = flow * SUMS;
    const version = flowIpVersion(this.#columns, flow);
    const hasPorts = flowHasPorts(this.#columns, flow);
    const sent = sums[at + SUM_PACKETS + localSide]!;
    this.#flow = flow;
    this.#localSide = localSide;
    this.transport = transportName(flowProtocolNumber(this.#columns, flow));
    this.localKey = keyAt(words, addressAt(localSide), version);
    this.remoteKey = keyAt(words, addressAt(1 - localSide), version);
    this.localPort = hasPorts ? flowPort(this.#columns, flow, localSide) : undefined;
    this.remotePort = hasPorts ? flowPort(this.#columns, flow, 1 - localSide) : undefined;
    this.startUs = sums[at + SUM_FIRST_US]!;
    this.endUs = sums[at + SUM_LAST_US]!;
    this.isOutgoing = clientSide[flow] === localSide;
    this.meanSentBytes = sent === 0 ? 0 : sums[at + SUM_BYTES + localSide]! / sent;
    return this;
  }

  get localIp(): string {
    return flowAddressText(this.#columns, this.#flow, this.#localSide);
  }

  get remoteIp(): string {
    return flowAddressText(this.#columns, this.#flow, 1 - this.#localSide);
  }

  get isForwarded(): boolean {
    return this.#isSomebodyElse(0) && this.#isSomebodyElse(1);
  }

  /** One host, and not this one. */
  #isSomebodyElse(side: number): boolean {
    const { words } = this.#words;
    const at = addressAt(side);
    const version = flowIpVersion(this.#columns, this.#flow);
    return isSomebody(words, at, version) && !this.#addresses.isOwnAt(words, at, version);
  }
}

/** One host: not a group, not everybody, not nobody. Broadcast addresses of networks are not known here. */
function isSomebody(words: ArrayLike<number>, at: number, version: number): boolean {
  const word = words[at]!;
  if (version === 4) return word >>> 24 > 0 && word >>> 24 < 224 && (word & 0xff) !== 0xff;
  const isNobody = word === 0 && words[at + 1] === 0 && words[at + 2] === 0 && words[at + 3] === 0;
  return !isNobody && word >>> 25 !== 0x7f;
}
