import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { webhookSecrets } from '@kaipo/cli/alerts/channels/parts/standard-signature.js';
import { webhookChannel } from '@kaipo/cli/alerts/channels/webhook.js';
import { type DeliveryChannel, DeliveryRun, type DeliveryRunOptions } from '@kaipo/cli/alerts/delivery-run.js';
import { OutboxFile } from '@kaipo/cli/alerts/outbox-file.js';
import { retryWaitMs } from '@kaipo/cli/alerts/retry-plan.js';
import type { AlertSink, DeliveryOutcome } from '@kaipo/core/api/alert-sink.js';
import { Webhook } from 'standardwebhooks';
import { type Answer, delivery, incident, Receiver } from './alert-fixtures.js';
import { SECRET } from './delivery-child.js';

const about = (id: string, of = id) => delivery(id, { of: [incident({ id: of })] });
const takesAll = (sink: AlertSink, fingerprint = 'f'): DeliveryChannel => ({
  sink,
  fingerprint,
  accepts: (one) => one,
});
const hook = (name: string, url: string, timeoutMs = 5000) =>
  webhookChannel({ name, url, allowPrivate: true, timeoutMs, secrets: webhookSecrets(SECRET, 'test') });

async function inDirectory(body: (path: string) => Promise<void>): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'kaipo-delivery-'));
  try {
    await body(join(dir, 'outbox.journal'));
  } finally {
    rmSync(dir, { recursive: true });
  }
}

function started(
  path: string,
  channels: readonly DeliveryChannel[],
  more: Partial<DeliveryRunOptions> = {},
): DeliveryRun {
  const run = new DeliveryRun({ channels, store: new OutboxFile(path), waitsMs: Array(20).fill(5), ...more });
  run.start();
  return run;
}

/** Resolves when the run has had an outcome that satisfies. */
function outcomeWatch(): {
  onOutcome: NonNullable<DeliveryRunOptions['onOutcome']>;
  until(condition: (seen: readonly string[]) => boolean): Promise<void>;
} {
  const seen: string[] = [];
  let wake = (): void => undefined;
  return {
    onOutcome: (channel, { id }, { kind }) => {
      seen.push(`${channel} ${id} ${kind}`);
      setImmediate(() => wake());
    },
    until: async (condition) => {
      while (!condition(seen)) await new Promise<void>((resolve) => (wake = resolve));
    },
  };
}

test('a receiver that fails, hangs, breaks off and is busy gets every alert in the end, with one id each, in order, and blocks no other', () =>
  inDirectory(async (path) => {
    const script: Answer[] = [
      500,
      'hang',
      'half',
      (response) => response.writeHead(429, { 'retry-after': '0' }).end(),
      'drop',
    ];
    const bad = await Receiver.open((_, index) => script[index] ?? 200);
    const stuck = await Receiver.open(() => 'hang');
    const good = await Receiver.open();
    const watch = outcomeWatch();
    const channels = [hook('stuck', stuck.url, 60_000), hook('bad', bad.url, 1000), hook('good', good.url)];
    const run = started(
      path,
      channels.map((sink) => takesAll(sink)),
      watch,
    );
    try {
      run.tell([about('1', 'A'), about('2', 'A'), about('3', 'A')]);
      await watch.until((seen) => seen.includes('good 3 delivered') && seen.includes('bad 3 delivered'));
      const ids = (receiver: Receiver) => receiver.received.map(({ headers }) => headers['webhook-id']);
      assert.deepEqual(ids(good), ['1', '2', '3']);
      assert.deepEqual(ids(bad).slice(0, script.length + 1), Array(script.length + 1).fill('1'));
      assert.deepEqual([...new Set(ids(bad))], ['1', '2', '3']);
      assert.deepEqual(ids(bad), ids(bad).slice().sort(), 'none overtakes another');
      for (const { body, headers } of [...good.received, ...bad.received]) {
        new Webhook(SECRET).verify(body, headers as Record<string, string>);
      }
      assert.equal(stuck.received.length, 1);
    } finally {
      await run.stop(0);
      await Promise.all([bad.close(), stuck.close(), good.close()]);
    }
    const after = new OutboxFile(path);
    assert.deepEqual(
      after.load().map(({ channel, kind }) => [channel, kind]),
      Array(3).fill(['stuck', 'waiting']),
      'what was cut off by the stop is there after it',
    );
    after.close();
  }));

test('410 is for ever: nothing more is sent, also after a restart, until the channel leads elsewhere', () =>
  inDirectory(async (path) => {
    const receiver = await Receiver.open(() => 410);
    const watch = outcomeWatch();
    const run = started(path, [takesAll(hook('hook', receiver.url))], watch);
    run.tell([about('1'), about('2')]);
    await watch.until((seen) => seen.includes('hook 1 gone'));
    run.tell([about('3')]);
    assert.deepEqual(
      run.outbox.deadLetters.map(({ delivery: { id } }) => id),
      ['1', '2', '3'],
    );
    await run.stop();
    const again = started(path, [takesAll(hook('hook', receiver.url))]);
    again.tell([about('4')]);
    assert.equal(again.counts.waiting, 0);
    await again.stop();
    assert.equal(receiver.received.length, 1);
    const moved = started(path, [takesAll(hook('hook', receiver.url), 'elsewhere')]);
    moved.tell([about('5')]);
    await receiver.until((all) => all.length === 2);
    await moved.stop();
    await receiver.close();
  }));

