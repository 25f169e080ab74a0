// What the answers of the API look like, for its description and for tests that hold answers against it. Owns the schemas (draft 7); an
// answer may carry more than they name. Must not know fastify: nothing is left out of an answer because of them.

export type AnswerSchema = Readonly<Record<string, unknown>>;

const number = (description?: string): AnswerSchema => ({
  type: 'number',
  ...(description !== undefined && { description }),
});
const bytes = (description?: string): AnswerSchema => ({
  type: 'integer',
  minimum: 0,
  ...(description !== undefined && { description }),
});
const text = (description?: string): AnswerSchema => ({
  type: 'string',
  ...(description !== undefined && { description }),
});
const flag = (description?: string): AnswerSchema => ({
  type: 'boolean',
  ...(description !== undefined && { description }),
});
const list = (items: AnswerSchema, description?: string): AnswerSchema => ({
  type: 'array',
  items,
  ...(description !== undefined && { description }),
});
const object = (
  properties: Readonly<Record<string, AnswerSchema>>,
  required = Object.keys(properties),
): AnswerSchema => ({
  type: 'object',
  required,
  properties,
});
const ref = (name: string): AnswerSchema => ({ $ref: `#/components/schemas/${name}` });

const money = object({ cost: number(), cost_formatted: text() });

/** Named parts: `#/components/schemas/NAME`. */
export const SHARED_SCHEMAS: Readonly<Record<string, AnswerSchema>> = {
  Usage: {
    ...object(
      {
        bytes_sent: bytes('By this host'),
        bytes_received: bytes(),
        total_bytes: bytes(),
        human_readable: object({ sent: text(), received: text(), total: text('Decimal: 1 MB is 1,000,000 bytes') }),
        cost: {
          ...object({ sent: money, received: money, total: money }),
          description: 'Absent without a rate; the parts add up',
        },
      },
      ['bytes_sent', 'bytes_received', 'total_bytes', 'human_readable'],
    ),
    description: 'The one shape of usage, in every answer that has sums',
  },
  Period: object(
    {
      schema: text('Name and version of the document'),
      from: number('Begin, seconds since the epoch'),
      to: number('End'),
      recorded: flag('Was anything recorded in the period?'),
      recordedSeconds: number('Time of it that was recorded'),
      periodSeconds: number(),
    },
    ['schema', 'from', 'to'],
  ),
  Step: object(
    {
      from: number(),
      to: number(),
      recorded: flag('false: unknown, which is not zero'),
      recordedSeconds: number(),
      txBytes: bytes(),
      rxBytes: bytes(),
      totalBytes: bytes(),
    },
    ['from', 'to', 'recorded', 'recordedSeconds'],
  ),
  Sums: object({
    txBytes: bytes('Sent'),
    rxBytes: bytes('Received'),
    totalBytes: bytes(),
    txPackets: bytes(),
    rxPackets: bytes(),
  }),
  Page: object(
    {
      offset: bytes(),
      limit: bytes(),
      count: bytes('Rows in this answer'),
      next: text('The address of the next page'),
    },
    ['offset', 'limit', 'count'],
  ),
  Problem: {
    ...object(
      {
        type: text('about:blank, or urn:kaipo:error:NAME'),
        title: text(),
        status: { type: 'integer' },
        detail: text('What is wrong, for a person'),
        fix: text('What would make it work, where that is known'),
      },
      ['type', 'title', 'status', 'detail'],
    ),
    description: 'RFC 9457',
  },
};

const period = ref('Period');
const usage = ref('Usage');
const all = (...parts: readonly AnswerSchema[]): AnswerSchema => ({ allOf: parts });
const rowsOf = (fields: Readonly<Record<string, AnswerSchema>>, required: readonly string[]): AnswerSchema =>
  all(
    period,
    usage,
    object({ rows: list(all(ref('Sums'), object(fields, [...required]))), page: ref('Page') }, ['rows', 'page']),
  );
const stepsOf = (name: string): AnswerSchema =>
  all(period, usage, ref('Sums'), object({ [name]: list(ref('Step')) }, [name]));
const layer = object({ txBytes: list(bytes()), rxBytes: list(bytes()), txTotal: bytes(), rxTotal: bytes() });
const named = all(object({ name: text(), label: text('The name of a host') }, ['name']), layer);
const config = object({ settings: list({ type: 'object' }), interfaces: list({ type: 'object' }) });

/** By path. */
export const ANSWER_SCHEMAS: Readonly<Record<string, AnswerSchema>> = {
  '/api/health': object({
    status: { type: 'string', enum: ['ok', 'degraded'] },
    version: text(),
    store: object({ state: text() }),
    recorder: object({ running: flag() }),
  }),
  '/api/live': all(
    usage,
    object({
      ts: number('End of the interval'),
      intervalSeconds: number(),
      mode: text('How much is seen: counters, capture, capture+events'),
      recorder: flag('From the recorder, or from the counters of this process'),
      upload_bytes_per_second: number(),
      download_bytes_per_second: number(),
      tick: { type: 'object', description: 'The record that kaipo live --format ndjson prints' },
    }),
  ),
  '/api/today': stepsOf('hours'),
  '/api/month': stepsOf('days'),
  '/api/range': stepsOf('steps'),
  '/api/summary': all(period, usage, ref('Sums')),
  '/api/traffic': all(
    period,
    usage,
    object(
      {
        stepSeconds: number('The usual length of a step'),
        steps: list(object({ from: number(), to: number(), recordedSeconds: number('0: not recorded') })),
        layers: list(named, 'Largest first; txBytes[i] belongs to steps[i]'),
        other: named,
        total: layer,
        previous: object({ from: number(), to: number(), total: layer }),
      },
      ['stepSeconds', 'steps', 'total'],
    ),
  ),
  '/api/year': all(period, usage, object({ year: { type: 'integer' } })),
  '/api/heat-map': period,
  '/api/countries': all(period, object({ available: flag('Is there a database of countries?') })),
  '/api/apps': rowsOf(
    { app: text(), exe: text(), quality: { type: 'object', description: 'Bytes by how the owner is known' } },
    ['app'],
  ),
  '/api/hosts': rowsOf({ host: text(), name: text(), zone: text() }, ['host']),
  '/api/protocols': rowsOf({ protocol: text() }, ['protocol']),
  '/api/interfaces': rowsOf({ interface: text(), class: text(), counted: flag() }, ['interface']),
  '/api/zones': all(period, usage, object({ rows: list(all(ref('Sums'), object({ zone: text() }))) })),
  '/api/dns': all(
    period,
    object({ rows: list(object({ name: text(), qtype: text(), count: bytes() })), page: ref('Page') }),
  ),
  '/api/flows': all(
    period,
    object({
      rows: list(
        object({
          id: text(),
          transport: text(),
          client: { type: 'object' },
          server: { type: 'object' },
          start: number(),
          end: number(),
        }),
      ),
      page: ref('Page'),
    }),
  ),
  '/api/books': object({
    schema: text(),
    withinBound: flag(),
    interfaces: list({ type: 'object' }),
    total: { type: 'object' },
  }),
  '/api/cap': object({ schema: text(), rows: list(object({ name: text(), usedBytes: bytes(), limitBytes: bytes() })) }),
  '/api/diff': object({ schema: text(), before: { type: 'object' }, after: { type: 'object' }, comparable: flag() }),
  '/api/alerts': all(
    period,
    object({
      rows: list(object({ type: text(), id: text(), rule: text(), severity: text(), subject: text(), state: text() })),
      stored: flag(),
    }),
  ),
  '/api/config': config,
  '/api/config/monitored_interfaces': config,
};
