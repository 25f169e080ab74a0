// What a session description announces, told to the engine: SIP and MGCP carry them alike. Owns: which protocols media are.
import { sdpMedia } from '../wire/sdp.js';
import type { ProtocolFlow } from './protocol.js';

/** Expects the media of the session description in bytes[start, end) (RFC 3264: each side says where it wants to hear the other). */
export function expectMedia(flow: ProtocolFlow, bytes: Uint8Array, start: number, end: number): void {
  for (const { ip, port, rtcpPort } of sdpMedia(bytes, start, end)) {
    flow.expect('udp', ip, port, 'rtp');
    flow.expect('udp', ip, rtcpPort, 'rtcp');
  }
}
