// History out over HTTP: exports in every form, the report. Owns the addresses and the names of the files;
// the commands of the same names write them.
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { EXPORT_TABLES, type ExportTable } from '../../export/export-tables.js';
import { commandStream } from '../command-stream.js';
import { HttpError } from '../problem.js';
import type { WebContext } from '../web-context.js';
import { FILTER_QUERY, type HistoryQuery, optionsOf, PERIOD_QUERY, type Schema } from './history-query.js';

const TYPES = {
  json: 'application/json; charset=utf-8',
  ndjson: 'application/x-ndjson; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
  parquet: 'application/vnd.apache.parquet',
  html: 'text/html; charset=utf-8',
} as const;

const FORMATS = ['json', 'csv', 'ndjson', 'parquet'] as const;
const TAG = 'Export';
const REDACT: Schema = { type: 'boolean', description: 'Names and addresses as keyed pseudonyms' };

/** The page's own policy names its one style by digest; this one, which cannot know it, lets no more in. */
const REPORT_CSP =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; sandbox";

interface ExportQuery extends HistoryQuery {
  readonly format?: (typeof FORMATS)[number];
  readonly what?: ExportTable | 'all';
  readonly step?: string;
}

interface ReportQuery extends HistoryQuery {
  readonly redact?: boolean;
  readonly title?: string;
  readonly download?: boolean;
}

type Write = (args: readonly string[]) => Promise<Readable>;

export function addExportRoutes(app: FastifyInstance, web: WebContext): void {
  const readers = new Set<ServerResponse>();
  // The server does not wait for what may take minutes, and leaves no command behind.
  app.addHook('preClose', async () => {
    for (const reader of readers) reader.destroy();
  });
  /** What the command writes. A store that cannot be read is refused as everywhere: a command would only say so with its exit code. */
  const written =
    (query: HistoryQuery, { raw }: FastifyReply): Write =>
    (args) => {
      web.history.get();
      readers.add(raw);
      raw.once('close', () => readers.delete(raw));
      return commandStream([...args, ...periodArgs(query)], web.flags, raw);
    };
  const get = (path: string, summary: string, query: Readonly<Record<string, Schema>>) => ({
    method: 'GET' as const,
    url: path,
    // The child would be started for nothing.
    exposeHeadRoute: false,
    schema: { tags: [TAG], summary, querystring: { type: 'object', additionalProperties: false, properties: query } },
  });
  const period = { ...PERIOD_QUERY, interface: FILTER_QUERY.interface };

  app.route({
    ...get('/api/export', 'History as JSON, NDJSON, CSV or Parquet: everything, or a period', {
      ...period,
      format: { type: 'string', enum: [...FORMATS], description: 'json without it' },
      what: {
        type: 'string',
        enum: [...EXPORT_TABLES, 'all'],
        description: 'Which rows (default totals); all is for json and ndjson',
      },
      step: {
        type: 'string',
        minLength: 1,
        maxLength: 16,
        description: 'One row a step: 1m, 15m, 1h, day, week, month (default 1h)',
      },
    }),
    handler: async (request, reply) => {
      const query = request.query as ExportQuery;
      const { format = 'json', what = 'totals', step } = query;
      const args = [
        'export',
        `--format=${format}`,
        `--what=${what}`,
        ...(step === undefined ? [] : [`--step=${step}`]),
      ];
      const file = `kaipo-${what}.${format}`;
      const write = written(query, reply);
      const stream = format === 'parquet' ? await parquetStream(args, what, write) : await write(args);
      return sendFile(reply, stream, TYPES[format], file);
    },
  });

  app.route({
    ...get('/api/report', 'The report as one HTML page', {
      ...period,
      zone: FILTER_QUERY.zone,
      redact: REDACT,
      title: { type: 'string', minLength: 1, maxLength: 200, description: 'Above the report' },
      download: { type: 'boolean', description: 'As a file to save' },
    }),
    handler: async (request, reply) => {
      const query = request.query as ReportQuery;
      const { redact, title, zone, download } = query;
      const args = [
        'report',
        '--html=-',
        ...(redact === true ? ['--redact'] : []),
        ...(title === undefined ? [] : [`--title=${title}`]),
        ...(zone === undefined ? [] : [`--zone=${zone}`]),
      ];
      const stream = await written(query, reply)(args);
      if (download === true) return sendFile(reply, stream, TYPES.html, 'kaipo-report.html');
      return reply
        .header('content-type', TYPES.html)
        .header('content-security-policy', REPORT_CSP)
        .header('cache-control', 'no-store')
        .send(stream);
    },
  });
}

/** `--name=value`, so that no value is taken for an option; words of a period behind `--`. */
function periodArgs(query: HistoryQuery): string[] {
  const { period, since, from, to, interfaces = [] } = optionsOf(query);
  return [
    ...interfaces.map((name) => `--interface=${name}`),
    ...(since === undefined ? [] : [`--since=${since}`]),
    ...(from === undefined ? [] : [`--from=${from}`]),
    ...(to === undefined ? [] : [`--to=${to}`]),
    ...(period === undefined ? [] : ['--', period]),
  ];
}

/** Its directory of contents is at its end: it is written as a file first. */
async function parquetStream(args: readonly string[], what: string, write: Write): Promise<Readable> {
  if (what === 'all') throw new HttpError(400, 'parquet holds one table', 'choose it with what=apps');
  const dir = mkdtempSync(join(tmpdir(), 'kaipo-export-'));
  const remove = (): void => rmSync(dir, { recursive: true, force: true });
  try {
    const file = join(dir, 'export.parquet');
    await finished((await write([...args, `--output=${file}`])).resume());
    const stream = createReadStream(file);
    stream.once('close', remove);
    return stream;
  } catch (error) {
    remove();
    throw error;
  }
}

function sendFile(reply: FastifyReply, stream: Readable, type: string, name: string): FastifyReply {
  return reply
    .header('content-type', type)
    .header('content-disposition', `attachment; filename="${name}"`)
    .header('cache-control', 'no-store')
    .send(stream);
}
