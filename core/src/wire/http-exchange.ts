// What is told of one request and its response, whichever version of HTTP carried them. Owns: how a target becomes host and path, and
// that the texts are safe. Must not know: bytes, connections, events. Bound: MAX_TEXT characters of each text.
import { MAX_TEXT } from '../kernel/limits.js';
import type { Mutable } from '../kernel/mutable.js';
import { safeText } from '../kernel/safe-text.js';

/** Empty texts were not sent. */
export interface HttpRequestTexts {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly userAgent: string;
}

export interface HttpResponseTexts {
  /** Absent: the response was not seen whole. */
  readonly status?: number;
  readonly server: string;
  readonly contentType: string;
}

/** The part of an http.exchanged event that comes from the messages; what was not sent is absent. */
export interface HttpExchangeTexts {
  readonly method?: string;
  readonly host?: string;
  readonly path?: string;
  readonly userAgent?: string;
  readonly status?: number;
  readonly serverSoftware?: string;
  readonly contentType?: string;
}

const ABSOLUTE = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i;

/**
 * A request as it is kept until its response comes. `target` as it was sent: of "CONNECT name:443" the path is the target itself, of
 * an absolute URI what follows the authority, which is the host when no field says it. All four may be any text.
 */
export function httpRequestTexts(method: string, target: string, host: string, userAgent: string): HttpRequestTexts {
  const absolute = ABSOLUTE.exec(target);
  const authority = (absolute?.[1] ?? '').replace(/^.*@/, '');
  const rest = absolute === null ? target : target.slice(absolute[0].length);
  const isPathLess = absolute !== null && !rest.startsWith('/');
  return {
    method: safeText(method),
    host: safeText(host || authority),
    path: safeText(withinLimit(isPathLess ? `/${rest}` : rest)),
    userAgent: safeText(userAgent),
  };
}

/** A path that is too long is shown without its query. */
function withinLimit(path: string): string {
  if (path.length <= MAX_TEXT) return path;
  const query = path.indexOf('?');
  return query > 0 ? path.slice(0, query) : path;
}

export function httpExchangeTexts(
  request: HttpRequestTexts | undefined,
  response: HttpResponseTexts | undefined,
): HttpExchangeTexts {
  const texts: Mutable<HttpExchangeTexts> = {};
  if (request !== undefined) {
    if (request.method !== '') texts.method = request.method;
    if (request.host !== '') texts.host = request.host;
    if (request.path !== '') texts.path = request.path;
    if (request.userAgent !== '') texts.userAgent = request.userAgent;
  }
  if (response === undefined) return texts;
  if (response.status !== undefined) texts.status = response.status;
  if (response.server !== '') texts.serverSoftware = safeText(response.server);
  if (response.contentType !== '') texts.contentType = safeText(response.contentType);
  return texts;
}

/** The name in a Host field or an authority without its port; '' when it is an address, which says nothing that the flow does not. */
export function nameOfHost(host: string): string {
  const name = host.startsWith('[') ? '' : host.replace(/:\d*$/, '');
  return /^[\d.]*$/.test(name) || name.includes(':') ? '' : name;
}
