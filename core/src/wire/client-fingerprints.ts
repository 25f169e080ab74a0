// JA3 and JA4 of a ClientHello, those of late remembered. Owns: what of a hello the fingerprints depend on. Must not know: records,
// flows. Bound: MAX_REMEMBERED hellos (hello-memory.ts); longer ones are hashed each time.
import { HelloMemory } from './hello-memory.js';
import { ja3 } from './ja3.js';
import { type Ja4Transport, ja4 } from './ja4.js';
import { type ClientHelloLayout, clientHelloVersion } from './tls-client-hello.js';

export interface ClientFingerprints {
  /** Undefined where the system forbids MD5. */
  readonly ja3: string | undefined;
  readonly ja4: string;
}

const MAX_REMEMBERED = 1024;

const memory = new HelloMemory<ClientFingerprints>(MAX_REMEMBERED);

/** Of a whole ClientHello. */
export function clientFingerprints(
  bytes: Uint8Array,
  hello: ClientHelloLayout,
  transport: Ja4Transport,
): ClientFingerprints {
  gatherTraits(bytes, hello, transport);
  const known = memory.find();
  if (known !== undefined) return known;
  const fresh = { ja3: ja3(bytes, hello), ja4: ja4(bytes, hello, transport) };
  memory.remember(fresh);
  return fresh;
}

/** Everything that JA3 and JA4 are made of, in one order. */
function gatherTraits(bytes: Uint8Array, hello: ClientHelloLayout, transport: Ja4Transport): void {
  memory.begin();
  memory.putU16(transport.charCodeAt(0) * 2 + (hello.hasServerName ? 1 : 0));
  memory.putU16(hello.legacyVersion);
  memory.putU16(clientHelloVersion(bytes, hello));
  memory.putValues(bytes, hello.ciphersAt, hello.ciphersEnd);
  memory.putExtensionTypes(bytes, hello.extensionsAt, hello.extensionsEnd);
  memory.putValues(bytes, hello.groupsAt, hello.groupsEnd);
  memory.putValues(bytes, hello.signatureAlgorithmsAt, hello.signatureAlgorithmsEnd);
  memory.putBytes(bytes, hello.pointFormatsAt, hello.pointFormatsEnd);
  const { alpnAt, alpnEnd } = hello;
  memory.putBytes(bytes, alpnAt, alpnAt < alpnEnd ? Math.min(alpnEnd, alpnAt + 1 + bytes[alpnAt]!) : alpnAt);
}
