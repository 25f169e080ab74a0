// Closed flows and answered names as rows of plain values, and back. Owns the order of the columns; append only.
import type { DnsAnswered, FlowEnded, FlowOwner, FlowRecord } from '../api/events.js';
import { QUALITIES } from './series-block.js';

type Cell = string | number | null | readonly string[];
export type LogRow = readonly Cell[];

/** One answered question of a minute. */
export interface AnsweredName {
  readonly tsUs: number;
  readonly name: string;
  readonly qtype: string;
  readonly rcode: string;
  readonly client: string;
  readonly answers: readonly string[];
}

export function flowRow({ flow, reason }: FlowEnded): LogRow {
  const { client, server, owner } = flow;
  return [
    flow.id,
    flow.transport,
    client.ip,
    client.port ?? null,
    client.packets,
    client.bytes,
    server.ip,
    server.port ?? null,
    server.packets,
    server.bytes,
    flow.endUs,
    flow.endUs - flow.startUs,
    reason,
    flow.interface ?? null,
    flow.localSide ?? null,
    flow.protocol ?? null,
    flow.protocolFrom ?? null,
    flow.application ?? null,
    flow.serverName ?? null,
    flow.serverNameFrom ?? null,
    flow.tunnel ?? null,
    flow.communityId ?? null,
    owner?.app ?? null,
    owner === undefined ? null : QUALITIES.indexOf(owner.quality),
    owner?.pid ?? null,
    owner?.exe ?? null,
    owner?.user ?? null,
    owner?.unit ?? null,
    owner?.container ?? null,
  ];
}
/** Where a flow's end stands: what the log is searched by. */
export const FLOW_END_COLUMN = 10;

/** Both directions, before anything else is made of the row. */
export function bytesOfFlowRow(row: LogRow): number {
  return Number(row[5] ?? 0) + Number(row[9] ?? 0);
}

export function flowFromRow(row: LogRow): FlowRecord {
  const text = (column: number): string | undefined => (typeof row[column] === 'string' ? row[column] : undefined);
  const count = (column: number): number => (typeof row[column] === 'number' ? row[column] : 0);
  const port = (column: number): { port?: number } => (typeof row[column] === 'number' ? { port: row[column] } : {});
  const endUs = count(FLOW_END_COLUMN);
  const tunnel = row[20];
  const app = text(22);
  const owner: FlowOwner | undefined = app === undefined ? undefined : ownerFromRow(row, app, text);
  return {
    id: text(0) ?? '',
    transport: text(1) ?? '',
    client: { ip: text(2) ?? '', ...port(3), packets: count(4), bytes: count(5) },
    server: { ip: text(6) ?? '', ...port(7), packets: count(8), bytes: count(9) },
    startUs: endUs - count(11),
    endUs,
    ...given({
      interface: text(13),
      localSide: text(14) as FlowRecord['localSide'],
      protocol: text(15),
      protocolFrom: text(16) as FlowRecord['protocolFrom'],
      application: text(17),
      serverName: text(18),
      serverNameFrom: text(19) as FlowRecord['serverNameFrom'],
      tunnel: Array.isArray(tunnel) ? (tunnel as readonly string[]) : undefined,
      communityId: text(21),
      owner,
    }),
  };
}

function ownerFromRow(row: LogRow, app: string, text: (column: number) => string | undefined): FlowOwner {
  const pid = row[24];
  return {
    app,
    quality: QUALITIES[Number(row[23])] ?? 'unknown',
    ...given({
      pid: typeof pid === 'number' ? pid : undefined,
      exe: text(25),
      user: text(26),
      unit: text(27),
      container: text(28),
    }),
  };
}

type Given<Shape> = { readonly [Key in keyof Shape]?: Exclude<Shape[Key], undefined> };

/** The fields that have a value; the others stay absent. */
function given<Shape extends object>(fields: Shape): Given<Shape> {
  // By hand: of a question to all flows of a month, entries and a filter were a third.
  const kept: Record<string, unknown> = {};
  for (const name in fields) if (fields[name] !== undefined) kept[name] = fields[name];
  return kept as Given<Shape>;
}

export function nameRow(event: DnsAnswered): LogRow {
  return [event.tsUs, event.name, event.qtype, event.rcode, event.client.ip, event.answers];
}
export const NAME_TIME_COLUMN = 0;

export function nameFromRow(row: LogRow): AnsweredName {
  const [tsUs, name, qtype, rcode, client, answers] = row;
  return {
    tsUs: Number(tsUs),
    name: String(name),
    qtype: String(qtype),
    rcode: String(rcode),
    client: String(client),
    answers: Array.isArray(answers) ? (answers as readonly string[]).map(String) : [],
  };
}
