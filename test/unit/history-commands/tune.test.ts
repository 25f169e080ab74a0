// `kaipo tune`: what a rule would have said, on a real store, against what it says when it is told the same live.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type TuneOptions, tuneAnswer } from '@kaipo/cli/commands/tune.js';
import { historyContext } from '@kaipo/cli/history/history-context.js';
import type { FlowEnded, IntervalRecord } from '@kaipo/core/api/index.js';
import { DEFAULT_CONFIG } from '@kaipo/core/config/kaipo-config.js';
import { RuleTrial } from '@kaipo/core/query/tune/rule-trial.js';
import { openStore } from '@kaipo/core/store/lmdb-store.js';
import type { Store } from '@kaipo/core/store/store.js';
import { newDestinationPlugin } from '@kaipo/plugins/anomalies/new-destination/index.js';
import { volumeSpikePlugin } from '@kaipo/plugins/anomalies/volume-spike/index.js';
import { DetectorRun, detectorOf, flowEnded, intervalAt } from '../../fixtures/detector-harness.js';
import { DAY_US, HOUR_US, MINUTE_US, MONDAY_US } from '../../fixtures/ordinary-weeks.js';
import { runKaipo } from '../../fixtures/run-kaipo.js';

const DAYS = 20;
const END_US = MONDAY_US + DAYS * DAY_US;
const SPIKE_US = MONDAY_US + 18 * DAY_US + 14 * HOUR_US;
const STEP_US = 10 * MINUTE_US;

/** A service that moves 100 MB an hour, and 6 GB in one. */
function intervalOf(startUs: number): IntervalRecord {
  const bytes = startUs >= SPIKE_US && startUs < SPIKE_US + HOUR_US ? 1e9 : 16e6 + (startUs % 1e6);
  const sums = { txBytes: bytes, rxBytes: 1000, txPackets: 100, rxPackets: 100 };
  return intervalAt(startUs + STEP_US, {
    startUs,
    apps: [{ name: 'sync', interface: 'eth0', flows: 1, quality: 'event', ...sums }],
    protocols: [{ name: 'tls', interface: 'eth0', flows: 1, ...sums }],
    interfaces: [{ name: 'eth0', class: 'physical', ...sums }],
  });
}

/** Two sites, a third one on the last day. */
const flowAt = (endUs: number, index: number): FlowEnded =>
  flowEnded({
    ...{ endUs, startUs: endUs - 1e6, localSide: 'client', owner: { app: 'sync', quality: 'event' } },
    serverName: endUs > MONDAY_US + 19 * DAY_US ? 'cdn.odd.example' : `node.site-${index % 2}.example`,
  });

