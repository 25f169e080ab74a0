// History commands as they are run: what is said on stderr, what a mistake gets, pipes that close, sums that agree.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import test from 'node:test';
import { appsAnswer } from '@kaipo/cli/commands/apps.js';
import { hostsAnswer } from '@kaipo/cli/commands/hosts.js';
import { protocolsAnswer } from '@kaipo/cli/commands/protocols.js';
import { todayAnswer } from '@kaipo/cli/commands/today.js';
import { askedOr, type HistoryAnswer } from '@kaipo/cli/history/history-context.js';
import { queryTotals } from '@kaipo/core/query/history.js';
import { withDirectory } from '../../contract/store.contract.js';
import { KAIPO, kaipoEnv, runKaipo } from '../../fixtures/run-kaipo.js';
import { COSTLY, contextOf, withHistory } from './history-fixture.js';

const all = askedOr('2026-11-01..2026-11-30');
const COMMANDS = ['apps', 'hosts', 'flows', 'protocols', 'dns', 'zones', 'interfaces', 'range'];

interface RowsDocument {
  readonly rows: readonly { readonly txBytes: number; readonly rxBytes: number }[];
  readonly other?: { readonly txBytes: number; readonly rxBytes: number };
  readonly unknown?: { readonly txBytes: number; readonly rxBytes: number; readonly reasons: Record<string, number> };
  readonly nameless?: { readonly txBytes: number; readonly rxBytes: number };
  readonly total: { readonly totalBytes: number };
  readonly notCaptured?: { readonly bytes: number };
}

const documentOf = (answer: HistoryAnswer): RowsDocument => answer.document as RowsDocument;
const bytes = (row: { readonly txBytes: number; readonly rxBytes: number } | undefined): number =>
  row === undefined ? 0 : row.txBytes + row.rxBytes;

test('rows + other + unknown are the total, and with what was not captured what the kernel counted', () =>
  withHistory((store) => {
    for (const zone of [undefined, 'internet', 'lan'] as const) {
      for (const limit of [1, 3, 100]) {
        for (const reverse of [false, true]) {
          const context = contextOf(store, all, zone === undefined ? {} : { zone });
          for (const answer of [
            appsAnswer(context, { limit, reverse }),
            hostsAnswer(context, { limit, reverse }),
            protocolsAnswer(context, { limit, reverse }),
          ]) {
            const { rows, other, unknown, nameless, total, notCaptured } = documentOf(answer);
            assert.ok(rows.length <= limit);
            assert.equal(
              rows.reduce((sum, row) => sum + bytes(row), 0) + bytes(other) + bytes(unknown) + bytes(nameless),
              total.totalBytes,
            );
            if (zone !== undefined) assert.equal(notCaptured, undefined);
            else assert.equal(total.totalBytes + notCaptured!.bytes, bytes(queryTotals(store, context.range)));
          }
        }
      }
    }
    const { unknown } = documentOf(appsAnswer(contextOf(store, all), {}));
    assert.equal(unknown!.reasons['no-socket'], bytes(unknown));
    assert.equal(documentOf(appsAnswer(contextOf(store, all), { name: 'curl' })).unknown, undefined);
  }));

test('steps add up to their total, in bytes and in money', () =>
  withHistory((store) => {
    const { document } = todayAnswer(contextOf(store, askedOr('2026-11-20'), { config: COSTLY }));
    const { hours, cost, totalBytes } = document as {
      readonly hours: readonly { totalBytes?: number; cost?: { total: { cost: number } } }[];
      readonly cost: { readonly total: { readonly cost: number } };
      readonly totalBytes: number;
    };
    assert.equal(hours.length, 24);
    assert.equal(
      hours.reduce((sum, hour) => sum + (hour.totalBytes ?? 0), 0),
      totalBytes,
    );
    const cents = hours.reduce((sum, hour) => sum + Math.round((hour.cost?.total.cost ?? 0) * 100), 0);
    assert.equal(cents, Math.round(cost.total.cost * 100));
  }));

