// Sums of an interval as rows that are shown or stored. Owns: their fields. Pure, but for the names it asks for.
// An interval has thousands of rows: their fields are set one by one, not spread together.

import type { FlowOwner } from '../api/events.js';
import type { AppSums, NamedSums } from '../api/interval-record.js';
import type { Mutable } from '../kernel/mutable.js';
import type { BookReason } from '../kernel/traffic-words.js';
import type { Correction } from './late-owners.js';
import type { SumsRow } from './live-snapshot.js';
import { withoutProcess } from './owner-key.js';
import { partOfNumber } from './traffic-part.js';
import type { RowPart, RunningRow } from './traffic-table.js';

export type InterfaceNames = (interfaceId: number) => string | undefined;

/** Rows to add to an interval that was closed before: applications more, unknown less. */
export interface CorrectedRows {
  readonly intervalsAgo: number;
  readonly apps: readonly AppSums[];
  readonly unknown: readonly NamedSums[];
}

/** What a screen shows of a row besides its name. */
export function shownSums(row: RunningRow): SumsRow {
  return {
    txBytes: row.txBytes,
    rxBytes: row.rxBytes,
    txPackets: row.txPackets,
    rxPackets: row.rxPackets,
    txBytesTotal: row.txBytesTotal,
    rxBytesTotal: row.rxBytesTotal,
    ...(row.firstUs === Number.POSITIVE_INFINITY ? {} : { sinceUs: row.firstUs }),
    flows: row.flows,
  };
}

/** One row a part. */
export function scopedRows(rows: readonly RunningRow[], nameOf: InterfaceNames): NamedSums[] {
  const scoped: NamedSums[] = [];
  for (const row of rows) for (const part of row.parts) scoped.push(scopedRow(row.name, part, nameOf));
  return scoped;
}

export function scopedApps(
  rows: readonly RunningRow[],
  ownerOf: (row: RunningRow) => FlowOwner,
  nameOf: InterfaceNames,
): AppSums[] {
  return rows.flatMap((row) => {
    const { app, pid: _, ...owner } = withoutProcess(ownerOf(row));
    return row.parts.map((part): AppSums => {
      const { quality } = partOfNumber(part.part);
      return { ...owner, quality, ...scopedRow(app, part, nameOf) };
    });
  });
}

export function correctedRows(correction: Correction, nameOf: InterfaceNames): CorrectedRows {
  const { intervalsAgo, scope, reason, owner, moved } = correction;
  const { app, pid: _, ...who } = withoutProcess(owner);
  const taken = scopedRow(reason, { part: scope, ...moved }, nameOf);
  const less = {
    txBytes: 0 - moved.txBytes,
    rxBytes: 0 - moved.rxBytes,
    txPackets: 0 - moved.txPackets,
    rxPackets: 0 - moved.rxPackets,
  };
  return {
    intervalsAgo,
    apps: [{ ...who, ...taken, name: app }],
    unknown: [{ ...taken, ...less, flows: 0 - moved.flowsStarted }],
  };
}

function scopedRow(name: string | BookReason, part: RowPart, nameOf: InterfaceNames): NamedSums {
  const { interfaceId, zone } = partOfNumber(part.part);
  const interfaceName = nameOf(interfaceId);
  const row: Mutable<NamedSums> = {
    name,
    txBytes: part.txBytes,
    rxBytes: part.rxBytes,
    txPackets: part.txPackets,
    rxPackets: part.rxPackets,
    flows: part.flowsStarted,
  };
  if (interfaceName !== undefined) row.interface = interfaceName;
  if (zone !== undefined) row.zone = zone;
  return row;
}