describe('kaipo tune', () => {
  const dir = mkdtempSync(join(tmpdir(), 'kaipo-tune-'));
  const live = new DetectorRun(detectorOf(volumeSpikePlugin));
  const talks = new DetectorRun(detectorOf(newDestinationPlugin));
  let store: Store;

  before(async () => {
    store = openStore({ dir, clock: () => END_US });
    let index = 0;
    for (let dayUs = MONDAY_US; dayUs < END_US; dayUs += DAY_US) {
      const intervals: IntervalRecord[] = [];
      const ended: FlowEnded[] = [];
      for (let startUs = dayUs; startUs < dayUs + DAY_US; startUs += STEP_US) {
        intervals.push(intervalOf(startUs));
        const flow = flowAt(startUs + STEP_US - 1, index++);
        ended.push(flow);
        talks.tell(flow);
        live.interval(intervals.at(-1)!);
      }
      await store.append({ intervals, ended });
    }
  });

  after(async () => {
    await store.close();
    rmSync(dir, { recursive: true });
  });

  const tune = (rule: string, more: Partial<TuneOptions> = {}, days = 5) => {
    const options: TuneOptions = { format: 'json', color: false, rule, set: [], ...more };
    const range = { fromUs: END_US - days * DAY_US, toUs: END_US };
    const context = historyContext(store, DEFAULT_CONFIG, options, () => range, END_US);
    return tuneAnswer(context, options);
  };
  const rowsOf = (answer: { document: object }) =>
    (answer.document as { rows: { key: string; first: number; summary: string; count: number }[] }).rows;

  it('says what was said live, when it was said', () => {
    const answer = tune('volume-spike');
    const rows = rowsOf(answer);
    assert.deepEqual(rows.map(({ key }) => key).sort(), live.keys.sort());
    assert.equal(rows.length, 2, 'the application and its interface');
    const first = live.findings.find(({ key }) => key === 'sync on eth0')!;
    const told = rows.find(({ key }) => key === 'sync on eth0')!;
    assert.ok(Math.abs(told.first - first.tsUs / 1e6) <= 3600);
    assert.match(answer.table(), /would have said 2 incidents, 0\.40 a day/);
  });

  it('says the same of flows', () => {
    assert.equal(talks.findings.length, 1);
    const answer = tune('new-destination', {}, 2);
    const [row] = rowsOf(answer);
    assert.equal(row?.summary, talks.last!.summary);
    assert.match(answer.notes.join(), /asks flows for what history does not keep: .*serverAsn|^$/);
  });

  it('tries settings, and several values of one', () => {
    assert.equal(rowsOf(tune('volume-spike', { set: ['min_mb=50000'] })).length, 0);
    const answer = tune('volume-spike', { thresholds: 'min_mb=100,1000,50000' });
    const { thresholds } = answer.document as { thresholds: { key: string; values: { incidents: number }[] } };
    assert.deepEqual([thresholds.key, thresholds.values.map(({ incidents }) => incidents)], ['min_mb', [2, 2, 0]]);
    assert.match(answer.table(), /min_mb +Incidents[\s\S]*1000 .*holds now/);
    const some = tune('volume-spike', { thresholds: true }).document as typeof answer.document & {
      thresholds: { key: string };
    };
    assert.equal(some.thresholds.key, 'factor');
  });

  it('says what it cannot answer', () => {
    assert.throws(() => tune('new-device'), { code: 'KAIPO_USAGE', message: /sightings of devices/ });
    assert.throws(() => tune('volume-spik'), { code: 'KAIPO_USAGE', message: /did you mean "volume-spike"/ });
    assert.throws(() => tune('volume-spike', { set: ['nonsense=1'] }), { code: 'KAIPO_USAGE', message: /nonsense/ });
    assert.throws(() => tune('volume-spike', { set: ['factor'] }), { code: 'KAIPO_USAGE', message: /key=value/ });
    assert.throws(() => tune('volume-spike', { thresholds: 'factor=a' }), { code: 'KAIPO_USAGE' });
    assert.match(tune('new-country').notes.join(), /serverCountry/);
    assert.match(tune('volume-spike', {}, DAYS).notes.join(), /too short to learn from/);
  });

  it('is a command with four forms', async () => {
    const last = `${Math.ceil((Date.now() * 1000 - MONDAY_US) / DAY_US) + 1}d`;
    const run = async (...args: string[]) => {
      const ended = await runKaipo(['tune', '--rule', 'volume-spike', '--last', last, '--store', dir, ...args]);
      assert.equal(ended.exitCode, 0, ended.stderr);
      return ended.stdout;
    };
    assert.match(await run(), /^volume-spike: /);
    assert.equal(JSON.parse(await run('--json')).schema, 'kaipo.tune/1');
    const lines = (await run('--format', 'ndjson', '--thresholds')).trim().split('\n');
    assert.deepEqual([...new Set(lines.map((line) => JSON.parse(line).type))], ['incident', 'threshold', 'total']);
    assert.match(await run('--format', 'csv', '--thresholds', 'factor=2,4'), /^key,value,incidents,.*\r?\nfactor,2,/);
  });
});

describe('incidents of a trial', () => {
  it('are findings with one key, as long as the rule is not quiet; over when it says so', () => {
    const spec = detectorOf(volumeSpikePlugin);
    const atS = [0, 10, 20, 5000, 5010, 99_000];
    const trial = new RuleTrial(
      {
        ...spec,
        quietUs: 1000e6,
        create: () => ({
          wants: [],
          onTick: (nowUs, out) =>
            out.write({
              ...{ kind: 'alert.raised', tsUs: nowUs, rule: spec.rule, severity: nowUs === 20e6 ? 'critical' : 'info' },
              ...{ subject: 'x', summary: `${nowUs}`, evidence: {} },
              ...(nowUs === 5010e6 && { isOver: true as const }),
            }),
        }),
      },
      10e6,
    );
    for (const s of atS) trial.tellInterval(intervalAt(s * 1e6));
    assert.deepEqual(
      trial.incidents.map(({ firstUs, count, severity, resolvedUs }) => [firstUs / 1e6, count, severity, resolvedUs]),
      [
        [10, 2, 'critical', undefined],
        [5000, 1, 'info', 5010e6],
        [99_000, 1, 'info', undefined],
      ],
    );
    assert.deepEqual(trial.counts, { info: 2, warning: 0, critical: 1 });
  });
});
