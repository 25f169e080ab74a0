// Questions to the API. Owns: where it is, the token that goes along, what was answered before (by ETag), and errors as problems people
// can read. Must not know what is asked. Bound: MAX_KEPT answers are kept, the oldest goes.
import { safeText } from '@kaipo/core/kernel/safe-text.js';
import { session } from '../state/session.svelte.js';

/** RFC 9457, as kaipo writes it. */
export interface Problem {
  readonly title: string;
  /** 0: nobody answered. */
  readonly status: number;
  readonly detail: string;
  /** What to do, mostly a command. */
  readonly fix?: string;
  /** Of a filter that is not understood: which part of it. */
  readonly place?: { readonly at: number; readonly length: number };
}

export class ApiError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.problem = problem;
  }
}

const MAX_KEPT = 48;
const MAX_LINE = 65_536;
const kept = new Map<string, { readonly etag: string; readonly answer: unknown }>();

/** Beside the page, wherever a proxy put it. */
export const apiUrl = (name: string): URL => new URL(`../api/${name}`, new URL('.', location.href));

/** @param name what is asked, without `/api/`. Raises ApiError; an aborted question raises AbortError. */
export async function getJson<T>(name: string, signal?: AbortSignal): Promise<T> {
  const known = kept.get(name);
  const response = await sent(name, {
    headers: known === undefined ? {} : { 'if-none-match': known.etag },
    // Ours is the one cache: what the browser keeps, others on this machine may find.
    cache: 'no-store',
    ...(signal === undefined ? {} : { signal }),
  });
  if (response.status === 304 && known !== undefined) return known.answer as T;
  const answer = await bodyOf<T>(response);
  const etag = response.headers.get('etag');
  kept.delete(name);
  if (etag !== null) {
    kept.set(name, { etag, answer });
    if (kept.size > MAX_KEPT) kept.delete(kept.keys().next().value!);
  }
  return answer;
}

export async function postJson<T>(name: string, body: object): Promise<T> {
  const headers = { 'content-type': 'application/json' };
  const answer = await bodyOf<T>(await sent(name, { method: 'POST', headers, body: JSON.stringify(body) }));
  // What was written may have changed every answer.
  kept.clear();
  return answer;
}

/** The problem of what went wrong, whatever that was. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ApiError) return error.problem;
  return { title: 'Error', status: 0, detail: error instanceof Error ? error.message : String(error) };
}

async function sent(name: string, init: RequestInit & { headers: Record<string, string> }): Promise<Response> {
  const headers = { accept: 'application/json', ...init.headers, ...session.headers() };
  let response: Response;
  try {
    response = await fetch(apiUrl(name), { ...init, headers, credentials: 'same-origin' });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError({
      title: 'No answer',
      status: 0,
      detail: 'kaipo does not answer. The page tries again by itself.',
      fix: 'kaipo serve',
    });
  }
  if (response.status === 401) session.refused();
  return response;
}

/** Strangers chose many of these texts: none turns, hides or breaks what stands round it. */
const shownText = (text: string): string =>
  text
    .split('\n')
    .map((line) => safeText(line, MAX_LINE))
    .join('\n');

async function bodyOf<T>(response: Response): Promise<T> {
  const text = await response.text();
  let body: unknown;
  try {
    body = JSON.parse(text, (_, value) => (typeof value === 'string' ? shownText(value) : value));
  } catch {
    // Told below: an answer that is not JSON is not kaipo's.
  }
  if (response.ok && body !== undefined) return body as T;
  const { title, detail, fix, place } = (body ?? {}) as Partial<Problem>;
  throw new ApiError({
    title: title ?? 'Error',
    status: response.status,
    detail: detail ?? `The server answered ${response.status} ${response.statusText}`.trim(),
    ...(fix === undefined ? {} : { fix }),
    ...(place === undefined ? {} : { place }),
  });
}
