// SSDP, the discovery of UPnP: HTTP/1.1 heads in datagrams (UPnP Device Architecture 2.0 section 1). Owns: which datagrams are such
// heads, and what they tell. Bound: MAX_DATAGRAMS of a flow are read.
import {
  DONE,
  defineProtocol,
  type FlowReader,
  type HttpExchanged,
  MATCH,
  NOT_MINE,
  type Probe,
  type ProtocolFlow,
  type Verdict,
} from '@kaipo/core/api/index.js';
import type { Mutable } from '@kaipo/core/kernel/mutable.js';
import { addHttpExchangeTexts, httpRequestTexts } from '@kaipo/core/wire/http-exchange.js';
import { Http1Message, readHeaderFields, textOf } from '@kaipo/core/wire/http1-message.js';
import { http1Start, readStartLine, START_REQUEST, START_RESPONSE, StartLine } from '@kaipo/core/wire/http1-start.js';
import { asciiBytes, beginsWith, beginsWithWord, indexOfByte } from '@kaipo/core/wire/match.js';

const MAX_DATAGRAMS = 64;
const SEARCH = asciiBytes('m-search * http/1.');
const NOTIFY = asciiBytes('notify * http/1.');
const RESPONSE = asciiBytes('HTTP/1.');

export const ssdpPlugin = defineProtocol('UPnP discovery: searches, answers, announcements', {
  name: 'ssdp',
  transports: ['udp'],
  ports: [1900, 1982, 7900],
  firstBytes: [0x4d, 0x4e, 0x48],
  probe,
  open: (flow) => new SsdpReader(flow),
});

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (beginsWithWord(bytes, start, end, SEARCH) || beginsWithWord(bytes, start, end, NOTIFY)) return MATCH;
  const isResponse = beginsWith(bytes, start, end, RESPONSE) && http1Start(bytes, start, end) === START_RESPONSE;
  return isResponse ? MATCH : NOT_MINE;
}

const line = new StartLine();
const message = new Http1Message();

class SsdpReader implements FlowReader {
  readonly #flow: ProtocolFlow;
  #datagrams = 0;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number, fromClient: boolean): number {
    const kind = http1Start(bytes, start, end);
    if (kind === START_REQUEST || kind === START_RESPONSE) this.#message(bytes, start, end, kind, fromClient);
    this.#datagrams += 1;
    return this.#datagrams === MAX_DATAGRAMS ? DONE : end - start;
  }

  #message(
    bytes: Uint8Array,
    start: number,
    end: number,
    kind: typeof START_REQUEST | typeof START_RESPONSE,
    fromClient: boolean,
  ): void {
    const feed = indexOfByte(bytes, start, end, 0x0a);
    const stop = feed < 0 ? end : feed > start && bytes[feed - 1] === 0x0d ? feed - 1 : feed;
    readStartLine(bytes, start, stop, kind, line);
    message.reset();
    readHeaderFields(bytes, feed < 0 ? end : feed + 1, end, message);
    if (message.userAgent !== '') this.#flow.setDetails({ clientSoftware: message.userAgent });
    if (message.server !== '') this.#flow.setDetails({ serverSoftware: message.server });
    this.#tell(textOf(bytes, start, line.methodEnd), textOf(bytes, line.targetAt, line.targetEnd), fromClient);
  }

  /** A search and its answers are different flows: each message is told alone. */
  #tell(method: string, target: string, fromClient: boolean): void {
    const { clientIp, clientPort, serverIp, serverPort, tsUs } = this.#flow;
    const opener = { ip: clientIp, port: clientPort };
    const other = { ip: serverIp, port: serverPort };
    const asksBack = line.isRequest !== fromClient;
    const request = line.isRequest ? httpRequestTexts(method, target, message.host, message.userAgent) : undefined;
    const { server, contentType } = message;
    const event: Mutable<HttpExchanged> = {
      kind: 'http.exchanged',
      tsUs,
      client: asksBack ? other : opener,
      server: asksBack ? opener : other,
    };
    addHttpExchangeTexts(
      event,
      request,
      line.isRequest ? { server, contentType } : { status: line.status, server, contentType },
    );
    this.#flow.write(event);
  }
}
