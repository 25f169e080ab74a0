// Reads the beginning of an SSH flow: banners, the HASSH of both KEXINIT packets, the host key of the server. Owns: one side's state each.
// Bound: a banner of 1,024 bytes, packets of 8,192, of the server three after its KEXINIT; then the side is left alone. HASSH: MD5 of
// "kex;ciphers;macs;compression". Host key: as `ssh-keygen -l` shows it.
import { createHash } from 'node:crypto';
import { DONE, type FlowReader, type ProtocolFlow, SKIP_SIDE } from '@kaipo/core/api/index.js';
import { u32 } from '@kaipo/core/wire/bytes.js';
import { asciiBytes, beginsWith, latin1Text } from '@kaipo/core/wire/match.js';
import {
  SSH_CIPHERS_TO_CLIENT,
  SSH_CIPHERS_TO_SERVER,
  SSH_COMPRESSION_TO_CLIENT,
  SSH_COMPRESSION_TO_SERVER,
  SSH_KEX,
  SSH_KEXINIT_CUT,
  SSH_MACS_TO_CLIENT,
  SSH_MACS_TO_SERVER,
  SSH_NO_KEY,
  SSH_PACKET_CUT,
  sshHostKeyAt,
  sshKexInitEnd,
  sshListAt,
  sshPacketEnd,
} from '@kaipo/core/wire/ssh.js';
import { lineStop, lineTextEnd } from '@kaipo/core/wire/text-lines.js';

const BANNER = asciiBytes('SSH-');
const SSH1 = asciiBytes('SSH-1.');
const SSH_BOTH = asciiBytes('SSH-1.99');
const MAX_BANNER_BYTES = 1_024;
/** With a group of its own the server says that one first. */
const PACKETS_TO_KEY = 3;
const CLIENT_LISTS = [SSH_KEX, SSH_CIPHERS_TO_SERVER, SSH_MACS_TO_SERVER, SSH_COMPRESSION_TO_SERVER];
const SERVER_LISTS = [SSH_KEX, SSH_CIPHERS_TO_CLIENT, SSH_MACS_TO_CLIENT, SSH_COMPRESSION_TO_CLIENT];

export class SshReader implements FlowReader {
  readonly #flow: ProtocolFlow;
  #clientHasBanner = false;
  #serverHasBanner = false;
  #sidesDone = 0;
  /** Packets in which the server may still show its key. */
  #packetsLeft = 0;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number, fromClient: boolean): number {
    if (!fromClient && this.#packetsLeft > 0) return this.#seekHostKey(bytes, start, start, end);
    let at = start;
    while (!(fromClient ? this.#clientHasBanner : this.#serverHasBanner)) {
      // Where the capture began later there is no banner any more.
      if (bytes[at] === 0) break;
      const stop = lineStop(bytes, at, end);
      if (stop < 0) return end - at > MAX_BANNER_BYTES ? this.#sideDone() : at - start;
      if (beginsWith(bytes, at, stop, BANNER) && !this.#banner(bytes, at, lineTextEnd(bytes, at, stop), fromClient))
        return this.#sideDone();
      at = stop;
      if (at >= end) return at - start;
    }
    const stop = sshKexInitEnd(bytes, at, end);
    if (stop === SSH_KEXINIT_CUT) return at - start;
    if (stop < 0) return this.#sideDone();
    this.#fingerprint(bytes, at, fromClient);
    if (fromClient) return this.#sideDone();
    this.#packetsLeft = PACKETS_TO_KEY;
    return this.#seekHostKey(bytes, start, stop, end);
  }

  /** The server signs the key exchange, and shows its key for that, before anything is encrypted. */
  #seekHostKey(bytes: Uint8Array, start: number, from: number, end: number): number {
    let at = from;
    for (; this.#packetsLeft > 0; this.#packetsLeft--) {
      const stop = sshPacketEnd(bytes, at, end);
      if (stop === SSH_PACKET_CUT) return at - start;
      if (stop < 0) break;
      const key = sshHostKeyAt(bytes, at, stop);
      if (key !== SSH_NO_KEY) {
        const blob = bytes.subarray(key + 4, key + 4 + u32(bytes, key));
        const digest = createHash('sha256').update(blob).digest('base64').replace(/=+$/, '');
        this.#flow.setDetails({ hostKey: `SHA256:${digest}` });
        break;
      }
      at = stop;
    }
    this.#packetsLeft = 0;
    return this.#sideDone();
  }

  /** @returns does a KEXINIT follow? */
  #banner(bytes: Uint8Array, start: number, end: number, fromClient: boolean): boolean {
    const text = latin1Text(bytes, start, end);
    if (fromClient) {
      this.#clientHasBanner = true;
      this.#flow.setDetails({ clientSoftware: text });
    } else {
      this.#serverHasBanner = true;
      this.#flow.setDetails({ serverSoftware: text });
    }
    return !beginsWith(bytes, start, end, SSH1) || beginsWith(bytes, start, end, SSH_BOTH);
  }

  #fingerprint(bytes: Uint8Array, start: number, fromClient: boolean): void {
    const hash = createHash('md5');
    const lists = fromClient ? CLIENT_LISTS : SERVER_LISTS;
    for (let i = 0; i < lists.length; i++) {
      const at = sshListAt(bytes, start, lists[i]!);
      if (i > 0) hash.update(';');
      hash.update(bytes.subarray(at + 4, at + 4 + u32(bytes, at)));
    }
    const digest = hash.digest('hex');
    this.#flow.setDetails(fromClient ? { hassh: digest } : { hasshServer: digest });
  }

  #sideDone(): number {
    this.#sidesDone++;
    return this.#sidesDone === 2 ? DONE : SKIP_SIDE;
  }
}
