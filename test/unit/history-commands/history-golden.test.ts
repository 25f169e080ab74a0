// Every history command on a fixed history, compared with files: the table of a narrow and of a wide screen, and the document.
// UPDATE_GOLDEN=1 writes the files anew; read the difference before it is kept.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { appsAnswer } from '@kaipo/cli/commands/apps.js';
import { diffAnswer } from '@kaipo/cli/commands/diff.js';
import { dnsAnswer } from '@kaipo/cli/commands/dns.js';
import { flowsAnswer } from '@kaipo/cli/commands/flows.js';
import { hostsAnswer } from '@kaipo/cli/commands/hosts.js';
import { interfacesAnswer } from '@kaipo/cli/commands/interfaces.js';
import { monthAnswer, monthAsked } from '@kaipo/cli/commands/month.js';
import { protocolsAnswer } from '@kaipo/cli/commands/protocols.js';
import { rangeAnswer } from '@kaipo/cli/commands/range.js';
import { lifetime, summaryAnswer } from '@kaipo/cli/commands/summary.js';
import { todayAnswer } from '@kaipo/cli/commands/today.js';
import { zonesAnswer } from '@kaipo/cli/commands/zones.js';
import { askedOr, type HistoryAnswer, type HistoryContext, type PeriodOf } from '@kaipo/cli/history/history-context.js';
import { textWidth } from '@kaipo/cli/tui/display-text.js';
import { localDay } from '@kaipo/core/query/time-range.js';
import { REPOSITORY } from '../../fixtures/pcap-case.js';
import { COSTLY, contextOf, NOW_US, withHistory } from './history-fixture.js';

const GOLDEN = join(REPOSITORY, 'test', 'unit', 'history-commands', 'testdata');
const IS_UPDATE = process.env['UPDATE_GOLDEN'] === '1';
/** No control character but line ends may reach a screen, whatever a process calls itself. */
const UNSAFE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/;
const NARROW = 80;

const today: PeriodOf = () => ({ fromUs: localDay(NOW_US).fromUs, toUs: NOW_US });
const yesterday = askedOr('yesterday');
const CASES: Readonly<Record<string, readonly [PeriodOf, (context: HistoryContext) => HistoryAnswer]>> = {
  today: [today, todayAnswer],
  month: [monthAsked, monthAnswer],
  range: [yesterday, (context) => rangeAnswer(context, '2h')],
  summary: [lifetime, summaryAnswer],
  apps: [yesterday, (context) => appsAnswer(context, { limit: 3 })],
  hosts: [yesterday, (context) => hostsAnswer(context, {})],
  diff: [today, (context) => diffAnswer(context, [], 3)],
  flows: [yesterday, (context) => flowsAnswer(context, { limit: 4 })],
  protocols: [yesterday, (context) => protocolsAnswer(context, { sort: 'name', reverse: true })],
  dns: [yesterday, (context) => dnsAnswer(context, {})],
  zones: [yesterday, zonesAnswer],
  interfaces: [yesterday, (context) => interfacesAnswer(context, {})],
};

function compare(file: string, text: string): void {
  const path = join(GOLDEN, file);
  if (IS_UPDATE) {
    mkdirSync(GOLDEN, { recursive: true });
    writeFileSync(path, text);
  }
  assert.deepEqual(text.split('\n'), readFileSync(path, 'utf8').split('\n'), file);
}

test('tables and documents are what they were', () =>
  withHistory((store) => {
    for (const [name, [periodOf, ask]] of Object.entries(CASES)) {
      const wide = ask(contextOf(store, periodOf, { config: COSTLY }));
      const narrow = ask(contextOf(store, periodOf, { width: NARROW }));
      const texts = [wide.table(), narrow.table()];
      for (const text of texts) assert.doesNotMatch(text, UNSAFE, name);
      for (const line of texts[1]!.split('\n')) assert.ok(textWidth(line) <= NARROW, `${name}: ${line}`);
      compare(`${name}.txt`, `${texts[0]}\n--- ${NARROW} columns\n${texts[1]}--- said\n${wide.notes.join('\n')}\n`);
      compare(`${name}.json`, `${JSON.stringify(wide.document, undefined, 1)}\n`);
    }
  }));

test('NDJSON and CSV carry the rows of the document', () =>
  withHistory((store) => {
    for (const [name, [periodOf, ask]] of Object.entries(CASES)) {
      const { document, records, csv } = ask(contextOf(store, periodOf));
      assert.match((document as { schema: string }).schema, new RegExp(`^kaipo\\.${name}/1$`));
      const types = [...records].map((record) => (record as { type: unknown }).type);
      assert.ok(types.length > 1 && types.every((type) => typeof type === 'string'), name);
      for (const row of csv.rows) assert.equal(row.length, csv.columns.length, name);
    }
  }));
