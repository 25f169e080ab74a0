// DICT, dictionary servers (RFC 2229). Owns: the banner with its capabilities and message id, the commands of a client.
// Reads the programs of both sides. Bound: 6 lines.
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
import { asciiBytes, beginsWith, indexOfByte, latin1Text } from '@kaipo/core/wire/match.js';
import { hasPort } from '@kaipo/core/wire/port-hint.js';
import {
  isLineText,
  isUnfinishedLine,
  lineStop,
  lineTextEnd,
  mayBecomeReply,
  replyCodeAt,
  takeLines,
  wordAt,
  wordList,
} from '@kaipo/core/wire/text-lines.js';

const MAX_LINES = 6;
const GREATER = 0x3e;
const LESS = 0x3c;
const COMMANDS = wordList(
  'define',
  'match',
  'show db',
  'show databases',
  'show strat',
  'show strategies',
  'client',
  'show server',
);
const CLIENT = wordList('client');

export const dictPlugin = defineProtocol('DICT: programs of both sides', {
  name: 'dict',
  transports: ['tcp'],
  ports: [2628],
  firstBytes: [...asciiBytes('2dmscDMSC')],
  probe,
  open: (flow) => new DictReader(flow),
});

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (bytes[start] === 0x32) return bannerVerdict(p);
  if (!hasPort(p, 2628)) return NOT_MINE;
  if (isUnfinishedLine(bytes, start, end)) return UNSURE;
  return isLineText(bytes, start, end) && wordAt(bytes, start, end, COMMANDS) >= 0 ? MATCH : NOT_MINE;
}

/** "220 dict.example.net dictd 1.12 <auth.mime> <4711@dict.example.net>". */
function bannerVerdict(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (mayBecomeReply(bytes, start, end)) return UNSURE;
  if (replyCodeAt(bytes, start, end) !== 220) return NOT_MINE;
  const stop = lineTextEnd(bytes, start, lineStop(bytes, start, end));
  if (bytes[stop - 1] !== GREATER) return NOT_MINE;
  const capabilities = indexOfByte(bytes, start, stop, LESS);
  const between = indexOfByte(bytes, capabilities, stop, GREATER);
  return capabilities > 0 && between > 0 && beginsWith(bytes, between, stop, BETWEEN) ? MATCH : NOT_MINE;
}

const BETWEEN = Uint8Array.of(GREATER, 0x20, LESS);

class DictReader implements FlowReader {
  readonly #flow: ProtocolFlow;
  #lines = 0;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number, fromClient: boolean): number {
    return takeLines(this, bytes, start, end, fromClient);
  }

  line(bytes: Uint8Array, start: number, end: number, fromClient: boolean): number {
    if (++this.#lines > MAX_LINES) return DONE;
    if (fromClient) {
      if (wordAt(bytes, start, end, CLIENT) >= 0 && start + 7 < end)
        this.#flow.setDetails({ clientSoftware: latin1Text(bytes, start + 7, end) });
    } else if (replyCodeAt(bytes, start, end) === 220) {
      const stop = indexOfByte(bytes, start, end, LESS);
      const text = latin1Text(bytes, start + 4, stop < 0 ? end : stop).trim();
      if (text !== '') this.#flow.setDetails({ serverSoftware: text });
    }
    return 0;
  }
}
