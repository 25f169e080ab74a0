// RTSP 1.0 and 2.0 (RFC 2326, RFC 7826), with interleaved media. Owns: how its messages begin, and the programs they name.
// Bound: MAX_READ_MESSAGES heads.
import {
  DONE,
  defineProtocol,
  type FlowReader,
  MATCH,
  NOT_MINE,
  type Probe,
  type ProtocolFlow,
  UNSURE,
  type Verdict,
} from '@kaipo/core/api/index.js';
import { u16 } from '@kaipo/core/wire/bytes.js';
import { Http1Message, readHeaderFields } from '@kaipo/core/wire/http1-message.js';
import {
  asciiBytes,
  beginsWith,
  beginsWithWord,
  indexOfByte,
  indexOfBytes,
  isDigit,
  mayBegin,
} from '@kaipo/core/wire/match.js';
import { sipField } from '@kaipo/core/wire/sip.js';

/** Heads that are read: for the names of programs, and for where media will be sent. */
const MAX_READ_MESSAGES = 32;
const STATUS = asciiBytes('RTSP/');
const VERSION = asciiBytes(' RTSP/');
const SCHEME = asciiBytes('rtsp');
const HEAD_END = asciiBytes('\r\n\r\n');
const METHODS = [
  'OPTIONS ',
  'DESCRIBE ',
  'SETUP ',
  'PLAY ',
  'PLAY_NOTIFY ',
  'PAUSE ',
  'TEARDOWN ',
  'ANNOUNCE ',
  'RECORD ',
  'REDIRECT ',
  'GET_PARAMETER ',
  'SET_PARAMETER ',
  'FLUSH ',
].map(asciiBytes);
const DOLLAR = 0x24;
const INTERLEAVED_HEADER_BYTES = 4;
const RTP_HEADER_BYTES = 12;

export const rtspPlugin = defineProtocol('RTSP requests, answers and interleaved media', {
  name: 'rtsp',
  transports: ['tcp'],
  ports: [554, 8554, 7070, 5000],
  firstBytes: [
    DOLLAR,
    ...new Set(['R', ...'OPTIONS DESCRIBE SETUP ANNOUNCE GET FLUSH'.split(' ')].map((w) => w.charCodeAt(0))),
    0x50,
    0x54,
  ],
  probe,
  open: (flow) => new RtspReader(flow),
});

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (bytes[start] === DOLLAR) return !p.fromStart && isInterleaved(bytes, start, end) ? MATCH : NOT_MINE;
  if (mayBegin(bytes, start, end, STATUS)) return statusVerdict(bytes, start, end);
  for (let i = 0; i < METHODS.length; i++) {
    const method = METHODS[i]!;
    if (mayBegin(bytes, start, end, method)) return requestVerdict(bytes, start + method.length, end);
  }
  return NOT_MINE;
}

/** "RTSP/1.0 200". */
function statusVerdict(bytes: Uint8Array, start: number, end: number): Verdict {
  if (end - start < 12) return UNSURE;
  const isStatus = isDigit(bytes[start + 5]) && bytes[start + 6] === 0x2e && bytes[start + 8] === 0x20;
  return isStatus && isDigit(bytes[start + 9]) && isDigit(bytes[start + 11]) ? MATCH : NOT_MINE;
}

/** A target rtsp:, rtspu:, rtsps: or "*", and the version at the end of the line; HTTP and SIP have these methods too. */
function requestVerdict(bytes: Uint8Array, targetAt: number, end: number): Verdict {
  if (targetAt >= end) return UNSURE;
  const lineEnd = indexOfByte(bytes, targetAt, end, 0x0a);
  if (lineEnd >= 0) return indexOfBytes(bytes, targetAt, lineEnd, VERSION) >= 0 ? MATCH : NOT_MINE;
  if (beginsWithWord(bytes, targetAt, end, SCHEME)) return MATCH;
  return bytes[targetAt] === 0x2a || mayBegin(bytes, targetAt, end, SCHEME) ? UNSURE : NOT_MINE;
}

/** Two RTP or RTCP packets in frames of RFC 2326 section 10.12, or one that fills the segment to the byte. */
function isInterleaved(bytes: Uint8Array, start: number, end: number): boolean {
  if (!isMediaFrame(bytes, start, end)) return false;
  const next = start + INTERLEAVED_HEADER_BYTES + u16(bytes, start + 2);
  return next === end || isMediaFrame(bytes, next, end);
}

function isMediaFrame(bytes: Uint8Array, at: number, end: number): boolean {
  if (end - at < INTERLEAVED_HEADER_BYTES + RTP_HEADER_BYTES || bytes[at] !== DOLLAR || bytes[at + 1]! > 7)
    return false;
  const isRtp = (bytes[at + 4]! & 0xe0) === 0x80;
  return isRtp && u16(bytes, at + 2) >= RTP_HEADER_BYTES;
}

const message = new Http1Message();

/** Reads the first heads of both sides. */
class RtspReader implements FlowReader {
  readonly #flow: ProtocolFlow;
  #messages = 0;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number, fromClient: boolean): number {
    if (bytes[start] === DOLLAR) return DONE;
    const headEnd = indexOfBytes(bytes, start, end, HEAD_END);
    if (headEnd < 0) return end - start > 8_192 ? DONE : 0;
    message.reset();
    readHeaderFields(bytes, start, headEnd + HEAD_END.length, message);
    const isAnswer = beginsWith(bytes, start, end, STATUS);
    if (message.userAgent !== '' && fromClient) this.#flow.setDetails({ clientSoftware: message.userAgent });
    if (message.server !== '' && isAnswer) this.#flow.setDetails({ serverSoftware: message.server });
    if (isAnswer) this.#expectMedia(sipField(bytes, start, headEnd + 2, 'transport', '') ?? '');
    this.#messages += 1;
    if (this.#messages === MAX_READ_MESSAGES) return DONE;
    return headEnd + HEAD_END.length - start + Math.max(0, message.contentLength);
  }

  /** RFC 2326 section 12.39: "RTP/AVP;unicast;client_port=8000-8001;server_port=9000-9001", of the answer to SETUP. */
  #expectMedia(transport: string): void {
    for (const [ip, name] of [
      [this.#flow.clientIp, 'client_port'],
      [this.#flow.serverIp, 'server_port'],
    ] as const) {
      const ports = new RegExp(`\\b${name}=(\\d{1,5})(?:-(\\d{1,5}))?`).exec(transport);
      if (ports === null) continue;
      this.#flow.expect('udp', ip, Number(ports[1]), 'rtp');
      if (ports[2] !== undefined) this.#flow.expect('udp', ip, Number(ports[2]), 'rtcp');
    }
  }
}
