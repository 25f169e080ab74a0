// Follows an ISO transport connection until its first data says who uses it. Bound: 8 messages, 8 KiB each.
import { DONE, type FlowReader, type ProtocolFlow } from '@kaipo/core/api/index.js';
import { COTP_DATA, cotpDataStart, cotpType, tpktLength } from '@kaipo/core/wire/tpkt.js';
import { isoUser } from './iso-user.js';

const MAX_MESSAGES = 8;
const MAX_BYTES = 8192;

export class IsoTransportReader implements FlowReader {
  readonly #flow: ProtocolFlow;
  #messages = 0;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number, _fromClient: boolean): number {
    const length = tpktLength(bytes, start, end);
    if (length < 0) return DONE;
    if (length === 0 || (start + length > end && end - start < MAX_BYTES)) return 0;
    if (cotpType(bytes, start) === COTP_DATA) {
      const user = isoUser(bytes, cotpDataStart(bytes, start), Math.min(end, start + length));
      if (user !== '') {
        this.#flow.rename(user);
        return DONE;
      }
    }
    this.#messages += 1;
    return this.#messages >= MAX_MESSAGES ? DONE : length;
  }
}
