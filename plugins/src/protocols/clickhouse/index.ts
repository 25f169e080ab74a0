// ClickHouse native protocol (clickhouse.com/docs/native-protocol). Owns: the two hello packets. Bound: 64 bytes of a name.
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
import { utf8Text } from '@kaipo/core/wire/match.js';

/** Hello is packet 0 both ways: a name with its length, version, and a revision of three 7-bit groups (54,000 to 58,000). */
function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (bytes[start] !== 0) return NOT_MINE;
  if (end - start < 3) return UNSURE;
  const length = bytes[start + 1]!;
  if (length < 3 || length > 64) return NOT_MINE;
  const nameEnd = start + 2 + length;
  for (let at = start + 2; at < Math.min(end, nameEnd); at++)
    if (bytes[at]! < 0x20 || bytes[at]! > 0x7e) return NOT_MINE;
  if (nameEnd + 5 > end) return UNSURE;
  const revision = revisionAt(bytes, nameEnd + 2);
  return bytes[nameEnd]! <= 40 && bytes[nameEnd + 1]! <= 40 && revision >= 54_000 && revision <= 58_000
    ? MATCH
    : NOT_MINE;
}

/** Major and minor version fit one byte each. */
const revisionAt = (bytes: Uint8Array, at: number): number =>
  bytes[at]! >= 0x80 && bytes[at + 1]! >= 0x80 && bytes[at + 2]! < 0x80
    ? (bytes[at]! & 0x7f) | ((bytes[at + 1]! & 0x7f) << 7) | (bytes[at + 2]! << 14)
    : -1;

class ClickhouseReader implements FlowReader {
  readonly #flow: ProtocolFlow;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number, fromClient: boolean): number {
    const nameEnd = start + 2 + bytes[start + 1]!;
    if (end - start < 3 || nameEnd + 5 > end) return 0;
    if (bytes[start] !== 0) return fromClient ? DONE : SKIP_SIDE;
    const software = `${utf8Text(bytes, start + 2, nameEnd, 64)} ${bytes[nameEnd]}.${bytes[nameEnd + 1]}`;
    if (!fromClient) {
      this.#flow.setDetails({ serverSoftware: software });
      return SKIP_SIDE;
    }
    const database = nameEnd + 5;
    const user = database < end ? database + 1 + bytes[database]! : end;
    if (user >= end || user + 1 + bytes[user]! > end) return end - start < 512 ? 0 : SKIP_SIDE;
    this.#flow.setDetails({ clientSoftware: software });
    if (user > database + 1) this.#flow.setDetails({ subject: utf8Text(bytes, database + 1, user, 128) });
    if (bytes[user]! > 0) this.#flow.setDetails({ userName: utf8Text(bytes, user + 1, user + 1 + bytes[user]!, 128) });
    return SKIP_SIDE;
  }
}

export const clickhousePlugin = defineProtocol('ClickHouse native protocol', {
  name: 'clickhouse',
  transports: ['tcp'],
  ports: [9000],
  firstBytes: [0],
  probe,
  open: (flow) => new ClickhouseReader(flow),
});
