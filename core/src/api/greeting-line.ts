// Reads the first line of a server, and nothing more. Owns: waiting for its end. Must not know what it says. Bound: `maxBytes`.
import { latin1Text } from '../wire/match.js';
import { lineStop, lineTextEnd } from '../wire/text-lines.js';
import { DONE, type FlowReader, SKIP_SIDE } from './protocol.js';

export class GreetingLine implements FlowReader {
  readonly #skipBytes: number;
  readonly #maxBytes: number;
  readonly #tell: (text: string) => void;

  /** `tell` gets what follows the first `skipBytes` of the line, unless that is nothing; a longer line than `maxBytes` is not told. */
  constructor(skipBytes: number, maxBytes: number, tell: (text: string) => void) {
    this.#skipBytes = skipBytes;
    this.#maxBytes = maxBytes;
    this.#tell = tell;
  }

  read(bytes: Uint8Array, start: number, end: number, fromClient: boolean): number {
    if (fromClient) return SKIP_SIDE;
    const stop = lineStop(bytes, start, end);
    if (stop < 0) return end - start > this.#maxBytes ? DONE : 0;
    const text = latin1Text(bytes, start + this.#skipBytes, lineTextEnd(bytes, start, stop));
    if (text !== '') this.#tell(text);
    return DONE;
  }
}
