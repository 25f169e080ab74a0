// Every address that asks history, in the order of the API page. Owns the list.

import { ACCOUNT_ROUTES } from './account-routes.js';
import { ALERT_ROUTES } from './alert-routes.js';
import { BRIEF_ROUTES } from './brief-routes.js';
import type { HistoryRoute } from './history-route.js';
import { ROW_ROUTES } from './row-routes.js';
import { TRAFFIC_ROUTES } from './traffic-routes.js';
import { USAGE_ROUTES } from './usage-routes.js';
import { YEAR_ROUTES } from './year-routes.js';

export const HISTORY_ROUTES: readonly HistoryRoute[] = [
  ...USAGE_ROUTES,
  ...TRAFFIC_ROUTES,
  ...YEAR_ROUTES,
  ...ROW_ROUTES,
  ...ACCOUNT_ROUTES,
  ...ALERT_ROUTES,
  ...BRIEF_ROUTES,
];
