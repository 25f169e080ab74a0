// The summary of an analysis as a record. packets = decodedPackets + malformedPackets + unsupportedPackets for every input.
import type { CaptureTotals } from '@kaipo/core/engine/capture-run/capture-run.js';
import type { FlowAnalysis } from '@kaipo/core/engine/flow-analysis.js';
import { linkTypeName } from '@kaipo/core/wire/link-types.js';
import { seconds } from './event-records.js';

export interface AnalysisSummary {
  readonly type: 'summary';
  readonly files: number;
  readonly packets: number;
  readonly bytes: number;
  readonly capturedBytes: number;
  readonly firstTs?: number;
  readonly lastTs?: number;
  readonly linkTypes: readonly string[];
  readonly decodedPackets: number;
  readonly malformedPackets: number;
  readonly unsupportedPackets: number;
  readonly truncatedPackets: number;
  readonly flows: number;
  readonly refusedFlows: number;
  /** Flows nobody had answered, ended because others needed the room. */
  readonly evictedFlows?: number;
  /** Buffers, texts of flows and names for which there was no memory left. */
  readonly refusedBuffers?: number;
  readonly refusedFlowTexts?: number;
  readonly forgottenNames?: number;
}

export function analysisSummary(
  totals: CaptureTotals,
  files: number,
  { inspection, notebook, names }: Pick<FlowAnalysis, 'inspection' | 'notebook' | 'names'>,
): AnalysisSummary {
  const { tally } = totals;
  const linkTypes: string[] = [];
  for (let type = 0; type < tally.linkTypesSeen.length; type++) {
    if (tally.linkTypesSeen[type] === 1) linkTypes.push(linkTypeName(type));
  }
  return {
    type: 'summary',
    files,
    packets: tally.packets,
    bytes: tally.bytes,
    capturedBytes: tally.capturedBytes,
    ...(Number.isFinite(tally.firstTsUs) ? { firstTs: seconds(tally.firstTsUs), lastTs: seconds(tally.lastTsUs) } : {}),
    linkTypes,
    decodedPackets: tally.decodedPackets,
    malformedPackets: tally.malformedPackets,
    unsupportedPackets: tally.unsupportedPackets,
    truncatedPackets: tally.truncatedPackets,
    flows: totals.flows.created,
    refusedFlows: totals.flows.refused,
    ...counted({
      evictedFlows: totals.flows.evicted,
      refusedBuffers: inspection.pool.refused,
      refusedFlowTexts: notebook.refusedTexts,
      forgottenNames: names.evicted,
    }),
  };
}

/** What happened at all. */
function counted<T extends Record<string, number>>(counts: T): Partial<T> {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0)) as Partial<T>;
}
