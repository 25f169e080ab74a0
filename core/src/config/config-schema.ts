// Every key of kaipo.toml: its kind, its bounds, what it is for and what holds without it. Owns the names people write.
// Loaded only when there is something to check. A key's `preset` is what DEFAULT_CONFIG has, in words (tested).
import * as v from 'valibot';
import { LEAST_MEMORY_BYTES } from '../kernel/memory-limits.js';
import { ZONES } from '../kernel/traffic-words.js';
import { alertChannels } from './alert-channel-schema.js';
import { key, table } from './config-entry.js';
import {
  currency,
  decimal,
  duration,
  flag,
  hostName,
  listOf,
  matching,
  oneOf,
  path,
  share,
  size,
  text,
  webOrigin,
  whole,
} from './config-leaves.js';
import { LIVE_ACTIONS, LIVE_KEY, LIVE_THEMES, type LiveAction } from './live-actions.js';

const HOUR = 3600;
const DAY = 86_400;
const MB = 1e6;
const PB = 1e15;

/** Names of interfaces hold blanks on some systems, and never a comma. */
const interfaceName = () => matching(/^[^\p{Cc},]{1,64}$/u, 'the name of an interface (1 to 64 characters, no comma)');
const interfaces = () => listOf(interfaceName(), 'interface names');

const cap = v.object(
  {
    name: v.pipe(text(64, 'a name'), v.metadata({ about: 'What you call it.', example: 'mobile' })),
    limit: v.pipe(size(1000, PB), v.metadata({ about: 'Bytes of one period.', example: '500GB' })),
    interfaces: key(interfaces(), { about: 'Interfaces it is for; all that count without it.', example: ['wwan0'] }),
    direction: key(oneOf(['both', 'rx', 'tx']), { about: 'What counts.', preset: 'both' }),
    zone: key(oneOf(ZONES), { about: 'Only traffic with this zone.', example: 'internet' }),
    period: key(oneOf(['day', 'week', 'month']), {
      about: 'How long it runs; weeks begin on Monday.',
      preset: 'month',
    }),
    billing_day: key(whole(1, 31), { about: 'First day of a month; cost.billing_day without it.', example: 15 }),
    warn_at: key(listOf(share(), 'shares'), { about: 'Shares of the limit worth a warning.', preset: [0.8] }),
  },
  'a table',
);

const PAGE_MUST = 'a path in which {from}, {to} and {every} may stand, or a directory';
const report = v.object(
  {
    every: v.pipe(
      oneOf(['day', 'week', 'month']),
      v.metadata({ about: 'What a page is about; weeks begin on Monday.', example: 'week' }),
    ),
    at: key(matching(/^(?:[01]?\d|2[0-3]):[0-5]\d$/, 'a time of day, such as "06:00"'), {
      about: 'When it is made, on the day after.',
      preset: '06:00',
    }),
    file: v.pipe(
      path(),
      v.check((file) => !/[{}]/.test(file.replaceAll(/\{(?:from|to|every)\}/g, '')), PAGE_MUST),
      v.metadata({
        about: 'Where it is written: an .html file with {from}, {to} and {every} in its name, or a directory.',
        example: '~/reports/network-{from}.html',
        isPath: true,
      }),
    ),
    title: key(text(200, 'a title'), { about: 'What it is called.', example: 'The house, week by week' }),
    redact: key(flag(), { about: 'Pseudonyms for names and addresses.', preset: false }),
    keep: key(whole(1, 1000), { about: 'Pages that stay when {from} or {to} tells them apart.', preset: 12 }),
  },
  'a table',
);

const KEYS_MUST =
  'a key or a list of keys (q, G, ctrl-d, shift-tab, left, space), not ctrl-c and not the number of a pane';
const pressed = () => matching(LIVE_KEY, KEYS_MUST);
const boundKeys = () =>
  v.union([pressed(), v.pipe(v.array(pressed(), KEYS_MUST), v.maxLength(8, KEYS_MUST))], KEYS_MUST);
const liveKeys = Object.fromEntries(
  LIVE_ACTIONS.map((action) => [
    action,
    key(boundKeys(), { about: `Keys for "${action}", instead of the usual ones.`, example: ['f5'] }),
  ]),
) as Record<LiveAction, ReturnType<typeof key<ReturnType<typeof boundKeys>>>>;

