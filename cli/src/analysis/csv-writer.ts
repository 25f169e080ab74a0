// `--format csv`: one line a flow.
import type { FlowRecord, KaipoEvent } from '@kaipo/core/api/index.js';
import { type CsvCell, csvLine } from '../output/csv.js';
import type { TextSink } from '../output/text-sink.js';
import type { AnalysisWriter } from './analysis-writer.js';
import { seconds } from './event-records.js';

const COLUMNS = [
  'id',
  'transport',
  'client_ip',
  'client_port',
  'client_packets',
  'client_bytes',
  'server_ip',
  'server_port',
  'server_packets',
  'server_bytes',
  'start',
  'end',
  'protocol',
  'application',
  'server_name',
  'tunnel',
  'community_id',
  'protocol_from',
] as const;

export class CsvWriter implements AnalysisWriter {
  readonly #sink: TextSink;

  constructor(sink: TextSink) {
    this.#sink = sink;
    sink.write(csvLine(COLUMNS));
  }

  event(event: KaipoEvent): void {
    if (event.kind === 'flow.ended') this.#sink.write(csvLine(cells(event.flow)));
  }

  end(): void {}
}

function cells(flow: FlowRecord): CsvCell[] {
  return [
    flow.id,
    flow.transport,
    flow.client.ip,
    flow.client.port,
    flow.client.packets,
    flow.client.bytes,
    flow.server.ip,
    flow.server.port,
    flow.server.packets,
    flow.server.bytes,
    seconds(flow.startUs),
    seconds(flow.endUs),
    flow.protocol,
    flow.application,
    flow.serverName,
    flow.tunnel?.join(' '),
    flow.communityId,
    flow.protocolFrom,
  ];
}
