// Incidents of alerts in the file: one entry each, under an id that sorts by time, and a mark while it goes on. Owns what goes when there
// are too many. Must not know lmdb, nor what an alert is about. Bound: MAX_INCIDENTS, the oldest that are over go first.
import type { Incident } from '../api/alert-sink.js';
import type { BlockReader, BlockWriter } from './block-access.js';
import { encodeBlock } from './block-codec.js';
import { incidentFromBlock } from './incident-row.js';
import type { StoredAlerts } from './store.js';
import {
  ALERT_DESK_KEY,
  INCIDENTS_END,
  incidentKey,
  learnedKey,
  OPEN_INCIDENTS_END,
  openIncidentKey,
  type StoreKey,
} from './store-keys.js';
import { MAX_INCIDENTS, MAX_LEARNED_BYTES, REMOVED_INCIDENTS } from './store-limits.js';
import type { StoreState } from './store-state.js';

type File = BlockReader & BlockWriter;

const TIME_DIGITS = 13;
const MARK = encodeBlock(true);

/** Runs inside a transaction. The same twice is the same. */
export function writeAlerts(file: File, state: StoreState, { incidents, desk, learned = {} }: StoredAlerts): void {
  for (const incident of incidents) putIncident(file, state, incident);
  if (desk !== undefined) file.put(ALERT_DESK_KEY, encodeBlock(desk));
  for (const [rule, value] of Object.entries(learned)) {
    const bytes = encodeBlock(value);
    if (bytes.length <= MAX_LEARNED_BYTES) file.put(learnedKey(rule), bytes);
    else state.refusedLearned += 1;
  }
  if (state.incidentCount <= MAX_INCIDENTS) return;
  const tooMany = state.incidentCount - MAX_INCIDENTS + REMOVED_INCIDENTS;
  state.removedIncidents += removeIncidents(file, state, () => true, tooMany).incidents;
}

function putIncident(file: File, state: StoreState, incident: Incident): void {
  const { id, firstUs, lastUs, resolvedUs } = incident;
  const before = file.get(incidentKey(id));
  if (before === undefined) state.incidentCount += 1;
  else state.incidentBytes -= before.length;
  const bytes = encodeBlock(incident);
  state.incidentBytes += bytes.length;
  state.longestIncidentUs = Math.max(state.longestIncidentUs, (resolvedUs ?? lastUs) - firstUs);
  file.put(incidentKey(id), bytes);
  if (resolvedUs === undefined) file.put(openIncidentKey(id), MARK);
  else if (file.get(openIncidentKey(id)) !== undefined) file.remove(openIncidentKey(id));
}

/** The oldest that are over and that `isWanted`, at most so many. */
export function removeIncidents(
  file: File,
  state: StoreState,
  isWanted: (incident: Incident) => boolean,
  most: number,
): { readonly incidents: number; readonly bytes: number } {
  const keys: StoreKey[] = [];
  let bytes = 0;
  if (most > 0) {
    for (const { key, value } of file.range(incidentKey(''), INCIDENTS_END)) {
      const incident = incidentFromBlock(value);
      if (incident.resolvedUs === undefined || !isWanted(incident)) continue;
      keys.push(key);
      bytes += value.length;
      if (keys.length === most) break;
    }
  }
  for (const key of keys) file.remove(key);
  state.incidentCount -= keys.length;
  state.incidentBytes -= bytes;
  return { incidents: keys.length, bytes };
}

/** Those that went on at some time in [fromUs, toUs), the newest first. */
export function visitIncidents(
  reader: BlockReader,
  state: StoreState,
  fromUs: number,
  toUs: number,
  visit: (incident: Incident) => boolean | undefined,
): void {
  // One that goes on may have begun at any time.
  const marks = reader.keys(openIncidentKey(''), OPEN_INCIDENTS_END, 1);
  const oldestOpen = marks[0]?.[1];
  const startKey = timeKey(fromUs - state.longestIncidentUs);
  const isOpenOlder = oldestOpen !== undefined && String(oldestOpen) < String(startKey[1]);
  const start = isOpenOlder ? incidentKey(String(oldestOpen)) : startKey;
  for (const { value } of reader.range(start, timeKey(toUs), { reverse: true })) {
    const incident = incidentFromBlock(value);
    const { resolvedUs } = incident;
    if (resolvedUs !== undefined && resolvedUs < fromUs) continue;
    if (visit(incident) === false) return;
  }
}

export function readIncident(reader: BlockReader, id: string): Incident | undefined {
  const bytes = reader.get(incidentKey(id));
  return bytes === undefined ? undefined : incidentFromBlock(bytes);
}

export function readOpenIncidents(reader: BlockReader): readonly Incident[] {
  const marks = reader.keys(openIncidentKey(''), OPEN_INCIDENTS_END, MAX_INCIDENTS);
  return marks.map(([, id]) => readIncident(reader, String(id))).filter((incident) => incident !== undefined);
}

/** Ids begin with their time. */
function timeKey(us: number): StoreKey {
  const bounded = Math.min(Math.max(0, Math.floor(us)), Number.MAX_SAFE_INTEGER);
  const digits = bounded.toString(16).padStart(TIME_DIGITS, '0');
  return incidentKey(digits.length > TIME_DIGITS ? 'g' : digits);
}
