// What the pages of settings, the year, applications and hosts work out by themselves, without a browser.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import test from 'node:test';
import { calendarMonths, weekdayOf } from '@kaipo/cli/dashboard/calendar.js';
import {
  changesOf,
  type Draft,
  refusedKeys,
  typedValue,
  undoOf,
  valueText,
  withChange,
} from '@kaipo/cli/dashboard/config-draft.js';
import { costText } from '@kaipo/cli/dashboard/cost-text.js';
import { dateText, roundText } from '@kaipo/cli/dashboard/date-text.js';
import { flowSums, flowsToldOf } from '@kaipo/cli/dashboard/flow-sums.js';
import { mainQuality, qualityParts, qualitySum } from '@kaipo/cli/dashboard/quality-parts.js';
import { SHADES, shadeBounds, shadeOf } from '@kaipo/cli/dashboard/shades.js';
import { shellWord } from '@kaipo/cli/dashboard/shell-word.js';
import { OWNER_QUALITIES } from '@kaipo/core/query/quality-words.js';

test('a change of settings: what is as it was is none, what is taken out is unset', () => {
  const price = { key: 'cost.rate_per_gb', value: 7.5, origin: 'file' };
  const poll = { key: 'monitoring.poll_interval', value: '1s', origin: 'default' };
  let draft: Draft = {};
  draft = withChange(draft, price, 8);
  draft = withChange(draft, poll, '2s');
  assert.deepEqual(changesOf(draft), { set: { 'cost.rate_per_gb': 8, 'monitoring.poll_interval': '2s' }, unset: [] });
  draft = withChange(draft, price, undefined);
  assert.deepEqual(changesOf(draft), { set: { 'monitoring.poll_interval': '2s' }, unset: ['cost.rate_per_gb'] });
  draft = withChange(draft, poll, undefined);
  draft = withChange(draft, price, 7.5);
  assert.deepEqual(draft, {});
  const interfaces = { key: 'monitoring.interface', value: ['lo'], origin: 'file' };
  assert.deepEqual(withChange({}, interfaces, ['lo']), {});
});

test('saved changes are taken back: what was not set is unset again, what did not change stays', () => {
  const changed = [
    { key: 'a', before: 1, after: 2 },
    { key: 'b', after: ['lo'] },
    { key: 'c', before: 'x' },
    { key: 'd', before: ['lo'], after: ['lo'] },
  ];
  assert.deepEqual(undoOf(changed), { set: { a: 1, c: 'x' }, unset: ['b'] });
});

test('typed numbers are numbers, also with a comma; everything else is for the server to refuse', () => {
  assert.deepEqual(
    [typedValue('7,50', true), typedValue(' 8 ', true), typedValue('7.5.1', true), typedValue('1e9', true)],
    [7.5, 8, '7.5.1', '1e9'],
  );
  assert.equal(typedValue('2', false), '2');
  assert.deepEqual(
    refusedKeys('"cost.rate_per_gb" must be …; "live.units" must be …', ['cost.rate_per_gb', 'cost.currency']),
    ['cost.rate_per_gb'],
  );
  assert.deepEqual(
    [valueText(undefined), valueText([]), valueText(['a', 'b']), valueText(false)],
    ['not set', 'none', 'a, b', 'no'],
  );
});

test('the example of a cost', () => {
  assert.equal(costText(125.8e9, 7.5, 'INR'), '₹943.50');
  assert.equal(costText(1e9, 'x', 'INR'), undefined);
  assert.equal(costText(1e9, 1, 'no currency'), undefined);
});

