// Reads the two hellos and the server's certificate of one DTLS flow, and then no more. Must not know: how records look on the wire.
// Bound: one unfinished message a side, MAX_DATAGRAMS datagrams: on the same ports there may be STUN and RTP.
import { DONE, type FlowReader, type ProtocolFlow } from '@kaipo/core/api/index.js';
import { u24 } from '@kaipo/core/wire/bytes.js';
import { BAD, FITS } from '@kaipo/core/wire/check.js';
import {
  checkDtlsRecord,
  DTLS_HANDSHAKE_HEADER_BYTES,
  DTLS_RECORD_HEADER_BYTES,
  dtlsFragmentLength,
  dtlsFragmentOffset,
  dtlsMessageLength,
  dtlsMessageNumber,
  dtlsMessageType,
  dtlsRecordEpoch,
  dtlsRecordLength,
  dtlsRecordType,
  isDtlsFragment,
} from '@kaipo/core/wire/dtls-records.js';
import {
  ClientHelloLayout,
  checkClientHello,
  clientHelloServerName,
  HANDSHAKE_CLIENT_HELLO,
} from '@kaipo/core/wire/tls-client-hello.js';
import { clientHelloFacts, serverHelloFacts } from '@kaipo/core/wire/tls-hello-facts.js';
import { HANDSHAKE_CERTIFICATE, RECORD_HANDSHAKE } from '@kaipo/core/wire/tls-records.js';
import { checkServerHello, HANDSHAKE_SERVER_HELLO, ServerHelloLayout } from '@kaipo/core/wire/tls-server-hello.js';
import { DTLS13 } from '@kaipo/core/wire/tls-values.js';
import { readCertificate } from '@kaipo/core/wire/x509.js';
import { FragmentJoin } from './fragment-join.js';

const MAX_DATAGRAMS = 64;

const clientHello = new ClientHelloLayout();
const serverHello = new ServerHelloLayout();

export class DtlsReader implements FlowReader {
  readonly #flow: ProtocolFlow;
  readonly #clientJoin = new FragmentJoin();
  readonly #serverJoin = new FragmentJoin();
  #datagrams = 0;
  #isClientNoted = false;
  #isDone = false;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number): number {
    this.#datagrams += 1;
    for (let at = start; at < end && !this.#isDone; ) {
      if (checkDtlsRecord(bytes, at, end) !== FITS) break;
      const recordEnd = at + DTLS_RECORD_HEADER_BYTES + dtlsRecordLength(bytes, at);
      this.#readRecord(bytes, at, recordEnd);
      at = recordEnd;
    }
    return this.#isDone || this.#datagrams >= MAX_DATAGRAMS ? DONE : 0;
  }

  end(): void {
    this.#clientJoin.release();
    this.#serverJoin.release();
  }

  #readRecord(bytes: Uint8Array, start: number, end: number): void {
    if (dtlsRecordEpoch(bytes, start) > 0) {
      // The handshake is over, or was before the capture began.
      this.#isDone = true;
      return;
    }
    if (dtlsRecordType(bytes, start) !== RECORD_HANDSHAKE) return;
    let at = start + DTLS_RECORD_HEADER_BYTES;
    while (at + DTLS_HANDSHAKE_HEADER_BYTES <= end && isDtlsFragment(bytes, at, end) && !this.#isDone) {
      this.#readFragment(bytes, at);
      at += DTLS_HANDSHAKE_HEADER_BYTES + dtlsFragmentLength(bytes, at);
    }
  }

  #readFragment(bytes: Uint8Array, at: number): void {
    const type = dtlsMessageType(bytes, at);
    // Who is the client is a guess when the capture began later: the message says it.
    if (type === HANDSHAKE_CLIENT_HELLO ? this.#isClientNoted : !isOfServer(type)) return;
    const length = dtlsMessageLength(bytes, at);
    const offset = dtlsFragmentOffset(bytes, at);
    const bodyAt = at + DTLS_HANDSHAKE_HEADER_BYTES;
    const bodyEnd = bodyAt + dtlsFragmentLength(bytes, at);
    if (bodyEnd - bodyAt === length) {
      this.#noteMessage(type, bytes, bodyAt, bodyEnd, true);
      return;
    }
    const join = type === HANDSHAKE_CLIENT_HELLO ? this.#clientJoin : this.#serverJoin;
    if (join.add(dtlsMessageNumber(bytes, at), offset, bytes, bodyAt, bodyEnd))
      this.#noteMessage(type, join.bytes, 0, join.length, join.length === length);
  }

  #noteMessage(type: number, bytes: Uint8Array, start: number, end: number, isWhole: boolean): void {
    if (type === HANDSHAKE_CLIENT_HELLO) this.#noteClientHello(bytes, start, end, isWhole);
    else if (type === HANDSHAKE_CERTIFICATE) this.#noteCertificate(bytes, start, end, isWhole);
    else if (isWhole) this.#noteServerHello(bytes, start, end);
  }

  #noteClientHello(bytes: Uint8Array, start: number, end: number, isWhole: boolean): void {
    const check = checkClientHello(bytes, start, end, clientHello, true);
    const name = clientHelloServerName(bytes, clientHello);
    if (name !== undefined) this.#flow.setServerName(name, 'sni');
    if (!isWhole) return;
    this.#isClientNoted = true;
    this.#clientJoin.release();
    if (check !== BAD) this.#flow.setDetails(clientHelloFacts(bytes, clientHello, 'd', check === FITS));
  }

  #noteServerHello(bytes: Uint8Array, start: number, end: number): void {
    this.#serverJoin.release();
    if (checkServerHello(bytes, start, end, serverHello) !== FITS) return;
    this.#flow.setDetails(serverHelloFacts(bytes, serverHello));
    if (serverHello.version === DTLS13 && !serverHello.isRetryRequest) this.#isDone = true;
  }

  /** Length of the list 3, length of the first certificate 3, the first certificate. */
  #noteCertificate(bytes: Uint8Array, start: number, end: number, isWhole: boolean): void {
    const leafAt = start + 6;
    const leafEnd = leafAt + (leafAt <= end ? u24(bytes, start + 3) : 0);
    if (leafAt > end || leafEnd > end) {
      this.#isDone = isWhole;
      return;
    }
    this.#isDone = true;
    const certificate = readCertificate(bytes, leafAt, leafEnd);
    if (certificate !== undefined) this.#flow.setDetails({ certificate });
  }
}

const isOfServer = (type: number): boolean => type === HANDSHAKE_SERVER_HELLO || type === HANDSHAKE_CERTIFICATE;
