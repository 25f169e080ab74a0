// Goes on reading an HTTP/1.x connection: pairs responses with requests. Owns: the requests that wait for their response, and what
// the connection becomes after CONNECT and Upgrade. Must not know: bytes. Bound: MAX_WAITING requests; the oldest is told without its
// response when there are more.
import { DONE, type FlowReader, HAND_OVER, type HttpExchanged, type ProtocolFlow } from '@kaipo/core/api/index.js';
import type { Mutable } from '@kaipo/core/kernel/mutable.js';
import {
  addHttpExchangeTexts,
  type HttpRequestTexts,
  type HttpResponseTexts,
  httpRequestTexts,
  nameOfHost,
} from '@kaipo/core/wire/http-exchange.js';
import type { Http1Message } from '@kaipo/core/wire/http1-message.js';
import { AFTER_BODY, AFTER_HOLD, AFTER_NOTHING, type Http1Listener, Http1Side } from '@kaipo/core/wire/http1-side.js';

const MAX_WAITING = 64;

export class HttpReader implements FlowReader, Http1Listener {
  readonly #flow: ProtocolFlow;
  readonly #clientSide = new Http1Side(this);
  readonly #serverSide = new Http1Side(this);
  readonly #waiting: HttpRequestTexts[] = [];
  /** A response whose body goes on, and what it answers. */
  #open: { readonly request: HttpRequestTexts | undefined; readonly response: HttpResponseTexts } | undefined;
  /** Requests that were told early: their responses come first and are told alone. */
  #toldEarly = 0;
  /** Responses were lost: the next one answers the latest request. */
  #hasLostResponses = false;
  #verdict: 0 | typeof DONE | typeof HAND_OVER = 0;
  /** Time of the latest bytes. */
  #readTsUs = 0;
  /** Nothing was read since the head of the open response. */
  #isHeadLatest = false;
  /** Bytes of the open response were lost. */
  #hasHole = false;
  /** The body of the latest response has no other end than the connection's. */
  #endsWithConnection = false;
  #hasClientSoftware = false;
  #hasServerSoftware = false;
  #contentTypeFrom: 'request' | 'response' | undefined;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number, fromClient: boolean): number {
    if (this.#verdict !== 0) return this.#verdict;
    this.#readTsUs = this.#flow.tsUs;
    this.#isHeadLatest = false;
    const used = (fromClient ? this.#clientSide : this.#serverSide).read(bytes, start, end);
    return (this.#verdict as number) === DONE ? DONE : used;
  }

  gap(fromClient: boolean, missingBytes: number): boolean {
    const side = fromClient ? this.#clientSide : this.#serverSide;
    side.gap(missingBytes);
    if (!side.sendsRequests && side.isLost) this.#hasLostResponses = true;
    return true;
  }

  bytesLost(side: Http1Side): void {
    if (side.sendsRequests) return;
    // The packet with the head was captured cut: nobody captures bodies then, and what the head says is all there is to know.
    const isCut = this.#isHeadLatest && this.#flow.tsUs === this.#readTsUs;
    if (isCut) this.#closeResponse(true);
    else this.#hasHole = true;
  }

  end(): void {
    this.#clientSide.end();
    this.#serverSide.end();
    this.#closeResponse(this.#endsWithConnection);
    for (const request of this.#waiting.splice(0)) this.#tell(request, undefined);
  }

  head(message: Http1Message, side: Http1Side): typeof AFTER_BODY | typeof AFTER_NOTHING | typeof AFTER_HOLD {
    return message.isRequest ? this.#request(message) : this.#response(message, side);
  }

  #request(message: Http1Message): typeof AFTER_BODY | typeof AFTER_HOLD {
    const request = httpRequestTexts(message.method, message.target, message.host, message.userAgent);
    if (this.#waiting.length === MAX_WAITING) {
      this.#tell(this.#waiting.shift(), undefined);
      this.#toldEarly += 1;
    }
    this.#waiting.push(request);
    const name = nameOfHost(message.method === 'CONNECT' ? message.target : request.host);
    if (name !== '') this.#flow.setServerName(name, 'host');
    this.#noteRequest(message);
    return message.method === 'CONNECT' ? AFTER_HOLD : AFTER_BODY;
  }

  #noteRequest(message: Http1Message): void {
    if (!this.#hasClientSoftware && message.userAgent !== '') {
      this.#hasClientSoftware = true;
      this.#flow.setDetails({ clientSoftware: message.userAgent });
    }
    if (this.#contentTypeFrom === undefined && message.contentType !== '') {
      this.#contentTypeFrom = 'request';
      this.#flow.setDetails({ contentType: message.contentType });
      this.#noteCarried(message.contentType);
    }
    if (message.userName !== '') this.#flow.setDetails({ userName: message.userName });
    if (message.method === 'SOURCE') this.#flow.setApplication('Icecast');
  }

  /** Protocols that only borrow HTTP. */
  #noteCarried(contentType: string): void {
    if (/^application\/ipp\b/i.test(contentType)) this.#flow.rename('ipp');
    else if (/^application\/x-rtsp-tunnelled\b/i.test(contentType)) this.#flow.rename('rtsp');
  }

