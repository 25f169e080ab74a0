// CoAP over UDP (RFC 7252, 7641, 7959) and TCP (RFC 8323). Owns: which datagrams prove it alone, and which need another one.
// Bound: `coap-reader.ts`.
import {
  defineProtocols,
  MATCH,
  NOT_MINE,
  type Probe,
  type ProtocolSpec,
  UNSURE,
  type Verdict,
} from '@kaipo/core/api/index.js';
import {
  coapCode,
  coapId,
  coapOptionsProof,
  coapTcpExtra,
  coapTcpLength,
  coapTokenLength,
  coapType,
  isCoapAnswer,
  isCoapHeader,
  isCoapRequest,
} from '@kaipo/core/wire/coap.js';
import { BROKEN, followChain, wholeMessages } from '@kaipo/core/wire/message-chain.js';
import { CoapReader } from './coap-reader.js';

const HEADER_LEN = 4;
/** Version, token length and code of a request: what the header proves before the options. */
const REQUEST_BITS = 8;
const ENOUGH_BITS = 26;
const CONFIRMED = 2;
const CSM = 0xe1;

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < HEADER_LEN || !isCoapHeader(bytes, start)) return NOT_MINE;
  const code = coapCode(bytes, start);
  const options = start + HEADER_LEN + coapTokenLength(bytes, start);
  if (options > end) return NOT_MINE;
  // An empty message is its header: a ping, an acknowledgement, a reset.
  if (code === 0) return end - start !== HEADER_LEN || options !== end ? NOT_MINE : answers(p) ? MATCH : UNSURE;
  const proof = coapOptionsProof(bytes, options, end);
  if (proof < 0) return NOT_MINE;
  if (answers(p)) return MATCH;
  if (isCoapRequest(code) && REQUEST_BITS + proof >= ENOUGH_BITS) return MATCH;
  return next(p, proof);
}

/** Does this datagram answer the other side's: the same id, or the same token? */
function answers(p: Probe): boolean {
  const { bytes, start, end, otherBytes } = p;
  if (p.otherLength < HEADER_LEN || !isCoapHeader(otherBytes, 0)) return false;
  const token = coapTokenLength(otherBytes, 0);
  const asked = coapCode(otherBytes, 0);
  const code = coapCode(bytes, start);
  // What is acknowledged or reset is neither itself, and an empty message is its header.
  if (coapType(otherBytes, 0) >= CONFIRMED || (asked === 0 && (token > 0 || p.otherLength !== HEADER_LEN)))
    return false;
  if (asked !== 0 && !isCoapRequest(asked)) return false;
  if (coapType(bytes, start) >= CONFIRMED && coapId(bytes, start) === coapId(otherBytes, 0))
    return code === 0 || (isCoapAnswer(code) && coapTokenLength(bytes, start) === token);
  if (token < 2 || !isCoapAnswer(code) || coapTokenLength(bytes, start) !== token || p.otherLength < HEADER_LEN + token)
    return false;
  for (let i = 0; i < token; i++)
    if (start + HEADER_LEN + i >= end || bytes[start + HEADER_LEN + i] !== otherBytes[HEADER_LEN + i]) return false;
  return true;
}

/** The second message of the same side, numbered a little higher, with options again. */
function next(p: Probe, proof: number): Verdict {
  const id = coapId(p.bytes, p.start);
  const step = (id - (p.memoA - 1)) & 0xffff;
  if (p.memoA > 0 && step >= 1 && step <= 4 && p.memoB === p.bytes[p.start]! && proof >= 7) return MATCH;
  p.memoA = id + 1;
  p.memoB = p.bytes[p.start]!;
  return UNSURE;
}

/** Over TCP both sides begin with their capabilities (7.01): no token, the sizes they take. */
function probeTcp(p: Probe): Verdict {
  const { bytes, start, end } = p;
  const chain = followChain(bytes, start, end, coapTcpLength);
  if (chain === BROKEN || (bytes[start]! & 15) !== 0) return NOT_MINE;
  const extra = coapTcpExtra(bytes, start);
  if (start + 2 + extra > end) return UNSURE;
  if (bytes[start + 1 + extra] !== CSM || extra > 1) return NOT_MINE;
  if (wholeMessages(chain) === 0) return UNSURE;
  // Option 2 (longest message, up to 4 bytes) or 4 (blocks, empty).
  const first = bytes[start + 2 + extra]!;
  const isOption = bytes[start]! === 0 || (first >= 0x20 && first <= 0x24) || first === 0x40;
  if (!isOption || bytes[start]! === 0) return NOT_MINE;
  const isBoth = p.otherLength >= 2 && (p.otherBytes[0]! & 15) === 0 && p.otherBytes[1] === CSM;
  return isBoth || wholeMessages(chain) >= 2 ? MATCH : UNSURE;
}

/** Version 1, any type, a token of at most 8 bytes. */
const FIRST_BYTES = Array.from({ length: 36 }, (_, i) => 0x40 + Math.floor(i / 9) * 16 + (i % 9));

const udp: ProtocolSpec = {
  name: 'coap',
  transports: ['udp'],
  ports: [5683, 5684, 61_616, 61_631],
  firstBytes: FIRST_BYTES,
  probe,
  open: (flow) => new CoapReader(flow),
};
/** The first message over TCP has no token. */
const TOKENLESS = Array.from({ length: 16 }, (_, length) => length << 4);
const tcp: ProtocolSpec = { name: 'coap', transports: ['tcp'], ports: [5683], firstBytes: TOKENLESS, probe: probeTcp };

export const coapPlugin = defineProtocols('coap', 'CoAP over UDP and TCP', [udp, tcp]);
