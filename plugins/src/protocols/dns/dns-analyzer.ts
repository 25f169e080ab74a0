// Packets on the ports of DNS, mDNS and LLMNR. Owns: what counts as proof that such a payload is DNS.
// Must not know: text. Bound: MAX_EVENTS events a packet; over TCP only messages that are whole in one segment.
import type { Analyzer, EventWriter, FlowNotes, FrameBatch, Interest, RowList } from '@kaipo/core/api/index.js';
import { u16 } from '@kaipo/core/wire/bytes.js';
import {
  checkDns,
  DNS_CUT,
  DNS_HEADER_BYTES,
  DNS_MALFORMED,
  DNS_OK,
  DnsLayout,
  dnsAdditionalCount,
  dnsAnswerCount,
  dnsAuthorityCount,
  dnsIsResponse,
  dnsQuestionCount,
} from '@kaipo/core/wire/dns.js';
import { type DnsEventWriter, MAX_EVENTS } from './dns-events.js';
import { DNS_PORTS } from './dns-ports.js';

const IP_PROTO_TCP = 6;
const IP_PROTO_UDP = 17;
/** RFC 1035 section 4.2.2: two bytes of length before each message. */
const TCP_PREFIX_BYTES = 2;

export class DnsPortsAnalyzer implements Analyzer {
  readonly name = 'dns';
  readonly interest: Interest = { transport: 'any', packets: 'payload', ports: DNS_PORTS };
  readonly #events: DnsEventWriter;
  readonly #layout = new DnsLayout();

  constructor(events: DnsEventWriter) {
    this.#events = events;
  }

  onPackets(batch: FrameBatch, selected: RowList, _flows: FlowNotes, out: EventWriter): void {
    for (let i = 0; i < selected.length; i++) {
      const row = selected.rows[i]!;
      const transport = batch.ipProto[row]!;
      if (transport === IP_PROTO_UDP)
        this.#message(batch, row, batch.payloadStart[row]!, batch.payloadEnd[row]!, MAX_EVENTS, out);
      else if (transport === IP_PROTO_TCP) this.#segment(batch, row, out);
    }
  }

  #segment(batch: FrameBatch, row: number, out: EventWriter): void {
    const end = batch.payloadEnd[row]!;
    let at = batch.payloadStart[row]!;
    let room = MAX_EVENTS;
    while (room > 0 && at + TCP_PREFIX_BYTES + DNS_HEADER_BYTES <= end) {
      const messageEnd = at + TCP_PREFIX_BYTES + u16(batch.bytes, at);
      if (messageEnd > end) return;
      const written = this.#message(batch, row, at + TCP_PREFIX_BYTES, messageEnd, room, out);
      if (written < 0) return;
      room -= written;
      at = messageEnd;
    }
  }

  /** @returns events written, or -1 when the bytes are no DNS message. */
  #message(batch: FrameBatch, row: number, start: number, end: number, room: number, out: EventWriter): number {
    const verdict = checkDns(batch.bytes, start, end, this.#layout);
    if (!isProof(batch.bytes, start, end, verdict, this.#layout)) return -1;
    return this.#events.write(batch, row, start, this.#layout, room, out);
  }
}

/** The port already speaks for DNS; the bytes must agree: one readable question of a known class, or a response that is whole without. */
function isProof(bytes: Uint8Array, start: number, end: number, verdict: number, layout: DnsLayout): boolean {
  if (layout.questions > 0) return verdict === DNS_OK || isKnownClass(layout.questionClass[0]!);
  if (verdict === DNS_MALFORMED || !dnsIsResponse(bytes, start) || dnsQuestionCount(bytes, start) > 0) return false;
  if (layout.answers > 0) return true;
  // An error without a question, or an answer section that was cut before its first record ended.
  const records = dnsAnswerCount(bytes, start) + dnsAuthorityCount(bytes, start) + dnsAdditionalCount(bytes, start);
  return verdict === DNS_OK ? layout.end === end : verdict === DNS_CUT && records <= 64;
}

/** IN, CH, HS, NONE, ANY (IANA DNS CLASSes). */
export function isKnownClass(value: number): boolean {
  return value === 1 || value === 3 || value === 4 || value === 254 || value === 255;
}
