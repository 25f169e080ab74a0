// The steps of the flows of a batch, for detectors. Owns: picking the rows the flow table has marked, and what is said of each. Not called
// where no detector asks. Bound: the rows of a batch, taken once.
/** @hot */
import {
  ANSWERED_OTHER,
  ANSWERED_TCP,
  BEGAN_ICMP,
  BEGAN_OTHER,
  BEGAN_SYN,
  BEGAN_TCP,
  BEGAN_UDP,
  type FlowSteps,
  LOCAL_CLIENT,
  LOCAL_SERVER,
  LOCAL_UNKNOWN,
  MANY,
  STEP_ANSWERED,
  STEP_BEGAN,
  STEP_MANY,
  STEP_WENT_ON,
  WENT_ON,
} from '../api/flow-steps.js';
import type { FlowColumns } from '../flow/flow-columns.js';
import {
  DIRECTION_IN,
  DIRECTION_UNKNOWN,
  type FrameBatch,
  MARK_ANSWER,
  MARK_MANY,
  MARK_NEW_FLOW,
  MARK_WENT_ON,
  NO_FLOW,
} from '../frame/frame-batch.js';
import { BATCH_ROWS } from '../kernel/limits.js';
import { ipv4WordText, ipv6WordsText } from '../wire/address-text.js';
import { i32 } from '../wire/bytes.js';

const ANY_STEP = MARK_NEW_FLOW | MARK_ANSWER | MARK_WENT_ON | MARK_MANY;
const ICMP = 1;
const ICMPV6 = 58;
const TCP = 6;
const UDP = 17;
const SCTP = 132;
/** Where the flags are in a TCP header. */
const FLAGS_AT = 13;
const SYN = 2;
const SYN_RST_ACK = 22;
/** Words of a row, and of one address in it. */
const ROW_WORDS = 8;
const ADDRESS_WORDS = 4;

export class StepColumns implements FlowSteps {
  length = 0;
  readonly step = new Uint8Array(BATCH_ROWS);
  readonly kind = new Uint16Array(BATCH_ROWS);
  readonly tsUs = new Float64Array(BATCH_ROWS);
  readonly transport = new Uint8Array(BATCH_ROWS);
  readonly isV6 = new Uint8Array(BATCH_ROWS);
  readonly words = new Uint32Array(BATCH_ROWS * ROW_WORDS);
  readonly clientPort = new Uint16Array(BATCH_ROWS);
  readonly serverPort = new Uint16Array(BATCH_ROWS);
  readonly tcpFlags = new Uint8Array(BATCH_ROWS);
  readonly icmpType = new Uint8Array(BATCH_ROWS);
  readonly isFromClient = new Uint8Array(BATCH_ROWS);
  readonly local = new Uint8Array(BATCH_ROWS);
  readonly #interfaceId = new Uint16Array(BATCH_ROWS);
  readonly #columns: FlowColumns;
  readonly #interfaceName: (interfaceId: number) => string | undefined;
  #lastUs = 0;

  constructor(columns: FlowColumns, interfaceName: (interfaceId: number) => string | undefined) {
    this.#columns = columns;
    this.#interfaceName = interfaceName;
  }

  /** From now on the steps of this batch. */
  read(batch: FrameBatch): void {
    const { marks } = batch;
    this.length = 0;
    for (let row = 0; row < batch.length; row++) {
      if ((marks[row]! & ANY_STEP) === 0 || batch.flowId[row]! === NO_FLOW) continue;
      if (!isCutBeforeFlags(batch, row)) this.#add(batch, row);
    }
  }

