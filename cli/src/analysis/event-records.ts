// Flows and alerts as the records people and scripts rely on, where they are values already. Absent fields are left out, never null.
import type { AlertRaised, FlowRecord } from '@kaipo/core/api/index.js';

/** Microseconds since the epoch as seconds with microseconds; 0 when there is no time. */
export const seconds = (us: number): number => (Number.isFinite(us) ? Math.round(us) / 1e6 : 0);

/** A flow as a line: times in seconds, and without what only a recorder knows of it. */
export function flowLine(flow: FlowRecord): object {
  const { id, transport, client, server, startUs, endUs, localSide: _side, owner: _owner, ...known } = flow;
  return { type: 'flow', id, transport, client, server, start: seconds(startUs), end: seconds(endUs), ...known };
}

/** JSON.stringify leaves undefined fields out. */
export function alertRecord({ kind: _kind, tsUs, ...rest }: AlertRaised): object {
  return { type: 'alert', ts: seconds(tsUs), ...rest };
}
