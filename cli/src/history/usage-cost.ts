// What traffic cost, where the configuration has a rate. Owns how an answer carries it; the sums are core/src/query/cost.ts.
import type { KaipoConfig } from '@kaipo/core/config/kaipo-config.js';
import { costOf, costSteps, type Price, type TrafficBytes, type TrafficCost } from '@kaipo/core/query/cost.js';

/** Undefined without a rate: nothing is shown then, which is not a cost of 0. */
function priceOf({ cost: { ratePerGb, currency } }: KaipoConfig): Price | undefined {
  return ratePerGb === undefined ? undefined : { ratePerGb, currency };
}

/** `{cost: {sent, received, total}}`, or nothing without a rate. */
export function costFields(config: KaipoConfig, totals: TrafficBytes): { readonly cost?: TrafficCost } {
  const price = priceOf(config);
  return price === undefined ? {} : { cost: costOf(totals, price) };
}

/** The same for consecutive steps of a period; they add up to the cost of the period. */
export function stepCosts(config: KaipoConfig, steps: readonly TrafficBytes[]): { readonly cost?: TrafficCost }[] {
  const price = priceOf(config);
  return price === undefined ? steps.map(() => ({})) : costSteps(steps, price).steps.map((cost) => ({ cost }));
}

export function costLine(config: KaipoConfig, totals: TrafficBytes): string | undefined {
  return costFields(config, totals).cost?.total.cost_formatted;
}
