// The read side of history: every view of the past asks here and nowhere else.

export { type CountryRow, type CountrySums, queryCountries } from './country-sums.js';
export type * from './history-answers.js';
export { queryBooks } from './history-books.js';
export { queryFlows } from './history-flows.js';
export { queryHostNames, queryNames, queryNamesOf } from './history-names.js';
export { queryBy } from './history-rows.js';
export { queryUnknown, queryZones } from './history-scopes.js';
export { querySeries } from './history-series.js';
export { queryStack } from './history-stack.js';
export { queryCaptureLoss, queryPeriods, queryTotals } from './history-totals.js';
export { type HoursOfWeek, type PeriodHour, queryHoursOfWeek } from './hours-of-week.js';
