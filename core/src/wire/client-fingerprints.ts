// JA3 and JA4 of a ClientHello, and those of late: the same programs say the same hello all day but for random bytes and the name, and to
// hash it costs ten times what it costs to see that. Owns: what of a hello the fingerprints depend on. Must not know: records, flows.
// Bound: MAX_REMEMBERED hellos of at most MAX_TRAIT_BYTES, all forgotten when full; longer ones are hashed each time.
import { u16 } from './bytes.js';
import { ja3 } from './ja3.js';
import { type Ja4Transport, ja4 } from './ja4.js';
import { type ClientHelloLayout, clientHelloVersion } from './tls-client-hello.js';
import { isGrease } from './tls-values.js';

export interface ClientFingerprints {
  /** Undefined where the system forbids MD5. */
  readonly ja3: string | undefined;
  readonly ja4: string;
}

interface Remembered extends ClientFingerprints {
  readonly traits: Buffer;
}

const MAX_REMEMBERED = 1024;
const MAX_TRAIT_BYTES = 1024;
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

const remembered = new Map<number, Remembered>();
const traits = Buffer.alloc(MAX_TRAIT_BYTES);
let length = 0;

/** Of a whole ClientHello. */
export function clientFingerprints(
  bytes: Uint8Array,
  hello: ClientHelloLayout,
  transport: Ja4Transport,
): ClientFingerprints {
  if (!gatherTraits(bytes, hello, transport)) return { ja3: ja3(bytes, hello), ja4: ja4(bytes, hello, transport) };
  let key = FNV_OFFSET;
  for (let at = 0; at < length; at++) key = Math.imul(key ^ traits[at]!, FNV_PRIME);
  const known = remembered.get(key);
  // Who wants two hellos to have one key can have that: all bytes decide.
  if (known !== undefined && known.traits.compare(traits, 0, length) === 0) return known;
  const fresh = {
    ja3: ja3(bytes, hello),
    ja4: ja4(bytes, hello, transport),
    traits: Buffer.from(traits.subarray(0, length)),
  };
  if (remembered.size >= MAX_REMEMBERED) remembered.clear();
  remembered.set(key, fresh);
  return fresh;
}

/** Everything that JA3 and JA4 are made of, in one order, each list behind its length. @returns false when it is too long. */
function gatherTraits(bytes: Uint8Array, hello: ClientHelloLayout, transport: Ja4Transport): boolean {
  length = 0;
  put(transport.charCodeAt(0));
  put(hello.hasServerName ? 1 : 0);
  putU16(hello.legacyVersion);
  putU16(clientHelloVersion(bytes, hello));
  putValues(bytes, hello.ciphersAt, hello.ciphersEnd, 2);
  putExtensionTypes(bytes, hello.extensionsAt, hello.extensionsEnd);
  putValues(bytes, hello.groupsAt, hello.groupsEnd, 2);
  putValues(bytes, hello.signatureAlgorithmsAt, hello.signatureAlgorithmsEnd, 2);
  putValues(bytes, hello.pointFormatsAt, hello.pointFormatsEnd, 1);
  const { alpnAt, alpnEnd } = hello;
  const firstEnd = alpnAt < alpnEnd ? Math.min(alpnEnd, alpnAt + 1 + bytes[alpnAt]!) : alpnAt;
  putValues(bytes, alpnAt, firstEnd, 1);
  return length <= MAX_TRAIT_BYTES;
}

/** What goes beyond the end is not written, but counted. */
function put(byte: number): void {
  traits[length++] = byte;
}

function putU16(value: number): void {
  put(value >> 8);
  put(value & 0xff);
}

/** Values of one byte, or of two without GREASE, which is another one in each hello. */
function putValues(bytes: Uint8Array, start: number, end: number, width: 1 | 2): void {
  const lengthAt = beginList();
  for (let at = start; at < end; at += width) {
    if (width === 1) put(bytes[at]!);
    else if (!isGrease(u16(bytes, at))) putU16(u16(bytes, at));
  }
  endList(lengthAt);
}

function putExtensionTypes(bytes: Uint8Array, start: number, end: number): void {
  const lengthAt = beginList();
  for (let at = start; at < end; at += 4 + u16(bytes, at + 2)) if (!isGrease(u16(bytes, at))) putU16(u16(bytes, at));
  endList(lengthAt);
}

function beginList(): number {
  length += 2;
  return length;
}

function endList(startAt: number): void {
  const listBytes = length - startAt;
  traits[startAt - 2] = listBytes >> 8;
  traits[startAt - 1] = listBytes & 0xff;
}
