// Reads LOGIN7: who connects from which program and host to which database. Bound: the client's first messages, 4 KiB of a login.
import { DONE, type FlowReader, type ProtocolFlow, SKIP_SIDE } from '@kaipo/core/api/index.js';
import { u16 } from '@kaipo/core/wire/bytes.js';
import {
  isTdsLogin7,
  LOGIN7_APPLICATION,
  LOGIN7_DATABASE,
  LOGIN7_HOST,
  LOGIN7_USER,
  login7FieldStart,
  login7FieldUnits,
  TDS_HEADER_LEN,
  TDS_LOGIN7,
  TDS_PRELOGIN,
  tdsLength,
} from '@kaipo/core/wire/tds.js';

const MAX_UNITS = 128;

export class TdsReader implements FlowReader {
  readonly #flow: ProtocolFlow;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number, fromClient: boolean): number {
    if (!fromClient) return SKIP_SIDE;
    const length = tdsLength(bytes, start, end);
    if (length < 0) return DONE;
    if (length === 0 || (start + length > end && length <= 4096)) return 0;
    if (bytes[start] === TDS_PRELOGIN) return length;
    if (bytes[start] !== TDS_LOGIN7 || start + length > end) return DONE;
    const at = start + TDS_HEADER_LEN;
    if (length >= 36 + 40 && isTdsLogin7(bytes, at, u16(bytes, start + 2) - TDS_HEADER_LEN))
      this.#login(bytes, at, start + length);
    return DONE;
  }

  #login(bytes: Uint8Array, at: number, end: number): void {
    const user = fieldText(bytes, at, end, LOGIN7_USER);
    const host = fieldText(bytes, at, end, LOGIN7_HOST);
    const application = fieldText(bytes, at, end, LOGIN7_APPLICATION);
    const database = fieldText(bytes, at, end, LOGIN7_DATABASE);
    if (user !== '') this.#flow.setDetails({ userName: user });
    if (host !== '') this.#flow.setDetails({ deviceName: host });
    if (application !== '') this.#flow.setDetails({ clientSoftware: application });
    if (database !== '') this.#flow.setDetails({ subject: database });
  }
}

function fieldText(bytes: Uint8Array, at: number, end: number, field: number): string {
  const start = login7FieldStart(bytes, at, field);
  const units = Math.min(login7FieldUnits(bytes, at, field), MAX_UNITS);
  if (start + units * 2 > end) return '';
  let text = '';
  for (let i = 0; i < units; i++) text += String.fromCharCode(bytes[start + i * 2]! | (bytes[start + i * 2 + 1]! << 8));
  return text;
}
