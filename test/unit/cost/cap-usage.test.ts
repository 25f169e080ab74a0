import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { emptyInterval, type IntervalRecord } from '@kaipo/core/api/interval-record.js';
import { type Cap, type CapUsage, capUsage } from '@kaipo/core/query/cap-usage.js';
import { openStore } from '@kaipo/core/store/lmdb-store.js';
import { withDirectory } from '../../contract/store.contract.js';

const zone = process.env['TZ'];
process.env['TZ'] = 'UTC';
after(() => {
  if (zone === undefined) delete process.env['TZ'];
  else process.env['TZ'] = zone;
});

const HOUR_US = 3600 * 1_000_000;
const DAY_US = 24 * HOUR_US;
const GB = 1_000_000_000;
const at = (text: string): number => Date.parse(text) * 1000;

const CAP: Cap = {
  name: 'home',
  limitBytes: 100 * GB,
  interfaces: [],
  direction: 'both',
  period: 'month',
  billingDay: 1,
  warnAt: [0.8],
};

/** An hour of one interface; a third of it is sent. */
function hour(startUs: number, bytes: number, name = 'eth0'): IntervalRecord {
  const sums = { txBytes: bytes / 4, rxBytes: (bytes * 3) / 4, txPackets: 1, rxPackets: 1 };
  return { ...emptyInterval(startUs, 'counters'), endUs: startUs + HOUR_US, interfaces: [{ name, ...sums }] };
}

/** Usage at `nowUs` of hours from `fromUs` on, each with what `bytesOf` gives. */
async function usageOf(
  fromUs: number,
  nowUs: number,
  bytesOf: (us: number) => number,
  cap: Partial<Cap> = {},
): Promise<CapUsage> {
  let usage: CapUsage | undefined;
  await withDirectory(async (dir) => {
    const store = openStore({
      dir: join(dir, 'store'),
      clock: () => nowUs,
      retentionS: [Infinity, Infinity, Infinity, Infinity, Infinity],
    });
    const intervals: IntervalRecord[] = [];
    for (let us = fromUs; us < nowUs; us += HOUR_US) intervals.push(hour(us, bytesOf(us)), hour(us, 4000, 'wwan0'));
    await store.append({ intervals });
    usage = capUsage(store, { ...CAP, ...cap }, nowUs);
    await store.close();
  });
  return usage!;
}

test('what is used, what is left, and the state', async () => {
  const nowUs = at('2026-11-11T00:00:00Z');
  const usage = await usageOf(at('2026-11-01T00:00:00Z'), nowUs, () => GB / 4, { interfaces: ['eth0'] });
  assert.equal(usage.usedBytes, 60 * GB);
  assert.equal(usage.remainingBytes, 40 * GB);
  assert.equal(usage.share, 0.6);
  assert.equal(usage.daysLeft, 20);
  assert.equal(usage.state, 'ok');
  assert.deepEqual(usage.period, { fromUs: at('2026-11-01T00:00:00Z'), toUs: at('2026-12-01T00:00:00Z') });
  // Ten of thirty days used 60 GB, and there is no history before.
  assert.deepEqual(usage.forecast, { bytes: 180 * GB, by: 'rate', patternDays: 0, rateShare: 1 });
  const of = (cap: Partial<Cap>): Promise<CapUsage> => usageOf(at('2026-11-01T00:00:00Z'), nowUs, () => GB / 4, cap);
  assert.equal((await of({ direction: 'tx', interfaces: ['eth0'] })).usedBytes, 15 * GB);
  assert.equal((await of({ direction: 'rx', interfaces: ['eth0'] })).usedBytes, 45 * GB);
  assert.equal((await of({ interfaces: ['wwan0'] })).usedBytes, 4000 * 240);
  assert.equal((await of({ limitBytes: 70 * GB })).state, 'warning');
  const over = await of({ limitBytes: 50 * GB });
  assert.equal(over.state, 'over');
  assert.equal(over.remainingBytes, 0);
  assert.equal(
    (await of({ limitBytes: 60 * GB, interfaces: ['eth0'] })).state,
    'over',
    'a limit that is reached is used up',
  );
  assert.equal((await of({ interfaces: ['none'] })).usedBytes, 0);
});

test('a recorder that began within the period is forecast from when it began', async () => {
  const usage = await usageOf(at('2026-11-10T00:00:00Z'), at('2026-11-11T00:00:00Z'), () => GB / 24, {
    interfaces: ['eth0'],
  });
  const bytes = usage.forecast!.bytes;
  assert.ok(Math.abs(bytes - 21 * GB) < 100, String(bytes));
  const soon = await usageOf(at('2026-11-10T00:00:00Z'), at('2026-11-10T00:30:00Z'), () => GB);
  assert.equal(soon.forecast, undefined);
});

test('with history the weekdays count: busy weekends still to come are expected', async () => {
  // 2 GB on Saturdays and Sundays, nothing else, for eight weeks; now it is a Friday evening in the middle of the month.
  const nowUs = at('2026-11-14T00:00:00Z');
  const weekend = (us: number): number => ([0, 6].includes(new Date(us / 1000).getUTCDay()) ? (2 * GB) / 24 : 0);
  const usage = await usageOf(nowUs - 70 * DAY_US, nowUs, weekend, { interfaces: ['eth0'] });
  assert.equal(usage.forecast!.by, 'rate+weekdays');
  assert.equal(usage.forecast!.patternDays, 56);
  // 1, 7, 8 November were 6 GB in 13 days; 14, 15, 21, 22, 28, 29 are to come: 12 GB by pattern, 6/13*17 by rate.
  const rateShare = 13 / 30;
  const expected = 6 * GB + rateShare * ((6 / 13) * 17 * GB) + (1 - rateShare) * 12 * GB;
  assert.ok(Math.abs(usage.forecast!.bytes - expected) < 1000, `${usage.forecast!.bytes} ${expected}`);
  const day = await usageOf(nowUs - 70 * DAY_US, nowUs + 30 * 60 * 1_000_000, weekend, {
    interfaces: ['eth0'],
    period: 'day',
  });
  assert.equal(day.forecast!.by, 'weekdays');
});
