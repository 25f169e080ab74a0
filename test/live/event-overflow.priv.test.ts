// More kernel events than fit: the loss is the kernel's own number, it is said, and nobody is called by another's name.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import test from 'node:test';
import { EventRun, WORKLOAD } from './event-run.js';
import { noCapture } from './live-program.js';

const skip = noCapture || (existsSync(WORKLOAD) ? false : 'the workload is not built');
const NO_EVENTS = 'this kernel gives no events (tracefs)';

const said = (run: EventRun, pattern: RegExp): number =>
  run.live.ticks.flatMap((tick) => tick.notices ?? []).filter(({ text }) => pattern.test(text)).length;

test('the helper stops while 200,000 datagrams leave: what is lost is counted, and nothing is named wrongly', {
  skip,
  timeout: 120_000,
}, async (t) => {
  const run = new EventRun();
  t.after(() => run.close());
  await run.begin();
  if (run.rung !== 'capture+events') return t.skip(NO_EVENTS);
  await run.workload('before', 'port-reuse', '--count', '64', '--seed', '1');

  await run.settle();

  const { helper } = run;
  process.kill(helper, 'SIGSTOP');
  // On one CPU, whose ring then has no room for what follows there; the other's has.
  await run.workloadOn(['taskset', '-c', '0'], 'storm', 'udp-storm', '--count', '200000', '--workers', '50');
  await run.workload('during', 'port-reuse', '--count', '64', '--seed', '2');
  const lost = run.kernelLost();
  assert.ok(lost > 50_000, `${lost} events did not fit`);
  process.kill(helper, 'SIGCONT');
  await run.live.until('the loss', () => run.events.lost >= lost);
  await run.live.until('the word', () => said(run, /kernel events were lost/) > 0);

  // What was waiting came at once, which may have looked like a storm.
  await run.settle();
  await run.live.until('calm', () => !run.events.turnedDown);
  await run.workload('after', 'port-reuse', '--count', '192', '--seed', '3');
  assert.equal(run.helper, helper, 'it is still the same helper');
  const atEnd = run.kernelLost();
  await run.live.until('the last of it', () => run.events.lost >= atEnd);
  assert.equal(run.events.lost, run.kernelLost());
  t.diagnostic(`lost ${run.events.lost}, by the kernel's statistics ${run.kernelLost()}`);

  const { card, unknown, residualBytes } = await run.judge(['before', 'storm', 'during', 'after']);
  assert.equal(residualBytes, 0, 'the books close');
  t.diagnostic(JSON.stringify(unknown));
  for (const { scenario, flows, seen, rightPid, unknown, wrong, examples } of card.scenarios) {
    t.diagnostic(JSON.stringify({ scenario, flows, seen, rightPid, unknown, wrong }));
    assert.equal(wrong, 0, JSON.stringify(examples));
    assert.ok(seen > 0.99 * flows, scenario);
  }
  const [before, , , after] = card.scenarios;
  assert.equal(before!.rightPid, before!.flows);
  assert.equal(after!.rightPid, after!.flows, 'names come back');
  assert.ok(unknown['events-lost']! > 0);
  assert.equal(unknown['no-socket'] ?? 0, 0, 'what is unknown has this reason and no other');
});

test('a storm of datagrams turns route lookups down and says so, and after calm they come back', {
  skip,
  timeout: 120_000,
}, async (t) => {
  const run = new EventRun();
  t.after(() => run.close());
  await run.begin();
  if (run.rung !== 'capture+events') return t.skip(NO_EVENTS);
  const cost = await run.workload('storm', 'udp-storm', '--count', '500000', '--workers', '500');
  t.diagnostic(cost.trim());
  await run.live.until('the turning down', () => run.events.turnedDown);
  assert.equal(said(run, /too many datagrams/), 1);
  // Connections are told of all the time.
  await run.workload('meanwhile', 'short-parallel', '--workers', '4', '--count', '5', '--seed', '1');
  await run.live.until('the turning up', () => !run.events.turnedDown, 40_000);
  await run.live.until('the word', () => said(run, /tells again/) === 1, 40_000);
  await run.workload('after', 'port-reuse', '--count', '96', '--seed', '2');
  const { card, unknown, residualBytes } = await run.judge(['storm', 'meanwhile', 'after']);
  assert.equal(residualBytes, 0, 'the books close');
  for (const { scenario, flows, rightPid, unknown, wrong, examples } of card.scenarios) {
    t.diagnostic(JSON.stringify({ scenario, flows, rightPid, unknown, wrong }));
    assert.equal(wrong, 0, JSON.stringify(examples));
  }
  for (const { scenario, flows, rightPid } of card.scenarios.slice(1)) assert.equal(rightPid, flows, scenario);
  assert.equal(unknown['no-socket'] ?? 0, 0);
});
