// A forecast from a history with holes says that it is one.
import assert from 'node:assert/strict';
import test from 'node:test';
import { monthAnswer, monthAsked } from '@kaipo/cli/commands/month.js';
import { forecastNote } from '@kaipo/cli/history/period-notes.js';
import { emptyInterval, type IntervalRecord } from '@kaipo/core/api/interval-record.js';
import { openStore } from '@kaipo/core/store/lmdb-store.js';
import { withDirectory } from '../../contract/store.contract.js';
import { contextOf, NOW_US } from './history-fixture.js';

const HOUR_US = 3_600_000_000;

async function monthOf(isKept: (hour: number) => boolean, extra: readonly IntervalRecord[] = []) {
  let [text, document]: [string, object] = ['', {}];
  await withDirectory(async (dir) => {
    const store = openStore({ dir, clock: () => NOW_US });
    const sums = { name: 'eth0', txBytes: 1000, rxBytes: 3000, txPackets: 1, rxPackets: 1 };
    const hours = Array.from({ length: 240 }, (_, hour) => hour).filter(isKept);
    const intervals = hours.map((hour): IntervalRecord => {
      const startUs = NOW_US - (240 - hour) * HOUR_US;
      return { ...emptyInterval(startUs, 'counters'), endUs: startUs + HOUR_US, interfaces: [sums] };
    });
    await store.append({ intervals: [...intervals, ...extra].sort((left, right) => left.startUs - right.startUs) });
    const answer = monthAnswer(contextOf(store, monthAsked));
    [text, document] = [answer.table(), answer.document];
    await store.close();
  });
  const { forecast } = document as { forecast: { recordedShare: number } };
  return { text, forecast };
}

test('half the time recorded: the forecast says that it may be low', async () => {
  const { text, forecast } = await monthOf((hour) => hour % 2 === 0);
  assert.equal(forecast.recordedShare, 0.5);
  assert.match(
    text,
    /Forecast .* if it goes on like this; low if anything moved unrecorded: 50 % of the time was recorded/,
  );
});

test('all of it recorded, or caught up by the counters: nothing to say', async () => {
  assert.doesNotMatch((await monthOf(() => true)).text, /unrecorded/);
  const sums = { name: 'eth0', txBytes: 1000, rxBytes: 3000, txPackets: 1, rxPackets: 1 };
  // As a recorder that was down writes them: spread over the time.
  const caughtUp = Array.from({ length: 60 }, (_, hour): IntervalRecord => {
    const startUs = NOW_US - (150 - hour) * HOUR_US;
    const endUs = startUs + HOUR_US;
    return { ...emptyInterval(startUs, 'counters'), endUs, isCaughtUp: true, interfaces: [sums] };
  });
  const { text, forecast } = await monthOf((hour) => hour < 90 || hour >= 150, caughtUp);
  assert.ok(forecast.recordedShare > 0.98, String(forecast.recordedShare));
  assert.doesNotMatch(text, /unrecorded/);
});

test('the sentence', () => {
  assert.equal(forecastNote(0.96), undefined);
  assert.match(forecastNote(0.94)!, /94 % of the time/);
});
