// collectd's binary network protocol. Owns: the chain of parts that fills a datagram to its end; reads the host.
// A part: type, length with its header, both 16 bits big endian. Bound: 256 parts.
import {
  DONE,
  defineProtocol,
  type FlowReader,
  MATCH,
  NOT_MINE,
  type Probe,
  type ProtocolFlow,
  type Verdict,
} from '@kaipo/core/api/index.js';
import { u16 } from '@kaipo/core/wire/bytes.js';
import { isText, latin1Text } from '@kaipo/core/wire/match.js';

const HOST = 0;
const LAST_PLAIN_TYPE = 9;
const VALUES = 6;
const MESSAGE = 0x100;
const SEVERITY = 0x101;
const SIGNATURE = 0x200;
const ENCRYPTED = 0x210;
const MAX_PARTS = 256;
const MIN_PARTS = 3;

export const collectdPlugin = defineProtocol('collectd: host that is measured', {
  name: 'collectd',
  transports: ['udp'],
  ports: [25826],
  firstBytes: [0x00, 0x02],
  datagram: { minBytes: 16, at: 1, values: [0, 0x10] },
  probe,
  open: (flow) => new CollectdReader(flow),
});

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < 16) return NOT_MINE;
  const first = u16(bytes, start);
  if (first === ENCRYPTED) return encryptedVerdict(p);
  if (first !== HOST && first !== SIGNATURE) return NOT_MINE;
  let parts = 0;
  let texts = 0;
  let at = start;
  for (; parts < MAX_PARTS && at + 4 <= end; parts++) {
    const type = u16(bytes, at);
    const length = u16(bytes, at + 2);
    if (!isType(type) || length < 5 || at + length > end) break;
    // Host, plugin and type are text ended by a zero; times and intervals are eight bytes.
    if (type === HOST || (type >= 2 && type <= 5)) {
      if (bytes[at + length - 1] !== 0 || !isText(bytes, at + 4, at + length - 1)) return NOT_MINE;
      texts += length - 5;
    } else if ((type === 1 || type > VALUES) && type <= LAST_PLAIN_TYPE && length !== 12) return NOT_MINE;
    at += length;
  }
  if (parts < MIN_PARTS || texts < 2) return NOT_MINE;
  return at === end || p.isCut ? MATCH : NOT_MINE;
}

const isType = (type: number): boolean =>
  type <= LAST_PLAIN_TYPE || type === MESSAGE || type === SEVERITY || type === SIGNATURE;

/** One part alone: type, whole length, length of the user name, its text. */
function encryptedVerdict(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (u16(bytes, start + 2) !== end - start) return NOT_MINE;
  const userLength = u16(bytes, start + 4);
  if (userLength === 0 || userLength > 128 || start + 6 + userLength > end) return NOT_MINE;
  return isText(bytes, start + 6, start + 6 + userLength) ? MATCH : NOT_MINE;
}

class CollectdReader implements FlowReader {
  readonly #flow: ProtocolFlow;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    for (let parts = 0; parts < 2 && at + 5 <= end; parts++) {
      const stop = at + u16(bytes, at + 2);
      if (stop < at + 5 || stop > end) break;
      if (u16(bytes, at) === HOST) {
        if (stop - 1 > at + 4) this.#flow.setDetails({ deviceName: latin1Text(bytes, at + 4, stop - 1) });
        break;
      }
      at = stop;
    }
    return DONE;
  }
}
