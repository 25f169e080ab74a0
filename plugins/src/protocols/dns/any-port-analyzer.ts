// DNS over UDP on a port of its own: resolvers on 443, 5300, 8053 and the like. Owns: the strict test, which needs no port to be sure.
// Must not know: text. Bound: one glance at twelve bytes a packet; the walk only where those could be DNS.
/** @hot */
import type { Analyzer, EventWriter, FlowNotes, FrameBatch, Interest, RowList } from '@kaipo/core/api/index.js';
import {
  checkDns,
  DNS_HEADER_BYTES,
  DNS_OK,
  DNS_OPCODE_QUERY,
  DnsLayout,
  dnsAdditionalCount,
  dnsAnswerCount,
  dnsAuthorityCount,
  dnsHeaderRcode,
  dnsIsResponse,
  dnsOpcode,
  dnsQuestionCount,
  dnsReservedBit,
} from '@kaipo/core/wire/dns.js';
import { isKnownClass } from './dns-analyzer.js';
import { type DnsEventWriter, MAX_EVENTS } from './dns-events.js';
import { DNS_PORTS, NETBIOS_NAME_PORT } from './dns-ports.js';

export class AnyPortDnsAnalyzer implements Analyzer {
  readonly name = 'dns-any-port';
  readonly interest: Interest = { transport: 'udp', packets: 'payload' };
  readonly #events: DnsEventWriter;
  readonly #layout = new DnsLayout();
  /** 1: left to somebody else. */
  readonly #otherPorts = new Uint8Array(65_536);

  constructor(events: DnsEventWriter) {
    this.#events = events;
    for (const port of DNS_PORTS) this.#otherPorts[port] = 1;
    this.#otherPorts[NETBIOS_NAME_PORT] = 1;
  }

  onPackets(batch: FrameBatch, selected: RowList, _flows: FlowNotes, out: EventWriter): void {
    for (let i = 0; i < selected.length; i++) {
      const row = selected.rows[i]!;
      const start = batch.payloadStart[row]!;
      const end = batch.payloadEnd[row]!;
      if (end - start < DNS_HEADER_BYTES || !mayBeDns(batch.bytes, start)) continue;
      if (this.#otherPorts[batch.srcPort[row]!] === 1 || this.#otherPorts[batch.dstPort[row]!] === 1) continue;
      if (!isWholeDns(batch.bytes, start, end, this.#layout)) continue;
      this.#events.write(batch, row, start, this.#layout, MAX_EVENTS, out);
    }
  }
}

/** A standard query or its response with exactly one question: what one byte string in about a million looks like by chance. */
function mayBeDns(bytes: Uint8Array, start: number): boolean {
  if (dnsQuestionCount(bytes, start) !== 1 || dnsOpcode(bytes, start) !== DNS_OPCODE_QUERY) return false;
  if (dnsReservedBit(bytes, start)) return false;
  const others = dnsAuthorityCount(bytes, start) + dnsAdditionalCount(bytes, start);
  if (dnsIsResponse(bytes, start)) return dnsAnswerCount(bytes, start) + others <= 256;
  return dnsAnswerCount(bytes, start) === 0 && dnsHeaderRcode(bytes, start) === 0 && others <= 3;
}

/** Sound from the first byte to the last, nothing left over, and the question has a name. */
function isWholeDns(bytes: Uint8Array, start: number, end: number, layout: DnsLayout): boolean {
  if (checkDns(bytes, start, end, layout) !== DNS_OK || layout.end !== end) return false;
  return isKnownClass(layout.questionClass[0]!) && bytes[layout.questionAt[0]!] !== 0;
}
