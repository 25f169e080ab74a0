// Reads the connect descriptor of an Oracle client: which service, which program, which user. Bound: 8 KiB of the client.
import { DONE, type FlowReader, type ProtocolFlow, SKIP_SIDE } from '@kaipo/core/api/index.js';
import { asciiBytes, indexOfByte, indexOfBytes, utf8Text } from '@kaipo/core/wire/match.js';

const MAX_BYTES = 8192;
const SERVICE = [asciiBytes('(SERVICE_NAME='), asciiBytes('(SID='), asciiBytes('(service_name='), asciiBytes('(sid=')];
const PROGRAM = asciiBytes('(PROGRAM=');
const USER = asciiBytes('(USER=');
const CLOSING = 0x29;

export class OracleReader implements FlowReader {
  readonly #flow: ProtocolFlow;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number, fromClient: boolean): number {
    if (!fromClient) return SKIP_SIDE;
    // The descriptor is in CONNECT, or in a DATA packet behind it when it is long; its user is its last part.
    const user = parameterOf(bytes, start, end, USER);
    if (user === undefined && end - start < MAX_BYTES) return 0;
    this.#keep(bytes, start, end, user);
    return DONE;
  }

  #keep(bytes: Uint8Array, start: number, end: number, user: string | undefined): void {
    for (const name of SERVICE) {
      const service = parameterOf(bytes, start, end, name);
      if (service !== undefined) this.#flow.setDetails({ subject: service });
    }
    const program = parameterOf(bytes, start, end, PROGRAM);
    if (program !== undefined) this.#flow.setDetails({ clientSoftware: program });
    if (user !== undefined) this.#flow.setDetails({ userName: user });
  }
}

function parameterOf(bytes: Uint8Array, start: number, end: number, name: Uint8Array): string | undefined {
  const at = indexOfBytes(bytes, start, end, name);
  if (at < 0) return undefined;
  const stop = indexOfByte(bytes, at + name.length, end, CLOSING);
  return stop > at + name.length ? utf8Text(bytes, at + name.length, stop, 128) : undefined;
}
