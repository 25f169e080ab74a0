// Reads the head of SIP messages: who, to whom, with which program. Owns: what was already said of a flow. Bound: MAX_MESSAGES
// messages of at most the engine's buffer each.
import { DONE, type FlowReader, type ProtocolFlow } from '@kaipo/core/api/index.js';
import { indexOfByte, latin1Text } from '@kaipo/core/wire/match.js';
import { SIP_REQUEST, SIP_RESPONSE, sipField, sipHeadEnd, sipKind } from '@kaipo/core/wire/sip.js';

const TCP = 6;
const MAX_MESSAGES = 8;

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
      return this.#isDone() ? DONE : 0;
    }
    if (headEnd < 0) return 0;
    this.#readHead(bytes, start, headEnd, fromClient);
    if (this.#isDone()) return DONE;
    const length = Number(sipField(bytes, start, headEnd, 'content-length', 'l') ?? 0);
    return headEnd - start + (Number.isInteger(length) && length >= 0 ? length : 0);
  }

  #isDone(): boolean {
    this.#messages += 1;
    return this.#messages >= MAX_MESSAGES || (this.#hasRequest && this.#isTold[0] === true && this.#isTold[1] === true);
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
