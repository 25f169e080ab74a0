// The one Probe that every protocol is shown. Owns nothing: the inspection fills it before each question.
import type { Probe } from '../../api/protocol.js';

/** First bytes of the other side that a probe may look at. */
export const OTHER_BYTES = 32;

export class ProbeView implements Probe {
  bytes: Uint8Array = new Uint8Array(0);
  start = 0;
  end = 0;
  transport = 0;
  fromClient = true;
  clientPort = 0;
  serverPort = 0;
  fromStart = true;
  packets = 0;
  isCut = false;
  ipVersion = 4;
  addressBytes: Uint8Array = new Uint8Array(0);
  srcAddr = 0;
  dstAddr = 0;
  tsUs = 0;
  readonly otherBytes = new Uint8Array(OTHER_BYTES);
  otherLength = 0;
  memoA = 0;
  memoB = 0;
}
