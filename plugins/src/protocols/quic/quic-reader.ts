// Reads the handshake of one QUIC flow, IETF's and Google's. Owns: which packets are opened, and when there is nothing more to learn.
// Must not know: how the flow was recognised. Bound: MAX_DATAGRAMS datagrams, MAX_PACKETS packets in each, MAX_CONNECTIONS connections,
// MAX_DERIVATIONS makings of keys.
import { DONE, type FlowReader, type ProtocolFlow } from '@kaipo/core/api/index.js';
import { FITS } from '@kaipo/core/wire/check.js';
import { findGquicMessage, GQUIC_CHLO, GquicHeader, readGquicHeader } from '@kaipo/core/wire/gquic.js';
import { QUIC_INITIAL, QUIC_OTHER, QUIC_VERSIONS, QuicHeader, readQuicHeader } from '@kaipo/core/wire/quic.js';
import { addCryptoFrames, QuicCryptoStream, wholeHelloEnd } from '@kaipo/core/wire/quic-crypto-stream.js';
import { quicVersionText } from '@kaipo/core/wire/quic-secrets.js';
import { isForcedNegotiation, QUIC_Q050 } from '@kaipo/core/wire/quic-versions.js';
import { FOUND, googleHelloIn, QuicConnection } from './quic-connection.js';
import { tellClientHello, tellGoogleHello } from './quic-hello.js';

/** A handshake is over after half as many, also with losses. */
const MAX_DATAGRAMS = 32;
const MAX_PACKETS = 8;
/** The first, one after a Retry, and one more for a port that is used again. */
const MAX_CONNECTIONS = 3;
const MAX_DERIVATIONS = 8;

const HEADER = new QuicHeader();
const GOOGLE = new GquicHeader();
const shared = new QuicCryptoStream();

export class QuicReader implements FlowReader {
  readonly #flow: ProtocolFlow;
  readonly #connections: QuicConnection[] = [];
  #datagrams = 0;
  #derivations = 0;
  #version = 0;
  #hasClientHello = false;
  /** The server has answered in the version that holds. */
  #isAnswered = false;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number, fromClient: boolean): number {
    this.#datagrams += 1;
    if (bytes[start]! < 0x80) this.#google(bytes, start, end);
    let at = start;
    for (let packets = 0; packets < MAX_PACKETS && at < end; packets++) {
      if (readQuicHeader(bytes, at, end, HEADER) !== FITS) break;
      const next = HEADER.packetEnd;
      this.#packet(bytes, at, end, fromClient);
      at = next;
    }
    if (this.#hasClientHello && this.#isAnswered) return DONE;
    if (this.#datagrams < MAX_DATAGRAMS) return 0;
    this.end();
    return DONE;
  }

  /** The flow is over: what there is of a ClientHello that never became whole may still have the name. */
  end(): void {
    if (this.#hasClientHello) return;
    for (const { client } of this.#connections) if (this.#tell(client)) break;
    this.#hasClientHello = true;
  }

  #packet(bytes: Uint8Array, at: number, end: number, fromClient: boolean): void {
    const { type, version } = HEADER;
    if (type === QUIC_VERSIONS) return;
    this.#tellVersion(version);
    if (type === QUIC_OTHER) this.#chlo(bytes, HEADER.payloadAt, end);
    else if (type !== QUIC_INITIAL) return;
    // What a server says in its Initial is the rest of the handshake: not worth the keys once the client's half is read.
    else if (!fromClient && this.#hasClientHello) this.#isAnswered = true;
    else if (!this.#hasClientHello) this.#initial(bytes, at, fromClient);
  }

  /** The last one stands: a server may choose another version than the client began with. */
  #tellVersion(version: number): void {
    if (version === this.#version || isForcedNegotiation(version)) return;
    this.#version = version;
    this.#flow.setDetails({ quicVersion: quicVersionText(version) });
  }

  #google(bytes: Uint8Array, start: number, end: number): void {
    if (readGquicHeader(bytes, start, end, GOOGLE) !== FITS) return;
    this.#tellVersion(GOOGLE.version);
    this.#chlo(bytes, GOOGLE.payloadAt, end);
  }

  #chlo(bytes: Uint8Array, start: number, end: number): void {
    if (this.#hasClientHello) return;
    const at = findGquicMessage(bytes, start, end, GQUIC_CHLO);
    if (at >= 0) this.#tellGoogle(bytes, at, end);
  }

  #tellGoogle(bytes: Uint8Array, at: number, end: number): void {
    tellGoogleHello(bytes, at, end, this.#flow);
    this.#hasClientHello = this.#isAnswered = true;
  }

  #initial(bytes: Uint8Array, at: number, fromClient: boolean): void {
    for (const connection of this.#connections) {
      const frames = connection.open(bytes, at, HEADER, fromClient);
      if (frames === undefined) continue;
      this.#frames(connection, frames, fromClient);
      return;
    }
    // Not of a connection that is known: the packet of a client begins one. Who the client is may be mistaken while there is none.
    const mayBegin = fromClient || this.#connections.length === 0;
    if (!mayBegin || this.#connections.length === MAX_CONNECTIONS || this.#derivations === MAX_DERIVATIONS) return;
    this.#derivations += 1;
    const begun = new QuicConnection(bytes, HEADER);
    const frames = begun.open(bytes, at, HEADER, true);
    if (frames === undefined) return;
    this.#connections.push(begun);
    this.#frames(begun, frames, true);
  }

  #frames(connection: QuicConnection, frames: Uint8Array, fromClient: boolean): void {
    if (!fromClient) return;
    if (HEADER.version === QUIC_Q050) {
      this.#tellGoogle(frames, googleHelloIn(frames), frames.length);
      return;
    }
    if (connection.client.isEmpty && this.#isWhole(frames)) return;
    addCryptoFrames(frames, FOUND, connection.client);
    if (connection.client.hasMessage) this.#hasClientHello = this.#tell(connection.client);
  }

  /** Most hellos come in one packet: those need no memory of their own, and those in one piece are read where they lie. */
  #isWhole(frames: Uint8Array): boolean {
    const end = wholeHelloEnd(frames, frames.length);
    if (end > 0 && end === frames.length) {
      this.#hasClientHello = tellClientHello(frames, FOUND.at[0]!, end, this.#flow);
      return this.#hasClientHello;
    }
    shared.clear();
    if (!addCryptoFrames(frames, FOUND, shared) || !shared.hasMessage) return false;
    this.#hasClientHello = this.#tell(shared);
    return this.#hasClientHello;
  }

  #tell({ whole }: QuicCryptoStream): boolean {
    return tellClientHello(whole, 0, whole.length, this.#flow);
  }
}
