// Reads an XMPP stream until it is encrypted or somebody has logged in: the domain asked for; hands over after <proceed/>.
// Never keeps a password. Bound: 16,384 bytes a side are looked at, in pieces of whole tags.
import { DONE, type FlowReader, HAND_OVER, type ProtocolFlow } from '@kaipo/core/api/index.js';
import { asciiBytes, indexOfByte, indexOfBytes, latin1Text } from '@kaipo/core/wire/match.js';

const GREATER = 0x3e;
const PROCEED = asciiBytes('<proceed');
const SUCCESS = asciiBytes('<success');
const MAX_BYTES = 16_384;
const MAX_TAG_BYTES = 2_048;
const TO = /<stream:stream[^>]{0,512}?\sto=(?:'([^'>]{1,255})'|"([^">]{1,255})")/;

export class XmppReader implements FlowReader {
  readonly #flow: ProtocolFlow;
  #bytesRead = 0;
  #isTls = false;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number, fromClient: boolean): number {
    if (this.#isTls) return HAND_OVER;
    let at = start;
    for (let stop = tagEnd(bytes, at, end); stop > 0; stop = tagEnd(bytes, at, end)) {
      if (fromClient) this.#domain(bytes, at, stop);
      else {
        this.#isTls = indexOfBytes(bytes, at, stop, PROCEED) >= 0;
        if (this.#isTls) return stop - start;
        if (indexOfBytes(bytes, at, stop, SUCCESS) >= 0) return DONE;
      }
      at = stop;
    }
    this.#bytesRead += at - start;
    if (this.#bytesRead > MAX_BYTES) return DONE;
    return end - at > MAX_TAG_BYTES ? end - start : at - start;
  }

  #domain(bytes: Uint8Array, start: number, end: number): void {
    const found = TO.exec(latin1Text(bytes, start, end, MAX_TAG_BYTES));
    const domain = found?.[1] ?? found?.[2];
    if (domain !== undefined) this.#flow.setServerName(domain, 'host');
  }
}

const tagEnd = (bytes: Uint8Array, at: number, end: number): number => indexOfByte(bytes, at, end, GREATER) + 1;
