// Reads what a CoAP client asks for: host and path. Bound: the first 4 datagrams.
import { DONE, type FlowReader, type ProtocolFlow } from '@kaipo/core/api/index.js';
import {
  COAP_URI_HOST,
  COAP_URI_PATH,
  coapCode,
  coapOption,
  coapTokenLength,
  isCoapHeader,
  isCoapRequest,
  nextCoapOption,
} from '@kaipo/core/wire/coap.js';
import { utf8Text } from '@kaipo/core/wire/match.js';

const MAX_DATAGRAMS = 4;
const MAX_PATH = 128;

export class CoapReader implements FlowReader {
  readonly #flow: ProtocolFlow;
  #datagrams = 0;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number, _fromClient: boolean): number {
    this.#datagrams += 1;
    if (end - start >= 4 && isCoapHeader(bytes, start) && isCoapRequest(coapCode(bytes, start))) {
      this.#request(bytes, start + 4 + coapTokenLength(bytes, start), end);
      return DONE;
    }
    return this.#datagrams >= MAX_DATAGRAMS ? DONE : 0;
  }

  #request(bytes: Uint8Array, start: number, end: number): void {
    let at = start;
    let number = 0;
    let path = '';
    while (at < end && bytes[at] !== 0xff && path.length < MAX_PATH) {
      const next = nextCoapOption(bytes, at, end, number);
      if (next === 0) break;
      number = coapOption.number;
      if (number === COAP_URI_HOST) {
        const host = utf8Text(bytes, coapOption.start, coapOption.end, 255);
        if (host !== '' && !/^[\d.:]+$/.test(host)) this.#flow.setServerName(host.toLowerCase(), 'host');
      }
      if (number === COAP_URI_PATH) path += `/${utf8Text(bytes, coapOption.start, coapOption.end, MAX_PATH)}`;
      at = next;
    }
    if (path !== '') this.#flow.setDetails({ subject: path });
  }
}
