// Reads SIP messages: who calls whom, with which program, and where the media will be. Owns: what was already said of a flow.
// Bound: MAX_MESSAGES messages of at most MAX_BODY_BYTES and a head each.
import { DONE, expectMedia, type FlowReader, type ProtocolFlow } from '@kaipo/core/api/index.js';
import { asciiBytes, beginsWith, indexOfByte, latin1Text } from '@kaipo/core/wire/match.js';
import { SIP_REQUEST, SIP_RESPONSE, sipField, sipHeadEnd, sipKind } from '@kaipo/core/wire/sip.js';

const TCP = 6;
const SDP = asciiBytes('v=0');
/** Between two servers a flow carries the calls of all; those of the first of them are followed. */
const MAX_MESSAGES = 1000;
const MAX_BODY_BYTES = 8192;

export class SipReader implements FlowReader {
  readonly #flow: ProtocolFlow;
  #messages = 0;
  #hasRequest = false;
  #isTold = [false, false];

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number, fromClient: boolean): number {
    const headEnd = sipHeadEnd(bytes, start, end);
    if (this.#flow.transport !== TCP) {
      this.#readHead(bytes, start, headEnd < 0 ? end : headEnd, fromClient);
      if (headEnd >= 0) this.#readBody(bytes, headEnd, end);
      return ++this.#messages >= MAX_MESSAGES ? DONE : 0;
    }
    if (headEnd < 0) return 0;
    const field = Number(sipField(bytes, start, headEnd, 'content-length', 'l') ?? 0);
    const length = Number.isInteger(field) && field >= 0 ? field : 0;
    const isFollowed = length <= MAX_BODY_BYTES;
    if (isFollowed && headEnd + length > end) return 0;
    this.#readHead(bytes, start, headEnd, fromClient);
    if (isFollowed) this.#readBody(bytes, headEnd, headEnd + length);
    return ++this.#messages >= MAX_MESSAGES ? DONE : headEnd - start + length;
  }

  #readBody(bytes: Uint8Array, start: number, end: number): void {
    if (beginsWith(bytes, start, end, SDP)) expectMedia(this.#flow, bytes, start, end);
  }

  #readHead(bytes: Uint8Array, start: number, end: number, fromClient: boolean): void {
    const kind = sipKind(bytes, start, end);
    const isRequest = kind === SIP_REQUEST;
    if (isRequest && !this.#hasRequest) this.#readRequest(bytes, start, end);
    const side = fromClient ? 0 : 1;
    if (this.#isTold[side] || (!isRequest && kind !== SIP_RESPONSE)) return;
    const software =
      sipField(bytes, start, end, 'user-agent', '') ??
      (isRequest ? undefined : sipField(bytes, start, end, 'server', ''));
    if (software === undefined || software === '') return;
    this.#isTold[side] = true;
    this.#flow.setDetails(fromClient ? { clientSoftware: software } : { serverSoftware: software });
  }

  #readRequest(bytes: Uint8Array, start: number, end: number): void {
    this.#hasRequest = true;
    const uriAt = indexOfByte(bytes, start, end, 0x20) + 1;
    const uriEnd = indexOfByte(bytes, uriAt, end, 0x20);
    const uri = uriEnd > uriAt ? latin1Text(bytes, uriAt, uriEnd) : '';
    const caller = userOf(sipField(bytes, start, end, 'from', 'f') ?? '');
    this.#flow.setDetails({
      ...(uri === '' ? {} : { subject: uri }),
      ...(caller === undefined ? {} : { userName: caller }),
    });
  }
}

/** "Alice" <sip:alice@example.com>;tag=1 → alice@example.com */
const userOf = (value: string): string | undefined => /(?:sips?|tel):([^>;?\s]{1,128})/i.exec(value)?.[1];
