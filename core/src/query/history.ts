// The read side of history: every view of the past asks here and nowhere else.
export type * from './history-answers.js';
export { queryFlows, queryHostNames } from './history-flows.js';
export { queryBy } from './history-rows.js';
export { querySeries } from './history-series.js';
export { queryCaptureLoss, queryTotals } from './history-totals.js';