  #add(batch: FrameBatch, row: number): void {
    const at = this.length++;
    const marks = batch.marks[row]!;
    const isFromClient = this.#columns.clientSide[batch.flowId[row]!] === batch.flowSide[row]!;
    const protocol = batch.ipProto[row]!;
    const step = stepOf(marks);
    this.step[at] = step;
    this.kind[at] = kindOf(step, protocol, batch.tcpFlags[row]!);
    this.tsUs[at] = this.#timeOf(batch.tsUs[row]!);
    this.transport[at] = protocol;
    this.isV6[at] = batch.ipVersion[row] === 6 ? 1 : 0;
    this.tcpFlags[at] = batch.tcpFlags[row]!;
    this.icmpType[at] = protocol === ICMP || protocol === ICMPV6 ? batch.bytes[batch.l4Start[row]!]! : 0;
    this.isFromClient[at] = isFromClient ? 1 : 0;
    this.#interfaceId[at] = batch.interfaceId[row]!;
    this.#addEnds(batch, row, at, isFromClient);
  }

  #addEnds(batch: FrameBatch, row: number, at: number, isFromClient: boolean): void {
    const src = batch.srcAddr[row]!;
    const dst = batch.dstAddr[row]!;
    this.#putAddress(batch, at * ROW_WORDS, isFromClient ? src : dst, batch.ipVersion[row]!);
    this.#putAddress(batch, at * ROW_WORDS + ADDRESS_WORDS, isFromClient ? dst : src, batch.ipVersion[row]!);
    this.clientPort[at] = isFromClient ? batch.srcPort[row]! : batch.dstPort[row]!;
    this.serverPort[at] = isFromClient ? batch.dstPort[row]! : batch.srcPort[row]!;
    const direction = batch.direction[row]!;
    const isToHere = direction === DIRECTION_IN;
    if (direction === DIRECTION_UNKNOWN) this.local[at] = LOCAL_UNKNOWN;
    else this.local[at] = isToHere === isFromClient ? LOCAL_SERVER : LOCAL_CLIENT;
  }

  #putAddress(batch: FrameBatch, to: number, from: number, version: number): void {
    const { words } = this;
    words[to] = i32(batch.bytes, from);
    for (let word = 1; word < ADDRESS_WORDS; word++) {
      words[to + word] = version === 4 ? 0 : i32(batch.bytes, from + word * 4);
    }
  }

  /** A packet without a time is as old as the one before it. */
  #timeOf(us: number): number {
    if (Number.isFinite(us)) this.#lastUs = us;
    return this.#lastUs;
  }

  clientIp(row: number): string {
    return this.#text(row, row * ROW_WORDS);
  }

  serverIp(row: number): string {
    return this.#text(row, row * ROW_WORDS + ADDRESS_WORDS);
  }

  interfaceName(row: number): string | undefined {
    return this.#interfaceName(this.#interfaceId[row]!);
  }

  #text(row: number, at: number): string {
    const { words } = this;
    if (this.isV6[row] === 0) return ipv4WordText(words[at]!);
    return ipv6WordsText(words[at]!, words[at + 1]!, words[at + 2]!, words[at + 3]!);
  }
}

function stepOf(marks: number): number {
  if ((marks & MARK_NEW_FLOW) !== 0) return STEP_BEGAN;
  if ((marks & MARK_ANSWER) !== 0) return STEP_ANSWERED;
  return (marks & MARK_WENT_ON) !== 0 ? STEP_WENT_ON : STEP_MANY;
}

function kindOf(step: number, protocol: number, tcpFlags: number): number {
  if (step === STEP_WENT_ON) return WENT_ON;
  if (step === STEP_MANY) return MANY;
  if (step === STEP_ANSWERED) return protocol === TCP ? ANSWERED_TCP : ANSWERED_OTHER;
  if (protocol === TCP) return (tcpFlags & SYN_RST_ACK) === SYN ? BEGAN_SYN : BEGAN_TCP;
  if (protocol === UDP || protocol === SCTP) return BEGAN_UDP;
  return protocol === ICMP || protocol === ICMPV6 ? BEGAN_ICMP : BEGAN_OTHER;
}

/** Of TCP captured so short that nobody knows its flags: none is not what it has. */
const isCutBeforeFlags = (batch: FrameBatch, row: number): boolean =>
  batch.ipProto[row] === TCP && batch.l4Start[row]! + FLAGS_AT >= batch.frameStart[row]! + batch.capLen[row]!;
