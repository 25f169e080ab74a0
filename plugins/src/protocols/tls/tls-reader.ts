// Reads the two hellos and the server's certificate of one connection, and then no more. Owns: how far each side was read. Must not
// know: how records look on the wire. Bound: keeps no bytes but the name asked for; what is not whole yet waits in the engine.
import { DONE, type FlowReader, type ProtocolFlow, SKIP_SIDE } from '@kaipo/core/api/index.js';
import { u24 } from '@kaipo/core/wire/bytes.js';
import { BAD, FITS, SHORT } from '@kaipo/core/wire/check.js';
import {
  checkSsl2ClientHello,
  checkSsl2ServerHello,
  SSL2_SERVER_HELLO,
  ssl2CertificateEnd,
  ssl2CertificateStart,
  ssl2RecordBytes,
} from '@kaipo/core/wire/ssl2.js';
import {
  ClientHelloLayout,
  checkClientHello,
  clientHelloServerName,
  HANDSHAKE_CLIENT_HELLO,
} from '@kaipo/core/wire/tls-client-hello.js';
import { clientHelloFacts, serverHelloFacts } from '@kaipo/core/wire/tls-hello-facts.js';
import {
  HANDSHAKE_CERTIFICATE,
  HANDSHAKE_HELLO_REQUEST,
  HANDSHAKE_SUPPLEMENTAL_DATA,
  RECORD_CHANGE_CIPHER_SPEC,
  RECORD_HANDSHAKE,
  TLS_RECORD_HEADER_BYTES,
} from '@kaipo/core/wire/tls-records.js';
import { checkServerHello, HANDSHAKE_SERVER_HELLO, ServerHelloLayout } from '@kaipo/core/wire/tls-server-hello.js';
import { isTls13Draft, SSL2, TLS13, tlsVersionText } from '@kaipo/core/wire/tls-values.js';
import { CertificateCache } from './certificate-cache.js';
import { HandshakeCursor, MESSAGE, MORE, NO_RECORD, OTHER_RECORD } from './handshake-cursor.js';
import { isTorCertificate } from './tor-names.js';

const clientHello = new ClientHelloLayout();
const serverHello = new ServerHelloLayout();
const certificates = new CertificateCache();
const cursor = new HandshakeCursor();

/** Who says this first message? What is none of the server's first ones leaves it as it is. */
function saysClient(bytes: Uint8Array, start: number, end: number, fromClient: boolean): boolean {
  const isSsl2 = bytes[start]! >= 0x80;
  const at = isSsl2 ? start + 2 : start + TLS_RECORD_HEADER_BYTES;
  if (at >= end || !(isSsl2 || bytes[start] === RECORD_HANDSHAKE)) return fromClient;
  const type = bytes[at]!;
  if (type === HANDSHAKE_CLIENT_HELLO) return true;
  return type === (isSsl2 ? SSL2_SERVER_HELLO : HANDSHAKE_SERVER_HELLO) ? false : fromClient;
}

