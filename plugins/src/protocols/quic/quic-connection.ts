// One connection of a flow: the keys of its Initial packets and what its client said in CRYPTO frames. Owns: which keys open a packet.
// Must not know: TLS, events. Bound: MAX_VERSIONS pairs of keys and one stream of MAX_CRYPTO_BYTES.
import { findGquicMessage, GQUIC_CHLO } from '@kaipo/core/wire/gquic.js';
import type { QuicHeader } from '@kaipo/core/wire/quic.js';
import { CryptoFrames, findCryptoFrames, QuicCryptoStream } from '@kaipo/core/wire/quic-crypto-stream.js';
import { QuicInitialKeys } from '@kaipo/core/wire/quic-initial.js';
import { type QuicSecrets, quicSecrets } from '@kaipo/core/wire/quic-secrets.js';
import { QUIC_Q050 } from '@kaipo/core/wire/quic-versions.js';

/** A connection may change from one version to a compatible one (RFC 9368). */
const MAX_VERSIONS = 2;

interface VersionKeys {
  readonly version: number;
  readonly secrets: QuicSecrets;
  client: QuicInitialKeys | undefined;
  server: QuicInitialKeys | undefined;
}

/** What the packet opened last has, but for version Q050. */
export const FOUND = new CryptoFrames();

export class QuicConnection {
  readonly #cid: Uint8Array;
  readonly #keys: VersionKeys[] = [];
  readonly client = new QuicCryptoStream();

  /** The one that the client's packet with this header begins, if it opens that packet. */
  constructor(bytes: Uint8Array, header: QuicHeader) {
    this.#cid = new Uint8Array(header.dcidLength);
    for (let i = 0; i < header.dcidLength; i++) this.#cid[i] = bytes[header.dcidAt + i]!;
  }

  /** The frames of an Initial of this connection, valid until the next call; undefined when its keys do not open it. */
  open(bytes: Uint8Array, start: number, header: QuicHeader, fromClient: boolean): Uint8Array | undefined {
    const known = this.#keys.find((keys) => keys.version === header.version);
    if (known !== undefined) return this.#openWith(known, bytes, start, header, fromClient);
    if (this.#keys.length === MAX_VERSIONS) return undefined;
    for (const secrets of quicSecrets(header.version)) {
      const keys: VersionKeys = { version: header.version, secrets, client: undefined, server: undefined };
      const frames = this.#openWith(keys, bytes, start, header, fromClient);
      if (frames === undefined) continue;
      this.#keys.push(keys);
      return frames;
    }
    return undefined;
  }

  #openWith(
    keys: VersionKeys,
    bytes: Uint8Array,
    start: number,
    header: QuicHeader,
    fromClient: boolean,
  ): Uint8Array | undefined {
    const frames = this.#sideOf(keys, fromClient).open(bytes, start, header);
    return frames !== undefined && isSound(frames, header.version) ? frames : undefined;
  }

  #sideOf(keys: VersionKeys, fromClient: boolean): QuicInitialKeys {
    if (fromClient) {
      keys.client ??= new QuicInitialKeys(keys.secrets, this.#cid, 'client');
      return keys.client;
    }
    keys.server ??= new QuicInitialKeys(keys.secrets, this.#cid, 'server');
    return keys.server;
  }
}

/** Other keys make chance of it: so these are frames, or Google's hello. */
const isSound = (frames: Uint8Array, version: number): boolean =>
  version === QUIC_Q050 ? googleHelloIn(frames) >= 0 : findCryptoFrames(frames, FOUND);

/** Where the CHLO begins; -1: there is none. Padding may stand before it. */
export function googleHelloIn(frames: Uint8Array): number {
  let at = 0;
  while (at < frames.length && frames[at] === 0) at++;
  return findGquicMessage(frames, at, frames.length, GQUIC_CHLO);
}
