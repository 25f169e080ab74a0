// Walks the OpenAPI document of a real `kaipo serve` and calls everything in it, with input that is right and input that is wrong.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import type { OpenapiDocument, OpenapiOperation, OpenapiParameter } from '@kaipo/cli/web/openapi/openapi-document.js';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv } from 'ajv';
import { runKaipo } from '../../fixtures/run-kaipo.js';
import { recordHistory } from '../browser/recorded-history.js';
import { ServeProgram } from '../browser/serve-program.js';
import { type Answer, type Asking, ask } from './asked.js';

const DAY_US = 86_400e6;
const DAYS = 40;

let root: string;
let server: ServeProgram;
let api: OpenapiDocument;

before(async () => {
  root = mkdtempSync(join(tmpdir(), 'kaipo-walk-'));
  mkdirSync(join(root, 'home'));
  writeFileSync(join(root, 'config.toml'), '[cost]\nrate_per_gb = 7.5\ncurrency = "INR"\n', { mode: 0o600 });
  await recordHistory({ dir: join(root, 'store'), nowUs: Date.now() * 1000, days: DAYS, isHostile: true });
  server = await start('config.toml');
  api = JSON.parse((await get('/api/openapi.json')).text) as OpenapiDocument;
});

after(async () => {
  await server?.end();
  rmSync(root, { recursive: true });
});

const start = (config: string): Promise<ServeProgram> =>
  ServeProgram.start({ store: join(root, 'store'), config: join(root, config), home: join(root, 'home') });
const get = (path: string, asking: Asking = {}): Promise<Answer> => ask(server.origin, path, asking);

interface Operation {
  readonly path: string;
  readonly method: string;
  readonly operation: OpenapiOperation;
}

