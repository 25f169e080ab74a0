// How much memory V8 takes before it looks for garbage. Owns: two flags of V8, set before a command makes much. Node only.
import { setFlagsFromString } from 'node:v8';
import { MEASURED_V8 } from './compile-budget.js';

/** How much the old objects may grow, in percent, before the dead ones among them are looked for; V8 lets them double. */
const OLD_GROWTH_PERCENT = 40;

/**
 * For whoever reads much and keeps little; it counts for all threads. What is made of a packet is dead before the next batch: young
 * objects need no more room than they have when a command begins, 1 to 4 MB, and V8 would double that until it is 32.
 * To be called once more when a thread was started: V8 then sets the factor back.
 */
export function keepHeapSmall(): void {
  if (!MEASURED_V8.test(process.versions.v8)) return;
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString(`--heap-growing-percent=${OLD_GROWTH_PERCENT}`);
}