export class TlsReader implements FlowReader {
  readonly #flow: ProtocolFlow;
  /** Of each side: bytes of the record at hand that are not used. */
  #clientLeft = 0;
  #serverLeft = 0;
  #isClientDone = false;
  #isServerDone = false;
  #isServerBegun = false;
  #isRetried = false;
  #nameAsked: string | undefined;
  /** Is the side that is taken for the client the one that says ClientHello? From the middle that is a guess until now. */
  #isClientRight: boolean | undefined;
  #isNameKnown = false;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number, fromClient: boolean): number {
    this.#isClientRight ??= saysClient(bytes, start, end, fromClient) === fromClient;
    const isClient = fromClient === this.#isClientRight;
    const at = isClient ? this.#readClient(bytes, start, end) : this.#readServer(bytes, start, end);
    if (this.#isClientDone && this.#isServerDone) return DONE;
    return (isClient ? this.#isClientDone : this.#isServerDone) ? SKIP_SIDE : at - start;
  }

  /** Records no longer begin where they are expected: what this side has not said by now stays unknown. */
  gap(fromClient: boolean, _missingBytes: number): boolean {
    if (fromClient === (this.#isClientRight ?? true)) this.#isClientDone = true;
    else this.#isServerDone = true;
    return !(this.#isClientDone && this.#isServerDone);
  }

  // ---------------------------------------------------------------- client

  /** The first message is the ClientHello, or the capture began later. */
  #readClient(bytes: Uint8Array, start: number, end: number): number {
    if (bytes[start]! >= 0x80 && this.#readSsl2Client(bytes, start, end)) return start;
    cursor.begin(bytes, start, end, this.#clientLeft);
    const found = cursor.next();
    const isHello = found <= MORE && cursor.messageType === HANDSHAKE_CLIENT_HELLO;
    if (isHello && cursor.messageEnd > 0) this.#noteClientHello(found === MESSAGE);
    const mayCome = found === MORE && (isHello || cursor.messageEnd === 0);
    const { at } = cursor;
    this.#clientLeft = cursor.left;
    cursor.release();
    if (!mayCome) this.#isClientDone = true;
    return at;
  }

  #noteClientHello(isWhole: boolean): void {
    const { messageBytes: bytes, messageAt, messageEnd } = cursor;
    const check = checkClientHello(bytes, messageAt, messageEnd, clientHello);
    const name = this.#isNameKnown ? undefined : clientHelloServerName(bytes, clientHello);
    if (name !== undefined) {
      this.#isNameKnown = true;
      this.#nameAsked = name;
      this.#flow.setServerName(name, 'sni');
    }
    if (isWhole && check !== BAD) this.#flow.setDetails(clientHelloFacts(bytes, clientHello, 't', check === FITS));
  }

  /** @returns false when it is none. */
  #readSsl2Client(bytes: Uint8Array, start: number, end: number): boolean {
    const check = checkSsl2ClientHello(bytes, start, end);
    if (check === FITS) this.#isClientDone = true;
    return check !== BAD;
  }

  // ---------------------------------------------------------------- server

  #readServer(bytes: Uint8Array, start: number, end: number): number {
    if (!this.#isServerBegun && bytes[start]! >= 0x80 && this.#readSsl2Server(bytes, start, end)) return start;
    cursor.begin(bytes, start, end, this.#serverLeft);
    while (!this.#isServerDone && this.#readServerMessage());
    const { at } = cursor;
    this.#serverLeft = cursor.left;
    cursor.release();
    return at;
  }

  /** @returns true when there may be another one. */
  #readServerMessage(): boolean {
    const found = cursor.next();
    if (found === NO_RECORD) this.#isServerDone = true;
    else if (found === OTHER_RECORD) return this.#passOtherRecord();
    else if (cursor.messageEnd > 0) return this.#noteServerMessage(found === MESSAGE);
    return false;
  }

  /** Between the request to try again and the ServerHello there may be a ChangeCipherSpec; otherwise the rest is protected. */
  #passOtherRecord(): boolean {
    if (this.#isRetried && cursor.recordType === RECORD_CHANGE_CIPHER_SPEC) return cursor.passRecord();
    this.#isServerDone = true;
    return false;
  }

  #noteServerMessage(isWhole: boolean): boolean {
    this.#isServerBegun = true;
    switch (cursor.messageType) {
      case HANDSHAKE_SERVER_HELLO:
        if (isWhole) this.#noteServerHello();
        break;
      case HANDSHAKE_CERTIFICATE:
        this.#noteCertificate(isWhole);
        break;
      case HANDSHAKE_HELLO_REQUEST:
      case HANDSHAKE_SUPPLEMENTAL_DATA:
        break;
      default:
        this.#isServerDone = true;
    }
    if (!isWhole || this.#isServerDone) return false;
    cursor.pass();
    return true;
  }

  #noteServerHello(): void {
    const { messageBytes: bytes, messageAt, messageEnd } = cursor;
    if (checkServerHello(bytes, messageAt, messageEnd, serverHello) !== FITS) {
      this.#isServerDone = true;
      return;
    }
    this.#flow.setDetails(serverHelloFacts(bytes, serverHello));
    this.#isRetried = serverHello.isRetryRequest;
    // From 1.3 on everything after it is protected.
    const isProtected = serverHello.version === TLS13 || isTls13Draft(serverHello.version);
    if (isProtected && !serverHello.isRetryRequest) this.#isServerDone = true;
  }

  /** Length of the list 3, length of the first certificate 3, the first certificate. The others are of no interest. */
  #noteCertificate(isWhole: boolean): void {
    const { messageBytes: bytes, messageAt, messageEnd } = cursor;
    const leafAt = messageAt + 6;
    const leafEnd = leafAt + (leafAt <= messageEnd ? u24(bytes, messageAt + 3) : 0);
    if (leafAt > messageEnd || leafEnd > messageEnd) {
      if (isWhole) this.#isServerDone = true;
      return;
    }
    this.#isServerDone = true;
    this.#noteLeaf(bytes, leafAt, leafEnd);
  }

  #noteLeaf(bytes: Uint8Array, start: number, end: number): void {
    const certificate = certificates.read(bytes, start, end);
    if (certificate === undefined) return;
    this.#flow.setDetails({ certificate });
    if (isTorCertificate(certificate, this.#nameAsked)) this.#flow.setApplication('Tor');
  }

  /** @returns false when it is none. */
  #readSsl2Server(bytes: Uint8Array, start: number, end: number): boolean {
    const check = checkSsl2ServerHello(bytes, start, end);
    if (check === BAD) return false;
    if (check === SHORT || start + ssl2RecordBytes(bytes, start) > end) return true;
    this.#isServerDone = true;
    const version = tlsVersionText(SSL2);
    if (version !== undefined) this.#flow.setDetails({ tlsVersion: version });
    this.#noteLeaf(bytes, ssl2CertificateStart(start), ssl2CertificateEnd(bytes, start));
    return true;
  }
}
