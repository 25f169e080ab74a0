// Who needs a token, and whether the one that is shown will do. Owns where in a request a token may stand: in Authorization, or in the
// subprotocol of a WebSocket, where browsers can put it; never in the address, which is logged. Must not know how tokens are kept.
// Bounds: those of RateTable; a wrong token is answered FAILURES_A_MINUTE times, then 429. A right one passes always: a guess hits with
// 2^-256, so the limit keeps noise down, and nobody can lock somebody else out with it.
import type { IncomingMessage } from 'node:http';
import { HttpError } from '../problem.js';
import type { TokenBook } from '../tokens/token-book.js';
import type { TokenEntry } from '../tokens/token-file.js';
import { RateTable } from './rate-table.js';
import { TOKEN_PROTOCOL } from './stream-protocol.js';

const FAILURES_A_MINUTE = 5;
const BEARER = /^Bearer +([\x21-\x7e]{1,512}) *$/i;
const FIX = 'kaipo token add NAME, then send it as "Authorization: Bearer TOKEN"';

/** A refusal that says how to ask again: Retry-After, WWW-Authenticate. */
export class TokenError extends HttpError {
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, detail: string, headers: Readonly<Record<string, string>>, fix?: string) {
    super(status, detail, fix);
    this.headers = headers;
  }
}

export class TokenRule {
  readonly #tokens: TokenBook | undefined;
  readonly #failures = new RateTable();

  constructor(tokens: TokenBook | undefined) {
    this.#tokens = tokens;
  }

  /** Raises 401 where a token is needed or a wrong one is shown, 403 where it is for reading only, 429 after too many wrong ones. */
  check(request: IncomingMessage, isNeeded: boolean, client: string | undefined, nowMs: number): void {
    const shown = shownToken(request);
    if (shown === undefined) {
      if (!isNeeded) return;
      throw new TokenError(401, 'this takes a token', challenge(), FIX);
    }
    const entry = this.#find(shown, nowMs);
    if (entry === undefined) this.#refuse(client ?? 'here', nowMs);
    if (entry?.access === 'read-only' && request.method === 'POST') {
      throw new HttpError(403, `the token "${entry.name}" is for reading only`, 'kaipo token add NAME');
    }
  }

  #find(shown: string, nowMs: number): TokenEntry | undefined {
    return this.#tokens?.find(shown, nowMs);
  }

  #refuse(client: string, nowMs: number): never {
    const waitS = this.#failures.take(client, FAILURES_A_MINUTE / 60, FAILURES_A_MINUTE, nowMs);
    if (waitS > 0) {
      throw new TokenError(429, 'too many wrong tokens', { 'retry-after': String(Math.ceil(waitS)) });
    }
    throw new TokenError(401, 'this token is not known, or its time is over', challenge('invalid_token'), FIX);
  }
}

const challenge = (error?: string): Record<string, string> => ({
  'www-authenticate': `Bearer realm="kaipo"${error === undefined ? '' : `, error="${error}"`}`,
});

/** What stands where a token stands, whatever it is. */
function shownToken({ headers }: IncomingMessage): string | undefined {
  const { authorization } = headers;
  if (authorization !== undefined) return BEARER.exec(authorization)?.[1] ?? '';
  const protocols = headers['sec-websocket-protocol'];
  if (protocols === undefined) return undefined;
  const offered = protocols.split(',').map((name) => name.trim());
  return offered.find((name) => name.startsWith(TOKEN_PROTOCOL))?.slice(TOKEN_PROTOCOL.length);
}
