// What stands before every route: nothing is worked out, read or said about a store until all of it has let a request through. Owns the
// order of the rules and the headers of every answer. Must not know routes, but for pages that hold no data. Runs for a WebSocket too,
// before it is one. Bounds: MAX_URL_BYTES, and those of the rules.
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { HttpError } from '../problem.js';
import type { WebContext } from '../web-context.js';
import { clientKey, isForwarded } from './client-key.js';
import { HostRule, type HostVerdict } from './host-rule.js';
import { allowedOrigin, corsHeaders, preflightHeaders } from './origin-rule.js';
import { RateTable } from './rate-table.js';
import { RouteMethods } from './route-methods.js';
import { SECURITY_HEADERS } from './security-headers.js';
import { MAX_URL_BYTES } from './server-limits.js';
import { TokenError, TokenRule } from './token-rule.js';

/** Requests one machine may make at once, in seconds of its rate: a page has some dozens of files. */
const BURST_S = 2;
const US_PER_MS = 1000;
const JSON_BODY = /^application\/json\s*(?:;|$)/i;
/** Would end up in logs and histories. */
const TOKEN_IN_URL = /[?&](?:access_)?token=/i;

/** Call it before any route is added. Answers the methods of each address, for what is not found. */
export function registerGuards(app: FastifyInstance, context: WebContext): RouteMethods {
  const methods = new RouteMethods();
  const guard = new RequestGuard(context);
  app.removeContentTypeParser('text/plain');
  app.addHook('onRoute', (route) => methods.add(route.url, route.method));
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(SECURITY_HEADERS);
    try {
      const { host, origin } = guard.checkPlace(request);
      if (origin !== undefined) reply.headers(corsHeaders(origin));
      guard.checkRight(request, host);
    } catch (error) {
      if (error instanceof TokenError) reply.headers(error.headers);
      // What a refused request still has to send is not waited for.
      if (hasBody(request)) reply.header('connection', 'close');
      done(error as Error);
      return;
    }
    if (request.method === 'OPTIONS') answerOptions(request, reply, methods);
    else done();
  });
  return methods;
}

function answerOptions(request: FastifyRequest, reply: FastifyReply, methods: RouteMethods): void {
  const allowed = methods.of(request.url);
  if (request.headers['access-control-request-method'] !== undefined) reply.headers(preflightHeaders(request.headers));
  if (allowed !== undefined) reply.header('allow', allowed.join(', '));
  void reply.code(204).send();
}

class RequestGuard {
  readonly #context: WebContext;
  readonly #hosts = new HostRule();
  readonly #rates = new RateTable();
  readonly #tokens: TokenRule;

  constructor(context: WebContext) {
    this.#context = context;
    this.#tokens = new TokenRule(context.tokens);
  }

  /** Not too often, for this server, by a page that may; `origin`: the foreign page that may read the answer. Raises HttpError. */
  checkPlace({ raw, url, method }: FastifyRequest): {
    readonly host: HostVerdict;
    readonly origin: string | undefined;
  } {
    const { door } = this.#context;
    const { api } = this.#context.settings().config;
    const client = clientKey(raw);
    if (client !== undefined) this.#slowDown(client, api.rateLimit);
    checkTarget(url);
    const host = this.#hosts.check(raw, door?.kind === 'tcp' ? door.host : undefined, api.allowedHosts);
    const origin = allowedOrigin({
      headers: raw.headers,
      method,
      isPage: isPagePath(url),
      host,
      isTls: door?.kind === 'tcp' && door.tls !== undefined,
      isProxied: door?.kind === 'socket',
      origins: api.corsOrigins,
    });
    return { host, origin };
  }

  /** In a form that is taken, by somebody who may. A browser asks (OPTIONS) before it shows a token, and a page has no data. */
  checkRight(request: FastifyRequest, host: HostVerdict): void {
    checkBody(request);
    const { raw, method, url } = request;
    const { requireToken } = this.#context.settings().config.api;
    const isFree = method === 'OPTIONS' || (method !== 'POST' && isPagePath(url));
    const isNeeded = !isFree && (requireToken || this.#isFromAfar(raw, host));
    this.#tokens.check(raw, isNeeded, clientKey(raw), this.#context.clock() / US_PER_MS);
  }

  /**
   * Listening where other machines can ask, a name people use from elsewhere, a proxy in front of the address. Who may open a Unix
   * socket was chosen by whoever made its folder.
   */
  #isFromAfar(request: IncomingMessage, host: HostVerdict): boolean {
    const { door } = this.#context;
    if (door?.kind === 'socket') return false;
    return door?.isRemote === true || host.isNamed || isForwarded(request);
  }

  #slowDown(client: string, perSecond: number): void {
    const waitS = this.#rates.take(client, perSecond, perSecond * BURST_S, performance.now());
    if (waitS === 0) return;
    throw new TokenError(429, 'too many requests', { 'retry-after': String(Math.ceil(waitS)) });
  }
}

/** Pages that hold no data: they can be visited from anywhere, and ask for a token themselves. */
const isPagePath = (url: string): boolean =>
  url === '/' || url === '/dashboard' || url.startsWith('/dashboard/') || url === '/api/docs';

function checkTarget(url: string): void {
  if (url.length > MAX_URL_BYTES) throw new HttpError(414, `an address has at most ${MAX_URL_BYTES} bytes`);
  if (!url.startsWith('/')) throw new HttpError(400, 'an address begins with /; this server is no proxy');
  if (url.includes('token=') && TOKEN_IN_URL.test(url)) {
    const told = 'a token does not belong into an address, where it is logged';
    throw new HttpError(
      400,
      told,
      'send it as "Authorization: Bearer TOKEN", and replace this one: kaipo token add NAME',
    );
  }
}

const hasBody = ({ headers }: FastifyRequest): boolean =>
  headers['transfer-encoding'] !== undefined || !['0', undefined].includes(headers['content-length']);

function checkBody(request: FastifyRequest): void {
  if (request.method !== 'POST') {
    if (hasBody(request)) throw new HttpError(400, `a ${request.method} request has no body here`);
    return;
  }
  // A form of another page can send no JSON.
  if (!JSON_BODY.test(request.headers['content-type'] ?? '')) {
    throw new HttpError(415, 'what is sent must be JSON', 'send it with "Content-Type: application/json"');
  }
}
