// How a TCP flow went, as JSON, written from its columns in the order of `healthRecord`.
import type { FlowHealthColumns } from '../flow/flow-health.js';
import { ascii, type ByteText, type Word } from '../kernel/byte-text.js';

const OPEN = ascii(',"health":{');
const CLOSE = ascii('}');
const COMMA = ascii(',');
const SERVER_HANDSHAKE = ascii('"serverHandshakeUs":');
const CLIENT_HANDSHAKE = ascii('"clientHandshakeUs":');
const SERVER_RTT = ascii('"serverRttUs":');
const CLIENT_RTT = ascii('"clientRttUs":');
const SERVER_LAST_RTT = ascii('"serverLastRttUs":');
const CLIENT_LAST_RTT = ascii('"clientLastRttUs":');
const CLIENT_RETRANSMITS = ascii('"clientRetransmits":');
const SERVER_RETRANSMITS = ascii('"serverRetransmits":');
const RESETS = ascii('"resets":');
const CLIENT_ZERO_WINDOWS = ascii('"clientZeroWindows":');
const SERVER_ZERO_WINDOWS = ascii('"serverZeroWindows":');

/** Of a flow that `hasHealth`, as a member of an object. */
export function writeHealth(out: ByteText, columns: FlowHealthColumns, flow: number, clientSide: number): void {
  const client = flow * 2 + clientSide;
  const server = client ^ 1;
  const { handshakeUs, leastRttUs, lastRttUs, retransmits, resets, zeroWindows } = columns;
  out.word(OPEN);
  let count = 0;
  count = write(out, count, SERVER_HANDSHAKE, handshakeUs[server]!);
  count = write(out, count, CLIENT_HANDSHAKE, handshakeUs[client]!);
  count = write(out, count, SERVER_RTT, leastRttUs[server]!);
  count = write(out, count, CLIENT_RTT, leastRttUs[client]!);
  count = write(out, count, SERVER_LAST_RTT, lastRttUs[server]!);
  count = write(out, count, CLIENT_LAST_RTT, lastRttUs[client]!);
  count = write(out, count, CLIENT_RETRANSMITS, retransmits[client]!);
  count = write(out, count, SERVER_RETRANSMITS, retransmits[server]!);
  count = write(out, count, RESETS, resets[client]! + resets[server]!);
  count = write(out, count, CLIENT_ZERO_WINDOWS, zeroWindows[client]!);
  write(out, count, SERVER_ZERO_WINDOWS, zeroWindows[server]!);
  out.word(CLOSE);
}

/** Members of the object so far. */
function write(out: ByteText, count: number, name: Word, value: number): number {
  if (value === 0) return count;
  if (count > 0) out.word(COMMA);
  out.word(name);
  out.number(value);
  return count + 1;
}
