// Words for time, in zones with summer time and with half hours, each in a process of its own.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { parsePeriod, parseRange, periodAsked } from '@kaipo/core/query/time-range.js';
import { firstDayOfWeek } from '@kaipo/core/query/time-words.js';

const MAIN = fileURLToPath(new URL('./time-words-main.js', import.meta.url));

function periods(zone: string, now: string, texts: readonly string[], locale = 'C'): string[] {
  const env = { PATH: process.env['PATH'] ?? '', TZ: zone, LC_ALL: locale };
  const output = execFileSync(process.execPath, [MAIN, now, ...texts], { encoding: 'utf8', env });
  return (JSON.parse(output) as [string, string][]).map((ends) => ends.join(' '));
}

function check(zone: string, now: string, expected: Readonly<Record<string, string>>, locale?: string): void {
  const texts = Object.keys(expected);
  const found = periods(zone, now, texts, locale);
  assert.deepEqual(Object.fromEntries(texts.map((text, index) => [text, found[index]])), expected);
}

// A Saturday, winter time.
const NOW = '2026-11-21T09:30';

test('words in Berlin', () =>
  check('Europe/Berlin', NOW, {
    today: '2026-11-21T00:00+60 2026-11-21T09:30+60',
    Yesterday: '2026-11-20T00:00+60 2026-11-21T00:00+60',
    'this week': '2026-11-16T00:00+60 2026-11-21T09:30+60',
    'last week': '2026-11-09T00:00+60 2026-11-16T00:00+60',
    'last month': '2026-10-01T00:00+120 2026-11-01T00:00+60',
    'last year': '2025-01-01T00:00+60 2026-01-01T00:00+60',
    '2026-10': '2026-10-01T00:00+120 2026-11-01T00:00+60',
    '2026-10-25': '2026-10-25T00:00+120 2026-10-26T00:00+60',
    '2025': '2025-01-01T00:00+60 2026-01-01T00:00+60',
    '2026-W46': '2026-11-09T00:00+60 2026-11-16T00:00+60',
    '2026-11-01 14:00': '2026-11-01T14:00+60 2026-11-21T09:30+60',
    '2026-11-01T13:00Z': '2026-11-01T14:00+60 2026-11-21T09:30+60',
    'last 24 hours': '2026-11-20T09:30+60 2026-11-21T09:30+60',
    'last 7 days': '2026-11-14T09:30+60 2026-11-21T09:30+60',
    'past month': '2026-10-21T09:30+120 2026-11-21T09:30+60',
    '3 days ago': '2026-11-18T00:00+60 2026-11-19T00:00+60',
    '2 hours ago': '2026-11-21T07:30+60 2026-11-21T09:30+60',
    monday: '2026-11-16T00:00+60 2026-11-17T00:00+60',
    'last friday': '2026-11-20T00:00+60 2026-11-21T00:00+60',
    'monday 9am': '2026-11-16T09:00+60 2026-11-21T09:30+60',
    november: '2026-11-01T00:00+60 2026-11-21T09:30+60',
    december: '2025-12-01T00:00+60 2026-01-01T00:00+60',
    'nov 3': '2026-11-03T00:00+60 2026-11-04T00:00+60',
    'dec 24': '2025-12-24T00:00+60 2025-12-25T00:00+60',
    '14:00': '2026-11-20T14:00+60 2026-11-21T09:30+60',
    '-2h': '2026-11-21T07:30+60 2026-11-21T09:30+60',
    'last 90d': '2026-08-23T09:30+120 2026-11-21T09:30+60',
    '90d': '2026-08-23T09:30+120 2026-11-21T09:30+60',
    'past 30 mins': '2026-11-21T09:00+60 2026-11-21T09:30+60',
    '2 weeks': '2026-11-07T09:30+60 2026-11-21T09:30+60',
    '2026-11-01 14:00 to 16:00': '2026-11-01T14:00+60 2026-11-01T16:00+60',
    'yesterday 8:00..9:15': '2026-11-20T08:00+60 2026-11-20T09:15+60',
    '2026-11-01..2026-11-03': '2026-11-01T00:00+60 2026-11-04T00:00+60',
    'monday to wednesday': '2026-11-16T00:00+60 2026-11-19T00:00+60',
  }));

