import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isPassed, type ScenarioRun, type ScenarioScore, scorecard } from '@kaipo/cli/selftest/scorecard.js';
import type { TruthRow } from '@kaipo/cli/selftest/truth-rows.js';
import type { FlowRecord } from '@kaipo/core/api/events.js';
import { ownerOf, recordOf, truthRow } from './selftest-rows.js';

const RUN: ScenarioRun = { name: 'short-sequential', target: 'short' };
const COUNT = 1000;
const truths = Array.from({ length: COUNT }, (_, i) =>
  truthRow(1000 + i, i, { local: { ip: '10.0.0.1', port: 20_000 + (i % 50) } }),
);
const right = truths.map((truth) => recordOf(truth, ownerOf(truth)));

function scored(
  records: readonly FlowRecord[],
  demandsNames = true,
  run = RUN,
  rows: readonly TruthRow[] = truths,
): ScenarioScore {
  const [score] = scorecard([run], rows, records, demandsNames).scenarios;
  assert.ok(score !== undefined);
  return score;
}

describe('scorecard', () => {
  it('all right: pass, and nothing to say', () => {
    const card = scorecard([RUN], truths, right, true);
    const [score] = card.scenarios;
    assert.equal(score?.verdict, 'pass');
    assert.deepEqual(
      [score?.flows, score?.seen, score?.rightPid, score?.rightName, score?.unknown, score?.wrong, score?.offFlows],
      [COUNT, COUNT, COUNT, COUNT, 0, 0, 0],
    );
    assert.equal(score?.payloadBytes, COUNT * 200);
    assert.equal(score?.rightPidBytes, score?.frameBytes);
    assert.ok(isPassed(card));
  });

  it('one label of another process among a thousand fails it, with and without kernel events', () => {
    const records = right.with(500, recordOf(truths[500]!, ownerOf(truths[450]!)));
    for (const demandsNames of [true, false]) {
      const card = scorecard([RUN], truths, records, demandsNames);
      const [score] = card.scenarios;
      assert.equal(score?.verdict, 'fail');
      assert.equal(score?.wrong, 1);
      assert.match(score?.why.join() ?? '', /the owner of somebody else: 1 of 1000 flows/);
      assert.match(score?.examples[0]?.truth ?? '', /kw-short-1500 \(1500\)/);
      assert.match(score?.examples[0]?.said ?? '', /kw-short-1450 \(1450, event\)/);
      assert.ok(!isPassed(card));
    }
  });

  it('the label of the process that had the port before is wrong', () => {
    const records = right.with(60, recordOf(truths[60]!, ownerOf(truths[10]!)));
    assert.deepEqual(truths[60]?.local, truths[10]?.local);
    assert.equal(scored(records).wrong, 1);
  });

  it('99.5 % of flows is enough, fewer are not', () => {
    const without = (count: number): FlowRecord[] =>
      right.map((record, i) => (i < count ? recordOf(truths[i]!) : record));
    assert.equal(scored(without(1)).verdict, 'pass');
    assert.deepEqual(scored(without(5)).unknownReasons, { 'no-socket': 5 });
    // Five of a thousand are within the share of flows, and beyond that of bytes.
    assert.match(scored(without(5)).why.join(), /of bytes/);
    assert.match(scored(without(6)).why.join(), /99.4 % of flows/);
    assert.equal(scored(without(6)).verdict, 'fail');
  });

  it('names are not demanded where there are no kernel events; that everything is counted is', () => {
    const unnamed = truths.map((truth) => recordOf(truth));
    assert.equal(scored(unnamed, false).verdict, 'limited');
    assert.equal(scored(unnamed, true).verdict, 'fail');
    const unseen = scored(unnamed.slice(10), false);
    assert.equal(unseen.verdict, 'fail');
    assert.equal(unseen.unknownReasons['not-seen'], 10);
    assert.match(unseen.why.join(), /not seen: 10 of 1000 flows/);
  });

  it('bytes that cannot be of the flow fail it', () => {
    const fat = right.map((record, i) =>
      i < 20 ? { ...record, client: { ...record.client, bytes: record.client.bytes * 2 } } : record,
    );
    const score = scored(fat);
    assert.equal(score.offFlows, 20);
    assert.equal(score.verdict, 'fail');
  });

  it('a name is enough where sockets are shared; what nobody can attribute passes with its reason', () => {
    const parent = { pid: 1, exe: '/tmp/kw-parent' };
    const shared = truths.map((truth) => ({ ...truth, group: [parent] }));
    const records = shared.map((truth) => recordOf(truth, ownerOf(parent)));
    const named = scored(records, true, { ...RUN, target: 'named' }, shared);
    assert.deepEqual([named.verdict, named.rightPid, named.rightName], ['pass', 0, COUNT]);
    const unnamed = truths.map((truth) => recordOf(truth));
    const nobody = scored(unnamed, true, { ...RUN, target: 'unattributable' });
    assert.equal(nobody.verdict, 'pass');
    assert.deepEqual(nobody.unknownReasons, { 'no-socket': COUNT });
  });

  it('two programs on one five-tuple that were seen as one flow: the second is wrong', () => {
    const [one, two] = [truthRow(1, 10, { transport: 'udp' }), truthRow(2, 10.01, { transport: 'udp' })];
    const merged = recordOf(one, ownerOf(one), { endUs: two.endUs });
    const score = scored([merged], true, RUN, [one, two]);
    assert.deepEqual([score.rightPid, score.wrong], [1, 1]);
  });

  it('an owner of traffic that nobody made fails the whole', () => {
    const stray = recordOf(truthRow(1, 10, { remote: { ip: '10.0.0.9', port: 1 } }), ownerOf(truths[0]!));
    const card = scorecard([RUN], truths, [...right, stray], true);
    assert.equal(card.strays.owned, 1);
    assert.ok(!isPassed(card));
    const { owner: _, ...unowned } = stray;
    assert.ok(isPassed(scorecard([RUN], truths, [...right, unowned], true)));
  });

  it('a scenario that was skipped is no failure, one that told nothing or broke is', () => {
    assert.equal(scored([], true, { ...RUN, skipped: 'no SCTP' }, []).verdict, 'skip');
    assert.equal(scored([], true, RUN, []).verdict, 'fail');
    assert.deepEqual(scored(right, true, { ...RUN, failed: 'did not end' }).why, ['did not end']);
  });
});
