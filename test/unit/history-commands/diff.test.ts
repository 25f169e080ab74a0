// `kaipo diff`: its two periods, destinations by name, and what it says when there is little to compare.
import assert from 'node:assert/strict';
import test from 'node:test';
import { diffAnswer } from '@kaipo/cli/commands/diff.js';
import { diffPeriods } from '@kaipo/cli/history/diff-periods.js';
import type { IntervalRecord } from '@kaipo/core/api/interval-record.js';
import { localText } from '@kaipo/core/query/time-range.js';
import { openStore } from '@kaipo/core/store/lmdb-store.js';
import { withDirectory } from '../../contract/store.contract.js';
import { nameAnswered } from '../store/store-fixtures.js';
import { contextOf, NOW_US, withHistory } from './history-fixture.js';

const HOUR_US = 3_600_000_000;
const text = (words: readonly string[], nowUs = NOW_US): string[] => {
  const { before, after } = diffPeriods(words, nowUs);
  return [before, after].map(({ fromUs, toUs }) => `${localText(fromUs)} ${localText(toUs)}`);
};
const now = () => ({ fromUs: NOW_US - HOUR_US, toUs: NOW_US });

test('periods: two words, several words, and yesterday until this time of the day', () => {
  const [before, after] = text([]);
  assert.equal(before, '2026-11-20 00:00:00 2026-11-20 14:30:00');
  assert.equal(after, '2026-11-21 00:00:00 2026-11-21 14:30:00');
  const lastAndThis = ['2026-11-09 00:00:00 2026-11-16 00:00:00', '2026-11-16 00:00:00 2026-11-21 14:30:00'];
  assert.deepEqual(text(['last week', 'this week']), lastAndThis);
  assert.deepEqual(text(['last', 'week', 'this', 'week']), lastAndThis);
  assert.deepEqual(text(['2026-09', '2026-10'])[1], '2026-10-01 00:00:00 2026-11-01 00:00:00');
  // The clock is set back in this night: the day before has 25 hours.
  const monday = new Date('2026-10-26T14:30:00').getTime() * 1000;
  assert.equal(text([], monday)[0], '2026-10-25 00:00:00 2026-10-25 14:30:00');
  assert.throws(() => text(['yesterday']), { code: 'KAIPO_USAGE', message: /one period is no comparison/ });
  assert.throws(() => text(['yesterdy', 'today']), { code: 'KAIPO_USAGE', message: /did you mean "yesterday"/ });
  assert.throws(() => text(['last', 'weak', 'this', 'week']), { code: 'KAIPO_USAGE', message: /two periods/ });
});

test('what is not over, not recorded or overlaps is said', () =>
  withHistory(async (store) => {
    const notes = (...words: string[]): string => diffAnswer(contextOf(store, now), words).notes.join('\n');
    assert.match(
      notes('yesterday', 'today'),
      /second period is not over: 1 d and 14 h 30 min are compared by bytes a day/,
    );
    assert.match(notes('2026-11-19', '2026-11-20'), /history begins 2026-11-19 08:00:00: 16 h and 1 d are compared/);
    assert.match(notes('yesterday', '2026-11-20 12:00..2026-11-21 12:00'), /the periods overlap/);
    const none = diffAnswer(contextOf(store, now), ['2026-10', 'today']);
    assert.match(none.notes.join(), /nothing was recorded in the first period/);
    assert.equal((none.document as { comparable: boolean }).comparable, false);
    assert.doesNotMatch(none.table(), /Application/, 'nothing is called new');
    assert.equal(
      notes(),
      '83 % of the first period and 100 % of the second were recorded: what was not may look like a change'.replace(
        '83',
        String(Math.round((1 - 4 / 14.5) * 100)),
      ),
    );
  }));

test('a destination that changed its address is not a new one; interfaces are told apart', () =>
  withDirectory(async (dir) => {
    const store = openStore({ dir, clock: () => NOW_US });
    const interval = (startUs: number, link: string, ip: string, app: string, rxBytes: number): IntervalRecord => {
      const row = { txBytes: 0, rxBytes, txPackets: 0, rxPackets: 1 };
      const scoped = { ...row, flows: 1, interface: link, zone: 'internet' as const };
      return {
        startUs,
        endUs: startUs + HOUR_US / 60,
        interfaces: [{ ...row, name: link, class: 'physical' }],
        apps: [{ ...scoped, name: app, quality: 'event' }],
        protocols: [{ ...scoped, name: 'tls' }],
        hosts: [{ ...scoped, name: ip }],
        unknown: [],
        capture: { received: 1, delivered: 1, droppedByKernel: 0, droppedByHelper: 0 },
        books: [],
      };
    };
    const [was, is] = [NOW_US - 25 * HOUR_US, NOW_US - HOUR_US];
    await store.append({
      intervals: [
        // History begins before both.
        interval(was - 48 * HOUR_US, 'eth0', '203.0.113.1', 'firefox', 1),
        interval(was, 'eth0', '203.0.113.1', 'firefox', 1000),
        interval(was + 120e6, 'wlan0', '203.0.113.9', 'backup', 5000),
        interval(is, 'eth0', '203.0.113.2', 'firefox', 1500),
        interval(is + 120e6, 'eth0', '203.0.113.3', 'curl', 9000),
      ],
      names: [
        nameAnswered(was, 'www.example.com', ['203.0.113.1']),
        nameAnswered(is, 'www.example.com', ['203.0.113.2']),
      ],
    });
    type Document = Record<'apps' | 'hosts' | 'protocols', { rows: { app?: string; host?: string; change: string }[] }>;
    const document = diffAnswer(contextOf(store, now), []).document as Document;
    const changes = (of: keyof Document): (string | undefined)[][] =>
      document[of].rows.map(({ app, host, change }) => [app ?? host, change]);
    assert.deepEqual(changes('apps'), [
      ['curl', 'new'],
      ['backup', 'gone'],
      ['firefox', 'more'],
    ]);
    assert.deepEqual(changes('hosts'), [
      ['203.0.113.3', 'new'],
      ['203.0.113.9', 'gone'],
      ['www.example.com', 'more'],
    ]);
    const eth0 = diffAnswer(contextOf(store, now, { interfaces: ['eth0'] }), []).document as Document;
    assert.deepEqual(
      eth0.apps.rows.map(({ app }) => app),
      ['curl', 'firefox'],
    );
    await store.close();
  }));
