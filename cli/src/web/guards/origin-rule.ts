// Which pages may ask: those of this server, and those of api.cors_origins. Browsers say where a page is from in Origin and
// Sec-Fetch-Site, also for a WebSocket; programs that are no browser say nothing and are no danger of this kind. Owns the decision and
// the CORS headers. Must not know tokens.
import type { IncomingHttpHeaders } from 'node:http';
import { HttpError } from '../problem.js';
import type { HostVerdict } from './host-rule.js';

export interface OriginAsked {
  readonly headers: IncomingHttpHeaders;
  readonly method: string;
  /** A page that holds no data: people may follow a link to it from anywhere. */
  readonly isPage: boolean;
  readonly host: HostVerdict;
  /** This server speaks TLS itself. */
  readonly isTls: boolean;
  /** TLS may end at a proxy in front. */
  readonly isProxied: boolean;
  readonly origins: readonly string[];
}

/** The foreign origin that may read the answer; undefined: no page, or one of this server. Raises 403. */
export function allowedOrigin(asked: OriginAsked): string | undefined {
  const { headers, origins } = asked;
  const { origin } = headers;
  if (origin === undefined) {
    refuseForeignFetch(asked);
    return undefined;
  }
  if (isOwnOrigin(origin, asked)) return undefined;
  if (origins.includes(origin)) return origin;
  const fix = origin.length <= 255 ? `kaipo config set api.cors_origins ${origin}` : undefined;
  throw new HttpError(403, `pages of ${origin} may not ask this server`, fix);
}

function isOwnOrigin(origin: string, { host, isTls, isProxied }: OriginAsked): boolean {
  if (isTls) return origin === `https://${host.host}`;
  return origin === `http://${host.host}` || ((isProxied || host.isNamed) && origin === `https://${host.host}`);
}

/** A picture, a script or a link of a foreign page has no Origin, and says so here; old browsers say nothing. */
function refuseForeignFetch({ headers, method, isPage }: OriginAsked): void {
  const site = headers['sec-fetch-site'];
  if (site === undefined || site === 'same-origin' || site === 'none') return;
  const isVisit =
    method === 'GET' && headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
  if (isPage && isVisit) return;
  throw new HttpError(403, 'pages of other sites may not ask this server', 'open the address itself');
}

const MAX_AGE_S = '600';

export const corsHeaders = (origin: string): Record<string, string> => ({
  'access-control-allow-origin': origin,
  'access-control-expose-headers': 'etag, retry-after, www-authenticate',
});

/** The answer to the question a browser asks before a request that is not plain. */
export const preflightHeaders = (headers: IncomingHttpHeaders): Record<string, string> => ({
  'access-control-allow-methods': 'GET, HEAD, POST',
  'access-control-allow-headers': 'authorization, content-type, if-none-match',
  'access-control-max-age': MAX_AGE_S,
  ...(headers['access-control-request-private-network'] === 'true' && {
    'access-control-allow-private-network': 'true',
  }),
});
