// SNMP versions 1, 2c (RFC 1157, RFC 3416) and 3 (RFC 3412). Owns: messages whose BER lengths fit to the byte, the version, the
// user of version 3, and the two system variables that name a device. The community is a password: it is not kept.
// Bound: reads sixteen datagrams of a flow, 64 variables each.
import {
  DONE,
  defineProtocol,
  type FlowReader,
  MATCH,
  NOT_MINE,
  type Probe,
  type ProtocolFlow,
  type Verdict,
} from '@kaipo/core/api/index.js';
import {
  BER_INTEGER,
  BER_OCTETS,
  BER_OID,
  BER_SEQUENCE,
  berChild,
  berContentAt,
  berEnd,
  berEndOf,
  berUint,
} from '@kaipo/core/wire/ber.js';
import { isExactly } from '@kaipo/core/wire/exact.js';
import { beginsWith, utf8Text } from '@kaipo/core/wire/match.js';

export const snmpPlugin = defineProtocol('Network management (SNMP v1, v2c, v3)', {
  name: 'snmp',
  transports: ['udp'],
  ports: [161, 162, 10161, 10162],
  firstBytes: [BER_SEQUENCE],
  probe,
  open: (flow) => new SnmpReader(flow),
});

const VERSION_3 = 3;
const PDU_FIRST = 0xa0;
const PDU_TRAP_V1 = 0xa4;
const PDU_LAST = 0xa8;
const MAX_DATAGRAMS = 16;
const MAX_VARIABLES = 64;
/** 1.3.6.1.2.1.1: the system group, of which .1.0 describes and .5.0 names. */
const SYSTEM = Uint8Array.of(0x2b, 6, 1, 2, 1, 1);
const VERSIONS = ['SNMPv1', 'SNMPv2c', 'SNMPv2', 'SNMPv3'];

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  const stop = berEnd(bytes, start, end);
  if (stop < 0 || !isExactly(stop - start, end - start, p.isCut)) return NOT_MINE;
  const at = berContentAt(bytes, start, end);
  const version = berUint(bytes, at, end);
  if (bytes[at + 1] !== 1 || version < 0 || version > VERSION_3) return NOT_MINE;
  const next = at + 3;
  if (version === VERSION_3) return isVersion3(bytes, next, end) ? MATCH : NOT_MINE;
  const pdu = berEndOf(bytes, next, end, BER_OCTETS);
  if (pdu < 0 || pdu >= end || bytes[pdu]! < PDU_FIRST || bytes[pdu]! > PDU_LAST) return NOT_MINE;
  if (berEnd(bytes, pdu, end) !== stop) return NOT_MINE;
  const first = berContentAt(bytes, pdu, end);
  if (first < 0 || first >= end) return NOT_MINE;
  return bytes[first] === (bytes[pdu] === PDU_TRAP_V1 ? BER_OID : BER_INTEGER) ? MATCH : NOT_MINE;
}

/** The header of four: message number, largest size, one byte of flags, security model; then the security parameters. */
function isVersion3(bytes: Uint8Array, at: number, end: number): boolean {
  const stop = berEndOf(bytes, at, end, BER_SEQUENCE);
  if (stop < 0) return false;
  let next = berEndOf(bytes, berContentAt(bytes, at, end), stop, BER_INTEGER);
  next = berEndOf(bytes, next, stop, BER_INTEGER);
  next = berEndOf(bytes, next, stop, BER_OCTETS);
  if (next < 0 || bytes[next - 2] !== 1 || bytes[next - 1]! > 7) return false;
  return berEndOf(bytes, next, stop, BER_INTEGER) === stop && bytes[stop] === BER_OCTETS && stop < end;
}

class SnmpReader implements FlowReader {
  readonly #flow: ProtocolFlow;
  #left = MAX_DATAGRAMS;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number): number {
    const at = berContentAt(bytes, start, end);
    const version = berUint(bytes, at, end);
    if (version >= 0 && version <= VERSION_3) {
      if (this.#left === MAX_DATAGRAMS) this.#flow.setDetails({ subject: VERSIONS[version]! });
      if (version === VERSION_3) this.#readUser(bytes, at + 3, end);
      else this.#readVariables(bytes, berEndOf(bytes, at + 3, end, BER_OCTETS), end);
    }
    this.#left -= 1;
    return this.#left > 0 ? end - start : DONE;
  }

  /** User-based security (RFC 3414): engine, boots, time, then the name. */
  #readUser(bytes: Uint8Array, at: number, end: number): void {
    const security = berContentAt(bytes, berEndOf(bytes, at, end, BER_SEQUENCE), end);
    const engine = berContentAt(bytes, security, end);
    if (security < 0 || bytes[security] !== BER_SEQUENCE || engine < 0) return;
    const boots = berEndOf(bytes, engine, end, BER_OCTETS);
    const name = berEndOf(bytes, berEndOf(bytes, boots, end, BER_INTEGER), end, BER_INTEGER);
    const stop = berEndOf(bytes, name, end, BER_OCTETS);
    if (stop > name + 2) this.#flow.setDetails({ userName: utf8Text(bytes, berContentAt(bytes, name, end), stop) });
  }

  #readVariables(bytes: Uint8Array, pdu: number, end: number): void {
    if (pdu < 0 || bytes[pdu] === PDU_TRAP_V1) return;
    const list = berChild(bytes, pdu, end, BER_SEQUENCE);
    const stop = Math.min(berEnd(bytes, list, end), end);
    let next = berContentAt(bytes, list, end);
    for (let i = 0; i < MAX_VARIABLES && next >= 0 && next < stop; i++) {
      this.#readVariable(bytes, next, stop);
      next = berEndOf(bytes, next, stop, BER_SEQUENCE);
    }
  }

  #readVariable(bytes: Uint8Array, at: number, end: number): void {
    const oid = berContentAt(bytes, at, end);
    const value = berEndOf(bytes, oid, end, BER_OID);
    if (value - oid !== 10 || !beginsWith(bytes, oid + 2, value, SYSTEM) || bytes[value - 1] !== 0) return;
    const stop = berEndOf(bytes, value, end, BER_OCTETS);
    if (stop <= value + 2) return;
    const text = utf8Text(bytes, berContentAt(bytes, value, end), stop);
    if (bytes[value - 2] === 5) this.#flow.setDetails({ deviceName: text });
    else if (bytes[value - 2] === 1) this.#flow.setDetails({ serverSoftware: text });
  }
}
