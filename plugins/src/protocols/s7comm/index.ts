// What rides on ISO transport over TCP: S7 communication, S7comm-plus, MMS (IEC 61850), and ISO transport itself when nothing more is
// known. Owns: who of them it is. RDP and H.323 use TPKT too and are not named here. Bound: `iso-transport-reader.ts`.
import {
  defineProtocols,
  MATCH,
  NOT_MINE,
  type Probe,
  type ProtocolSpec,
  UNSURE,
  type Verdict,
} from '@kaipo/core/api/index.js';
import { u16 } from '@kaipo/core/wire/bytes.js';
import { BROKEN, followChain, wholeMessages } from '@kaipo/core/wire/message-chain.js';
import {
  COTP_CONFIRM,
  COTP_CONNECT,
  COTP_DATA,
  cotpDataStart,
  cotpType,
  hasCotpSelectors,
  tpktLength,
} from '@kaipo/core/wire/tpkt.js';
import { IsoTransportReader } from './iso-transport-reader.js';
import { isoUser, mayBeUser } from './iso-user.js';

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  const chain = followChain(bytes, start, end, tpktLength);
  if (chain === BROKEN) return NOT_MINE;
  if (end - start < 7) return UNSURE;
  const type = cotpType(bytes, start);
  if (type === COTP_CONNECT || type === COTP_CONFIRM) {
    if (wholeMessages(chain) === 0) return UNSURE;
    return hasCotpSelectors(bytes, start) ? MATCH : NOT_MINE;
  }
  if (type !== COTP_DATA || bytes[start + 4] !== 2 || (bytes[start + 6]! & 0x7f) !== 0) return NOT_MINE;
  const stop = Math.min(end, start + u16(bytes, start + 2));
  const data = cotpDataStart(bytes, start);
  if (isoUser(bytes, data, stop) !== '') return MATCH;
  return wholeMessages(chain) === 0 && (data >= end || mayBeUser(bytes[data]!)) ? UNSURE : NOT_MINE;
}

const spec: ProtocolSpec = {
  name: 'cotp',
  transports: ['tcp'],
  ports: [102],
  firstBytes: [3],
  probe,
  open: (flow) => new IsoTransportReader(flow),
};

export const s7commPlugin = defineProtocols(
  's7comm',
  'S7 communication, S7comm-plus, MMS and other users of ISO transport over TCP',
  [spec],
);
