// Pages a recorder makes by itself: when one is due, that what was missed is made once, tries, old pages, and a real page by a real child.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import test from 'node:test';
import type { RunReport } from '@kaipo/cli/schedule/report-child.js';
import { dueReport, pagesOf } from '@kaipo/cli/schedule/report-plan.js';
import { ReportSchedule } from '@kaipo/cli/schedule/report-schedule.js';
import type { ReportConfig } from '@kaipo/core/config/kaipo-config.js';
import { localText } from '@kaipo/core/query/time-range.js';
import { withDirectory } from '../../contract/store.contract.js';
import { type NameOf, namedStore } from './report-fixture.js';

process.env['TZ'] = 'Europe/Berlin';
const us = (text: string): number => new Date(text).getTime() * 1000;
const MINUTE_US = 60e6;
const weekly: ReportConfig = { every: 'week', atMin: 360, file: '/r/{every}-{from}-{to}.html', redact: false, keep: 2 };

const dueAt = (report: Partial<ReportConfig>, now: string): string[] => {
  const { range, dueUs, nextDueUs, file } = dueReport({ ...weekly, ...report }, us(now));
  return [...[range.fromUs, range.toUs, dueUs, nextDueUs].map((at) => localText(at).slice(0, 16)), file];
};

test('a page is due on the day after its period, at its time of the clock', () => {
  assert.deepEqual(dueAt({}, '2026-11-16T06:00:00'), [
    ...['2026-11-09 00:00', '2026-11-16 00:00', '2026-11-16 06:00', '2026-11-23 06:00'],
    '/r/week-2026-11-09-2026-11-15.html',
  ]);
  assert.deepEqual(dueAt({}, '2026-11-16T05:59:59').slice(0, 4), [
    ...['2026-11-02 00:00', '2026-11-09 00:00', '2026-11-09 06:00', '2026-11-16 06:00'],
  ]);
  assert.deepEqual(dueAt({ every: 'month', file: '/r' }, '2026-11-22T12:00:00'), [
    ...['2026-10-01 00:00', '2026-11-01 00:00', '2026-11-01 06:00', '2026-12-01 06:00'],
    '/r/kaipo-month-2026-10-01.html',
  ]);
  // The clock goes from 02:00 to 03:00 on 29 March, and back on 25 October.
  assert.equal(dueAt({ every: 'day', atMin: 150 }, '2026-03-29T12:00:00')[2], '2026-03-29 03:30');
  assert.equal(dueAt({ every: 'day' }, '2026-10-25T12:00:00')[2], '2026-10-25 06:00');
  assert.equal(dueAt({ every: 'day' }, '2026-10-26T00:30:00')[0], '2026-10-24 00:00');
});

test('only names that a page would have are old pages', () => {
  const pages = pagesOf({ ...weekly, file: '/r/a.b+{every}-{from}.html' })!;
  assert.equal(pages.dir, '/r');
  assert.ok(pages.isPage('a.b+week-2026-11-09.html'));
  for (const other of [
    'aXb+week-2026-11-09.html',
    'a.b+week-2026-11-09.html.bak',
    'a.b+day-2026-11-09.html',
    'notes.html',
  ])
    assert.ok(!pages.isPage(other), other);
  assert.equal(pagesOf({ ...weekly, file: '/r/latest.html' }), undefined);
});

const secretName: NameOf = (kind, n) =>
  kind === 'protocol' ? 'tls' : kind === 'address' ? `198.51.7.${n + 1}` : `zebra-${kind}-${n}`;

interface Watched {
  readonly schedule: ReportSchedule;
  readonly runs: string[];
  readonly notices: string[];
  at(text: string): Promise<void>;
}

/** `outcome`: of each try, what was wrong; undefined writes the page. */
function watched(report: ReportConfig, outcome: (run: number) => string | undefined): Watched {
  const runs: string[] = [];
  const notices: string[] = [];
  const run: RunReport = async (args) => {
    const file = args[0]!.slice('--html='.length);
    runs.push(basename(file));
    const problem = outcome(runs.length);
    if (problem === undefined) writeFileSync(file, 'page');
    return problem;
  };
  const schedule = new ReportSchedule([report], {
    ...{ storeDir: '/store', config: undefined, run },
    onNotice: (severity, text) => notices.push(`${severity}: ${text}`),
  });
  const at = async (text: string): Promise<void> => {
    schedule.check(us(text));
    await schedule.idle();
  };
  return { schedule, runs, notices, at };
}

