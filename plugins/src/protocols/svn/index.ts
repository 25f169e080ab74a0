// Subversion's own protocol, svn:// (svnserve). Owns: the greeting of a server, the answer of a client with the URL it wants.
// Bound: the first 2,048 bytes of the client.
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
import { asciiBytes, indexOfBytes, isText, latin1Text } from '@kaipo/core/wire/match.js';
import { agreesWith } from '@kaipo/core/wire/text-lines.js';

const GREETING = asciiBytes('( success ( ');
const FAILURE = asciiBytes('( failure ( ');
const CLIENT_V2 = asciiBytes('( 2 ( ');
const URL = asciiBytes(':svn');
const MAX_BYTES = 2_048;
const CLIENT_ANSWER =
  /\) \d{1,4}:(svn[+a-z]*:\/\/([^\s/:@]{1,255}@)?([^\s/:]{1,255})[^\s]*) (?:\d{1,4}:([^()]{1,128}) )?/;

export const svnPlugin = defineProtocol('Subversion (svnserve): URL, program of the client', {
  name: 'svn',
  transports: ['tcp'],
  ports: [3690],
  firstBytes: [0x28],
  probe,
  open: (flow) => new SvnReader(flow),
});

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (!p.fromClient)
    return Math.max(agreesWith(bytes, start, end, GREETING), agreesWith(bytes, start, end, FAILURE)) as Verdict;
  const agreement = agreesWith(bytes, start, end, CLIENT_V2);
  if (agreement !== MATCH) return agreement;
  const stop = Math.min(end, start + MAX_BYTES);
  if (indexOfBytes(bytes, start, stop, URL) >= 0) return MATCH;
  return stop === end && isText(bytes, start, end) ? UNSURE : NOT_MINE;
}

class SvnReader implements FlowReader {
  readonly #flow: ProtocolFlow;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  /** "( 2 ( edit-pipeline svndiff1 ) 33:svn://svn.example.net/project 12:SVN/1.14.2 ( ) )". */
  read(bytes: Uint8Array, start: number, end: number, fromClient: boolean): number {
    if (!fromClient) return SKIP_SIDE;
    const found = CLIENT_ANSWER.exec(latin1Text(bytes, start, end, MAX_BYTES));
    if (found === null || !latin1Text(bytes, start, end, MAX_BYTES).includes('( ) )'))
      return end - start > MAX_BYTES ? DONE : 0;
    const host = found[3];
    if (host !== undefined) this.#flow.setServerName(host, 'host');
    this.#flow.setDetails({
      subject: found[1]!,
      ...(found[4] === undefined ? {} : { clientSoftware: found[4].trim() }),
    });
    return DONE;
  }
}
