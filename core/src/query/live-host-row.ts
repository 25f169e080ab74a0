// The sums of a remote address as a row that is shown. Owns: its fields. Cold: as many as a list has rows.
import type { Mutable } from '../kernel/mutable.js';
import type { Zone } from '../kernel/traffic-words.js';
import { type RemoteKnowledge, setPlace } from './live-flow-row.js';
import { shownSums } from './live-rows.js';
import type { LiveHost } from './live-snapshot.js';
import { partOfNumber } from './traffic-part.js';
import { OTHER, type RunningRow } from './traffic-table.js';

/** `zoneOf`: of hosts that rest; what moved is where its flows were. */
export function hostRow(row: RunningRow, knowledge: RemoteKnowledge, zoneOf: (ip: string) => Zone): LiveHost {
  const ip = row.name;
  const host: Mutable<LiveHost> = { ip, ...shownSums(row) };
  if (ip === OTHER) return host;
  const name = knowledge.nameOf(ip);
  if (name !== undefined) host.name = name;
  const [part] = row.parts;
  host.zone = (part === undefined ? undefined : partOfNumber(part.part).zone) ?? zoneOf(ip);
  if (host.zone === 'internet') setPlace(host, knowledge.placeOf?.(ip));
  const device = host.zone === 'lan' ? knowledge.deviceOf?.(ip) : undefined;
  if (device !== undefined) host.device = device;
  return host;
}