test('missed while off is made once at the next start, then when it is due; old pages go, other files stay', () =>
  withDirectory(async (dir) => {
    const report = { ...weekly, every: 'day' as const, file: join(dir, 'pages', 'p-{from}.html') };
    mkdirSync(join(dir, 'pages'), { recursive: true });
    for (const name of ['p-2026-10-01.html', 'p-2026-10-02.html', 'mine.html'])
      writeFileSync(join(dir, 'pages', name), '');
    const { at, runs, notices, schedule } = watched(report, () => undefined);
    await at('2026-11-21T14:00:00');
    for (let minute = 10; minute < 60; minute += 10) await at(`2026-11-21T14:${minute}:00`);
    assert.deepEqual(runs, ['p-2026-11-20.html']);
    await at('2026-11-22T05:59:00');
    assert.equal(runs.length, 1);
    await at('2026-11-22T06:00:00');
    assert.deepEqual(runs, ['p-2026-11-20.html', 'p-2026-11-21.html']);
    assert.deepEqual(readdirSync(join(dir, 'pages')).sort(), ['mine.html', 'p-2026-11-20.html', 'p-2026-11-21.html']);
    assert.equal(notices[0], `info: wrote the report ${join(dir, 'pages', 'p-2026-11-20.html')}`);
    assert.deepEqual(schedule.counts, { made: 2, failed: 0 });
    // Started again on the same day: it is there.
    const again = watched(report, () => undefined);
    await again.at('2026-11-22T07:00:00');
    assert.deepEqual(again.runs, []);
  }));

test('a page without a date in its name is made anew when a period is over', () =>
  withDirectory(async (dir) => {
    mkdirSync(dir, { recursive: true });
    const file = join(dir, 'latest.html');
    writeFileSync(file, 'old');
    const { at, runs } = watched({ ...weekly, file }, () => undefined);
    const set = (text: string): void => utimesSync(file, new Date(text), new Date(text));
    set('2026-11-16T06:00:05');
    await at('2026-11-18T00:00:00');
    assert.deepEqual(runs, []);
    await at('2026-11-23T06:00:00');
    assert.deepEqual(runs, ['latest.html']);
  }));

test('a failure is told, counted and tried again, three times at most; the next period begins anew', () =>
  withDirectory(async (dir) => {
    const report = { ...weekly, every: 'day' as const, file: join(dir, 'p-{from}.html') };
    const { at, runs, notices, schedule } = watched(report, () => 'no space left');
    for (let minute = 0; minute < 120; minute++) {
      const nowUs = us('2026-11-21T06:00:00') + minute * MINUTE_US;
      schedule.check(nowUs);
      await schedule.idle();
    }
    assert.equal(runs.length, 3);
    assert.deepEqual(schedule.counts, { made: 0, failed: 3 });
    assert.match(
      notices[0]!,
      /^warning: the report .*p-2026-11-20\.html was not made, tried again in 10 min: no space left$/,
    );
    assert.match(notices[2]!, /not tried again: no space left$/);
    await at('2026-11-22T06:00:00');
    assert.equal(runs.length, 4);
    // A directory that cannot be made is a failure too.
    writeFileSync(join(dir, 'file'), '');
    const blocked = watched({ ...report, file: join(dir, 'file', 'p-{from}.html') }, () => undefined);
    await blocked.at('2026-11-22T06:00:00');
    assert.equal(blocked.schedule.counts.failed, 1);
  }));

test('a real child makes a real page, redacted; of a period nobody recorded it makes none', () =>
  withDirectory(async (dir) => {
    const store = join(dir, 'store');
    // 14 and 15 November 2023.
    await (await namedStore(store, secretName)).close();
    const notices: string[] = [];
    const report: ReportConfig = {
      ...weekly,
      every: 'day',
      file: join(dir, 'days'),
      title: '-a "title"',
      redact: true,
    };
    const schedule = new ReportSchedule([report], {
      ...{ storeDir: store, config: undefined },
      onNotice: (_, text) => notices.push(text),
    });
    schedule.check(us('2023-11-16T06:00:00'));
    await schedule.idle();
    const file = join(dir, 'days', 'kaipo-day-2023-11-15.html');
    assert.deepEqual(notices, [`wrote the report ${file}`]);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    const page = readFileSync(file, 'utf8');
    assert.match(page, /<h1>-a &quot;title&quot;<\/h1>/);
    assert.match(page, /2023-11-15 00:00:00<\/strong> to <strong>2023-11-16 00:00:00/);
    assert.doesNotMatch(page, /zebra|198\.51\.7/);
    schedule.check(us('2023-11-20T06:00:00'));
    await schedule.idle();
    assert.deepEqual(readdirSync(join(dir, 'days')), [basename(file)]);
    assert.deepEqual(schedule.counts, { made: 1, failed: 0 });
    schedule.close();
    schedule.check(us('2023-11-25T06:00:00'));
    await schedule.idle();
    assert.ok(!existsSync(join(dir, 'days', 'kaipo-day-2023-11-24.html')));
  }));
