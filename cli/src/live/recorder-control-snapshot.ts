// Is what came over the control socket a snapshot? Owns the check of its shape, as deep as drawing relies on. Must not know sockets.
// Bound: MAX_ROWS a list, more than any recorder sends.
import { BOOK_REASONS } from '@kaipo/core/kernel/traffic-words.js';
import type { LiveSnapshot } from '@kaipo/core/query/live-snapshot.js';

const MAX_ROWS = 65_536;
const MAX_PARENTS = 64;
const REASONS: ReadonlySet<string> = new Set(BOOK_REASONS);

type Plain = Record<string, unknown>;
type Fields = Readonly<Record<string, 'number' | 'string' | 'boolean'>>;

const COUNTS = { rxBytes: 'number', txBytes: 'number', rxPackets: 'number', txPackets: 'number' } as const;
const TRAFFIC = { ...COUNTS, rxBytesTotal: 'number', txBytesTotal: 'number' } as const;

const GROUPS: Readonly<Record<string, Fields>> = {
  capture: {
    received: 'number',
    delivered: 'number',
    droppedByKernel: 'number',
    droppedByHelper: 'number',
    dropsKnown: 'boolean',
    gaps: 'number',
  },
  books: {
    kernelBytes: 'number',
    attributedBytes: 'number',
    unknownBytes: 'number',
    notCapturedBytes: 'number',
    inFlightBytes: 'number',
  },
  flowTable: { active: 'number', capacity: 'number', refused: 'number', evicted: 'number' },
  recording: { state: 'string' },
};

const PROCESS: Fields = { app: 'string', quality: 'string', flows: 'number', ...TRAFFIC };

/** Not of every process. */
const OF_PROCESS: Fields = {
  pid: 'number',
  exe: 'string',
  user: 'string',
  unit: 'string',
  container: 'string',
  ended: 'number',
};

const LISTS: Readonly<Record<string, Fields>> = {
  interfaces: { name: 'string', up: 'boolean', captured: 'boolean', ...TRAFFIC },
  apps: { app: 'string', quality: 'string', flows: 'number', ...TRAFFIC },
  flows: { id: 'string', transport: 'string', startUs: 'number', ...TRAFFIC },
  hosts: { ip: 'string', flows: 'number', ...TRAFFIC },
  protocols: { name: 'string', flows: 'number', ...TRAFFIC },
  dns: { kind: 'string', name: 'string' },
  alerts: { severity: 'string', subject: 'string', summary: 'string' },
  notices: { tsUs: 'number', severity: 'string', text: 'string' },
};

export function isLiveSnapshot(value: unknown): value is LiveSnapshot {
  if (!hasFields(value, { tsUs: 'number', intervalUs: 'number', rung: 'string' })) return false;
  for (const [name, fields] of Object.entries(GROUPS)) if (!hasFields(value[name], fields)) return false;
  for (const [name, fields] of Object.entries(LISTS)) {
    const list = value[name];
    if (!Array.isArray(list) || list.length > MAX_ROWS || !list.every((row) => hasFields(row, fields))) return false;
  }
  const { events } = value['capture'] as Plain;
  if (events !== undefined && !hasFields(events, { lost: 'number', turnedDown: 'boolean' })) return false;
  const books = value['books'] as Plain;
  if (!isReasons(books['unknownReasons']) || !isReasons(books['notCapturedReasons'])) return false;
  if (!areProcesses(value['processes'])) return false;
  return (value['flows'] as Plain[]).every((flow) => isEndpoint(flow['local']) && isEndpoint(flow['remote']));
}

const isEndpoint = (value: unknown): boolean => hasFields(value, { ip: 'string' });

/** A recorder that does not tell of them leaves them out. */
function areProcesses(value: unknown): boolean {
  if (value === undefined) return true;
  if (!Array.isArray(value) || value.length > MAX_ROWS) return false;
  return value.every((row) => hasFields(row, PROCESS) && mayHave(row, OF_PROCESS) && areParents(row['parents']));
}

const areParents = (value: unknown): boolean =>
  value === undefined ||
  (Array.isArray(value) &&
    value.length <= MAX_PARENTS &&
    value.every((parent) => hasFields(parent, { pid: 'number', app: 'string' })));

/** Bytes by reason; a recorder that does not know them leaves them out. */
function isReasons(value: unknown): boolean {
  if (value === undefined) return true;
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).every(([reason, bytes]) => REASONS.has(reason) && typeof bytes === 'number');
}

function mayHave(value: Plain, fields: Fields): boolean {
  return Object.entries(fields).every(([name, type]) => value[name] === undefined || typeof value[name] === type);
}

function hasFields(value: unknown, fields: Fields): value is Plain {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(fields).every(([name, type]) => typeof (value as Plain)[name] === type);
}
