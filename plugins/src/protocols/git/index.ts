// The git protocol of port 9418 (gitprotocol-pack, gitprotocol-v2). Owns: the request of a client, the first reference or the version
// of a server; reads the path and the host. Bound: the first packet line, at most 1,024 bytes of it.
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
import { asciiBytes, beginsWith, indexOfByte, indexOfBytes, isText, latin1Text } from '@kaipo/core/wire/match.js';
import { agreesWith } from '@kaipo/core/wire/text-lines.js';

const SERVICES = ['git-upload-pack ', 'git-receive-pack ', 'git-upload-archive '].map(asciiBytes);
const VERSION = asciiBytes('version ');
const WANT = asciiBytes('want ');
const HAVE = asciiBytes('have ');
const HOST = asciiBytes('\0host=');
const MAX_LINE_BYTES = 1_024;
const NAME_DIGITS = 40;
const SPACE = 0x20;

export const gitPlugin = defineProtocol('git: path and host of the repository', {
  name: 'git',
  transports: ['tcp'],
  ports: [9418],
  firstBytes: [0x30],
  probe,
  open: (flow) => new GitReader(flow),
});

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  for (let at = start; at < Math.min(end, start + 4); at++) if (!isHexDigit(bytes[at]!)) return NOT_MINE;
  if (end - start < 5) return UNSURE;
  const at = start + 4;
  let best: Verdict = agreesWith(bytes, at, end, VERSION);
  if (best === MATCH) return p.fromClient ? NOT_MINE : MATCH;
  for (const service of SERVICES) {
    const agreement = agreesWith(bytes, at, end, service);
    if (agreement === MATCH) return MATCH;
    if (agreement > best) best = agreement;
  }
  if (best === UNSURE) return UNSURE;
  if (p.fromClient) {
    const word = Math.max(agreesWith(bytes, at, end, WANT), agreesWith(bytes, at, end, HAVE));
    return word === MATCH ? objectVerdict(bytes, at + WANT.length, end) : (word as Verdict);
  }
  return objectVerdict(bytes, at, end);
}

/** Forty lower-case hex digits and a space or the end of a line: a run of one digit is none. */
function objectVerdict(bytes: Uint8Array, start: number, end: number): Verdict {
  for (let i = 0; i < NAME_DIGITS; i++) {
    if (start + i >= end) return UNSURE;
    const digit = bytes[start + i]!;
    if (!isHexDigit(digit)) return NOT_MINE;
  }
  if (start + NAME_DIGITS >= end) return UNSURE;
  const behind = bytes[start + NAME_DIGITS]!;
  return behind === SPACE || behind === 10 ? MATCH : NOT_MINE;
}

const isHexDigit = (byte: number): boolean => (byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x66);

class GitReader implements FlowReader {
  readonly #flow: ProtocolFlow;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  /** "0033git-upload-pack /project.git\0host=git.example.net\0". */
  read(bytes: Uint8Array, start: number, end: number, fromClient: boolean): number {
    if (!fromClient) return SKIP_SIDE;
    if (end - start < 4) return 0;
    const length = Number.parseInt(latin1Text(bytes, start, start + 4), 16);
    if (!(length > 4) || length > MAX_LINE_BYTES) return DONE;
    const stop = start + length;
    if (stop > end) return 0;
    for (const service of SERVICES)
      if (beginsWith(bytes, start + 4, stop, service)) this.#request(bytes, start + 4 + service.length, stop);
    return DONE;
  }

  #request(bytes: Uint8Array, start: number, end: number): void {
    const pathEnd = indexOfByte(bytes, start, end, 0);
    if (pathEnd < 0 || !isText(bytes, start, pathEnd)) return;
    this.#flow.setDetails({ subject: latin1Text(bytes, start, pathEnd) });
    const host = indexOfBytes(bytes, pathEnd, end, HOST);
    if (host < 0) return;
    const from = host + HOST.length;
    const stop = indexOfByte(bytes, from, end, 0);
    const name = latin1Text(bytes, from, stop < 0 ? end : stop).replace(/:\d+$/, '');
    if (name !== '') this.#flow.setServerName(name, 'host');
  }
}
