// Reads a protocol of lines: counts them, tells user and greeting, hands over when TLS was asked for and granted. Owns what such
// protocols share; what a line means is the protocol's. Bound: the lines it is given at the start.
import { latin1Text } from '../wire/match.js';
import { type LineTaker, takeLines } from '../wire/text-lines.js';
import { DONE, type FlowReader, HAND_OVER, type ProtocolFlow } from './protocol.js';

/** From `onCommand` and `onReply`. */
export const NEXT_LINE = 0;
const STOP_HERE = 1;

export abstract class LineSession implements FlowReader, LineTaker {
  protected readonly flow: ProtocolFlow;
  /** Has the server said who it is? */
  protected isGreeted = false;
  /** The client asked for TLS; the answer is not there yet. */
  protected asksForTls = false;
  #linesLeft: number;
  #isTls = false;

  constructor(flow: ProtocolFlow, maxLines: number) {
    this.flow = flow;
    this.#linesLeft = maxLines;
  }

  /** A line of the client, of the server, without its end. @returns NEXT_LINE, DONE, or what `tlsAnswered` gives. */
  protected abstract onCommand(bytes: Uint8Array, start: number, end: number): number;
  protected abstract onReply(bytes: Uint8Array, start: number, end: number): number;

  read(bytes: Uint8Array, start: number, end: number, fromClient: boolean): number {
    if (this.#isTls) return HAND_OVER;
    return takeLines(this, bytes, start, end, fromClient);
  }

  line(bytes: Uint8Array, start: number, end: number, fromClient: boolean): number {
    if (this.#linesLeft === 0) return DONE;
    this.#linesLeft -= 1;
    return fromClient ? this.onCommand(bytes, start, end) : this.onReply(bytes, start, end);
  }

  protected tellUser(userName: string): void {
    if (userName !== '') this.flow.setDetails({ userName });
  }

  /** What the server says of itself; the first greeting with text stands. */
  protected tellGreeting(bytes: Uint8Array, start: number, end: number): void {
    const serverSoftware = start < end ? latin1Text(bytes, start, end).trim() : '';
    if (this.isGreeted || serverSoftware === '') return;
    this.isGreeted = true;
    this.flow.setDetails({ serverSoftware });
  }

  /** The server has answered to the client's wish: what follows behind this line is TLS, or goes on in the clear. */
  protected tlsAnswered(isGranted: boolean): number {
    this.asksForTls = false;
    this.#isTls = isGranted;
    return isGranted ? STOP_HERE : NEXT_LINE;
  }
}
