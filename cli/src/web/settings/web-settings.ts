// Which settings may be changed over HTTP, by key. Owns the list. Not among them, on purpose: where the server listens and who may ask
// (a page could open the door it came through), paths, commands, addresses of webhooks, secrets.

export const WEB_SETTINGS: ReadonlySet<string> = new Set([
  'monitoring.poll_interval',
  'monitoring.batch_write_interval',
  'monitoring.interface',
  'monitoring.memory',
  'store.max_size',
  'store.flows_size',
  'store.names_size',
  'store.retention.1s',
  'store.retention.10s',
  'store.retention.1m',
  'store.retention.1h',
  'store.retention.1d',
  'privacy.mode',
  'cost.rate_per_gb',
  'cost.currency',
  'cost.billing_day',
  'live.units',
  'live.prefix',
  'live.names',
]);
