// The query string of questions to history: its schema, and what it means as the options of the command that asks the same. Owns the
// accepted aliases and the bounds of paging. Must not know which route asks.
import { KaipoError } from '@kaipo/core/kernel/errors.js';
import { ZONES, type Zone } from '@kaipo/core/kernel/traffic-words.js';
import type { AskedPeriod } from '@kaipo/core/query/time-range.js';
import type { HistoryOptions } from '../../history/history-context.js';

/** A JSON schema of draft 7, as fastify takes them. */
export type Schema = Readonly<Record<string, unknown>>;

export const MAX_PAGE = 1000;
export const MAX_OFFSET = 100_000;
const MAX_WORDS = 64;
const MAX_NAME = 256;

const time = (description: string): Schema => ({ type: 'string', minLength: 1, maxLength: MAX_WORDS, description });

/** The period, in the words of the command line. */
export const PERIOD_QUERY = {
  period: time('A period in words: today, "last week", 2026-11, 2026-11-01..2026-11-07'),
  since: time('From then until now: 2026-11-01, "3 days ago", -2h'),
  from: time('Begin: 2026-11-01, "2026-11-01 14:00", yesterday, -2h, or seconds since the epoch'),
  to: time('End; a day or a month is included'),
  from_date: time('The same as from'),
  to_date: time('The same as to'),
} as const satisfies Record<string, Schema>;

export const FILTER_QUERY = {
  interface: {
    type: 'array',
    maxItems: 64,
    items: { type: 'string', minLength: 1, maxLength: 64 },
    description: 'Of these interfaces alone (repeatable)',
  },
  zone: { type: 'string', enum: [...ZONES], description: 'Of this zone alone: this host, local networks, beyond them' },
} as const satisfies Record<string, Schema>;

/** Rows a page; sort is added by whoever has rows to sort. */
export const PAGE_QUERY = {
  limit: { type: 'integer', minimum: 1, maximum: MAX_PAGE, description: 'Rows a page (default 20)' },
  offset: {
    type: 'integer',
    minimum: 0,
    maximum: MAX_OFFSET,
    description: 'Rows to leave out: the page before ended here',
  },
  reverse: { type: 'boolean', description: 'The other way round' },
  name: {
    type: 'string',
    minLength: 1,
    maxLength: MAX_NAME,
    description: 'Only names with this in them, whatever the case',
  },
} as const satisfies Record<string, Schema>;

export interface HistoryQuery extends AskedPeriod {
  readonly from_date?: string;
  readonly to_date?: string;
  readonly interface?: readonly string[];
  readonly zone?: Zone;
  readonly limit?: number;
  readonly offset?: number;
  readonly sort?: string;
  readonly reverse?: boolean;
  readonly name?: string;
  /** YYYY-MM. */
  readonly month?: string;
}

/** As the command's own options. Raises KAIPO_USAGE where an alias contradicts its name. */
export function optionsOf(query: HistoryQuery): HistoryOptions & { readonly name?: string } {
  const { period = query.month, since, zone, limit, sort, reverse, name } = query;
  const from = oneOf('from', query.from, query.from_date);
  const to = oneOf('to', query.to, query.to_date);
  return {
    format: 'json',
    color: false,
    output: '-',
    interfaces: query.interface ?? [],
    ...(period !== undefined && { period }),
    ...(since !== undefined && { since }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(zone !== undefined && { zone }),
    ...(limit !== undefined && { limit }),
    ...(sort !== undefined && { sort }),
    ...(reverse !== undefined && { reverse }),
    ...(name !== undefined && { name }),
  };
}

function oneOf(name: string, value: string | undefined, alias: string | undefined): string | undefined {
  if (value !== undefined && alias !== undefined && value !== alias) {
    throw new KaipoError('KAIPO_USAGE', `${name} and ${name}_date say different things`, `give ${name} alone`);
  }
  return value ?? alias;
}
