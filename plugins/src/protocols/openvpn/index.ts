// OpenVPN over UDP and TCP: handshakes without and with tls-auth, tls-crypt and tls-crypt-v2. Owns: the recognition.
// Bound: two numbers a flow.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u16 } from '@kaipo/core/wire/bytes.js';
import {
  isOpenvpnAck,
  isOpenvpnClientReset,
  isOpenvpnServerReset,
  isOpenvpnTls,
  mayBeOpenvpnWrapped,
  OPENVPN_CONTROL,
  OPENVPN_HEAD_BYTES,
  OPENVPN_RESET_CLIENT,
  OPENVPN_RESET_CLIENT_V3,
  OPENVPN_RESET_SERVER,
  openvpnNamesSession,
  openvpnOpcode,
  openvpnSession,
} from '@kaipo/core/wire/openvpn.js';

const TCP = 6;
const MIN_BYTES = OPENVPN_HEAD_BYTES + 5;

function probe(p: Probe): Verdict {
  if (p.transport !== TCP) return probePacket(p, p.start, p.end, 0);
  const there = p.end - p.start;
  if (there < 3) return p.bytes[p.start]! < 8 ? UNSURE : NOT_MINE;
  const length = u16(p.bytes, p.start);
  if (length < MIN_BYTES || !isOpcode(openvpnOpcode(p.bytes, p.start + 2))) return NOT_MINE;
  const end = p.start + 2 + length;
  if (end > p.end) return length < 1500 ? UNSURE : NOT_MINE;
  return probePacket(p, p.start + 2, end, 2);
}

const isOpcode = (opcode: number): boolean => opcode >= OPENVPN_CONTROL && opcode <= OPENVPN_RESET_CLIENT_V3;

/** `headBytes`: what the other side has before its first packet. */
function probePacket(p: Probe, at: number, end: number, headBytes: number): Verdict {
  const { bytes } = p;
  if (end - at < MIN_BYTES || !isOpcode(openvpnOpcode(bytes, at))) return NOT_MINE;
  if (isOpenvpnClientReset(bytes, at, end) || isOpenvpnAck(bytes, at, end)) return MATCH;
  if (isOpenvpnServerReset(bytes, at, end) || isOpenvpnTls(bytes, at, end)) return MATCH;
  const isServerReset = openvpnOpcode(bytes, at) === OPENVPN_RESET_SERVER;
  if (p.otherLength >= headBytes + OPENVPN_HEAD_BYTES && isOpcode(openvpnOpcode(p.otherBytes, headBytes))) {
    if (openvpnSession(bytes, at) === openvpnSession(p.otherBytes, headBytes)) return NOT_MINE;
    if (openvpnNamesSession(bytes, at, end, p.otherBytes, headBytes + 1)) return MATCH;
    if (isServerReset && isTogether(p, at, headBytes)) return MATCH;
  }
  const opcode = openvpnOpcode(bytes, at);
  // A client that wraps everything: the answer must fit.
  if (opcode === OPENVPN_RESET_CLIENT || opcode === OPENVPN_RESET_CLIENT_V3)
    return (bytes[at]! & 7) === 0 ? UNSURE : NOT_MINE;
  if (!mayBeOpenvpnWrapped(bytes, at, end, p.tsUs / 1e6)) return NOT_MINE;
  // Begun in the middle: the same session a second time, of which 48 bits are compared.
  const session = openvpnSession(bytes, at);
  if (p.memoA === session && p.memoB !== end - at) return MATCH;
  if (p.memoA === session) return UNSURE;
  p.memoA = session;
  p.memoB = end - at;
  return UNSURE;
}

/** tls-crypt hides the sessions: number 1 and the same time, to four minutes, on both sides. */
function isTogether(p: Probe, at: number, headBytes: number): boolean {
  const other = p.otherBytes;
  const from = headBytes + OPENVPN_HEAD_BYTES;
  if (p.otherLength < from + 8 || other[headBytes] !== OPENVPN_RESET_CLIENT << 3) return false;
  for (let i = 0; i < 7; i++) if (p.bytes[at + OPENVPN_HEAD_BYTES + i] !== other[from + i]) return false;
  return other[from + 3] === 1 && other[from + 4]! >= 0x4b;
}

export const openvpnPlugin = defineProtocol('OpenVPN tunnels', {
  name: 'openvpn',
  transports: ['udp', 'tcp'],
  ports: [1194],
  // Opcodes 4 to 10, and over TCP the length before them.
  firstBytes: Array.from({ length: 0x58 }, (_, i) => i).filter((byte) => byte < 8 || byte >= 0x20),
  datagram: { minBytes: MIN_BYTES, values: Array.from({ length: 56 }, (_, i) => 0x20 + i) },
  application: 'OpenVPN',
  probe,
});
