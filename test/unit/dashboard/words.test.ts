import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { changeText, shareText } from '@kaipo/cli/dashboard/share-text.js';
import { pageOf, sortedRows, soughtRows } from '@kaipo/cli/dashboard/table-rows.js';
import { agoText, durationText, lengthText, stepText } from '@kaipo/cli/dashboard/time-text.js';

const at = (text: string): number => new Date(text).getTime() / 1000;

describe('words of the dashboard', () => {
  it('for parts and changes', () => {
    assert.deepEqual(
      [
        [0, 0],
        [0, 10],
        [1, 10_000],
        [4, 1000],
        [995, 10_000],
        [37, 100],
        [996, 1000],
        [99_999, 100_000],
        [7, 7],
      ].map(([part, whole]) => shareText(part!, whole!)),
      ['–', '0 %', '< 0.1 %', '0.4 %', '10 %', '37 %', '99.6 %', '> 99.9 %', '100 %'],
    );
    assert.deepEqual(
      [
        [0, 5],
        [100, 137],
        [100, 88],
        [1, 14],
        [7, 7],
        [1000, 1001],
      ].map(([before, after]) => changeText(before!, after!)),
      ['new', '+37 %', '−12 %', '×14', '±0 %', '±0 %'],
    );
  });

  it('for steps of time, the parts that matter', () => {
    assert.equal(stepText(at('2026-11-22T14:00'), at('2026-11-22T15:00')), 'Sun 22 Nov 14:00–15:00');
    assert.equal(stepText(at('2026-11-22T14:00:10'), at('2026-11-22T14:00:11')), 'Sun 22 Nov 14:00:10–14:00:11');
    assert.equal(stepText(at('2026-11-22T23:00'), at('2026-11-23T00:00')), 'Sun 22 Nov 23:00–00:00');
    assert.equal(stepText(at('2026-11-21T22:50'), at('2026-11-22T10:12')), 'Sat 21 Nov 22:50 – Sun 22 Nov 10:12');
    assert.equal(stepText(at('2026-11-22T00:00'), at('2026-11-23T00:00')), 'Sun 22 Nov 2026');
    assert.equal(stepText(at('2026-11-16T00:00'), at('2026-11-23T00:00')), '16–22 Nov 2026');
    assert.equal(stepText(at('2026-10-28T00:00'), at('2026-11-04T00:00')), '28 Oct – 3 Nov 2026');
    assert.equal(stepText(at('2025-11-22T00:00'), at('2026-11-22T00:00')), '22 Nov 2025 – 21 Nov 2026');
  });

  it('for the length of a step', () => {
    assert.deepEqual(
      [1, 60, 300, 3600, 21_600, 86_400, 82_800, 90_000, 2 * 86_400, 7 * 86_400, 28 * 86_400, 31 * 86_400].map(
        lengthText,
      ),
      [
        ...['1 second', '1 minute', '5 minutes', '1 hour', '6 hours', '1 day', '1 day', '1 day'],
        ...['2 days', '1 week', '1 month', '1 month'],
      ],
    );
  });

  it('for how long and how long ago', () => {
    assert.deepEqual([45, 720, 12_000, 367_200].map(durationText), ['45 s', '12 min', '3 h 20 min', '4 d 6 h']);
    assert.deepEqual(
      [0, 44, 900, 10_800, 500_000].map((seconds) => agoText(1e9 - seconds, 1e9)),
      ['just now', '44 s ago', '15 min ago', '3 h ago', '6 days ago'],
    );
  });
});

describe('rows of a table', () => {
  const rows = [
    { name: 'b10', bytes: 5 },
    { name: 'B9', bytes: 7 },
    { name: 'a', bytes: undefined },
  ];

  it('are sorted by number or name, what has none is last', () => {
    const names = (isDescending: boolean, key: 'name' | 'bytes'): string[] =>
      sortedRows(rows, isDescending, (row) => row[key]).map(({ name }) => name);
    assert.deepEqual(names(true, 'bytes'), ['B9', 'b10', 'a']);
    assert.deepEqual(names(false, 'bytes'), ['b10', 'B9', 'a']);
    assert.deepEqual(names(false, 'name'), ['a', 'B9', 'b10']);
  });

  it('are sought by every word, and cut into pages', () => {
    assert.deepEqual(
      soughtRows(rows, ' B 1', ({ name }) => name),
      [rows[0]],
    );
    assert.equal(
      soughtRows(rows, '', ({ name }) => name),
      rows,
    );
    assert.deepEqual(pageOf(rows, 7, 2), { rows: [rows[2]], page: 1, pages: 2 });
    assert.deepEqual(pageOf([], 0, 2), { rows: [], page: 0, pages: 1 });
  });
});