const operations = (): Operation[] =>
  Object.entries(api.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
const isStream = ({ operation }: Operation): boolean => operation.responses['101'] !== undefined;
const reading = (): Operation[] => operations().filter((each) => each.method === 'GET' && !isStream(each));
const writing = (): Operation[] => operations().filter(({ method }) => method === 'POST');

/** A program is started for each of these: fewer questions are enough. */
const isStarted = (path: string): boolean => path === '/api/export' || path === '/api/report';

const day = (ago: number): string => new Date((Date.now() * 1000 - ago * DAY_US) / 1000).toISOString().slice(0, 10);

/** By the name of a parameter: what means something. */
const GOOD: Readonly<Record<string, readonly string[]>> = {
  period: ['yesterday', `${day(5)}..${day(2)}`, 'last week'],
  since: ['-2h', day(3), '3 days ago'],
  from: [day(4)],
  to: [],
  from_date: [day(4)],
  to_date: [],
  interface: ['eth0', 'wlan0'],
  zone: ['internet', 'lan', 'host'],
  limit: ['1', '1000'],
  offset: ['0', '3', '100000'],
  reverse: ['true', 'false'],
  name: ['fire', '%', '<script>'],
  rule: ['port-scan', '<script>'],
  severity: ['info', 'critical'],
  state: ['open', 'muted'],
  text: ['10.0', '<script>'],
  only: ['firefox', '<script>'],
  month: [day(0).slice(0, 7), '1999-01'],
  year: [day(0).slice(0, 4), '1970'],
  step: ['1h', 'day'],
  window: ['30m', '24h', '7d', '5y'],
  time_window_hours: ['0.5', '720'],
  group: ['auto', '1m', '1h', 'day', 'month'],
  group_minutes: ['1', '60', '1440', '43200'],
  top: ['0', '3'],
  filter: ['bytes > 1kB', 'app:fire or host:203.0.113.0/24'],
  app: ['fire'],
  host: ['203.0.113.7'],
  protocol: ['tls'],
  bound: ['0', '10MB', '0.1%'],
  before: [],
  after: [],
  redact: ['true'],
  title: ['A month & <b>more</b>'],
  download: ['true'],
  what: ['apps'],
};

const values = ({ name, schema }: OpenapiParameter): readonly string[] => {
  const words = schema['enum'];
  return Array.isArray(words) ? words.map(String) : (GOOD[name] ?? assert.fail(`no example for ${name}`));
};

const query = (fields: Readonly<Record<string, string>>): string => `?${new URLSearchParams(fields)}`;

test('the document is valid OpenAPI and names every address of the contract', async () => {
  const result = await new Validator().validate({ ...api });
  assert.ok(result.valid, JSON.stringify(result.errors));
  const promised =
    'health live today month range summary export export/llm interfaces traffic apps hosts flows protocols alerts openapi.json';
  for (const path of promised.split(' ')) assert.ok(api.paths[`/api/${path}`]?.['get'], path);
  assert.ok(api.paths['/api/config/monitored_interfaces']?.['post']);
  assert.ok(api.paths['/metrics']?.['get']);
});

test('every question is answered, alone and with each of its fields, as the document says', async () => {
  const ajv = new Ajv({ strict: false });
  ajv.addSchema({ $id: 'api', components: api.components });
  for (const { path, operation } of reading()) {
    const parameters = operation.parameters ?? [];
    const asked = [
      '',
      ...(isStarted(path)
        ? parameters.map((one) => [one, values(one).slice(0, 1)] as const)
        : parameters.map((one) => [one, values(one)] as const)
      ).flatMap(([{ name }, texts]) => texts.map((text) => query({ [name]: text }))),
    ];
    const schema = schemaOf(operation);
    const isRight = schema === undefined ? undefined : ajv.compile(localRefs(schema) as object);
    for (const search of asked) {
      const answer = await get(path + search);
      assert.equal(answer.status, 200, `${path}${search}: ${answer.text.slice(0, 500)}`);
      assertQuiet(answer, path + search);
      if (isRight === undefined) continue;
      assert.ok(isRight(JSON.parse(answer.text)), `${path}${search}: ${JSON.stringify(isRight.errors)}`);
    }
  }
});

test('sums of every answer agree with one another and with their cost', async () => {
  for (const path of [
    '/api/today',
    '/api/month',
    `/api/range${query({ from: day(9), to: day(1) })}`,
    '/api/summary',
    '/api/apps',
    '/api/traffic',
  ]) {
    const { bytes_sent, bytes_received, total_bytes, human_readable, cost } = JSON.parse((await get(path)).text);
    assert.equal(bytes_sent + bytes_received, total_bytes, path);
    assert.ok(total_bytes > 0, path);
    assert.match(human_readable.total, /^\d+(\.\d\d)? [kMGT]?B$/);
    assert.equal(cents(cost.sent.cost) + cents(cost.received.cost), cents(cost.total.cost), path);
    assert.match(cost.total.cost_formatted, /₹/);
  }
});

const cents = (amount: number): number => Math.round(amount * 100);

test('a WebSocket that is asked for without its handshake says so', async () => {
  const streams = operations().filter(isStream);
  assert.equal(streams.length, 1);
  for (const { path } of streams) await assertRefused(path, [426]);
});

test('what is asked again is not sent again', async () => {
  const first = await get(`/api/range${query({ from: day(9), to: day(3) })}`);
  const again = await get(`/api/range${query({ from: day(9), to: day(3) })}`, {
    headers: { 'if-none-match': first.headers.etag! },
  });
  assert.equal(again.status, 304);
  assert.equal(again.text, '');
});

test('pages follow each other, and together they are the whole list', async () => {
  const whole = JSON.parse((await get('/api/hosts?since=-7d&limit=1000')).text).rows as { host: string }[];
  const pages: { host: string }[] = [];
  for (let url: string | undefined = '/api/hosts?since=-7d&limit=3'; url !== undefined; ) {
    const { rows, page } = JSON.parse((await get(url)).text);
    assert.ok(rows.length <= 3);
    pages.push(...rows);
    url = page.next;
  }
  assert.deepEqual(
    pages.map(({ host }) => host),
    whole.map(({ host }) => host),
  );
});

/** What a field may be sent and must be refused; the rest is text that fits nothing. */
const WRONG: Readonly<Record<string, readonly string[]>> = {
  period: ['', 'x', '2026-13', '9999..0001', 'a'.repeat(65), '0001-01-01..9999-12-31 x', '2999'],
  since: ['x', '2999-01-01', '\u0000'],
  from: ['x', '2026-02-30', '2999-01-01', '1e400', 'NaN', "'; DROP TABLE", '../../etc/passwd'],
  to: ['x', '2026-02-30'],
  from_date: ['x'],
  to_date: ['x'],
  interface: ['nope0', '', 'a'.repeat(65), '../../etc', '--help', '<script>'],
  zone: ['moon', ''],
  limit: ['0', '-1', '1001', 'many', '1.5', '9'.repeat(40), ''],
  offset: ['-1', '100001', 'x'],
  reverse: ['perhaps'],
  name: ['', 'a'.repeat(257)],
  rule: ['', 'a'.repeat(65)],
  severity: ['grave', ''],
  state: ['unknown', ''],
  text: ['', 'a'.repeat(257)],
  only: ['', 'a'.repeat(257)],
  month: ['2026-13', '2026', '2026-1', 'x', '2026-01-01'],
  year: ['0', '99999', 'x', '-2026'],
  step: ['', 'x', '0s', '9'.repeat(17)],
  window: ['x', '0', '-1h', '1', '99999y', '0h'],
  time_window_hours: ['0', '-1', 'x', '1e9'],
  group: ['x', '0m', 'a'.repeat(17)],
  group_minutes: ['0', '-1', '525601', 'x', '1.5'],
  top: ['-1', '51', 'x'],
  filter: ['', 'bytes >', '(((', 'app:"', '/[/', `${'('.repeat(600)}`, 'a'.repeat(1025)],
  app: ['', 'a'.repeat(257)],
  host: ['', 'a'.repeat(257)],
  protocol: ['', 'a'.repeat(257)],
  bound: ['x', '-1', '200%', '9'.repeat(17)],
  before: ['x', 'yesterday'],
  after: ['x', 'yesterday'],
  redact: ['perhaps'],
  title: ['', 'a'.repeat(201)],
  download: ['perhaps'],
};

test('wrong values are refused with a problem that says which', async () => {
  for (const { path, operation } of reading()) {
    for (const { name, schema } of operation.parameters ?? []) {
      const wrong = Array.isArray(schema['enum']) ? ['nothing like it', ''] : (WRONG[name] ?? []);
      for (const text of isStarted(path) ? wrong.slice(0, 2) : wrong) {
        await assertRefused(path + query({ [name]: text }), [400, 404, 422]);
      }
    }
    for (const field of ['unknown', '__proto__', 'constructor', 'fromm']) {
      if ((operation.parameters ?? []).length > 0) await assertRefused(`${path}?${field}=1`, [400]);
    }
  }
});

test('periods that contradict, run backwards or reach further than time are refused; wide ones are answered', async () => {
  for (const { path, operation } of reading()) {
    const names = new Set((operation.parameters ?? []).map(({ name }) => name));
    if (!names.has('from')) continue;
    await assertRefused(path + query({ from: day(1), to: day(5) }), [400]);
    await assertRefused(path + query({ from: day(5), period: 'today' }), [400]);
    await assertRefused(path + query({ from: day(5), from_date: day(6) }), [400]);
    const wide = await get(path + query({ from: '1970-01-02', to: '2099-12-31' }));
    assert.equal(wide.status, 200, `${path}: ${wide.text.slice(0, 300)}`);
  }
});

test('bodies that are no change, too large or in another form are refused and change nothing', async () => {
  const before = (await get('/api/config')).text;
  const json = { 'content-type': 'application/json' };
  const bodies: readonly (readonly [string, string | Buffer, Readonly<Record<string, string>>, number])[] = [
    ['no JSON', '{', json, 400],
    ['nothing', '', json, 400],
    ['a list', '[]', json, 400],
    ['unknown fields', '{"unknown":1}', json, 400],
    ['a prototype', '{"__proto__":{"set":{}}}', json, 400],
    ['another form', 'set=1', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
    ['text', '{}', { 'content-type': 'text/plain' }, 415],
    ['no form', '{}', {}, 415],
    ['too large', Buffer.alloc(70_000, ' '), json, 413],
  ];
  for (const { path } of writing()) {
    for (const [what, body, headers, status] of bodies) {
      const answer = await ask(server.origin, path, { method: 'POST', headers, body });
      assert.equal(answer.status, status, `${path}, ${what}: ${answer.text}`);
      assertProblem(answer, `${path}, ${what}`);
    }
  }
  assert.equal((await get('/api/config')).text, before);
});

test('methods, paths, hosts and pages that are not these are refused', async () => {
  for (const { path } of operations()) {
    for (const method of ['PUT', 'DELETE', 'PATCH']) await assertRefused(path, [405], { method });
    await assertRefused(path, [421], { headers: { host: 'attacker.example' } });
    await assertRefused(path, [403], { headers: { origin: 'https://attacker.example' } });
    await assertRefused(path, [403], { headers: { origin: 'null' } });
    await assertRefused(`${path}/..%2f..%2fetc%2fpasswd`, [400, 404]);
  }
  for (const path of [
    '/api',
    '/api/',
    '/etc/passwd',
    '/dashboard/../../etc/passwd',
    '/dashboard/..%2f..%2fetc%2fpasswd',
    '/api/%ff',
    `/${'a'.repeat(9000)}`,
  ]) {
    await assertRefused(path, [400, 404, 414]);
  }
});

test('where a token is needed, nothing is answered without one', async () => {
  writeFileSync(join(root, 'closed.toml'), '[api]\nrequire_token = true\n', { mode: 0o600 });
  const env = { HOME: join(root, 'home') };
  const added = await runKaipo(['token', 'add', 'walk', '--config', join(root, 'closed.toml')], { env });
  assert.equal(added.exitCode, 0, added.stderr);
  const closed = await start('closed.toml');
  try {
    // The page of the API holds no data, like the files of the dashboard.
    for (const { path, method } of operations().filter((each) => each.path !== '/api/docs')) {
      for (const headers of [{}, { authorization: 'Bearer kpo_wrong' }, { authorization: 'Basic a2FpcG8=' }]) {
        const json = method === 'POST' ? { 'content-type': 'application/json' } : {};
        const answer = await ask(closed.origin, path, {
          method,
          headers: { ...headers, ...json },
          body: method === 'POST' ? '{}' : '',
        });
        // Whoever guesses is slowed down.
        assert.ok([401, 429].includes(answer.status), `${method} ${path}: ${answer.status}`);
        assertProblem(answer, path);
      }
    }
  } finally {
    await closed.end();
  }
});

test('nothing of it was a failure of the program', () => {
  assert.doesNotMatch(server.stderr, /request failed|bug|\n {4}at /);
  assert.equal(server.child.exitCode, null);
});

async function assertRefused(path: string, statuses: readonly number[], asking: Asking = {}): Promise<void> {
  const answer = await get(path, asking);
  const what = `${asking.method ?? 'GET'} ${path.slice(0, 200)}`;
  assert.ok(statuses.includes(answer.status), `${what}: ${answer.status} ${answer.text.slice(0, 300)}`);
  assertProblem(answer, what);
}

function assertProblem(answer: Answer, what: string): void {
  assert.match(answer.headers['content-type'] ?? '', /^application\/problem\+json/, what);
  const told = JSON.parse(answer.text);
  assert.equal(told.status, answer.status, what);
  for (const field of ['type', 'title', 'detail']) assert.ok(typeof told[field] === 'string', `${what}: ${field}`);
  assert.ok(told.detail.length > 0, what);
  assertQuiet(answer, what);
}

/** No stack trace and no place of the program in it. */
function assertQuiet({ text }: Answer, what: string): void {
  assert.doesNotMatch(text, /\n\s+at .*[:(]\d+|node_modules|\.js:\d+/, what);
}

function schemaOf(operation: OpenapiOperation): unknown {
  const ok = operation.responses['200'] as { content?: Record<string, { schema: unknown }> };
  return ok.content?.['application/json']?.schema;
}

/** References of the document as those of the schema the checker was given. */
const localRefs = (schema: unknown): unknown =>
  JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"api#/components/'));
