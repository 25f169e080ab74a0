// Which names this server answers to. A page whose name was made to point here (DNS rebinding) has its own name in Host, and is refused.
// Owns reading the header and the list. Must not know what is asked. Bound: MAX_KNOWN verdicts are remembered.
import type { IncomingMessage } from 'node:http';
import { HttpError } from '../problem.js';

export interface HostVerdict {
  /** As it stands in the header: name and port. */
  readonly host: string;
  /** A name of api.allowed_hosts: people use it from elsewhere, or through a proxy that speaks TLS. */
  readonly isNamed: boolean;
}

/** A name, an address or [an address], and perhaps a port. Bounded by the length of all headers. */
const HOST = /^([A-Za-z0-9_.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/;
const OWN_NAMES = new Set(['localhost', '127.0.0.1', '[::1]']);
const MAX_KNOWN = 64;

export class HostRule {
  readonly #known = new Map<string, HostVerdict>();
  #allowed: readonly string[] = [];

  /** `bound`: the address that is listened on, where it is one. Raises 400 and 421. */
  check(request: IncomingMessage, bound: string | undefined, allowed: readonly string[]): HostVerdict {
    if (allowed !== this.#allowed) {
      this.#known.clear();
      this.#allowed = allowed;
    }
    const { host } = request.headers;
    if (host === undefined || host === '') throw new HttpError(400, 'a request names the host it is for (Host)');
    if (hasSecondHost(request.rawHeaders)) throw new HttpError(400, 'a request names one host (Host), not several');
    const known = this.#known.get(host);
    if (known !== undefined) return known;
    const name = HOST.exec(host)?.[1]?.toLowerCase();
    if (name === undefined) throw new HttpError(400, 'the host of this request (Host) is no name and no address');
    const isNamed = allowed.includes(name);
    const isOwn = OWN_NAMES.has(name) || isAddress(name, bound) || isAddress(name, request.socket.localAddress);
    if (!isNamed && !isOwn) {
      throw new HttpError(
        421,
        `this server does not go by the name ${name}`,
        `kaipo config set api.allowed_hosts ${name}`,
      );
    }
    const verdict = { host, isNamed };
    // The address a connection came to may be another one tomorrow.
    if (isNamed || OWN_NAMES.has(name)) {
      if (this.#known.size >= MAX_KNOWN) this.#known.clear();
      this.#known.set(host, verdict);
    }
    return verdict;
  }
}

function isAddress(name: string, address: string | undefined): boolean {
  if (address === undefined) return false;
  const plain = address.replace(/^::ffff:(?=[\d.]+$)/i, '').toLowerCase();
  return name === plain || name === `[${plain}]`;
}

/** Node keeps the first of several; a proxy may have looked at the last. */
function hasSecondHost(rawHeaders: readonly string[]): boolean {
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!;
    if (name.length === 4 && name.toLowerCase() === 'host') hosts += 1;
  }
  return hosts > 1;
}
