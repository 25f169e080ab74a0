// TP-Link's smart home protocol (Kasa plugs and bulbs): JSON behind a simple cipher in which every byte hides the next.
// Owns: naming the flow, and the name and model a device tells. Bound: deciphers 2,048 bytes of one message.
import {
  DONE,
  defineProtocol,
  type FlowReader,
  MATCH,
  NOT_MINE,
  type Probe,
  type ProtocolFlow,
  SKIP_SIDE,
  UNSURE,
  type Verdict,
} from '@kaipo/core/api/index.js';
import { u32 } from '@kaipo/core/wire/bytes.js';
import { utf8Text } from '@kaipo/core/wire/match.js';

export const tplinkShpPlugin = defineProtocol('TP-Link smart plugs and bulbs (Kasa): name and model', {
  name: 'tplink-shp',
  transports: ['tcp', 'udp'],
  ports: [9999],
  firstBytes: [0x00, 0xd0],
  datagram: { minBytes: 8, values: [0xd0] },
  probe,
  open: (flow) => new KasaReader(flow),
});

const TCP = 6;
const LENGTH_LEN = 4;
const FIRST_KEY = 0xab;
const BRACE = 0x7b;
const BRACE_END = 0x7d;
const QUOTE = 0x22;
const SAMPLE = 24;
const MAX_MESSAGE = 65_536;
const MAX_TEXT = 2048;

/** Behind the cipher a brace, a quote or the end, and printable characters. */
function probe(p: Probe): Verdict {
  const { bytes, end } = p;
  let at = p.start;
  if (p.transport === TCP) {
    if (end - at < LENGTH_LEN + 8) return at >= end || bytes[at] === 0 ? UNSURE : NOT_MINE;
    if (u32(bytes, at) > MAX_MESSAGE || u32(bytes, at) < 8) return NOT_MINE;
    at += LENGTH_LEN;
  }
  // A datagram is a whole document.
  else if (end - at < 8 || (!p.isCut && (bytes[end - 1]! ^ bytes[end - 2]!) !== BRACE_END)) return NOT_MINE;
  return end - at >= 8 && isCiphered(bytes, at, Math.min(end, at + SAMPLE)) ? MATCH : NOT_MINE;
}

function isCiphered(bytes: Uint8Array, start: number, end: number): boolean {
  let key = FIRST_KEY;
  for (let at = start; at < end; at++) {
    const letter = bytes[at]! ^ key;
    key = bytes[at]!;
    if (letter < 0x20 || letter > 0x7e) return false;
    if (at === start && letter !== BRACE) return false;
    if (at === start + 1 && letter !== QUOTE && letter !== BRACE_END) return false;
  }
  return true;
}

class KasaReader implements FlowReader {
  readonly #flow: ProtocolFlow;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number, fromClient: boolean): number {
    const isStream = this.#flow.transport === TCP;
    if (isStream && end - start < LENGTH_LEN) return 0;
    const at = isStream ? start + LENGTH_LEN : start;
    const stop = isStream ? at + u32(bytes, start) : end;
    if (isStream && fromClient) return SKIP_SIDE;
    if (stop > end && end - at < MAX_TEXT) return 0;
    const text = deciphered(bytes, at, Math.min(stop, end, at + MAX_TEXT));
    const alias = /"alias":"([^"]{1,64})"/.exec(text)?.[1];
    const model = /"model":"([^"]{1,64})"/.exec(text)?.[1];
    if (alias === undefined && model === undefined) return isStream ? SKIP_SIDE : end - start;
    this.#flow.setDetails({
      deviceVendor: 'TP-Link',
      ...(alias !== undefined && { deviceName: alias }),
      ...(model !== undefined && { subject: model }),
    });
    return DONE;
  }
}

function deciphered(bytes: Uint8Array, start: number, end: number): string {
  const text = new Uint8Array(Math.max(end - start, 0));
  let key = FIRST_KEY;
  for (let i = 0; i < text.length; i++) {
    text[i] = bytes[start + i]! ^ key;
    key = bytes[start + i]!;
  }
  return utf8Text(text, 0, text.length, MAX_TEXT);
}
