// `--format csv`: one line a flow.
import { COMMUNITY_ID_LENGTH, writeCommunityId } from '@kaipo/core/engine/community-id.js';
import type { EndedFlow } from '@kaipo/core/engine/ended-flow.js';
import { transportName } from '@kaipo/core/flow/flow-text.js';
import { ascii, type ByteText } from '@kaipo/core/kernel/byte-text.js';
import { tunnelNames } from '@kaipo/core/wire/tunnels.js';
import { csvCell, csvLine } from '../output/csv.js';
import type { TextSink } from '../output/text-sink.js';
import type { AnalysisWriter } from './analysis-writer.js';

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

const COMMA = ascii(',');
const LINE_END = ascii('\r\n');

export class CsvWriter implements AnalysisWriter {
  readonly #sink: TextSink;

  constructor(sink: TextSink) {
    this.#sink = sink;
    sink.write(csvLine(COLUMNS));
  }

  flow(ended: EndedFlow): void {
    writeRow(this.#sink.bytes, ended);
  }

  event(): void {}

  end(): void {}
}

/** As `csvLine` writes it; only texts that come from outside may need quotes. */
function writeRow(out: ByteText, ended: EndedFlow): void {
  const { columns, flow, protocol, texts } = ended;
  out.hex32(columns.generation[flow]!);
  out.hex32(flow);
  out.word(COMMA);
  out.plain(transportName(ended.transport));
  out.word(COMMA);
  writeSide(out, ended, ended.clientIp, ended.clientPort, ended.clientPackets, ended.clientBytes);
  writeSide(out, ended, ended.serverIp, ended.serverPort, ended.serverPackets, ended.serverBytes);
  out.seconds(ended.startUs);
  out.word(COMMA);
  out.seconds(ended.endUs);
  out.word(COMMA);
  if (protocol !== undefined) out.plain(protocol);
  out.word(COMMA);
  out.text(csvCell(texts?.application));
  out.word(COMMA);
  out.text(csvCell(ended.serverName(texts)));
  out.word(COMMA);
  if (ended.tunnels !== 0) out.plain(tunnelNames(ended.tunnels).join(' '));
  out.word(COMMA);
  if (ended.hasCommunityId) writeCommunityId(columns, flow, out.bytes, out.room(COMMUNITY_ID_LENGTH));
  out.word(COMMA);
  if (protocol !== undefined) out.plain(ended.protocolFrom);
  out.word(LINE_END);
}

function writeSide(
  out: ByteText,
  { hasPorts }: EndedFlow,
  ip: string,
  port: number,
  packets: number,
  bytes: number,
): void {
  out.plain(ip);
  out.word(COMMA);
  if (hasPorts) out.number(port);
  out.word(COMMA);
  out.number(packets);
  out.word(COMMA);
  out.number(bytes);
  out.word(COMMA);
}