test('days of 23 and 25 hours keep their midnights', () => {
  check('Europe/Berlin', '2026-03-30T12:00', {
    yesterday: '2026-03-29T00:00+60 2026-03-30T00:00+120',
    'last week': '2026-03-23T00:00+60 2026-03-30T00:00+120',
    'last 24 hours': '2026-03-29T12:00+120 2026-03-30T12:00+120',
  });
  check('Europe/Berlin', '2026-10-26T12:00', {
    yesterday: '2026-10-25T00:00+120 2026-10-26T00:00+60',
    sunday: '2026-10-25T00:00+120 2026-10-26T00:00+60',
    '1 day ago': '2026-10-25T00:00+120 2026-10-26T00:00+60',
  });
});

test('words in a zone of half hours, and where weeks begin on Sunday', () => {
  check('Asia/Kolkata', NOW, {
    today: '2026-11-21T00:00+330 2026-11-21T09:30+330',
    'last month': '2026-10-01T00:00+330 2026-11-01T00:00+330',
    '3 hours ago': '2026-11-21T06:30+330 2026-11-21T09:30+330',
  });
  check('America/New_York', NOW, { 'last week': '2026-11-08T00:00-300 2026-11-15T00:00-300' }, 'en_US.UTF-8');
});

test('where a week begins', () => {
  assert.equal(firstDayOfWeek({}), 1);
  assert.equal(firstDayOfWeek({ LANG: 'C.UTF-8' }), 1);
  assert.equal(firstDayOfWeek({ LANG: 'de_DE.UTF-8' }), 1);
  assert.equal(firstDayOfWeek({ LANG: 'en_US.UTF-8' }), 0);
  assert.equal(firstDayOfWeek({ LANG: 'en_US.UTF-8', LC_TIME: 'en_GB.UTF-8' }), 1);
  assert.equal(firstDayOfWeek({ LC_ALL: 'ar_EG' }), 6);
});

test('what is no time names the forms and the nearest word', () => {
  const nowUs = Date.now() * 1000;
  for (const text of [
    '',
    'yesterday evening',
    '11/02/2026',
    '1.11.2026',
    '-2y',
    'next',
    'x'.repeat(10_000),
    '2026-13',
  ]) {
    assert.throws(() => parsePeriod(text, nowUs), { code: 'KAIPO_USAGE', fix: /last week/ }, text);
  }
  assert.throws(() => parsePeriod('yesteday', nowUs), { message: /did you mean "yesterday"/ });
  assert.throws(() => parsePeriod('last wek', nowUs), { message: /did you mean "last week"/ });
  for (const text of ['2999-01-01', '2999-01', 'next week', 'next month', 'next monday', 'tomorrow', 'in 3 days']) {
    assert.throws(() => parsePeriod(text, nowUs), { code: 'KAIPO_USAGE', message: /in the future: it starts 2/ }, text);
  }
  assert.throws(() => parsePeriod('2026-02-02..2026-02-01', nowUs), { code: 'KAIPO_USAGE', message: /empty/ });
  assert.throws(() => parsePeriod('now', nowUs), { code: 'KAIPO_USAGE', message: /a moment, not a period/ });
  assert.throws(
    () => parsePeriod('', nowUs),
    ({ fix }: { fix: string }) => !/\bnow\b/.test(fix),
  );
});

test('the ways to ask for a period do not contradict each other', () => {
  const nowUs = Date.now() * 1000;
  assert.deepEqual(periodAsked({ since: '-2h' }, nowUs), parseRange('-2h', undefined, nowUs));
  assert.deepEqual(periodAsked({ from: 'yesterday', to: 'yesterday' }, nowUs), parsePeriod('yesterday', nowUs));
  assert.deepEqual(periodAsked({}, nowUs, 'last 24 hours').toUs, nowUs);
  assert.throws(() => periodAsked({ since: '-2h', from: '-1h' }, nowUs), { code: 'KAIPO_USAGE', message: /twice/ });
});

test('plain dates do not load the library for words', () => {
  const script = `import('@kaipo/core/query/time-range.js').then(({ parsePeriod }) => {
    const isLoaded = () => Object.keys(process.getBuiltinModule('module')._cache).some((path) => path.includes('chrono'));
    for (const text of ['today', 'last week', '2025-11', '-7d', '2025-11-01 14:00']) parsePeriod(text, Date.now() * 1000);
    const before = isLoaded();
    parsePeriod('monday', Date.now() * 1000);
    process.stdout.write(before + ' ' + isLoaded());
  })`;
  assert.equal(
    execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }),
    'false true',
  );
});