test('a calendar: every day once, under its weekday', () => {
  const days = Array.from({ length: 366 }, (_, day) => ({
    date: new Date(Date.UTC(2028, 0, 1 + day)).toISOString().slice(0, 10),
  }));
  const months = calendarMonths(days);
  assert.deepEqual(
    months.map(({ days: own }) => own.length),
    [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31],
  );
  // 1 January 2028 is a Saturday, 1 February a Tuesday.
  assert.deepEqual([months[0]!.offset, months[1]!.offset], [5, 1]);
  assert.equal(weekdayOf('2026-11-22'), 6);
  assert.deepEqual([dateText('2026-11-22'), dateText('2026-11-22', true)], ['Sun 22 Nov', 'Sun 22 Nov 2026']);
  assert.deepEqual(
    [roundText(1.234), roundText(94.3), roundText(3622), roundText(1_234_567)],
    ['1.2', '94', '3,622', '1.23 million'],
  );
});

test('shades: nothing is none, one large day does not make all others pale', () => {
  const values = [0, 0, ...Array.from({ length: 99 }, (_, index) => index + 1), 1e12];
  const bounds = shadeBounds(values);
  const counts = Array.from({ length: SHADES + 1 }, () => 0);
  for (const value of values) counts[shadeOf(value, bounds)]! += 1;
  assert.deepEqual(counts, [2, 20, 20, 20, 20, 20]);
  assert.deepEqual(
    [shadeOf(5, shadeBounds([])), shadeOf(0, shadeBounds([7])), shadeOf(7, shadeBounds([7]))],
    [5, 0, 5],
  );
});

test('flows summed by their other end, whichever side is ours', () => {
  const flows = [
    { client: { ip: '10.0.0.2', bytes: 10 }, server: { ip: '1.1.1.1', bytes: 100 }, localSide: 'client' as const },
    {
      client: { ip: '1.1.1.1', bytes: 7 },
      server: { ip: '10.0.0.2', bytes: 3 },
      localSide: 'server' as const,
      name: 'one',
    },
    { client: { ip: '10.0.0.2', bytes: 1 }, server: { ip: '9.9.9.9', bytes: 1 } },
  ];
  const rows = flowSums(flows, (flow) => {
    const key = flow.localSide === 'server' ? flow.client.ip : flow.server.ip;
    return key === '9.9.9.9' ? undefined : { key, label: 'name' in flow ? flow.name : undefined };
  });
  assert.deepEqual(rows, [{ key: '1.1.1.1', label: 'one', rxBytes: 107, txBytes: 13, flows: 2 }]);
  assert.equal(flowsToldOf(1, 1), 'of 1 flow that ended');
  assert.equal(flowsToldOf(1000, 4321), 'of the 1,000 largest of 4,321 flows that ended');
});

test('every way in which an owner is known has a name and a sentence; one of a newer recorder is shown as it is', () => {
  const parts = qualityParts(Object.fromEntries(OWNER_QUALITIES.map((word, index) => [word, index + 1])));
  assert.equal(parts.length, OWNER_QUALITIES.length);
  assert.ok(parts.every(({ label, hint }) => label.length > 3 && hint.length > 10));
  assert.deepEqual(qualityParts({ oracle: 5, event: 0 }), [{ label: 'oracle', hint: '', bytes: 5 }]);
  assert.deepEqual(
    [mainQuality({}), mainQuality({ event: 1 }), mainQuality({ event: 1, inferred: 5 })],
    [undefined, 'seen by the kernel', 'guessed, mostly'],
  );
  assert.deepEqual(qualitySum([{ quality: { event: 1 } }, {}, { quality: { event: 2, kernel: 3 } }]), {
    event: 3,
    kernel: 3,
  });
});

test('a name in a command stays one word: a shell gives back what went in', () => {
  const hostile = [
    'firefox',
    'Web Content',
    "it's",
    '$(id)',
    '`id`',
    'a;id',
    '-rf',
    '',
    '天気',
    '"x"',
    "'; id #",
    'a\\b',
    '~',
    '*',
  ];
  const words = execFileSync('sh', ['-c', `printf '%s\\0' ${hostile.map(shellWord).join(' ')}`]).toString();
  assert.deepEqual(words.split('\0').slice(0, -1), hostile);
  assert.equal(shellWord('a\nid\r\u2028b'), "'a id  b'");
  assert.equal(shellWord('2606:4700::1'), '2606:4700::1');
});
