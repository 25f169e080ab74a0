// The text of /proc/net/{tcp,tcp6,udp,udp6}. Owns: the format (Linux net/ipv4/tcp_ipv4.c, get_tcp4_sock; net/ipv6/tcp_ipv6.c).
// Must not know: processes. Bound: as many rows as the caller takes.
import { ipv4Text, ipv6Text } from '../wire/address-text.js';
import type { SocketTransport } from './socket-owners.js';
import type { SocketRow } from './socket-table.js';

/** include/net/tcp_states.h */
const TCP_LISTEN = 0x0a;

export interface ProcNetRow extends SocketRow {
  readonly inode: number;
}

/**
 * One row a socket that has an inode: sockets in TIME_WAIT belong to nobody any more.
 *   sl local_address rem_address st tx_queue:rx_queue tr:tm->when retrnsmt uid timeout inode …
 */
export function parseProcNet(text: string, transport: SocketTransport, limit: number): ProcNetRow[] {
  const rows: ProcNetRow[] = [];
  // A server's rows repeat a handful of its own addresses.
  const addresses = new Map<string, string | undefined>();
  for (const line of text.split('\n').slice(1)) {
    if (rows.length >= limit) break;
    const words = line.trim().split(/\s+/);
    const inode = Number(words[9]);
    const local = parseAddress(words[1], addresses);
    const remote = parseAddress(words[2], addresses);
    if (!(inode > 0) || local === undefined || remote === undefined) continue;
    rows.push({
      transport,
      localIp: local.ip,
      localPort: local.port,
      remoteIp: remote.ip,
      remotePort: remote.port,
      listening: transport === 'tcp' && Number.parseInt(words[3] ?? '', 16) === TCP_LISTEN,
      inode,
    });
  }
  return rows;
}

const scratch = new Uint8Array(16);
const HOST_IS_LITTLE_ENDIAN = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

/** "0100007F:1F90" -> 127.0.0.1 and 8080. */
function parseAddress(
  text: string | undefined,
  addresses: Map<string, string | undefined>,
): { ip: string; port: number } | undefined {
  const colon = text?.indexOf(':') ?? -1;
  if (text === undefined || (colon !== 8 && colon !== 32)) return undefined;
  const digits = text.slice(0, colon);
  const ip = addresses.get(digits) ?? parseDigits(digits);
  addresses.set(digits, ip);
  const port = Number.parseInt(text.slice(colon + 1), 16);
  return ip === undefined || Number.isNaN(port) ? undefined : { ip, port };
}

/** Words of 32 bits in the byte order of this machine; all zero is '*'. */
function parseDigits(digits: string): string | undefined {
  const length = digits.length / 2;
  let isAny = true;
  for (let i = 0; i < length; i++) {
    const byte = Number.parseInt(digits.slice(i * 2, i * 2 + 2), 16);
    if (Number.isNaN(byte)) return undefined;
    scratch[HOST_IS_LITTLE_ENDIAN ? (i & ~3) | (3 - (i & 3)) : i] = byte;
    if (byte !== 0) isAny = false;
  }
  return isAny ? '*' : addressOf(length);
}

function addressOf(length: number): string {
  if (length === 4) return ipv4Text(scratch, 0);
  // A TCP or UDP socket of an IPv6 program that talks IPv4: on the wire it is IPv4.
  const mapped = scratch.subarray(0, 10).every((byte) => byte === 0) && scratch[10] === 0xff && scratch[11] === 0xff;
  return mapped ? ipv4Text(scratch, 12) : ipv6Text(scratch, 0);
}
