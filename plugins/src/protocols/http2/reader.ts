// Goes on reading a cleartext HTTP/2 connection: pairs responses with requests by stream. Owns: the requests that wait for their
// response. Must not know: bytes. Bound: MAX_WAITING requests; the oldest is told without its response when there are more.
import type { FlowReader, HttpExchanged, ProtocolFlow } from '@kaipo/core/api/index.js';
import type { Mutable } from '@kaipo/core/kernel/mutable.js';
import {
  addHttpExchangeTexts,
  type HttpRequestTexts,
  type HttpResponseTexts,
  httpRequestTexts,
  nameOfHost,
} from '@kaipo/core/wire/http-exchange.js';
import { type Http2Headers, type Http2Listener, Http2Side } from '@kaipo/core/wire/http2-side.js';

/** Servers allow 100 to 250 streams at a time. */
const MAX_WAITING = 256;

export class Http2Reader implements FlowReader, Http2Listener {
  readonly #flow: ProtocolFlow;
  readonly #clientSide = new Http2Side(this);
  readonly #serverSide = new Http2Side(this);
  readonly #waiting = new Map<number, HttpRequestTexts>();
  /** Begun in the middle, the side that asks may be the one that was taken for the server. */
  #asksBack = false;
  #hasClientSoftware = false;
  #hasServerSoftware = false;
  #hasContentType = false;
  #isGrpc = false;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number, fromClient: boolean): number {
    return (fromClient ? this.#clientSide : this.#serverSide).read(bytes, start, end);
  }

  gap(fromClient: boolean): boolean {
    (fromClient ? this.#clientSide : this.#serverSide).gap();
    return true;
  }

  end(): void {
    for (const request of this.#waiting.values()) this.#tell(request, undefined);
    this.#waiting.clear();
  }

  headers(stream: number, headers: Http2Headers, side: Http2Side): void {
    if (headers.method !== '' || headers.path !== '') this.#request(stream, headers, side);
    else if (headers.status !== '') this.#response(stream, headers);
  }

  #request(stream: number, headers: Http2Headers, side: Http2Side): void {
    this.#asksBack = side === this.#serverSide;
    const target = headers.method === 'CONNECT' ? headers.authority : headers.path;
    const request = httpRequestTexts(headers.method, target, headers.authority || headers.host, headers.userAgent);
    this.#makeRoom(stream);
    this.#waiting.set(stream, request);
    const name = nameOfHost(request.host);
    if (name !== '') this.#flow.setServerName(name, 'host');
    if (!this.#hasClientSoftware && headers.userAgent !== '') {
      this.#hasClientSoftware = true;
      this.#flow.setDetails({ clientSoftware: headers.userAgent });
    }
    this.#noteContentType(headers);
  }

  #makeRoom(stream: number): void {
    const [oldest] = this.#waiting.keys();
    const leaving = this.#waiting.has(stream) ? stream : this.#waiting.size === MAX_WAITING ? oldest : undefined;
    if (leaving === undefined) return;
    this.#tell(this.#waiting.get(leaving), undefined);
    this.#waiting.delete(leaving);
  }

  #response(stream: number, headers: Http2Headers): void {
    const status = Number(headers.status);
    if (!(status >= 200 && status < 1000)) return;
    const request = this.#waiting.get(stream);
    this.#waiting.delete(stream);
    this.#tell(request, { status, server: headers.server, contentType: headers.contentType });
    if (!this.#hasServerSoftware && headers.server !== '') {
      this.#hasServerSoftware = true;
      this.#flow.setDetails({ serverSoftware: headers.server });
    }
    this.#noteContentType(headers);
  }

  #noteContentType(headers: Http2Headers): void {
    if (!this.#isGrpc && headers.contentType.startsWith('application/grpc')) {
      this.#isGrpc = true;
      this.#flow.rename('grpc');
    }
    if (this.#hasContentType || headers.contentType === '') return;
    this.#hasContentType = true;
    this.#flow.setDetails({ contentType: headers.contentType });
  }

  #tell(request: HttpRequestTexts | undefined, response: HttpResponseTexts | undefined): void {
    const { clientIp, clientPort, serverIp, serverPort, tsUs } = this.#flow;
    const opener = { ip: clientIp, port: clientPort };
    const other = { ip: serverIp, port: serverPort };
    const event: Mutable<HttpExchanged> = {
      kind: 'http.exchanged',
      tsUs,
      client: this.#asksBack ? other : opener,
      server: this.#asksBack ? opener : other,
    };
    addHttpExchangeTexts(event, request, response);
    this.#flow.write(event);
  }
}
