// Payload bytes of a TCP socket from the kernel's counts. Owns: what those count besides payload. Pure.
//
//   bytes_sent counts payload, also what was sent again      sent = bytes_sent - bytes_retrans, exactly
//   bytes_received counts the other side's FIN as a byte     received = bytes_received - 1 when the FIN was received
//
// Of a living socket the state says whether its FIN came. Of a destroyed one the kernel says only that it is closed:
// then it is told from what is left of it, from what was never read, and from whether our own FIN was acknowledged. bytes_acked
// counts SYN (of the side that opened) and FIN. Where nothing tells, the answer may be one byte wrong.
import { FLAG_LISTENS, FLAG_TIME_WAIT, FLAG_WAITS_FOR_FIN } from '@kaipo/capture-helper/contract/sockets.js';
import type { SocketRecord } from './socket-stream.js';

export const TCP_LISTEN = 10;
/** Linux and most others give ports from here on to those who connect. */
const FIRST_GIVEN_PORT = 32_768;
/** TIME_WAIT, CLOSE_WAIT, LAST_ACK, CLOSING: the other side has ended (include/net/tcp_states.h). */
const FIN_RECEIVED: ReadonlySet<number> = new Set([6, 8, 9, 11]);

type Counts = Pick<
  SocketRecord,
  'state' | 'flags' | 'remotePort' | 'receiveQueue' | 'bytesSent' | 'bytesSentAgain' | 'bytesAcked' | 'bytesReceived'
>;

export const sentPayload = ({ bytesSent, bytesSentAgain }: Counts): number => Math.max(0, bytesSent - bytesSentAgain);

export function receivedPayload({ state, bytesReceived }: Counts): number {
  return FIN_RECEIVED.has(state) ? Math.max(0, bytesReceived - 1) : bytesReceived;
}

/**
 * @param lastState of the socket while it lived; undefined when it was never seen
 * @param isAccepted the other side opened the connection; undefined: not known
 */
export function receivedPayloadAtEnd(
  row: Counts,
  lastState: number | undefined,
  isAccepted: boolean | undefined,
): number {
  return row.bytesReceived > 0 && hadFin(row, lastState, isAccepted) ? row.bytesReceived - 1 : row.bytesReceived;
}

function hadFin(row: Counts, lastState: number | undefined, isAccepted: boolean | undefined): boolean {
  if (lastState !== undefined && FIN_RECEIVED.has(lastState)) return true;
  // Closed by us first: a small socket takes over, at once or when the FIN has come.
  if ((row.flags & FLAG_WAITS_FOR_FIN) !== 0) return false;
  if ((row.flags & FLAG_TIME_WAIT) !== 0 || row.receiveQueue === 1) return true;
  // Nothing is left: the other side closed first and our FIN was acknowledged, or the connection was reset.
  const besidesPayload = row.bytesAcked - sentPayload(row);
  const isTheirs = isAccepted ?? ((row.flags & FLAG_LISTENS) !== 0 || row.remotePort >= FIRST_GIVEN_PORT);
  return besidesPayload >= (isTheirs ? 1 : 2);
}
