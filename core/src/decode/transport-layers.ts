// TCP, UDP, UDP-Lite, SCTP, DCCP and ICMP: ports, payload bounds, TCP flags. Ports count as soon as their four bytes are
// there, whatever is wrong with the rest of the header: the packet was sent between them.
/** @hot */
import { MARK_PAYLOAD, MARK_PORTS } from '../frame/frame-batch.js';
import { u16 } from '../wire/bytes.js';
import { FITS, SHORT } from '../wire/check.js';
import { checkIcmp, ICMP_HEADER_LEN } from '../wire/icmp.js';
import { checkDccp, checkSctp, dccpHeaderLength, SCTP_HEADER_LEN } from '../wire/sctp.js';
import { checkTcp, tcpFlagsByte, tcpHeaderLength } from '../wire/tcp.js';
import { checkUdp, UDP_HEADER_LEN, udpLength } from '../wire/udp.js';
import type { Cursor } from './cursor.js';
import { LAYER_END, LAYER_UDP_TUNNEL, type Layer } from './layers.js';

const PORTS_LEN = 4;
const TCP_FLAGS_END = 14;

export function tcpLayer(c: Cursor): Layer {
  const at = c.at;
  if (!readPorts(c)) return c.short();
  const check = checkTcp(c.bytes, at, c.end);
  if (check !== SHORT || at + TCP_FLAGS_END <= c.end) c.tcpFlags = tcpFlagsByte(c.bytes, at);
  if (check === SHORT) return c.short();
  if (check !== FITS) return c.bad();
  if (!c.skip(tcpHeaderLength(c.bytes, at))) return c.short();
  setPayload(c);
  return LAYER_END;
}

export function udpLayer(c: Cursor): Layer {
  const at = c.at;
  if (!readPorts(c)) return c.short();
  const check = checkUdp(c.bytes, at, c.end);
  if (check !== FITS) return c.fail(check);
  const length = udpLength(c.bytes, at);
  if (length !== 0) c.limit(length);
  c.at = at + UDP_HEADER_LEN;
  setPayload(c);
  return LAYER_UDP_TUNNEL;
}

/** RFC 3828: the length field is how much the checksum covers. */
export function udpLiteLayer(c: Cursor): Layer {
  if (!readPorts(c) || !c.skip(UDP_HEADER_LEN)) return c.short();
  setPayload(c);
  return LAYER_END;
}

export function sctpLayer(c: Cursor): Layer {
  const at = c.at;
  if (!readPorts(c) || checkSctp(at, c.end) !== FITS) return c.short();
  c.at = at + SCTP_HEADER_LEN;
  setPayload(c);
  return LAYER_END;
}

export function dccpLayer(c: Cursor): Layer {
  const at = c.at;
  if (!readPorts(c)) return c.short();
  const check = checkDccp(c.bytes, at, c.end);
  if (check !== FITS) return c.fail(check);
  if (!c.skip(dccpHeaderLength(c.bytes, at))) return c.short();
  setPayload(c);
  return LAYER_END;
}

/** An error quotes another packet's header: it stays payload. */
export function icmpLayer(c: Cursor): Layer {
  if (checkIcmp(c.at, c.end) !== FITS) return c.short();
  c.payloadStart = Math.min(c.at + ICMP_HEADER_LEN, c.end);
  return LAYER_END;
}

/** Sets the ports and an empty payload, or returns false when they are not all there. */
function readPorts(c: Cursor): boolean {
  const at = c.at;
  c.payloadStart = c.end;
  if (at + PORTS_LEN > c.end) return false;
  c.srcPort = u16(c.bytes, at);
  c.dstPort = u16(c.bytes, at + 2);
  c.marks |= MARK_PORTS;
  return true;
}

function setPayload(c: Cursor): void {
  c.payloadStart = c.at;
  c.payloadEnd = c.end;
  if (c.end > c.at) c.marks |= MARK_PAYLOAD;
}
