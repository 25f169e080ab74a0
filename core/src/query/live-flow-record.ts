// A row of a live flow as the record it would leave, where nobody has better: a run that sees sockets and no packets. Pure.
import type { FlowRecord } from '../api/events.js';
import type { Mutable } from '../kernel/mutable.js';
import type { LiveFlow } from './live-snapshot.js';

export function rowRecord(row: LiveFlow, nowUs: number): FlowRecord {
  const local = { ...row.local, packets: 0, bytes: row.txBytesTotal };
  const remote = { ...row.remote, packets: 0, bytes: row.rxBytesTotal };
  const isClient = row.direction !== 'in';
  const record: Mutable<FlowRecord> = {
    id: row.id,
    transport: row.transport,
    client: isClient ? local : remote,
    server: isClient ? remote : local,
    startUs: row.startUs,
    endUs: nowUs,
    localSide: isClient ? 'client' : 'server',
  };
  if (row.interface !== undefined) record.interface = row.interface;
  if (row.protocol !== undefined) record.protocol = row.protocol;
  if (row.serverName !== undefined) record.serverName = row.serverName;
  if (row.service !== undefined) record.application = row.service;
  if (row.app !== undefined) {
    const { app, pid, user, unit, container, quality = 'unknown' } = row;
    record.owner = {
      ...{ app, quality },
      ...(pid === undefined ? {} : { pid }),
      ...(user === undefined ? {} : { user }),
      ...(unit === undefined ? {} : { unit }),
      ...(container === undefined ? {} : { container }),
    };
  }
  return record;
}
