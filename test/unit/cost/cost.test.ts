import assert from 'node:assert/strict';
import test from 'node:test';
import { costOf, costSteps } from '@kaipo/core/query/cost.js';
import fc from 'fast-check';

const bytes = fc.record({ txBytes: fc.integer({ min: 0, max: 1e15 }), rxBytes: fc.integer({ min: 0, max: 1e15 }) });
const prices = fc.record({
  ratePerGb: fc.integer({ min: 0, max: 1e8 }).map((value) => value / 1e4),
  currency: fc.constantFrom('INR', 'EUR', 'USD', 'JPY', 'KWD'),
});
const DIGITS: Readonly<Record<string, number>> = { JPY: 0, KWD: 3 };
const minor = (amount: number, currency: string): number => Math.round(amount * 10 ** (DIGITS[currency] ?? 2));

test('the example of the contract, in decimal GB', () => {
  const cost = costOf({ txBytes: 125_829_120, rxBytes: 524_288_000 }, { ratePerGb: 7.5, currency: 'INR' });
  assert.deepEqual(cost, {
    sent: { cost: 0.94, cost_formatted: '₹0.94' },
    received: { cost: 3.93, cost_formatted: '₹3.93' },
    total: { cost: 4.87, cost_formatted: '₹4.87' },
  });
  assert.equal(costOf({ txBytes: 1e9, rxBytes: 0 }, { ratePerGb: 2, currency: 'JPY' }).total.cost_formatted, '¥2');
  assert.equal(costOf({ txBytes: 1e12, rxBytes: 0 }, { ratePerGb: 2, currency: 'KWD' }).total.cost, 2000);
  // A half is rounded up; doubles would see 1.005 as less than that.
  assert.equal(costOf({ txBytes: 1e9, rxBytes: 0 }, { ratePerGb: 1.005, currency: 'EUR' }).sent.cost, 1.01);
});

test('sent and received add up to the total, to the smallest unit', () => {
  fc.assert(
    fc.property(bytes, prices, (sums, price) => {
      const { sent, received, total } = costOf(sums, price);
      const units = (amount: number): number => minor(amount, price.currency);
      assert.equal(units(sent.cost) + units(received.cost), units(total.cost));
      const exact = ((sums.txBytes + sums.rxBytes) / 1e9) * price.ratePerGb * 10 ** (DIGITS[price.currency] ?? 2);
      assert.ok(Math.abs(units(total.cost) - exact) <= 1 + exact * 1e-12);
    }),
  );
});

test('the days add up to the period, in every column, and none is negative', () => {
  fc.assert(
    fc.property(fc.array(bytes, { maxLength: 40 }), prices, (days, price) => {
      const { steps, total } = costSteps(days, price);
      const whole = days.reduce(
        (sum, day) => ({ txBytes: sum.txBytes + day.txBytes, rxBytes: sum.rxBytes + day.rxBytes }),
        { txBytes: 0, rxBytes: 0 },
      );
      assert.deepEqual(total, costOf(whole, price));
      for (const column of ['sent', 'received', 'total'] as const) {
        const units = steps.map((step) => minor(step[column].cost, price.currency));
        assert.ok(units.every((value) => value >= 0));
        assert.equal(
          units.reduce((sum, value) => sum + value, 0),
          minor(total[column].cost, price.currency),
        );
      }
      for (const { sent, received, total: all } of steps) {
        assert.equal(
          minor(sent.cost, price.currency) + minor(received.cost, price.currency),
          minor(all.cost, price.currency),
        );
      }
    }),
  );
});
