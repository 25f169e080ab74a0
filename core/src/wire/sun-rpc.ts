// ONC RPC, Sun RPC (RFC 5531): calls and replies, in datagrams and in the records of a stream. Owns: the checked door `readRpc`.
// Must not know: flows, what the programs do. Bound: headers only; credentials of at most 400 bytes.
/** @hot */
import { u32 } from './bytes.js';

export const RPC_PORTMAP = 100_000;
export const RPC_NFS = 100_003;
export const RPC_MOUNT = 100_005;

/** What is there contradicts RPC; fits but is not enough; is a call; is a reply. */
export const RPC_NOT = 0;
export const RPC_CUT = 1;
export const RPC_CALL = 2;
export const RPC_REPLY = 3;

/** Bytes of a record mark: the highest bit says that this is the last piece of a message. */
export const RPC_MARK_BYTES = 4;
const CALL_BYTES = 40;
const REPLY_BYTES = 24;
const RPC_VERSION = 2;
const MAX_CREDENTIALS = 400;
const LAST_FLAVOR = 6;
const MAX_MESSAGE_BYTES = 0x20_0000;
/** Programs that are assigned (RFC 5531 section 13): those of Sun, all of them below LAST_OF_SUN, and of users; a version of three digits at most. */
const FIRST_PROGRAM = 100_000;
const LAST_OF_SUN = 600_000;
const FIRST_OF_USERS = 0x2000_0000;
const LAST_PROGRAM = 0x3fff_ffff;
const MAX_VERSION = 100;
const MAX_PROCEDURE = 512;

/** What stands at `at`: the message, without a record mark. */
export function readRpc(bytes: Uint8Array, at: number, end: number): number {
  const there = end - at;
  if (there < 8) return RPC_CUT;
  const type = u32(bytes, at + 4);
  if (type === 0) return readCall(bytes, at, end);
  return type === 1 ? readReply(bytes, at, end) : RPC_NOT;
}

function readCall(bytes: Uint8Array, at: number, end: number): number {
  if (end - at >= 12 && u32(bytes, at + 8) !== RPC_VERSION) return RPC_NOT;
  if (end - at < CALL_BYTES) return RPC_CUT;
  const program = rpcProgram(bytes, at);
  if (program < FIRST_PROGRAM || program > LAST_PROGRAM || u32(bytes, at) === 0) return RPC_NOT;
  if (program > LAST_OF_SUN && (program < FIRST_OF_USERS || u32(bytes, at + 16) === 0)) return RPC_NOT;
  if (u32(bytes, at + 16) > MAX_VERSION || u32(bytes, at + 20) > MAX_PROCEDURE) return RPC_NOT;
  if (u32(bytes, at + 24) > LAST_FLAVOR && u32(bytes, at + 24) < 390_000) return RPC_NOT;
  const credentials = u32(bytes, at + 28);
  return credentials <= MAX_CREDENTIALS && credentials % 4 === 0 ? RPC_CALL : RPC_NOT;
}

/** Accepted: a verifier and a result of 0 to 5. Denied: 0 or 1. */
function readReply(bytes: Uint8Array, at: number, end: number): number {
  if (end - at < REPLY_BYTES) return RPC_CUT;
  const status = u32(bytes, at + 8);
  if (status > 1) return RPC_NOT;
  if (status === 1) return u32(bytes, at + 12) <= 1 && u32(bytes, at + 16) <= 16 ? RPC_REPLY : RPC_NOT;
  const length = u32(bytes, at + 16);
  if (u32(bytes, at + 12) > LAST_FLAVOR || length > MAX_CREDENTIALS || length % 4 !== 0) return RPC_NOT;
  const resultAt = at + 20 + length;
  if (resultAt + 4 > end) return RPC_CUT;
  return u32(bytes, resultAt) <= 5 ? RPC_REPLY : RPC_NOT;
}

/** Program of a checked call at `at`. */
export const rpcProgram = (bytes: Uint8Array, at: number): number => u32(bytes, at + 12);

/** Length of the record at `at`, its mark without, when it is the last piece of a message of sane length; else -1. */
export function rpcRecordBytes(bytes: Uint8Array, at: number): number {
  const mark = u32(bytes, at);
  const length = mark & 0x7fff_ffff;
  return mark >= 0x8000_0000 && length >= REPLY_BYTES && length <= MAX_MESSAGE_BYTES && length % 4 === 0 ? length : -1;
}
