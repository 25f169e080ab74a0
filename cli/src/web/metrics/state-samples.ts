// What holds at the moment of a scrape: recorder, store, flow table, readers of the stream, this process. Owns which of it is told.
// Must not wait for anybody. Bound: one sample of each.
import type { StreamClients } from '../stream-clients.js';
import type { WebContext } from '../web-context.js';
import { type MetricSample, sample } from './metric-sample.js';

export function stateSamples(context: WebContext, streams: StreamClients): MetricSample[] {
  const { user, system } = process.cpuUsage();
  return [
    sample('kaipo_build_info', 1, {
      version: context.version,
      node: process.versions.node,
      platform: process.platform,
    }),
    ...ofStore(context),
    ...ofFlows(context),
    sample('kaipo_stream_clients', streams.size),
    sample('kaipo_stream_skipped_updates_total', streams.skipped),
    sample('kaipo_process_resident_memory_bytes', process.memoryUsage.rss()),
    sample('kaipo_process_cpu_seconds_total', (user + system) / 1e6),
  ];
}

function ofStore({ watch }: WebContext): MetricSample[] {
  const state = watch.state();
  if ('error' in state) return [sample('kaipo_recorder_up', 0), sample('kaipo_recorder_recording', 0)];
  const { writer, fileBytes, lastEndUs } = state.info;
  const health = watch.recorderHealth();
  // Not asked yet: one that runs is taken to record, or an alert would go off at every start.
  const isRecording = writer !== undefined && (health === undefined || health.state === 'recording');
  return [
    sample('kaipo_recorder_up', writer === undefined ? 0 : 1),
    sample('kaipo_recorder_recording', isRecording ? 1 : 0),
    ...(writer === undefined
      ? []
      : [
          sample('kaipo_recorder_waiting_intervals', health?.waitingIntervals ?? 0),
          sample('kaipo_recorder_lost_intervals_total', health?.lostIntervals ?? 0),
        ]),
    sample('kaipo_store_bytes', fileBytes),
    ...(lastEndUs === undefined ? [] : [sample('kaipo_store_last_interval_timestamp_seconds', lastEndUs / 1e6)]),
  ];
}

function ofFlows({ live }: WebContext): MetricSample[] {
  const snapshot = live.latest?.snapshot;
  if (snapshot === undefined || snapshot.rung === 'counters') return [];
  const { active, capacity } = snapshot.flowTable;
  return [sample('kaipo_flows_active', active), sample('kaipo_flows_capacity', capacity)];
}
