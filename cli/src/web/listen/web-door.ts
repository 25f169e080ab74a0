// Where the web server listens, and what that asks of whoever comes. Owns the choice between an address and a Unix socket, and that no
// other machine can reach it without TLS and a token. Must not know requests.
import { resolve } from 'node:path';
import type { ApiConfig } from '@kaipo/core/config/kaipo-config.js';
import { KaipoError } from '@kaipo/core/kernel/errors.js';
import { runnableCommand, shellWord } from '../../output/runnable-command.js';
import type { TokenBook } from '../tokens/token-book.js';
import { defaultApiSocket } from './api-socket.js';
import { readTls, type TlsPair } from './tls-files.js';

export interface TcpDoor {
  readonly kind: 'tcp';
  /** As listen(2) takes it: no brackets. */
  readonly host: string;
  readonly port: number;
  /** Other machines can knock: everybody needs a token. */
  readonly isRemote: boolean;
  /** Absent: plain HTTP, on this machine alone. */
  readonly tls?: TlsPair;
}

export interface SocketDoor {
  readonly kind: 'socket';
  readonly path: string;
}

export type WebDoor = TcpDoor | SocketDoor;

/** Flags of the command line; they are stronger than the configuration. */
export interface DoorFlags {
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  /** true: api.socket, else where it usually lies. */
  readonly socket?: string | true | undefined;
}

/** `localhost` is one address: a server with two of them has two of every limit. */
const LOCALHOST = '127.0.0.1';

/** Is it this machine, whoever asks? */
export const isLoopback = (address: string): boolean =>
  address === '::1' || /^(?:::ffff:)?127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/i.test(address);

/** Raises KAIPO_BAD_CONFIG, with the commands that mend it, where other machines could ask without TLS and a token. */
export function webDoor(api: ApiConfig, flags: DoorFlags, tokens: TokenBook, nowMs: number): WebDoor {
  const isTcpAsked = flags.host !== undefined || flags.port !== undefined;
  if (isTcpAsked && flags.socket !== undefined) {
    throw new KaipoError('KAIPO_USAGE', 'a server listens on an address or on a Unix socket', 'kaipo serve --socket');
  }
  const asked = flags.socket === true ? (api.socket ?? defaultApiSocket()) : flags.socket;
  const path = asked ?? (isTcpAsked ? undefined : api.socket);
  if (api.requireToken) needTokens(tokens, nowMs);
  if (path !== undefined) return { kind: 'socket', path: resolve(path) };
  const host = bareHost(flags.host ?? api.host);
  const port = flags.port ?? api.port;
  const isRemote = !isLoopback(host);
  const hasTls = api.tlsCertFile !== undefined || api.tlsKeyFile !== undefined;
  if (isRemote) refuseOpen(host, tokens, hasTls, nowMs);
  if (!hasTls) return { kind: 'tcp', host, port, isRemote };
  return { kind: 'tcp', host, port, isRemote, tls: readTls(api, nowMs) };
}

function bareHost(host: string): string {
  const bare = host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
  return bare.toLowerCase() === 'localhost' ? LOCALHOST : bare;
}

function needTokens(tokens: TokenBook, nowMs: number): void {
  if (tokens.problem !== undefined) throw tokens.problem;
  if (tokens.usable(nowMs).length > 0) return;
  throw new KaipoError(
    'KAIPO_BAD_CONFIG',
    'api.require_token is set, and there is no token that holds',
    'kaipo token add laptop',
  );
}

function refuseOpen(host: string, tokens: TokenBook, hasTls: boolean, nowMs: number): void {
  if (tokens.problem !== undefined) throw tokens.problem;
  const hasToken = tokens.usable(nowMs).length > 0;
  if (hasTls && hasToken) return;
  const missing = [...(hasTls ? [] : ['a certificate']), ...(hasToken ? [] : ['a token'])].join(' and ');
  const told = `on ${host} other machines can ask, which takes a certificate and a token; missing: ${missing}`;
  throw new KaipoError('KAIPO_BAD_CONFIG', told, fixOf(host, hasTls, hasToken));
}

/** Lines that can be run as they are; the certificate is one's own, for those who have none. */
function fixOf(host: string, hasTls: boolean, hasToken: boolean): string {
  const isAny = host === '0.0.0.0' || host === '::';
  const name = isAny ? '$(hostname)' : host;
  const kind = !isAny && /^[\d.:a-f]+$/i.test(host) ? 'IP' : 'DNS';
  const certificate =
    '(umask 077; openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 365 ' +
    `-subj "/CN=${name}" -addext "subjectAltName=${kind}:${name}" -keyout kaipo-tls.key -out kaipo-tls.crt)`;
  return [
    ...(hasTls
      ? []
      : [
          certificate,
          'kaipo config set api.tls_cert_file "$PWD/kaipo-tls.crt"',
          'kaipo config set api.tls_key_file "$PWD/kaipo-tls.key"',
          ...(isAny ? ['kaipo config set api.allowed_hosts "$(hostname)"'] : []),
        ]),
    ...(hasToken ? [] : ['kaipo token add laptop']),
    `kaipo serve --host ${shellWord(host)}`,
  ]
    .map(runnableCommand)
    .join('\n');
}
