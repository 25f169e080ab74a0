// What is told of one request and its response, whichever version of HTTP carried them. Owns: how a target becomes host and path, and
// that the texts are safe. Must not know: bytes, connections, events. Bound: MAX_TEXT characters of each text.
import { MAX_TEXT } from '../kernel/limits.js';
import type { Mutable } from '../kernel/mutable.js';
import { safeText } from '../kernel/safe-text.js';
import { isDigit } from './match.js';

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

const SLASH = 0x2f;
const COLON = 0x3a;
const DOT = 0x2e;
const BRACKET = 0x5b;
const ABSOLUTE = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i;

/**
 * A request as it is kept until its response comes. `target` as it was sent: of "CONNECT name:443" the path is the target itself, of
 * an absolute URI what follows the authority, which is the host when no field says it. All four may be any text.
 */
export function httpRequestTexts(method: string, target: string, host: string, userAgent: string): HttpRequestTexts {
  // Nearly all are paths.
  const absolute = target.charCodeAt(0) === SLASH ? null : ABSOLUTE.exec(target);
  const authority = absolute === null ? '' : absolute[1]!.replace(/^.*@/, '');
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

/** Adds them to `texts`, in the order in which they are shown. */
export function addHttpExchangeTexts(
  texts: Mutable<HttpExchangeTexts>,
  request: HttpRequestTexts | undefined,
  response: HttpResponseTexts | undefined,
): void {
  if (request !== undefined) {
    if (request.method !== '') texts.method = request.method;
    if (request.host !== '') texts.host = request.host;
    if (request.path !== '') texts.path = request.path;
    if (request.userAgent !== '') texts.userAgent = request.userAgent;
  }
  if (response === undefined) return;
  if (response.status !== undefined) texts.status = response.status;
  if (response.server !== '') texts.serverSoftware = safeText(response.server);
  if (response.contentType !== '') texts.contentType = safeText(response.contentType);
}

/** The name in a Host field or an authority without its port; '' when it is an address, which says nothing that the flow does not. */
export function nameOfHost(host: string): string {
  if (host.charCodeAt(0) === BRACKET) return '';
  let digitsAt = host.length;
  while (digitsAt > 0 && isDigit(host.charCodeAt(digitsAt - 1))) digitsAt--;
  const hasPort = digitsAt > 0 && host.charCodeAt(digitsAt - 1) === COLON;
  const end = hasPort ? digitsAt - 1 : host.length;
  let isName = false;
  for (let i = 0; i < end; i++) {
    const code = host.charCodeAt(i);
    if (code === COLON) return '';
    if (!isDigit(code) && code !== DOT) isName = true;
  }
  return isName ? host.slice(0, end) : '';
}
