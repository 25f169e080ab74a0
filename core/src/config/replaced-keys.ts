// Keys people bring along from what kaipo replaces. Owns: old name to advice; only names that mean nothing here.

const TO_ORIGINS = 'name the pages that may ask in api.cors_origins = ["https://…"]; none may by default';
const TO_PATH = 'the history lies in the directory named by store.path';
const TO_RETENTION = 'say how long each resolution is kept in [store.retention]';
const TO_ENVIRONMENT =
  'put it into the environment variable named by sync.url_env: an address with a password is a secret';
const TO_SECRET = 'a secret is in a file (0600) named by';

const ADVICE: Readonly<Record<string, string>> = {
  'api.cors_enabled': TO_ORIGINS,
  'api.cors': TO_ORIGINS,
  'api.allow_origins': TO_ORIGINS,
  database: TO_PATH,
  'database.path': TO_PATH,
  'storage.path': TO_PATH,
  storage: TO_PATH,
  db: TO_PATH,
  db_path: TO_PATH,
  'store.db_path': TO_PATH,
  'store.database': TO_PATH,
  'storage.retention_days': TO_RETENTION,
  'store.retention_days': TO_RETENTION,
  'database.retention_days': TO_RETENTION,
  'monitoring.interfaces': 'one or several interfaces are named by monitoring.interface',
  'monitoring.monitored_interfaces': 'one or several interfaces are named by monitoring.interface',
  monitored_interfaces: 'one or several interfaces are named by monitoring.interface',
  'monitoring.interval': 'the time between two readings is monitoring.poll_interval',
  'monitoring.max_rate': 'readings that a link cannot have moved are dropped by its speed; there is nothing to set',
  'cost.price_per_gb': 'the price is cost.rate_per_gb',
  'cost.cost_per_gb': 'the price is cost.rate_per_gb',
  'cost.month_rotate': 'the first day of a bill is cost.billing_day',
  'sync.url': TO_ENVIRONMENT,
  'sync.database_url': TO_ENVIRONMENT,
  'sync.neon_db_url': TO_ENVIRONMENT,
  'sync.sync_interval': 'the time between two sends is sync.interval',
  'store.encryption_key':
    'put the key into a file (0600) named by store.encryption_key_file: a configuration is no secret',
  'alerts.slack.url': `${TO_SECRET} url_file, or in a variable named by url_env`,
  'alerts.discord.url': `${TO_SECRET} url_file, or in a variable named by url_env`,
  'alerts.teams.url': `${TO_SECRET} url_file, or in a variable named by url_env`,
  'alerts.webhook.secret': `${TO_SECRET} secret_file, or in a variable named by secret_env`,
  'alerts.email.password': `${TO_SECRET} password_file, or in a variable named by password_env`,
  'alerts.pagerduty.routing_key': `${TO_SECRET} key_file, or in a variable named by key_env`,
  encryption: 'name a key file in store.encryption_key_file',
  logging: 'messages go to stderr; there is nothing to set',
};

/** What to do instead, for a key that other systems had, wherever it stands here. */
export function replacementOf(path: readonly (string | number)[]): string | undefined {
  const name = path.filter((part) => typeof part === 'string').join('.');
  if (Object.hasOwn(ADVICE, name)) return ADVICE[name];
  const last = `.${String(path.at(-1))}`;
  return Object.entries(ADVICE).find(([known]) => known.endsWith(last))?.[1];
}
