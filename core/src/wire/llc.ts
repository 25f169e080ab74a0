// IEEE 802.2 LLC and its SNAP extension (RFC 1042), also where ATM, FDDI and Wi-Fi carry them.
/** @hot */
import { u16, u24 } from './bytes.js';
import { type Check, FITS, SHORT } from './check.js';

const DSAP = 0;
const SSAP = 1;
const CONTROL = 2;
const SNAP_OUI = 3;
const SNAP_PID = 6;
export const LLC_HEADER_LEN = 3;
export const SNAP_HEADER_LEN = 8;

/** RFC 1042 and the tunnel of 802.1H: the protocol is an EtherType. */
export const OUI_ETHERTYPE = 0x000000;
export const OUI_BRIDGE_TUNNEL = 0x0000f8;
/** RFC 2684 and RFC 2427: bridged frames. */
export const OUI_BRIDGED = 0x0080c2;
export const PID_BRIDGED_ETHERNET_FCS = 0x0001;
export const PID_BRIDGED_ETHERNET = 0x0007;
/** NLPIDs of ISO/IEC TR 9577 used by LLC, Frame Relay and ATM. */
export const NLPID_SNAP = 0x80;
export const NLPID_IPV6 = 0x8e;
export const NLPID_IPV4 = 0xcc;
export const NLPID_PPP = 0xcf;

const SAP_IP = 0x06;
const SAP_SNAP = 0xaa;
const SAP_ISO = 0xfe;
const UNNUMBERED = 0x03;

export function checkLlc(at: number, end: number): Check {
  return at + LLC_HEADER_LEN > end ? SHORT : FITS;
}

export const isSnap = (bytes: Uint8Array, at: number): boolean =>
  bytes[at + DSAP] === SAP_SNAP && (bytes[at + SSAP]! & 0xfe) === SAP_SNAP && bytes[at + CONTROL] === UNNUMBERED;

export const isLlcIp = (bytes: Uint8Array, at: number): boolean =>
  bytes[at + DSAP] === SAP_IP && bytes[at + SSAP] === SAP_IP && bytes[at + CONTROL] === UNNUMBERED;

/** ISO network layers; RFC 2684 puts NLPIDs of IP here too. */
export const isLlcIso = (bytes: Uint8Array, at: number): boolean =>
  bytes[at + DSAP] === SAP_ISO && bytes[at + SSAP] === SAP_ISO && bytes[at + CONTROL] === UNNUMBERED;

export const snapOui = (bytes: Uint8Array, at: number): number => u24(bytes, at + SNAP_OUI);
export const snapPid = (bytes: Uint8Array, at: number): number => u16(bytes, at + SNAP_PID);
