// The setting every rule has that learns first.
import type { NumberSetting } from './define-rule.js';

export const DAY_US = 86_400e6;

export const learnDays = (days: number): NumberSetting => ({
  description: 'days it learns what is usual before it says anything',
  default: days,
  least: 0,
  most: 365,
});
