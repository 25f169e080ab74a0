// `kaipo why` on a fixed history and a machine made by code: its screens and documents compared with files, and what nobody knows.
// UPDATE_GOLDEN=1 writes the files anew; read the difference before it is kept.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { whyAnswer } from '@kaipo/cli/commands/why.js';
import { askedOr } from '@kaipo/cli/history/history-context.js';
import { textWidth } from '@kaipo/cli/tui/display-text.js';
import type { MachineFacts } from '@kaipo/cli/why/machine-facts.js';
import { hoursText } from '@kaipo/cli/why/why-screen.js';
import { DEFAULT_CONFIG, type KaipoConfig } from '@kaipo/core/config/kaipo-config.js';
import type { RunningProcess } from '@kaipo/core/owners/process-tree.js';
import { queryFlows } from '@kaipo/core/query/history.js';
import fc from 'fast-check';
import { REPOSITORY } from '../../fixtures/pcap-case.js';
import { contextOf, FIRST_US, HOSTILE, NOW_US, withHistory } from './history-fixture.js';

const GOLDEN = join(REPOSITORY, 'test', 'unit', 'history-commands', 'testdata');
const IS_UPDATE = process.env['UPDATE_GOLDEN'] === '1';
const UNSAFE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/;
const NARROW = 80;
const PERIOD = askedOr('last 24 hours');

const process_ = (pid: number, app: string, more: Partial<RunningProcess> = {}): RunningProcess => ({
  pid,
  app,
  exe: `/usr/bin/${app}`,
  user: 'ada',
  startUs: NOW_US - pid * 1_000_000,
  ...more,
});
const CURL = process_(398, 'curl', { unit: 'backup.service', container: 'docker:web', startUs: NOW_US - 3600e6 });

/** One curl that a timer started. */
const MACHINE: MachineFacts = {
  process: (pid) => (pid === CURL.pid ? CURL : undefined),
  parentsOf: (pid) => (pid === CURL.pid ? [process_(390, HOSTILE), process_(1, 'systemd')] : []),
  runningAs: (app, limit) => (app === 'curl' ? [CURL, process_(399, 'curl')].slice(0, limit) : []),
  timerOf: (unit) => (unit === 'backup.service' ? { timer: 'backup.timer', schedule: 'OnCalendar=daily' } : undefined),
  packageOf: async (exe) =>
    exe === '/usr/bin/curl' ? { name: 'curl', version: '7.88.1-10', manager: 'dpkg' } : undefined,
  hashOf: async (path) => (path === '/proc/398/exe' ? 'ab'.repeat(32) : undefined),
};
const NOBODY: MachineFacts = { ...MACHINE, process: () => undefined, parentsOf: () => [], runningAs: () => [] };
const HASHING: KaipoConfig = { ...DEFAULT_CONFIG, owners: { hashExecutables: true } };

function compare(file: string, text: string): void {
  const path = join(GOLDEN, file);
  if (IS_UPDATE) {
    mkdirSync(GOLDEN, { recursive: true });
    writeFileSync(path, text);
  }
  assert.deepEqual(text.split('\n'), readFileSync(path, 'utf8').split('\n'), file);
}

