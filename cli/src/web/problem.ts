// Errors as RFC 9457 problem documents. Owns which status an error has and that nothing of the inside is told: no stack, no path of
// the program. `detail` and `fix` are what the command line says for the same error.
import { type ErrorCode, KaipoError } from '@kaipo/core/kernel/errors.js';
import { safeText } from '@kaipo/core/kernel/safe-text.js';
import { FilterError, type FilterPlace } from '@kaipo/core/query/filter/filter-error.js';

export interface Problem {
  /** `about:blank`, or the error's own code as a URN: `urn:kaipo:error:store-missing`. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** The change or the command that would make it work. */
  readonly fix?: string;
  /** Of a filter that is not understood: which part of it. */
  readonly place?: Omit<FilterPlace, 'text'>;
}

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

const MAX_DETAIL = 2048;
const MAX_LINES = 16;

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'A token is needed',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  406: 'Not in that form',
  408: 'Request timeout',
  409: 'Conflict',
  413: 'Too large',
  414: 'Address too long',
  415: 'Not in that form',
  421: 'Not this host',
  422: 'Cannot be done as asked',
  426: 'A WebSocket is needed',
  429: 'Too many requests',
  431: 'Headers too large',
  500: 'Internal error',
  503: 'Not available',
};

const STATUS_OF_CODE: Readonly<Partial<Record<ErrorCode, number>>> = {
  KAIPO_USAGE: 400,
  KAIPO_BAD_FILTER: 400,
  KAIPO_NO_INTERFACE: 404,
  KAIPO_STORE_MISSING: 503,
  KAIPO_STORE_UNREADABLE: 503,
  KAIPO_STORE_BUSY: 503,
  KAIPO_STORE_KEY: 503,
  KAIPO_STORE_CORRUPT: 503,
  KAIPO_STORE_NEWER: 503,
  KAIPO_NO_RECORDER: 503,
  KAIPO_BAD_CONFIG: 422,
  KAIPO_NO_PERMISSION: 403,
  KAIPO_CANNOT_CREATE: 403,
};

/** An error of a request that has a status of its own. */
export class HttpError extends Error {
  readonly status: number;
  readonly fix: string | undefined;

  constructor(status: number, detail: string, fix?: string) {
    super(detail);
    this.status = status;
    this.fix = fix;
  }
}

export function problem(status: number, detail: string, fix?: string, type = 'about:blank'): Problem {
  return {
    type,
    title: TITLES[status] ?? 'Error',
    status,
    detail: safeLines(detail),
    ...(fix !== undefined && { fix: safeLines(fix) }),
  };
}

/** A mark below a column stands on a line of its own. */
const safeLines = (text: string): string =>
  text
    .split('\n', MAX_LINES)
    .map((line) => safeText(line, MAX_DETAIL))
    .join('\n');

/** What a request that failed is answered. An error nobody foresaw says that it is one, and nothing else. */
export function problemOf(error: unknown): Problem {
  if (error instanceof HttpError) return problem(error.status, error.message, error.fix);
  if (error instanceof KaipoError) {
    const urn = `urn:kaipo:error:${error.code.replace('KAIPO_', '').replaceAll('_', '-').toLowerCase()}`;
    const status = STATUS_OF_CODE[error.code] ?? 500;
    if (error instanceof FilterError) {
      const { at, length } = error.place;
      return { ...problem(status, error.reason, error.fix, urn), place: { at, length } };
    }
    return problem(status, error.message, error.fix, urn);
  }
  const { statusCode, message } = error as { readonly statusCode?: unknown; readonly message?: unknown };
  // The server's own refusals: a body that is too large or is not JSON, a query that does not fit the schema.
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500) {
    return problem(statusCode, typeof message === 'string' ? message : '');
  }
  return problem(500, 'something in kaipo failed; its log says what');
}
