// Reads the messages of one DNS flow: a datagram each over UDP, with two bytes of length before each over TCP. Owns: where messages
// begin and end, also after bytes that are missing. Must not know: what becomes of them (dns-events.ts).
// Bound: MAX_EVENTS events a call, MAX_TAIL_BYTES a side kept of a message that is not whole.
import type { Endpoint, FlowReader, ProtocolFlow } from '@kaipo/core/api/index.js';
import { u16 } from '@kaipo/core/wire/bytes.js';
import { checkDns, DNS_HEADER_BYTES, DNS_MALFORMED, DnsLayout, dnsId, dnsIsResponse } from '@kaipo/core/wire/dns.js';
import { asciiBytes, beginsWith } from '@kaipo/core/wire/match.js';
import { DnsMessage, MAX_EVENTS, writeMessage } from './dns-events.js';
import { type DnsProtocol, dnsProtocolOf, isDnsPort } from './dns-ports.js';
import { isProof, isWholeDns, mayBeDns, TCP_PREFIX_BYTES } from './dns-proof.js';
import { QuestionTimes } from './question-times.js';

const TCP = 6;
const TYPE_TXT = 16;
/** How the certificate of a DNSCrypt server begins, in a TXT record. */
const DNSCRYPT_CERTIFICATE = asciiBytes('DNSC');
/** Enough for the question of a message of which the rest was not captured. */
const MAX_TAIL_BYTES = 512;

const LAYOUT = new DnsLayout();
const MESSAGE = new DnsMessage();

/** What is known of one direction of a TCP flow. */
interface Side {
  /** Bytes are missing: the next may be the middle of a message. */
  isLost: boolean;
  /** Beginning of a message that is not whole yet, a copy. */
  tail: Buffer | undefined;
}

const newSide = (): Side => ({ isLost: false, tail: undefined });
/** Datagrams are whole: nothing is ever kept of them. */
const NO_STREAM: readonly [Side, Side] = [newSide(), newSide()];

export class DnsReader implements FlowReader {
  readonly #flow: ProtocolFlow;
  readonly #isStream: boolean;
  /** On a port that says nothing each message must be whole. */
  readonly #isStrict: boolean;
  /** Of streams. */
  readonly #sides: readonly [Side, Side];
  readonly #client: Endpoint;
  readonly #server: Endpoint;
  readonly #protocol: DnsProtocol;
  #times: QuestionTimes | undefined;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
    this.#isStream = flow.transport === TCP;
    const { clientPort, serverPort } = flow;
    this.#client = { ip: flow.clientIp, port: clientPort };
    this.#server = { ip: flow.serverIp, port: serverPort };
    this.#protocol = dnsProtocolOf(clientPort, serverPort);
    this.#isStrict = !isDnsPort(clientPort) && !isDnsPort(serverPort);
    this.#sides = this.#isStream ? [newSide(), newSide()] : NO_STREAM;
  }

  read(bytes: Uint8Array, start: number, end: number, fromClient: boolean): number {
    if (this.#isStream) return this.#readStream(bytes, start, end, fromClient);
    this.#message(bytes, start, end, fromClient, MAX_EVENTS, true);
    return 0;
  }

  /** What was there of a message whose rest is missing still has the question. */
  gap(fromClient: boolean): boolean {
    const side = this.#sides[fromClient ? 0 : 1];
    const { tail } = side;
    if (tail !== undefined && !this.#isStrict)
      this.#message(tail, TCP_PREFIX_BYTES, tail.length, fromClient, MAX_EVENTS, true);
    side.tail = undefined;
    side.isLost = true;
    return true;
  }

  #readStream(bytes: Uint8Array, start: number, end: number, fromClient: boolean): number {
    const side = this.#sides[fromClient ? 0 : 1];
    side.tail = undefined;
    let at = start;
    let room = MAX_EVENTS;
    while (at + TCP_PREFIX_BYTES <= end) {
      const messageEnd = at + TCP_PREFIX_BYTES + u16(bytes, at);
      if (messageEnd > end) break;
      const written = this.#message(bytes, at + TCP_PREFIX_BYTES, messageEnd, fromClient, room, false);
      if (written < 0) {
        // No message begins here: perhaps one does with the next segment.
        side.isLost = true;
        return end - start;
      }
      room -= written;
      side.isLost = false;
      at = messageEnd;
    }
    if (side.isLost && !this.#mayGoOn(bytes, at, end)) return end - start;
    if (at + TCP_PREFIX_BYTES + DNS_HEADER_BYTES < end)
      side.tail = Buffer.from(bytes.subarray(at, Math.min(end, at + MAX_TAIL_BYTES)));
    return at - start;
  }

  /** After a gap: is [at, end) the beginning of a message, to wait for its rest? */
  #mayGoOn(bytes: Uint8Array, at: number, end: number): boolean {
    const messageAt = at + TCP_PREFIX_BYTES;
    if (messageAt + DNS_HEADER_BYTES > end) return false;
    if (this.#isStrict) return mayBeDns(bytes, messageAt);
    const verdict = checkDns(bytes, messageAt, end, LAYOUT);
    return verdict !== DNS_MALFORMED && isProof(bytes, messageAt, end, verdict, LAYOUT, false);
  }

  /** @returns events written, or -1 when the bytes are no DNS message. */
  #message(
    bytes: Uint8Array,
    start: number,
    end: number,
    fromClient: boolean,
    room: number,
    mayBeCut: boolean,
  ): number {
    if (!this.#isMessage(bytes, start, end, mayBeCut)) return -1;
    // Who answers is the server of a message, whoever opened the flow.
    const isTurned = dnsIsResponse(bytes, start) === fromClient;
    this.#tellCertificate(bytes);
    const latencyUs = this.#latencyUs(bytes, start);
    MESSAGE.tsUs = this.#flow.tsUs;
    MESSAGE.client = isTurned ? this.#server : this.#client;
    MESSAGE.server = isTurned ? this.#client : this.#server;
    MESSAGE.id = dnsId(bytes, start);
    MESSAGE.protocol = this.#protocol;
    MESSAGE.latencyUs = latencyUs;
    return writeMessage(this.#flow, bytes, start, LAYOUT, room, MESSAGE);
  }

  /** Of a response whose question was seen. */
  #latencyUs(bytes: Uint8Array, start: number): number | undefined {
    const id = dnsId(bytes, start);
    if (dnsIsResponse(bytes, start)) return this.#times?.answer(id, this.#flow.tsUs);
    this.#times ??= new QuestionTimes();
    this.#times.ask(id, this.#flow.tsUs);
    return undefined;
  }

  #isMessage(bytes: Uint8Array, start: number, end: number, mayBeCut: boolean): boolean {
    if (end - start < DNS_HEADER_BYTES) return false;
    if (this.#isStrict) return mayBeDns(bytes, start) && isWholeDns(bytes, start, end, LAYOUT);
    const verdict = checkDns(bytes, start, end, LAYOUT);
    return isProof(bytes, start, end, verdict, LAYOUT, mayBeCut);
  }

  /** The one message of DNSCrypt that is DNS in the clear. */
  #tellCertificate(bytes: Uint8Array): void {
    for (let slot = 0; slot < LAYOUT.answers; slot++) {
      if (LAYOUT.answerType[slot] !== TYPE_TXT) continue;
      // A length byte, then text.
      if (beginsWith(bytes, LAYOUT.answerDataAt[slot]! + 1, LAYOUT.answerDataEnd[slot]!, DNSCRYPT_CERTIFICATE))
        this.#flow.setApplication('DNSCrypt');
    }
  }
}
