// Is what came over the control socket a snapshot? Owns the check of its shape, as deep as drawing relies on. Must not know sockets.
// Bound: MAX_ROWS a list, more than any recorder sends.
import { BOOK_REASONS } from '@kaipo/core/kernel/traffic-words.js';
import type { LiveDetails } from '@kaipo/core/query/live-details.js';
import type { LiveSnapshot } from '@kaipo/core/query/live-snapshot.js';

const MAX_ROWS = 65_536;
const MAX_PARENTS = 64;
const REASONS: ReadonlySet<string> = new Set(BOOK_REASONS);

type Plain = Record<string, unknown>;
type Type = 'number' | 'string' | 'boolean';
/** Names and types, as a list: a snapshot has 10,000 rows. */
type Fields = readonly (readonly [name: string, type: Type])[];

const fieldsOf = (types: Readonly<Record<string, Type>>): Fields => Object.entries(types);

const COUNTS = { rxBytes: 'number', txBytes: 'number', rxPackets: 'number', txPackets: 'number' } as const;
const TRAFFIC = { ...COUNTS, rxBytesTotal: 'number', txBytesTotal: 'number' } as const;

const GROUPS: Readonly<Record<string, Fields>> = {
  capture: fieldsOf({
    received: 'number',
    delivered: 'number',
    droppedByKernel: 'number',
    droppedByHelper: 'number',
    dropsKnown: 'boolean',
    gaps: 'number',
  }),
  books: fieldsOf({
    kernelBytes: 'number',
    attributedBytes: 'number',
    unknownBytes: 'number',
    notCapturedBytes: 'number',
    inFlightBytes: 'number',
  }),
  flowTable: fieldsOf({ active: 'number', capacity: 'number', refused: 'number', evicted: 'number' }),
  recording: fieldsOf({ state: 'string' }),
};

const PROCESS = fieldsOf({ app: 'string', quality: 'string', flows: 'number', ...TRAFFIC });

const OWNER = { pid: 'number', user: 'string', unit: 'string', container: 'string' } as const;
const PLACE = { zone: 'string', country: 'string', asn: 'number', network: 'string' } as const;

/** Not of every row, and of none from recorders that do not tell. */
const OF_PROCESS = fieldsOf({ ...OWNER, exe: 'string', ended: 'number', startUs: 'number', sinceUs: 'number' });
const OF_APP = fieldsOf({ ...OWNER, exe: 'string', service: 'string', sinceUs: 'number' });
const OF_HOST = fieldsOf({ ...PLACE, name: 'string', sinceUs: 'number' });
const OF_DEVICE = fieldsOf({ name: 'string', vendor: 'string', mac: 'string' });
const OF_FLOW = fieldsOf({
  ...{ ...OWNER, ...PLACE, interface: 'string', protocol: 'string', serverName: 'string', app: 'string' },
  ...{ serverNameFrom: 'string', protocolFrom: 'string', quality: 'string', direction: 'string', service: 'string' },
  ...{ category: 'string', rttUs: 'number', retransmits: 'number', tlsVersion: 'string', ja4: 'string' },
  vendor: 'string',
});
const OF_END = fieldsOf({ port: 'number' });

const LISTS: Readonly<Record<string, Fields>> = {
  interfaces: fieldsOf({ name: 'string', up: 'boolean', captured: 'boolean', ...TRAFFIC }),
  apps: fieldsOf({ app: 'string', quality: 'string', flows: 'number', ...TRAFFIC }),
  flows: fieldsOf({ id: 'string', transport: 'string', startUs: 'number', ...TRAFFIC }),
  hosts: fieldsOf({ ip: 'string', flows: 'number', ...TRAFFIC }),
  protocols: fieldsOf({ name: 'string', flows: 'number', ...TRAFFIC }),
  dns: fieldsOf({ kind: 'string', name: 'string' }),
  alerts: fieldsOf({ severity: 'string', subject: 'string', summary: 'string' }),
  notices: fieldsOf({ tsUs: 'number', severity: 'string', text: 'string' }),
};

