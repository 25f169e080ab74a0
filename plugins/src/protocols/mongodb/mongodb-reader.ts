// Reads what a MongoDB client says of itself when it says hello: driver, application, database. Bound: 4 messages of the client.
import { DONE, type FlowReader, type ProtocolFlow, SKIP_SIDE } from '@kaipo/core/api/index.js';
import { u32le } from '@kaipo/core/wire/bytes.js';
import { asciiBytes, indexOfBytes, utf8Text } from '@kaipo/core/wire/match.js';

const MAX_MESSAGES = 4;
const MAX_BYTES = 8192;
const DRIVER = asciiBytes('\x03driver\0');
const APPLICATION = asciiBytes('\x03application\0');
const NAME = asciiBytes('\x02name\0');
const VERSION = asciiBytes('\x02version\0');
const DATABASE = asciiBytes('\x02$db\0');
const SASL = asciiBytes('n,,n=');

export class MongodbReader implements FlowReader {
  readonly #flow: ProtocolFlow;
  #messages = 0;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number, fromClient: boolean): number {
    if (!fromClient) return SKIP_SIDE;
    if (end - start < 16) return 0;
    const length = u32le(bytes, start);
    if (length < 16 || length > 50_331_648) return DONE;
    if (end - start < length && length <= MAX_BYTES) return 0;
    this.#message(bytes, start, Math.min(end, start + length));
    this.#messages += 1;
    return this.#messages >= MAX_MESSAGES ? DONE : length;
  }

  #message(bytes: Uint8Array, start: number, end: number): void {
    const driver = indexOfBytes(bytes, start, end, DRIVER);
    if (driver >= 0) {
      const software = `${stringAfter(bytes, driver, end, NAME)} ${stringAfter(bytes, driver, end, VERSION)}`.trim();
      if (software !== '') this.#flow.setDetails({ clientSoftware: software });
    }
    const application = indexOfBytes(bytes, start, end, APPLICATION);
    const program = application < 0 ? '' : stringAfter(bytes, application, end, NAME);
    if (program !== '') this.#flow.setDetails({ clientSoftware: program });
    const database = stringAfter(bytes, start, end, DATABASE);
    if (database !== '' && database !== 'admin') this.#flow.setDetails({ subject: database });
    const sasl = indexOfBytes(bytes, start, end, SASL);
    if (sasl >= 0) this.#user(bytes, sasl + SASL.length, end);
  }

  /** SCRAM: n,,n=NAME,r=NONCE */
  #user(bytes: Uint8Array, from: number, end: number): void {
    const text = utf8Text(bytes, from, end, 128);
    const comma = text.indexOf(',');
    if (comma > 0) this.#flow.setDetails({ userName: text.slice(0, comma) });
  }
}

/** The string element `name` (type 2, its name and a zero), looked for from `from` on. */
function stringAfter(bytes: Uint8Array, from: number, end: number, name: Uint8Array): string {
  const at = indexOfBytes(bytes, from, end, name);
  const value = at + name.length + 4;
  if (at < 0 || value > end) return '';
  const length = u32le(bytes, value - 4);
  return length >= 2 && length <= 256 && value + length <= end ? utf8Text(bytes, value, value + length - 1, 128) : '';
}