const retained = (atLeastS: number, preset: string, what: string) =>
  key(duration(atLeastS, Infinity), { about: `How long ${what} are kept.`, preset });

export const configSchema = v.object({
  api: table({
    host: key(matching(/^[\w.:%[\]-]{1,255}$/, 'an address or host name to listen on'), {
      about: 'Address the web server listens on. Only this machine can reach 127.0.0.1.',
      preset: '127.0.0.1',
    }),
    port: key(whole(0, 65_535), { about: 'Its port; 0 takes any free one.', preset: 7373 }),
    socket: key(path(), {
      about: 'A Unix socket to listen on instead, for a proxy on this machine that asks people who they are.',
      example: '/run/kaipo/api.sock',
      isPath: true,
    }),
    allowed_hosts: key(listOf(hostName(), 'host names'), {
      about: 'Names people reach it by, besides localhost and its address; others are refused (DNS rebinding).',
      preset: [],
    }),
    cors_origins: key(listOf(webOrigin(), 'origins'), {
      about: 'Other web pages that may ask. "null" are pages from files, and every page that hides where it is from.',
      preset: [],
    }),
    tls_cert_file: key(path(), {
      about: 'Certificate (PEM, with those between it and the root); other machines may ask only with TLS and a token.',
      example: '/etc/kaipo/tls.crt',
      isPath: true,
    }),
    tls_key_file: key(path(), {
      about: 'Its key (PEM, 0600, no passphrase).',
      example: '/etc/kaipo/tls.key',
      isPath: true,
    }),
    require_token: key(flag(), {
      about: 'Ask for a token also on this machine; others always need one (kaipo token add).',
      preset: false,
    }),
    tokens_file: key(path(), {
      about: 'File (0600) with the digests of tokens; without it tokens.json in the state directory.',
      example: '/var/lib/kaipo/tokens.json',
      isPath: true,
    }),
    rate_limit: key(whole(1, 100_000), { about: 'Requests a second of one other machine.', preset: 50 }),
  }),
  monitoring: table({
    poll_interval: key(duration(0.1, HOUR), { about: 'Time between two readings.', preset: '1s' }),
    batch_write_interval: key(duration(1, HOUR), {
      about:
        'Time between two writes to the store. Longer wakes the disk less. A crash of kaipo loses this much detail and no byte; a power cut also loses the bytes of this time.',
      preset: '30s',
    }),
    interface: key(
      v.union(
        [
          v.literal('auto'),
          interfaceName(),
          v.pipe(interfaces(), v.minLength(1, 'a list with at least one interface')),
        ],
        '"auto", the name of an interface, or a list of names',
      ),
      { about: '"auto" counts every byte once; or the interfaces to count.', preset: 'auto' },
    ),
    memory: key(size(LEAST_MEMORY_BYTES, 64e9), {
      about:
        'Memory kaipo may take while it watches or reads packets. Everything it keeps is bounded by it; with less, it keeps less and counts what it let go.',
      preset: '512MB',
    }),
  }),
  capture: table({
    interfaces: key(interfaces(), {
      about: 'Where packets are captured; empty: the physical ones that are up.',
      preset: [],
    }),
    filter: key(text(4096), { about: 'Capture only what this pcap filter lets through.', example: 'not port 22' }),
    snaplen: key(whole(64, 262_144), { about: 'Bytes kept of each packet.', example: 512 }),
    ring_mib: key(whole(1, 512), { about: 'Kernel buffer of each interface in MiB.', example: 8 }),
  }),
  store: table({
    path: key(path(), { about: 'Directory of the history.', example: '/var/lib/kaipo', isPath: true }),
    max_size: key(size(10 * MB, PB), {
      about: 'Bound of the whole store; oldest and finest goes first.',
      example: '2GB',
    }),
    flows_size: key(size(MB, PB), { about: 'Bound of closed flows.', example: '1GB' }),
    names_size: key(size(MB, PB), { about: 'Bound of answered names.', example: '100MB' }),
    encryption_key_file: key(path(), {
      about: 'File (0600) with the key that encrypts the store; KAIPO_STORE_KEY is the other way.',
      example: '/etc/kaipo/store.key',
      isPath: true,
    }),
    retention: table({
      '1s': retained(600, '2h', 'seconds'),
      '10s': retained(600, '1d', 'steps of ten seconds'),
      '1m': retained(HOUR, '30d', 'minutes'),
      '1h': retained(DAY, '2y', 'hours'),
      '1d': retained(DAY, 'forever', 'days'),
    }),
  }),
  apps: table({
    rules: key(path(), {
      about:
        'File with rules for the names of applications; asked before the built-in ones. Without it apps.toml beside the configuration of the user.',
      example: '/etc/kaipo/apps.toml',
      isPath: true,
    }),
  }),
  owners: table({
    hash_executables: key(flag(), {
      about: 'Show the SHA-256 of executables: `kaipo why` reads the whole file.',
      preset: false,
    }),
  }),
  privacy: table({
    mode: key(oneOf(['full', 'usage-only']), {
      about: '"usage-only" stores no address, no name and no process: totals of interfaces only.',
      preset: 'full',
    }),
  }),
  cost: table({
    rate_per_gb: key(decimal(0, 1e6), {
      about: 'Price of a GB (1,000,000,000 bytes); no cost is shown without it.',
      example: 7.5,
    }),
    currency: key(currency(), { about: 'Its currency, ISO 4217.', preset: 'USD' }),
    billing_day: key(whole(1, 31), { about: 'Day of the month on which a bill begins.', preset: 1 }),
  }),
  live: table({
    theme: key(oneOf(LIVE_THEMES), {
      about: 'Colours of the dashboard; without it those that fit the background of the terminal.',
      example: 'light',
    }),
    units: key(oneOf(['bits', 'bytes']), { about: 'Rates in bits or bytes.', example: 'bytes' }),
    prefix: key(oneOf(['si', 'iec']), { about: '"si": 1 kB is 1000 bytes. "iec": 1 KiB is 1024.', example: 'iec' }),
    names: key(flag(), { about: 'Hosts by name, or by address.', example: false }),
    keys: table(liveKeys),
  }),
  sync: table({
    enabled: key(flag(), { about: 'Send totals to a database of your own.', preset: false }),
    interval: key(duration(10, DAY), { about: 'Time between two sends.', preset: '1m' }),
    url_env: key(matching(/^[A-Za-z_]\w{0,127}$/, 'the name of an environment variable'), {
      about: 'Environment variable that holds the address of the database: it is a secret.',
      preset: 'KAIPO_SYNC_URL',
    }),
  }),
  cap: v.optional(listOf(cap, 'tables ([[cap]])')),
  report: v.optional(listOf(report, 'tables ([[report]])')),
  alerts: table({
    quiet_hours: key(
      matching(/^(?:[01]?\d|2[0-3]):[0-5]\d-(?:[01]?\d|2[0-3]):[0-5]\d$/, 'two times of day, such as "22:00-07:00"'),
      {
        about: 'Local time in which nobody is told of alerts; what goes on afterwards is told then.',
        example: '22:00-07:00',
      },
    ),
    critical_always: key(flag(), { about: 'Critical alerts are told in quiet hours, too.', preset: true }),
    daily_budget: key(whole(0, 1000), {
      about: 'Alerts told at once in a day, and as many critical ones; the rest is told in one digest.',
      preset: 10,
    }),
    digest_at: key(matching(/^(?:[01]?\d|2[0-3]):[0-5]\d$/, 'a time of day, such as "08:00"'), {
      about: 'Local time of the digest.',
      preset: '08:00',
    }),
    at_once_from: key(oneOf(['info', 'warning', 'critical']), {
      about: 'What is less grave is in the digest only.',
      preset: 'warning',
    }),
    ...alertChannels,
  }),
  plugins: v.optional(
    v.record(
      matching(/^[a-z][a-z0-9_-]{0,63}$/, 'the name of a plugin'),
      v.record(v.string(), v.unknown(), 'a table'),
      'a table',
    ),
  ),
});

export type CheckedConfig = v.InferOutput<typeof configSchema>;
