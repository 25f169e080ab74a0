// One connection of a flow: the keys of its Initial packets and what its client said in CRYPTO frames. Owns: which keys open a packet.
// Must not know: TLS, events. Bound: MAX_VERSIONS pairs of keys and one stream of MAX_CRYPTO_BYTES.
import type { QuicHeader } from '@kaipo/core/wire/quic.js';
import { QuicCryptoStream } from '@kaipo/core/wire/quic-crypto-stream.js';
import { QuicInitialKeys } from '@kaipo/core/wire/quic-initial.js';
import { type QuicSecrets, quicSecrets } from '@kaipo/core/wire/quic-secrets.js';

/** A connection may change from one version to a compatible one (RFC 9368). */
const MAX_VERSIONS = 2;

interface VersionKeys {
  readonly version: number;
  readonly secrets: QuicSecrets;
  client?: QuicInitialKeys;
  server?: QuicInitialKeys;
}

export class QuicConnection {
  readonly #cid: Buffer;
  readonly #keys: VersionKeys[] = [];
  readonly client = new QuicCryptoStream();

  private constructor(cid: Buffer) {
    this.#cid = cid;
  }

  /** The connection that the client's packet at `start` begins, and the frames of that packet; undefined when it does not begin one. */
  static begin(
    bytes: Uint8Array,
    start: number,
    header: QuicHeader,
  ): { readonly connection: QuicConnection; readonly frames: Buffer } | undefined {
    const cid = Buffer.from(bytes.subarray(header.dcidAt, header.dcidAt + header.dcidLength));
    const connection = new QuicConnection(cid);
    const frames = connection.open(bytes, start, header, true);
    return frames === undefined ? undefined : { connection, frames };
  }

  /** The frames of an Initial of this connection; undefined when its keys do not open it. */
  open(bytes: Uint8Array, start: number, header: QuicHeader, fromClient: boolean): Buffer | undefined {
    const known = this.#keys.find((keys) => keys.version === header.version);
    if (known !== undefined) return this.#sideOf(known, fromClient).open(bytes, start, header);
    if (this.#keys.length === MAX_VERSIONS) return undefined;
    for (const secrets of quicSecrets(header.version)) {
      const keys: VersionKeys = { version: header.version, secrets };
      const frames = this.#sideOf(keys, fromClient).open(bytes, start, header);
      if (frames === undefined) continue;
      this.#keys.push(keys);
      return frames;
    }
    return undefined;
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
