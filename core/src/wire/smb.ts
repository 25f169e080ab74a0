// SMB 1 (MS-CIFS) and SMB 2 and 3 (MS-SMB2): headers behind the four bytes of the session service. Owns: where things are in the
// messages that say who talks about what. Must not know sessions. Bound: fields inside the given bytes.
/** @hot */
import { u16le, u32, u32le } from './bytes.js';

const MAGIC_1 = 0xff534d42;
const MAGIC_2 = 0xfe534d42;
const MAGIC_ENCRYPTED = 0xfd534d42;
const MAGIC_COMPRESSED = 0xfc534d42;
export const SMB1_HEADER_LEN = 32;
export const SMB2_HEADER_LEN = 64;

export const SMB1_NEGOTIATE = 0x72;
export const SMB1_SESSION_SETUP = 0x73;
export const SMB1_TREE_CONNECT = 0x75;
export const SMB2_NEGOTIATE = 0;
export const SMB2_SESSION_SETUP = 1;
export const SMB2_TREE_CONNECT = 3;

/** Is there a header of any version at `at`? Four bytes must be there. */
export function isSmb(bytes: Uint8Array, at: number): boolean {
  const magic = u32(bytes, at);
  return magic === MAGIC_2 || magic === MAGIC_1 || magic === MAGIC_ENCRYPTED || magic === MAGIC_COMPRESSED;
}
export const isSmb1 = (bytes: Uint8Array, at: number): boolean => u32(bytes, at) === MAGIC_1;
export const isSmb2 = (bytes: Uint8Array, at: number): boolean => u32(bytes, at) === MAGIC_2;

export const smb1Command = (bytes: Uint8Array, at: number): number => bytes[at + 4]!;
export const smb1IsReply = (bytes: Uint8Array, at: number): boolean => (bytes[at + 9]! & 0x80) !== 0;
export const smb1IsUnicode = (bytes: Uint8Array, at: number): boolean => (bytes[at + 11]! & 0x80) !== 0;
/** Parameters: a count of words, the words, then a count of bytes and these. */
export const smb1DataAt = (bytes: Uint8Array, at: number): number =>
  at + SMB1_HEADER_LEN + 1 + bytes[at + SMB1_HEADER_LEN]! * 2 + 2;
/** The n-th word of the parameters. */
export const smb1Word = (bytes: Uint8Array, at: number, word: number): number =>
  u16le(bytes, at + SMB1_HEADER_LEN + 1 + word * 2);

export const smb2Command = (bytes: Uint8Array, at: number): number => u16le(bytes, at + 12);
export const smb2IsReply = (bytes: Uint8Array, at: number): boolean => (bytes[at + 16]! & 1) !== 0;
/** Offset of the next message of the same frame from this one; 0: there is none. */
export const smb2NextCommand = (bytes: Uint8Array, at: number): number => u32le(bytes, at + 20);
/** The dialect of a negotiate reply: 0x0202, 0x0210, 0x0300, 0x0302, 0x0311. */
export const smb2Dialect = (bytes: Uint8Array, at: number): number => u16le(bytes, at + SMB2_HEADER_LEN + 4);
/** Offset, from the header, of the path of a tree connect request; its length in bytes is the two bytes behind. */
export const smb2PathOffset = (bytes: Uint8Array, at: number): number => u16le(bytes, at + SMB2_HEADER_LEN + 4);
export const smb2PathLength = (bytes: Uint8Array, at: number): number => u16le(bytes, at + SMB2_HEADER_LEN + 6);
