// Service location protocol versions 1 and 2 (RFC 2165, RFC 2608). Owns: naming the flow, and the service asked for.
// Bound: reads one message.
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
import { u16, u24 } from '@kaipo/core/wire/bytes.js';
import { isExactly } from '@kaipo/core/wire/exact.js';
import { isDigit, isText, lower, utf8Text } from '@kaipo/core/wire/match.js';

export const slpPlugin = defineProtocol('Service location protocol (SLP) and the services asked for', {
  name: 'slp',
  transports: ['udp', 'tcp'],
  ports: [427],
  firstBytes: [1, 2],
  probe,
  open: (flow) => new SlpReader(flow),
});

const UDP = 17;
const LAST_FUNCTION = 11;
const HEADER_LEN = 14;
const VERSION_1_HEADER_LEN = 12;
const FLAGS_UNUSED = 0x1fff;
const MAX_LANGUAGE = 16;
const SERVICE_REQUEST = 1;

/** RFC 5646: two letters at least, then letters, digits and dashes. */
function isLanguage(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const letter = lower(bytes[at]!);
    const isLetter = letter >= 0x61 && letter <= 0x7a;
    if (!isLetter && (at < start + 2 || (letter !== 0x2d && !isDigit(letter)))) return false;
  }
  return true;
}

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  const length = end - start;
  if (length < HEADER_LEN + 2)
    return p.transport === UDP || (length > 1 && bytes[start + 1]! > LAST_FUNCTION) ? NOT_MINE : UNSURE;
  const service = bytes[start + 1]!;
  if (service < 1 || service > LAST_FUNCTION) return NOT_MINE;
  if (bytes[start] === 1) return isVersion1(p) ? MATCH : NOT_MINE;
  const said = u24(bytes, start + 2);
  if (p.transport === UDP ? !isExactly(said, length, p.isCut) : said < HEADER_LEN || said > 0xffff) return NOT_MINE;
  if ((u16(bytes, start + 5) & FLAGS_UNUSED) !== 0 || u24(bytes, start + 7) >= said) return NOT_MINE;
  const language = u16(bytes, start + 12);
  if (language < 2 || language > MAX_LANGUAGE || start + HEADER_LEN + language > end) return NOT_MINE;
  return isLanguage(bytes, start + HEADER_LEN, start + HEADER_LEN + language) ? MATCH : NOT_MINE;
}

/** Length, reserved flags, dialect 0, a language of two letters, a character set. */
function isVersion1(p: Probe): boolean {
  const { bytes, start, end } = p;
  if (p.transport !== UDP || !isExactly(u16(bytes, start + 2), end - start, p.isCut)) return false;
  if ((bytes[start + 4]! & 0x07) !== 0 || bytes[start + 5] !== 0 || u16(bytes, start + 8) > 0x7ff) return false;
  return isText(bytes, start + 6, start + 8) && bytes[start + 6]! >= 0x61 && bytes[start + 7]! >= 0x61;
}

class SlpReader implements FlowReader {
  readonly #flow: ProtocolFlow;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  /** A request names, after the list of those that have answered, the type of service. */
  read(bytes: Uint8Array, start: number, end: number): number {
    if (end - start < HEADER_LEN || bytes[start + 1] !== SERVICE_REQUEST) return DONE;
    if (this.#flow.transport !== UDP && end - start < u24(bytes, start + 2)) return 0;
    let at = start + (bytes[start] === 2 ? HEADER_LEN + u16(bytes, start + 12) : VERSION_1_HEADER_LEN);
    for (let field = 0; field < 2 && at + 2 <= end; field++) {
      const stop = at + 2 + u16(bytes, at);
      if (stop > end) return DONE;
      if (field === 1 && stop > at + 2) this.#flow.setDetails({ subject: utf8Text(bytes, at + 2, stop) });
      at = stop;
    }
    return DONE;
  }
}
