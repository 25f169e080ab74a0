// Apache Kafka (kafka.apache.org/protocol). Owns: the request header, the answer to it. Bound: `KafkaReader`, 8 requests.
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
import { u16, u32 } from '@kaipo/core/wire/bytes.js';
import { utf8Text } from '@kaipo/core/wire/match.js';

const MAX_REQUEST = 104_857_600;
const MAX_KEY = 92;
const MAX_VERSION = 18;
const API_VERSIONS = 18;
const NO_CLIENT_ID = 0xffff;

/** Length, API key, its version, correlation id, client id. */
function isRequestHeader(bytes: Uint8Array, at: number): boolean {
  const length = u32(bytes, at);
  return (
    length >= 10 &&
    length <= MAX_REQUEST &&
    u16(bytes, at + 4) <= MAX_KEY &&
    u16(bytes, at + 6) <= MAX_VERSION &&
    bytes[at + 8]! < 0x80
  );
}

function probe(p: Probe): Verdict {
  if (p.fromStart) return p.fromClient ? request(p) : answer(p);
  // Who is the client is a guess.
  const verdict = request(p);
  return verdict === NOT_MINE ? answer(p) : verdict;
}

function request(p: Probe): Verdict {
  const { bytes, start, end } = p;
  const have = end - start;
  if (have < 14) return have < 4 || (u32(bytes, start) >= 10 && u32(bytes, start) <= MAX_REQUEST) ? UNSURE : NOT_MINE;
  if (!isRequestHeader(bytes, start)) return NOT_MINE;
  const length = u32(bytes, start);
  const clientId = u16(bytes, start + 12);
  // Without a client id the length has to be exact and the correlation id small.
  if (clientId === NO_CLIENT_ID)
    return have === length + 4 && length > 10 && u32(bytes, start + 8) < 65_536
      ? MATCH
      : have < length + 4
        ? UNSURE
        : NOT_MINE;
  if (clientId === 0 || clientId > 249 || clientId + 10 > length) return NOT_MINE;
  // A short name proves little: then the requests are still few.
  if (clientId < 4 && u32(bytes, start + 8) >= 65_536) return NOT_MINE;
  const stop = Math.min(end, start + 14 + clientId);
  for (let at = start + 14; at < stop; at++) if (bytes[at]! < 0x20 || bytes[at]! > 0x7e) return NOT_MINE;
  if (stop < start + 14 + clientId) return UNSURE;
  if (have === length + 4) return MATCH;
  if (have < length + 4)
    return clientId >= 4 && length < 1_048_576 && u32(bytes, start + 8) < 16_777_216 && have > 40 ? MATCH : UNSURE;
  return have >= length + 18 ? (isRequestHeader(bytes, start + 4 + length) ? MATCH : NOT_MINE) : UNSURE;
}

/** The correlation id of the request comes back. */
function answer(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < 8) return UNSURE;
  const length = u32(bytes, start);
  if (length < 4 || length > MAX_REQUEST) return NOT_MINE;
  if (p.otherLength < 14) return p.packets === 1 && end - start === length + 4 ? UNSURE : NOT_MINE;
  if (!isRequestHeader(p.otherBytes, 0) || !isClientId(p.otherBytes, 12, p.otherLength)) return NOT_MINE;
  if (u32(bytes, start + 4) !== u32(p.otherBytes, 8)) return NOT_MINE;
  return end - start === length + 4 ? MATCH : end - start < length + 4 ? UNSURE : NOT_MINE;
}

/** None, or a length and printable text. */
function isClientId(bytes: Uint8Array, at: number, end: number): boolean {
  const length = u16(bytes, at);
  if (length === NO_CLIENT_ID) return true;
  if (length === 0 || length > 249) return false;
  for (let i = at + 2; i < Math.min(end, at + 2 + length); i++) if (bytes[i]! < 0x20 || bytes[i]! > 0x7e) return false;
  return true;
}

class KafkaReader implements FlowReader {
  readonly #flow: ProtocolFlow;
  #requests = 0;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number, fromClient: boolean): number {
    if (!fromClient) return SKIP_SIDE;
    if (end - start < 14) return 0;
    const length = u32(bytes, start);
    if (!isRequestHeader(bytes, start)) return DONE;
    if (end - start < length + 4 && length < 4096) return 0;
    const clientId = u16(bytes, start + 12);
    const idEnd = clientId === NO_CLIENT_ID ? start + 14 : start + 14 + clientId;
    if (idEnd > end) return DONE;
    if (idEnd > start + 14) this.#flow.setDetails({ subject: utf8Text(bytes, start + 14, idEnd, 128) });
    if (u16(bytes, start + 4) === API_VERSIONS && u16(bytes, start + 6) >= 3)
      this.#software(bytes, idEnd, Math.min(end, start + 4 + length));
    this.#requests += 1;
    return this.#requests >= 8 ? DONE : 4 + length;
  }

  /** ApiVersions 3: no tags in the header, then two compact strings (length + 1): name and version of the library. */
  #software(bytes: Uint8Array, idEnd: number, end: number): void {
    const name = idEnd + 2;
    if (idEnd + 2 >= end || bytes[idEnd] !== 0 || bytes[idEnd + 1]! > 100 || bytes[idEnd + 1] === 0) return;
    const nameEnd = name + bytes[idEnd + 1]! - 1;
    if (nameEnd + 1 >= end || bytes[nameEnd]! > 64 || bytes[nameEnd] === 0) return;
    const versionEnd = Math.min(end, nameEnd + bytes[nameEnd]!);
    this.#flow.setDetails({
      clientSoftware: `${utf8Text(bytes, name, nameEnd, 64)} ${utf8Text(bytes, nameEnd + 1, versionEnd, 64)}`,
    });
  }
}

export const kafkaPlugin = defineProtocol('Apache Kafka', {
  name: 'kafka',
  transports: ['tcp'],
  ports: [9092, 9093, 9094, 29_092],
  firstBytes: [0, 1, 2, 3, 4, 5, 6],
  probe,
  open: (flow) => new KafkaReader(flow),
});
