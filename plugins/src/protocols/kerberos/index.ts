// Kerberos 5 (RFC 4120) over UDP and TCP, and its password changes (RFC 3244). Owns: naming the flow, who asks, for what, in which
// realm. Bound: reads eight messages a flow.
import {
  DONE,
  defineProtocols,
  type FlowReader,
  MATCH,
  NOT_MINE,
  type Probe,
  type ProtocolFlow,
  type ProtocolSpec,
  UNSURE,
  type Verdict,
} from '@kaipo/core/api/index.js';
import { BER_SEQUENCE, berContentAt, berEnd } from '@kaipo/core/wire/ber.js';
import { u16, u32 } from '@kaipo/core/wire/bytes.js';
import { isExactly } from '@kaipo/core/wire/exact.js';
import { isKerberos, KERBEROS_TAGS, type KerberosNames, kerberosNames } from './kerberos-message.js';

const RECORD_LEN = 4;
/** Bytes of an element that hold tag and length, the sequence in it, the version, the type. */
const ENOUGH = 24;

/** Kerberos tickets: who asks for which service. */
const kerberosSpec: ProtocolSpec = {
  name: 'kerberos',
  transports: ['udp', 'tcp'],
  ports: [88, 750],
  datagram: { values: KERBEROS_TAGS },
  stream: { at: RECORD_LEN, values: KERBEROS_TAGS, fromBytes: RECORD_LEN + ENOUGH },
  probe,
  open: (flow) => new KerberosReader(flow),
  bufferBytes: 65_536,
};

/** Password changes of Kerberos. */
const kpasswdSpec: ProtocolSpec = {
  name: 'kpasswd',
  transports: ['udp', 'tcp'],
  ports: [464],
  isPortBound: true,
  probe: probePassword,
};

export const kerberosPlugin = defineProtocols(
  'kerberos',
  'Kerberos tickets and password changes: who asks for which service',
  [kerberosSpec, kpasswdSpec],
);

const TCP = 6;
const MAX_RECORD = 65_535;
const MAX_MESSAGES = 8;

function probe(p: Probe): Verdict {
  const { bytes, end } = p;
  let at = p.start;
  if (p.transport === TCP) {
    if (end - at < RECORD_LEN + ENOUGH) return at >= end || bytes[at] === 0 ? UNSURE : NOT_MINE;
    const length = u32(bytes, at);
    at += RECORD_LEN;
    return length <= MAX_RECORD && berEnd(bytes, at, end) === at + length && isKerberos(bytes, at, end)
      ? MATCH
      : NOT_MINE;
  }
  if (end - at < ENOUGH) return NOT_MINE;
  return isExactly(berEnd(bytes, at, end) - at, end - at, p.isCut) && isKerberos(bytes, at, end) ? MATCH : NOT_MINE;
}

const VERSION_CHANGE = 0x0001;
const VERSION_SET = 0xff80;
const AP_REQUEST = 0x6e;
const AP_REPLY = 0x6f;
const KRB_ERROR = 0x7e;

/** A length, a version, the length of a ticket, and a ticket: a request, a reply, or an error without one. */
function probePassword(p: Probe): Verdict {
  const { bytes, end } = p;
  let at = p.start;
  if (p.transport === TCP) {
    if (end - at < RECORD_LEN + 8) return UNSURE;
    if (u32(bytes, at) !== u16(bytes, at + RECORD_LEN)) return NOT_MINE;
    at += RECORD_LEN;
  }
  if (end - at < 10) return NOT_MINE;
  const length = u16(bytes, at);
  const version = u16(bytes, at + 2);
  const ticket = u16(bytes, at + 4);
  if (version !== VERSION_CHANGE && version !== VERSION_SET) return NOT_MINE;
  if (p.transport !== TCP && !isExactly(length, end - at, p.isCut)) return NOT_MINE;
  const tag = bytes[at + 6]!;
  if (ticket === 0) return tag === KRB_ERROR && berEnd(bytes, at + 6, end) === at + length ? MATCH : NOT_MINE;
  if (tag !== AP_REQUEST && tag !== AP_REPLY) return NOT_MINE;
  return berEnd(bytes, at + 6, end) === at + 6 + ticket && bytes[berContentAt(bytes, at + 6, end)] === BER_SEQUENCE
    ? MATCH
    : NOT_MINE;
}

class KerberosReader implements FlowReader {
  readonly #flow: ProtocolFlow;
  #left = MAX_MESSAGES;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number): number {
    if (this.#flow.transport !== TCP) {
      this.#say(kerberosNames(bytes, start, end));
      this.#left -= 1;
      return this.#left > 0 ? end - start : DONE;
    }
    let at = start;
    while (end - at >= RECORD_LEN) {
      const stop = at + RECORD_LEN + u32(bytes, at);
      if (stop - at > MAX_RECORD) return DONE;
      if (stop > end) break;
      this.#say(kerberosNames(bytes, at + RECORD_LEN, stop));
      at = stop;
      this.#left -= 1;
      if (this.#left <= 0) return DONE;
    }
    return at - start;
  }

  #say(names: KerberosNames): void {
    const { client, service, realm } = names;
    const subject = service === undefined ? realm : realm === undefined ? service : `${service}@${realm}`;
    if (client !== undefined) this.#flow.setDetails({ userName: client });
    if (subject !== undefined) this.#flow.setDetails({ subject });
  }
}
