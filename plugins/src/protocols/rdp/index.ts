// RDP, the remote desktop of Windows (MS-RDPBCGR, MS-RDPEUDP). Owns: connection request and confirm, the UDP transport's SYN.
// Reads the user of the cookie; hands over where TLS or CredSSP was agreed upon. Packets are core/wire/rdp.ts. Bound: one packet a side.
import {
  DONE,
  defineProtocol,
  type FlowReader,
  HAND_OVER,
  MATCH,
  NOT_MINE,
  type Probe,
  type ProtocolFlow,
  UNSURE,
  type Verdict,
} from '@kaipo/core/api/index.js';
import { u16 } from '@kaipo/core/wire/bytes.js';
import { asciiBytes, beginsWith, latin1Text } from '@kaipo/core/wire/match.js';
import { hasPort } from '@kaipo/core/wire/port-hint.js';
import {
  isRdpUdpSyn,
  RDP_CUT,
  rdpChosenProtocol,
  rdpConnectEnd,
  rdpCookieAt,
  rdpCookieEnd,
} from '@kaipo/core/wire/rdp.js';

const UDP = 17;
const USER_COOKIE = asciiBytes('Cookie: mstshash=');
/** TPKT version and zero, and behind the length an X.224 data unit with the MCS Connect-Initial or its answer. */
const X224_DATA = 0xf0;
const MCS_CONNECT_INITIAL = 0x65;
const MCS_CONNECT_RESPONSE = 0x66;
const TLS = 1;
const CREDSSP = 2;
const CREDSSP_EARLY = 8;

export const rdpPlugin = defineProtocol('RDP: user, TLS or CredSSP, the UDP transport', {
  name: 'rdp',
  transports: ['tcp', 'udp'],
  ports: [3389],
  firstBytes: [0x03, 0xff],
  probe,
  open: (flow) => new RdpReader(flow),
});

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (p.transport === UDP) return isRdpUdpSyn(bytes, start, end) ? MATCH : NOT_MINE;
  if (bytes[start] !== 3) return NOT_MINE;
  if (isMcsConnect(p)) return MATCH;
  const stop = rdpConnectEnd(bytes, start, end, !p.fromClient);
  if (stop === RDP_CUT) return UNSURE;
  return stop > 0 ? MATCH : NOT_MINE;
}

/** Where the capture began behind the connection request. T.125 serves NetMeeting too, so only on RDP's port. */
function isMcsConnect(p: Probe): boolean {
  const { bytes, start, end } = p;
  if (!hasPort(p, 3389) || end - start < 12 || bytes[start + 1] !== 0 || u16(bytes, start + 2) < 12) return false;
  if (bytes[start + 4] !== 2 || bytes[start + 5] !== X224_DATA || bytes[start + 6] !== 0x80) return false;
  return (
    bytes[start + 7] === 0x7f && (bytes[start + 8] === MCS_CONNECT_INITIAL || bytes[start + 8] === MCS_CONNECT_RESPONSE)
  );
}

class RdpReader implements FlowReader {
  readonly #flow: ProtocolFlow;
  #isEncrypted = false;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number, fromClient: boolean): number {
    if (this.#flow.transport === UDP) return DONE;
    if (this.#isEncrypted) return HAND_OVER;
    const stop = rdpConnectEnd(bytes, start, end, !fromClient);
    if (stop === RDP_CUT) return 0;
    if (stop < 0) return DONE;
    if (fromClient) {
      this.#user(bytes, start, stop);
      return stop - start;
    }
    const chosen = rdpChosenProtocol(bytes, start, stop);
    this.#isEncrypted = chosen === TLS || chosen === CREDSSP || chosen === CREDSSP_EARLY;
    return this.#isEncrypted ? stop - start : DONE;
  }

  #user(bytes: Uint8Array, start: number, stop: number): void {
    const at = rdpCookieAt(start);
    if (!beginsWith(bytes, at, stop, USER_COOKIE)) return;
    const from = at + USER_COOKIE.length;
    const userName = latin1Text(bytes, from, rdpCookieEnd(bytes, start, stop) - 2, 128);
    if (userName !== '') this.#flow.setDetails({ userName });
  }
}