const SNAPSHOT = fieldsOf({ tsUs: 'number', intervalUs: 'number', rung: 'string' });
const EVENTS = fieldsOf({ lost: 'number', turnedDown: 'boolean' });
const PARENT = fieldsOf({ pid: 'number', app: 'string' });
const END = fieldsOf({ ip: 'string' });
const TITLE = fieldsOf({ title: 'string' });
const SUBJECT = fieldsOf({ kind: 'string', key: 'string' });
const DETAIL = fieldsOf({ name: 'string', value: 'string' });
const OF_DETAIL = fieldsOf({ from: 'string' });
const MAX_DETAILS = 1024;

/** Details of a row that is watched. */
export function isLiveDetails(value: unknown): value is LiveDetails {
  if (!hasFields(value, TITLE) || !hasFields(value['subject'], SUBJECT)) return false;
  if (value['endedUs'] !== undefined && typeof value['endedUs'] !== 'number') return false;
  return isList(value['sections'], MAX_DETAILS, (section) => {
    if (!hasFields(section, TITLE)) return false;
    return isList(section['rows'], MAX_DETAILS, (row) => hasFields(row, DETAIL) && mayHave(row, OF_DETAIL));
  });
}

export function isLiveSnapshot(value: unknown): value is LiveSnapshot {
  if (!hasFields(value, SNAPSHOT)) return false;
  for (const [name, fields] of Object.entries(GROUPS)) if (!hasFields(value[name], fields)) return false;
  for (const [name, fields] of Object.entries(LISTS)) {
    const list = value[name];
    if (!Array.isArray(list) || list.length > MAX_ROWS || !list.every((row) => hasFields(row, fields))) return false;
  }
  const { events } = value['capture'] as Plain;
  if (events !== undefined && !hasFields(events, EVENTS)) return false;
  const books = value['books'] as Plain;
  if (!isReasons(books['unknownReasons']) || !isReasons(books['notCapturedReasons'])) return false;
  if (!areProcesses(value['processes'])) return false;
  if (!(value['apps'] as Plain[]).every((app) => mayHave(app, OF_APP))) return false;
  if (!(value['hosts'] as Plain[]).every((host) => mayHave(host, OF_HOST) && isDevice(host['device']))) return false;
  return (value['flows'] as Plain[]).every(
    (flow) => isEndpoint(flow['local']) && isEndpoint(flow['remote']) && mayHave(flow, OF_FLOW),
  );
}

const isEndpoint = (value: unknown): boolean => hasFields(value, END) && mayHave(value, OF_END);

const isDevice = (value: unknown): boolean =>
  value === undefined || (hasFields(value, []) && mayHave(value, OF_DEVICE));

const isList = (value: unknown, max: number, isOne: (entry: unknown) => boolean): boolean =>
  Array.isArray(value) && value.length <= max && value.every(isOne);

/** A recorder that does not tell of them leaves them out. */
function areProcesses(value: unknown): boolean {
  if (value === undefined) return true;
  if (!Array.isArray(value) || value.length > MAX_ROWS) return false;
  return value.every((row) => hasFields(row, PROCESS) && mayHave(row, OF_PROCESS) && areParents(row['parents']));
}

const areParents = (value: unknown): boolean =>
  value === undefined ||
  (Array.isArray(value) && value.length <= MAX_PARENTS && value.every((parent) => hasFields(parent, PARENT)));

/** Bytes by reason; a recorder that does not know them leaves them out. */
function isReasons(value: unknown): boolean {
  if (value === undefined) return true;
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).every(([reason, bytes]) => REASONS.has(reason) && typeof bytes === 'number');
}

function mayHave(value: Plain, fields: Fields): boolean {
  return fields.every(([name, type]) => value[name] === undefined || typeof value[name] === type);
}

function hasFields(value: unknown, fields: Fields): value is Plain {
  if (typeof value !== 'object' || value === null) return false;
  return fields.every(([name, type]) => typeof (value as Plain)[name] === type);
}
