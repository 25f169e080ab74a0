// Reads the STUN messages of one flow until its product is known, and says what the flow carries then: DTLS is handed over, media
// renames it to rtp (RFC 7983 tells them apart by the first byte). Owns: a few fields a flow. Bound: MAX_MESSAGES messages once the
// product is known, MAX_PACKETS in all.
import { DONE, type FlowReader, HAND_OVER, type ProtocolFlow } from '@kaipo/core/api/index.js';
import { u16, u32 } from '@kaipo/core/wire/bytes.js';
import { rtpHeaderBytes } from '@kaipo/core/wire/rtp.js';
import { STUN_HEADER_BYTES, STUN_NOT, stunClass, stunEnd, stunInStreamAt, stunKind } from '@kaipo/core/wire/stun.js';
import type { ProductMemory } from './product-memory.js';
import { readStun, type StunMeaning } from './stun-products.js';

const TCP = 6;
const MAX_MESSAGES = 64;
/** A socket may be proven by another flow while this one carries media nobody can read. */
const MAX_PACKETS = 2000;
const DTLS_HANDSHAKE = 22;

export class StunReader implements FlowReader {
  readonly #flow: ProtocolFlow;
  readonly #products: ProductMemory;
  readonly #meaning: StunMeaning = {};
  #messages = 0;
  #product: string | undefined;
  #software: string | undefined;
  #ssrc = 0;
  #mediaPackets = 0;

  constructor(flow: ProtocolFlow, products: ProductMemory) {
    this.#flow = flow;
    this.#products = products;
  }

  read(bytes: Uint8Array, start: number, end: number, fromClient: boolean): number {
    this.#messages += 1;
    if (this.#messages > (this.#product === undefined ? MAX_PACKETS : MAX_MESSAGES)) return DONE;
    if (this.#flow.transport === TCP) return this.#readStream(bytes, start, end, fromClient);
    if (stunKind(bytes, start, end, true) === STUN_NOT) return this.#readOther(bytes, start, end);
    this.#readMessage(bytes, start, end, fromClient);
    return 0;
  }

  end(): void {
    this.#tellProduct();
  }

  #readStream(bytes: Uint8Array, start: number, end: number, fromClient: boolean): number {
    const at = stunInStreamAt(bytes, start, end);
    if (at < 0) return end - start < STUN_HEADER_BYTES + 4 ? 0 : DONE;
    const stop = stunEnd(bytes, at);
    if (stop > end) return 0;
    this.#readMessage(bytes, at, stop, fromClient);
    return stop - start;
  }

  #readMessage(bytes: Uint8Array, start: number, end: number, fromClient: boolean): void {
    readStun(bytes, start, end, this.#flow.serverPort, this.#meaning);
    this.#tellSoftware(stunClass(bytes, start), fromClient);
    this.#tellProduct();
  }

  #tellSoftware(messageClass: number, fromClient: boolean): void {
    const software = this.#meaning.software;
    if (software === undefined || software === this.#software) return;
    this.#software = software;
    // Who answers is the server, whoever opened the flow.
    const isServer = messageClass >= 0x0100 ? !fromClient : false;
    if (software !== 'None')
      this.#flow.setDetails(isServer ? { serverSoftware: software } : { clientSoftware: software });
  }

  #tellProduct(): void {
    if (this.#product !== undefined) return;
    const flow = this.#flow;
    const proven = this.#meaning.product;
    const product =
      proven ??
      this.#products.productOf(flow.clientIp, flow.clientPort, flow.tsUs) ??
      this.#products.productOf(flow.serverIp, flow.serverPort, flow.tsUs);
    if (product === undefined) return;
    this.#product = product;
    flow.setApplication(product);
    if (this.#meaning.realm !== undefined) flow.setDetails({ subject: this.#meaning.realm });
    this.#products.learn(flow.clientIp, flow.clientPort, product, flow.tsUs);
    this.#products.learn(flow.serverIp, flow.serverPort, product, flow.tsUs);
  }

  #readOther(bytes: Uint8Array, start: number, end: number): number {
    if (bytes[start] === DTLS_HANDSHAKE && end - start > 13 && u16(bytes, start + 1) >= 0xfe00) {
      this.#flow.rename('dtls');
      return HAND_OVER;
    }
    if (rtpHeaderBytes(bytes, start, end) < 0) return 0;
    const ssrc = u32(bytes, start + 8);
    this.#mediaPackets = ssrc === this.#ssrc ? this.#mediaPackets + 1 : 1;
    this.#ssrc = ssrc;
    if (this.#mediaPackets < 3) return 0;
    this.#flow.rename('rtp');
    return DONE;
  }
}