test('one history, asked in many ways', (t) =>
  withHistory(async (store) => {
    await t.test(
      'screens and documents of an application, a host, a name, a flow and a process are what they were',
      async () => {
        const [flow] = queryFlows(store, { fromUs: FIRST_US, toUs: NOW_US }, { limit: 1, sort: 'end' }).flows;
        const { server, owner } = flow!;
        const cases: readonly (readonly [string, string, MachineFacts])[] = [
          ['app', 'curl', MACHINE],
          ['app-gone', 'Web Content', NOBODY],
          ['host', '203.0.113.7', MACHINE],
          ['name', 'HOST-0.example.com.', NOBODY],
          ['flow', flow!.id, NOBODY],
          ['process', String(owner!.pid), NOBODY],
        ];
        assert.equal(server.port, 443);
        for (const [name, subject, machine] of cases) {
          const wide = await whyAnswer(contextOf(store, PERIOD, { config: HASHING }), subject, machine);
          const narrow = await whyAnswer(contextOf(store, PERIOD, { width: NARROW }), subject, machine);
          const texts = [wide.table(), narrow.table()];
          for (const text of texts) assert.doesNotMatch(text, UNSAFE, name);
          for (const line of texts[1]!.split('\n')) assert.ok(textWidth(line) <= NARROW, `${name}: ${line}`);
          compare(
            `why-${name}.txt`,
            `${texts[0]}\n--- ${NARROW} columns\n${texts[1]}--- said\n${wide.notes.join('\n')}\n`,
          );
          compare(`why-${name}.json`, `${JSON.stringify(wide.document, undefined, 1)}\n`);
        }
      },
    );

    await t.test('NDJSON and CSV carry the parts of the document', async () => {
      const { document, records, csv } = await whyAnswer(contextOf(store, PERIOD), 'curl', MACHINE);
      assert.equal((document as { schema: string }).schema, 'kaipo.why/1');
      const types = [...records].map((record) => (record as { type: string }).type);
      assert.deepEqual([...new Set(types)], ['why', 'parent', 'identity', 'host', 'app', 'protocol']);
      const rows = [...csv.rows];
      for (const row of rows) assert.equal(row.length, csv.columns.length);
      assert.deepEqual(rows[0]?.slice(0, 3), ['subject', 'curl', 'app']);
    });

    await t.test('a pid that was given to another process since is not the process of a flow', async () => {
      const { flows } = queryFlows(store, { fromUs: FIRST_US, toUs: NOW_US }, { limit: 1, sort: 'end' });
      const { id, owner, endUs } = flows[0]!;
      const later: MachineFacts = {
        ...NOBODY,
        process: (pid) => (pid === owner!.pid ? process_(pid, 'curl', { startUs: endUs + 5e6 }) : undefined),
      };
      const before: MachineFacts = {
        ...NOBODY,
        process: (pid) => (pid === owner!.pid ? process_(pid, 'curl', { startUs: endUs - 5e6 }) : undefined),
      };
      const context = contextOf(store, PERIOD);
      assert.match((await whyAnswer(context, id, later)).table(), /not running any more/);
      assert.match((await whyAnswer(context, id, before)).table(), /, running since /);
    });

    await t.test('what nobody knows is refused with what is near it', async () => {
      const context = contextOf(store, PERIOD);
      const refused = async (subject: string): Promise<Error & { code?: string; exitCode?: number; fix?: string }> => {
        try {
          await whyAnswer(context, subject, NOBODY);
        } catch (error) {
          return error as Error;
        }
        return assert.fail(`${subject} was explained`);
      };
      const typo = await refused('crul');
      assert.deepEqual([typo.code, typo.exitCode, typo.fix], ['KAIPO_NO_INPUT', 66, 'kaipo why curl']);
      assert.match(typo.message, /nothing .* is called "crul"; near it: curl/);
      assert.match((await refused('web')).message, /near it: Web Content/);
      for (const subject of ['198.51.100.99', '4711', 'ffffffffffffffff', '\u001b[2J', 'x'.repeat(5000)]) {
        const error = await refused(subject);
        assert.equal(error.exitCode, 66, subject);
        assert.doesNotMatch(error.message, UNSAFE);
      }
      assert.equal((await refused('  ')).exitCode, 64);
    });

    await t.test('any subject is explained or refused', async () => {
      const context = contextOf(store, PERIOD, { width: 40 });
      const subjects = fc.oneof(
        fc.string({ unit: 'binary', maxLength: 40 }),
        fc.constantFrom(
          'curl',
          HOSTILE,
          'example.com',
          '2001:db8::1',
          '[::1]',
          '0',
          '1e3',
          '../..',
          '*',
          'toString',
          '-7',
        ),
      );
      await fc.assert(
        fc.asyncProperty(subjects, async (subject) => {
          try {
            const answer = await whyAnswer(context, subject, MACHINE);
            assert.doesNotMatch(answer.table(), UNSAFE);
          } catch (error) {
            assert.ok(['KAIPO_NO_INPUT', 'KAIPO_USAGE'].includes((error as { code: string }).code), String(error));
          }
        }),
        { numRuns: 60 },
      );
    });
  }));

test('hours nobody recorded are no silence', () => {
  const at = (values: Readonly<Record<number, number>>): number[] =>
    Array.from({ length: 24 }, (_, hour) => values[hour] ?? 0);
  const bars = hoursText({ bytes: at({ 8: 100, 9: 400 }), recordedUs: at({ 7: 1e6, 8: 1e6, 9: 2e6 }) });
  assert.equal(bars, '[······· ▅█··············]  0 to 24 h, most from 9 to 10');
  assert.equal(hoursText({ bytes: at({}), recordedUs: at({ 7: 1 }) }), undefined);
  assert.equal(hoursText({ bytes: [], recordedUs: [] }), undefined);
});