test('what is refused, and what failed too often, is a dead letter with its reason; what a channel is not configured for any more too', () =>
  inDirectory(async (path) => {
    const outcomes: DeliveryOutcome[] = [
      { kind: 'refused', detail: 'no such room' },
      ...Array<DeliveryOutcome>(3).fill({ kind: 'failed', detail: 'away' }),
    ];
    const watch = outcomeWatch();
    const sink: AlertSink = { name: 's', deliver: async () => outcomes.shift() ?? { kind: 'failed', detail: 'x' } };
    const run = started(path, [takesAll(sink)], { waitsMs: [1, 1], ...watch });
    run.tell([about('1'), about('2')]);
    await watch.until((seen) => seen.length === 4);
    assert.deepEqual(
      run.outbox.deadLetters.map(({ detail, failures }) => [detail, failures]),
      [
        ['no such room', 0],
        ['away', 2],
      ],
    );
    run.tell([about('3')]);
    await run.stop();
    const without = started(path, []);
    assert.equal(without.outbox.deadLetters.at(-1)!.detail, 'the channel is no longer configured');
    await without.stop();
  }));

test('a sink that throws or never ends is a failure of its own', () =>
  inDirectory(async (path) => {
    const watch = outcomeWatch();
    const throws: AlertSink = { name: 'throws', deliver: () => Promise.reject(new Error('mine')) };
    const endless: AlertSink = { name: 'endless', deliver: () => new Promise(() => undefined) };
    const run = started(path, [takesAll(throws), takesAll(endless)], { ...watch, sinkLimitMs: 50 });
    run.tell([about('1')]);
    await watch.until((seen) => seen.includes('throws 1 refused') && seen.includes('endless 1 failed'));
    await run.stop(0);
  }));

test('when a channel works again, what failed before is tried soon, and keeps its plan', () =>
  inDirectory(async (path) => {
    let nowMs = 0;
    const isDown = new Set(['1', '2']);
    const watch = outcomeWatch();
    const sink: AlertSink = {
      name: 's',
      deliver: async ({ id }) => (isDown.has(id) ? { kind: 'failed', detail: 'x' } : { kind: 'delivered' }),
    };
    const run = started(path, [takesAll(sink)], { ...watch, waitsMs: [3_600_000], now: () => nowMs, random: () => 0 });
    run.tell([about('1'), about('2')]);
    await watch.until((seen) => seen.length === 2);
    isDown.delete('1');
    run.tell([about('3')]);
    await watch.until((seen) => seen.includes('s 3 delivered') && seen.includes('s 1 delivered'));
    await watch.until((seen) => seen.filter((one) => one === 's 2 failed').length === 2);
    const [two] = run.outbox.waitingOf('s');
    assert.equal(two!.failures, 1, 'the try in between is not counted');
    assert.equal(two!.dueMs, 3_600_000 * 0.8);
    nowMs = 4_000_000;
    run.tell([about('4')]);
    await watch.until((seen) => seen.includes('s 4 delivered'));
    await run.stop();
  }));

test('waits grow to days, differ by a fifth, and are at least what the receiver asks for', () => {
  assert.deepEqual([retryWaitMs(1, 0), retryWaitMs(1, 1), retryWaitMs(10, 0.5)], [4000, 6000, 86_400_000]);
  assert.equal(retryWaitMs(11, 0.5), undefined);
  assert.equal(retryWaitMs(1, 0.5, 60_000), 66_000);
});

const child = fileURLToPath(new URL('./delivery-child.js', import.meta.url));

test(
  'killed twenty times while the receiver is down, then it is up: every alert arrives, repetitions carry the same id',
  { timeout: 120_000 },
  () =>
    inDirectory(async (path) => {
      let isUp = false;
      const receiver = await Receiver.open(() => (isUp ? 200 : 503));
      const told = new Set<string>();
      const start = (first: number): ChildProcess =>
        spawn(process.execPath, [child, path, receiver.url, String(first)], { stdio: ['ignore', 'pipe', 'inherit'] });
      try {
        for (let round = 0; round < 20; round++) {
          const process = start(round * 1000);
          let text = '';
          process.stdout!.setEncoding('utf8');
          // Killed at a different moment each time: after so many alerts were taken, in the midst of the next.
          for await (const part of process.stdout!) {
            text += part as string;
            if (text.split('\n').length > 1 + (round % 5)) break;
          }
          process.kill('SIGKILL');
          if (process.exitCode === null && process.signalCode === null) await once(process, 'exit');
          for (const id of text.split('\n').slice(0, -1)) told.add(id);
        }
        isUp = true;
        const process = start(-1);
        const arrived = (): Set<string> =>
          new Set(receiver.received.map(({ headers }) => String(headers['webhook-id'])));
        await receiver.until(() => [...told].every((id) => arrived().has(id)));
        process.kill('SIGKILL');
        await once(process, 'exit');
      } finally {
        await receiver.close();
      }
      assert.ok(told.size >= 20, String(told.size));
      for (const { body, headers } of receiver.received) {
        const { data } = new Webhook(SECRET).verify(body, headers as Record<string, string>) as {
          data: { id: string };
        };
        assert.equal(data.id, headers['webhook-id']);
      }
    }),
);
