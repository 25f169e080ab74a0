// One POST to a web address, and what became of it. Owns: whom it may reach, its time limit, that nothing is followed, and the meaning of
// an answer. Must not know what is in it. Bounds: HTTP_TIMEOUT_MS from the first step to the last byte; MAX_ANSWER_BYTES are read.
import { lookup } from 'node:dns';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import type { DeliveryOutcome } from '@kaipo/core/api/alert-sink.js';
import { safeText } from '@kaipo/core/kernel/safe-text.js';
import { isPublicAddress } from './public-address.js';

export const HTTP_TIMEOUT_MS = 15_000;
const MAX_ANSWER_BYTES = 4096;
/** A receiver that asks for more gets this. */
const MAX_RETRY_AFTER_MS = 24 * 3_600_000;

export interface HttpTarget {
  readonly url: string;
  /** Also addresses of this machine and of the local network, and plain http to any. */
  readonly allowPrivate: boolean;
  readonly headers?: Readonly<Record<string, string>>;
  /** PEM, instead of the roots that Node.js has. */
  readonly ca?: string;
}

/** A reason of ours not to send: the same the next time. */
class NotAllowed extends Error {}

/** Never rejects. @param now of the system's clock, for Retry-After as a date. */
export async function httpPost(
  target: HttpTarget,
  body: string,
  signal: AbortSignal,
  { timeoutMs = HTTP_TIMEOUT_MS, now = Date.now } = {},
): Promise<DeliveryOutcome> {
  const limit = AbortSignal.timeout(timeoutMs);
  try {
    return await posted(target, body, AbortSignal.any([signal, limit]), now);
  } catch (error) {
    if (error instanceof NotAllowed) return { kind: 'refused', detail: error.message };
    if (signal.aborted) return { kind: 'failed', detail: 'interrupted: kaipo stops' };
    if (limit.aborted) return { kind: 'failed', detail: `no answer within ${timeoutMs / 1000} s` };
    return { kind: 'failed', detail: failureText(error) };
  }
}

function posted(target: HttpTarget, body: string, signal: AbortSignal, now: () => number): Promise<DeliveryOutcome> {
  const url = checkedUrl(target);
  const { username, password } = url;
  const isTls = url.protocol === 'https:';
  return new Promise((resolve, reject) => {
    const request = (isTls ? requestHttps : requestHttp)(
      url,
      {
        method: 'POST',
        agent: false,
        signal,
        lookup: target.allowPrivate ? lookup : lookupPublic,
        ...(username !== '' && { auth: `${decodeURIComponent(username)}:${decodeURIComponent(password)}` }),
        ...(target.ca !== undefined && { ca: target.ca }),
        headers: {
          'content-type': 'application/json',
          'user-agent': 'kaipo',
          ...target.headers,
          'content-length': Buffer.byteLength(body),
        },
      },
      (response) => {
        let answer = '';
        response.setEncoding('utf8');
        response.on('data', (part: string) => {
          if (answer.length < MAX_ANSWER_BYTES) answer += part;
          // The status said it all; the rest of an endless answer is nobody's.
          else resolveAnswer();
        });
        const resolveAnswer = (): void => {
          resolve(outcomeOf(response.statusCode ?? 0, response.headers['retry-after'], answer, now()));
          request.destroy();
        };
        response.on('end', resolveAnswer);
        response.on('error', reject);
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

/** A custom lookup is not asked for an address that is written out, so the host of the URL is looked at too. */
function checkedUrl({ url: text, allowPrivate }: HttpTarget): URL {
  const url = new URL(text);
  if (allowPrivate) return url;
  if (url.protocol !== 'https:') throw new NotAllowed('not sent: only https is, unless allow_private is set');
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0 && !isPublicAddress(host)) throw new NotAllowed(privateText(host));
  return url;
}

/** The addresses of a name at the moment of connecting: a name that was public a minute ago may lead home now. */
const lookupPublic: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return callback(error, '', 0);
    const refused = addresses.find(({ address }) => !isPublicAddress(address));
    if (refused !== undefined || addresses.length === 0) {
      return callback(new NotAllowed(privateText(refused?.address ?? hostname)), '', 0);
    }
    if (options.all === true) callback(null, addresses);
    else callback(null, addresses[0]!.address, addresses[0]!.family);
  });
};

const privateText = (address: string): string =>
  `not sent: ${address} is no public address (allow_private = true lets it)`;

function outcomeOf(status: number, retryAfter: string | undefined, answer: string, nowMs: number): DeliveryOutcome {
  if (status >= 200 && status < 300) return { kind: 'delivered' };
  const said = safeText(answer.trim().replaceAll(/\s+/g, ' '), 200);
  const detail = said === '' ? `the receiver answered ${status}` : `the receiver answered ${status}: ${said}`;
  if (status === 410) return { kind: 'gone', detail };
  if (status >= 300 && status < 400) return { kind: 'refused', detail: `${detail} (redirects are not followed)` };
  const isLater = status === 408 || status === 425 || status === 429 || status >= 500;
  if (!isLater) return { kind: 'refused', detail };
  const retryAfterMs = retryAfterOf(retryAfter, nowMs);
  return { kind: 'failed', detail, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}

/** RFC 9110, 10.2.3: seconds or a date; Discord adds a fraction. */
function retryAfterOf(text: string | undefined, nowMs: number): number | undefined {
  if (text === undefined) return undefined;
  const afterMs = /^\d+(\.\d+)?$/.test(text.trim()) ? Number(text) * 1000 : Date.parse(text) - nowMs;
  return Number.isFinite(afterMs) ? Math.min(Math.max(0, Math.ceil(afterMs)), MAX_RETRY_AFTER_MS) : undefined;
}

/** Names no address: that of a webhook is a secret. */
export function failureText(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ECONNREFUSED') return 'the receiver refuses connections';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'the name of the receiver cannot be resolved';
  if (code === 'ECONNRESET' || code === 'EPIPE') return 'the receiver broke the connection off';
  return safeText(
    [code, message]
      .filter(Boolean)
      .join(': ')
      .replaceAll(/\w+:\/\/\S+/g, '(address)'),
    200,
  );
}