test('a period without data is an answer with a sentence; gaps and caught-up bytes are named', () =>
  withHistory((store) => {
    const notes = (period: string): string => appsAnswer(contextOf(store, askedOr(period)), {}).notes.join('\n');
    assert.match(notes('2026-11-01'), /nothing was recorded.*history has 2026-11-19 08:00:00 to/);
    assert.match(notes('2026-11-19'), /recorded 16 h of 1 d; history begins 2026-11-19 08:00:00/);
    assert.match(notes('2026-11-20'), /9\.60 MB of it .* 2026-11-20 02:00:00 to 2026-11-20 05:50:01/);
    assert.equal(notes('2026-11-21'), '');
    const { hours } = todayAnswer(contextOf(store, askedOr('2026-11-19'))).document as {
      readonly hours: readonly { readonly recorded: boolean; readonly txBytes?: number }[];
    };
    assert.deepEqual(
      hours.slice(6, 9).map(({ recorded, txBytes }) => [recorded, txBytes === undefined]),
      [
        [false, true],
        [false, true],
        [true, false],
      ],
    );
  }));

test('the real commands on a store', { timeout: 60_000 }, () =>
  withHistory(async (_, dir) => {
    const at = ['--store', dir];
    const run = (args: readonly string[]) => runKaipo([...args, ...at], { env: { TZ: 'Europe/Berlin' } });
    for (const command of COMMANDS) {
      const [csv, json] = await Promise.all([
        run([command, '--from', '2026-11-20', '--to', '2026-11-20', '--format', 'csv']),
        run([command, '2026-11-20', '--json']),
      ]);
      assert.equal(csv.exitCode, 0, `${command}: ${csv.stderr}`);
      assert.ok(csv.stdout.split('\r\n').length > 2, command);
      assert.equal(JSON.parse(json.stdout).schema, `kaipo.${command}/1`);
    }
    const empty = await run(['apps', '2020', '--json']);
    assert.deepEqual([empty.exitCode, JSON.parse(empty.stdout).rows], [0, []]);
    assert.match(empty.stderr, /nothing was recorded/);
    const other = await run(['apps', '--interface', 'eht0']);
    assert.equal(other.exitCode, 66);
    assert.match(other.stderr, /eht0 was never recorded \(recorded: eth0, wg0\)\n.*--interface eth0/);
    const word = await run(['today', '--zone', 'moon']);
    assert.equal(word.exitCode, 64);
    const time = await run(['apps', '--since', 'yesteday']);
    assert.match(time.stderr, /did you mean "yesterday"/);
    assert.equal(time.exitCode, 64);
    assert.match((await run(['apps', '--from-date', '2026-11-20', '--to-date', '2026-11-20'])).stdout, /天気アプリ/);
    const wg = await run(['interfaces', '2026-11-20', '--interface', 'wg0', '--json']);
    assert.deepEqual(
      JSON.parse(wg.stdout).rows.map((row: { class: string }) => row.class),
      ['tunnel'],
    );
    const flowsWith = async (filter: string) =>
      JSON.parse((await run(['flows', '2026-11-20', '--json', '--filter', filter])).stdout).flows as number;
    const every = await flowsWith('');
    const large = await flowsWith('bytes>5k');
    assert.ok(large > 0 && large < every, `${large} of ${every}`);
    assert.equal(await flowsWith('not bytes>5k'), every - large);
    const typo = await run(['flows', '--filter', 'byte>5k and (x']);
    assert.equal(typo.exitCode, 64);
    assert.match(typo.stderr, /at column 1: there is no field "byte"\n {4}byte>5k and \(x\n {4}\^{4}\n.*bytes>/);
  }),
);

test('a pipe that closes early ends quietly', () =>
  withHistory((_, dir) => {
    const command = `${process.execPath} ${KAIPO} range 2026-11-19..2026-11-21 --step 1m --format ndjson --store ${dir} | head -c 10`;
    const output = execFileSync('sh', ['-c', command], {
      encoding: 'utf8',
      env: kaipoEnv(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    assert.equal(output, '{"type":"t');
  }));

test('no history at all', () =>
  withDirectory(async (dir) => {
    const { exitCode, stderr } = await runKaipo(['today', '--store', join(dir, 'none')]);
    assert.equal(exitCode, 66);
    assert.match(stderr, /no history in/);
  }));
