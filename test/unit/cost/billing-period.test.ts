import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { billingMonth, billingPeriod, localDays, type PeriodKind } from '@kaipo/core/query/billing-period.js';
import { localText } from '@kaipo/core/query/time-range.js';
import fc from 'fast-check';

const zone = process.env['TZ'];
after(() => {
  if (zone === undefined) delete process.env['TZ'];
  else process.env['TZ'] = zone;
});

/** Clocks that change at night, at midnight, by half an hour, never; and one that skipped a whole day (Apia, 2011-12-30). */
const ZONES = [
  'Europe/Berlin',
  'America/New_York',
  'Asia/Beirut',
  'America/Sao_Paulo',
  'Australia/Lord_Howe',
  'Asia/Kolkata',
  'Pacific/Apia',
  'Africa/Cairo',
];

const at = (text: string): number => Date.parse(text) * 1000;
const shown = ({ fromUs, toUs }: { fromUs: number; toUs: number }): string => `${localText(fromUs)} ${localText(toUs)}`;

test('a month begins on the billing day, or on the last day of a shorter one', () => {
  process.env['TZ'] = 'UTC';
  assert.equal(
    shown(billingPeriod('month', 31, at('2026-02-14T12:00:00Z'))),
    '2026-01-31 00:00:00 2026-02-28 00:00:00',
  );
  assert.equal(
    shown(billingPeriod('month', 31, at('2026-02-28T00:00:00Z'))),
    '2026-02-28 00:00:00 2026-03-31 00:00:00',
  );
  assert.equal(
    shown(billingPeriod('month', 30, at('2028-02-29T01:00:00Z'))),
    '2028-02-29 00:00:00 2028-03-30 00:00:00',
  );
  assert.equal(shown(billingPeriod('month', 1, at('2026-12-31T23:59:59Z'))), '2026-12-01 00:00:00 2027-01-01 00:00:00');
  assert.equal(
    shown(billingPeriod('month', 15, at('2026-01-14T23:59:59Z'), -1)),
    '2025-11-15 00:00:00 2025-12-15 00:00:00',
  );
  assert.equal(shown(billingMonth(15, 2026, 11)), '2026-12-15 00:00:00 2027-01-15 00:00:00');
  assert.equal(shown(billingPeriod('week', 1, at('2026-11-22T12:00:00Z'))), '2026-11-16 00:00:00 2026-11-23 00:00:00');
  assert.equal(shown(billingPeriod('day', 1, at('2026-11-22T12:00:00Z'))), '2026-11-22 00:00:00 2026-11-23 00:00:00');
});

test('periods tile time, through years, short months and clock changes', () => {
  const kinds = fc.constantFrom<PeriodKind>('day', 'week', 'month');
  for (const name of ZONES) {
    process.env['TZ'] = name;
    fc.assert(
      fc.property(
        kinds,
        fc.integer({ min: 1, max: 31 }),
        fc.integer({ min: at('2008-01-01T00:00:00Z'), max: at('2037-01-01T00:00:00Z') }),
        (kind, day, us) => {
          const period = billingPeriod(kind, day, us);
          assert.ok(period.fromUs <= us && us < period.toUs, `${name} ${kind} ${day} ${us}`);
          // Both ends belong where they should, and the next one begins where this one ends.
          assert.deepEqual(billingPeriod(kind, day, period.fromUs), period);
          assert.deepEqual(billingPeriod(kind, day, period.toUs - 1), period);
          const next = billingPeriod(kind, day, period.toUs);
          assert.equal(next.fromUs, period.toUs);
          assert.deepEqual(billingPeriod(kind, day, us, 1), next, `${name} ${kind} ${day} ${us}`);
          assert.equal(billingPeriod(kind, day, us, -1).toUs, period.fromUs);
          const days = localDays(period, 64);
          assert.equal(days[0]!.fromUs, period.fromUs);
          assert.equal(days.at(-1)!.toUs, period.toUs);
          assert.ok(days.every((one, index) => index === 0 || one.fromUs === days[index - 1]!.toUs));
        },
      ),
      { numRuns: 300 },
    );
  }
});