  #response(message: Http1Message, side: Http1Side): typeof AFTER_BODY | typeof AFTER_NOTHING | typeof AFTER_HOLD {
    const { status } = message;
    if (status < 200 && status !== 101) return AFTER_NOTHING;
    this.#closeResponse(true);
    const request = this.#takeRequest();
    this.#noteResponse(message);
    this.#hasHole = false;
    this.#isHeadLatest = true;
    this.#open = { request, response: { status, server: message.server, contentType: message.contentType } };
    const after = this.#afterResponse(message, request, side);
    if (after !== AFTER_BODY) this.#closeResponse(true);
    this.#endsWithConnection = message.contentLength < 0 && !message.isChunked;
    return after;
  }

  #afterResponse(
    message: Http1Message,
    request: HttpRequestTexts | undefined,
    side: Http1Side,
  ): typeof AFTER_BODY | typeof AFTER_NOTHING | typeof AFTER_HOLD {
    const { status } = message;
    if (status === 101) return this.#upgraded(message);
    if (request?.method === 'CONNECT') {
      const isTunnel = status < 300;
      if (isTunnel) this.#verdict = HAND_OVER;
      else (side === this.#serverSide ? this.#clientSide : this.#serverSide).release();
      return isTunnel ? AFTER_HOLD : AFTER_BODY;
    }
    return request?.method === 'HEAD' || status === 204 || status === 304 ? AFTER_NOTHING : AFTER_BODY;
  }

  bodyEnded(side: Http1Side): void {
    if (!side.sendsRequests) this.#closeResponse(true);
  }

  /** Tells the response that is open; its status only when it was seen whole. */
  #closeResponse(isEnded: boolean): void {
    const open = this.#open;
    if (open === undefined) return;
    this.#open = undefined;
    const { request, response } = open;
    const isWhole = isEnded && !this.#hasHole;
    this.#tell(request, isWhole ? response : { server: response.server, contentType: response.contentType });
  }

  #takeRequest(): HttpRequestTexts | undefined {
    if (this.#hasLostResponses) {
      this.#hasLostResponses = false;
      this.#toldEarly = 0;
      while (this.#waiting.length > 1) this.#tell(this.#waiting.shift(), undefined);
    }
    if (this.#toldEarly > 0) {
      this.#toldEarly -= 1;
      return undefined;
    }
    return this.#waiting.shift();
  }

  #noteResponse(message: Http1Message): void {
    if (!this.#hasServerSoftware && message.server !== '') {
      this.#hasServerSoftware = true;
      this.#flow.setDetails({ serverSoftware: message.server });
    }
    if (this.#contentTypeFrom !== 'response' && message.contentType !== '') {
      this.#contentTypeFrom = 'response';
      this.#flow.setDetails({ contentType: message.contentType });
      this.#noteCarried(message.contentType);
    }
    const product = productOf(message);
    if (product !== undefined) this.#flow.setApplication(product);
  }

  #upgraded(message: Http1Message): typeof AFTER_HOLD {
    if (/^websocket$/i.test(message.upgrade)) {
      this.#flow.rename('websocket');
      this.#verdict = DONE;
    } else this.#verdict = HAND_OVER;
    return AFTER_HOLD;
  }

  #tell(request: HttpRequestTexts | undefined, response: HttpResponseTexts | undefined): void {
    const { clientIp, clientPort, serverIp, serverPort, tsUs } = this.#flow;
    const opener = { ip: clientIp, port: clientPort };
    const other = { ip: serverIp, port: serverPort };
    // Begun in the middle, the side that asks may be the one that was taken for the server.
    const asksBack = this.#serverSide.sendsRequests;
    const event: Mutable<HttpExchanged> = {
      kind: 'http.exchanged',
      tsUs,
      client: asksBack ? other : opener,
      server: asksBack ? opener : other,
    };
    addHttpExchangeTexts(event, request, response);
    this.#flow.write(event);
  }
}

/** Servers that say who they are and are what the flow is about. */
function productOf(message: Http1Message): string | undefined {
  // Icecast sends the same fields.
  if (message.server.startsWith('Icecast')) return 'Icecast';
  if (message.isIcy) return 'SHOUTcast';
  if (message.isElastic) return 'Elasticsearch';
  return message.server.startsWith('CouchDB/') ? 'CouchDB' : undefined;
}
