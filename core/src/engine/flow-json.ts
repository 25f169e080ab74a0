// What the columns of a flow that has ended say of it, as JSON, in two pieces: what plugins say of it stands between them. Must not know
// plugins: the thread that makes flows writes this while the other one has its hands full.
import { type FlowColumns, SUM_BYTES, SUM_FIRST_US, SUM_LAST_US, SUM_PACKETS, SUMS } from '../flow/flow-columns.js';
import type { FlowHealthColumns } from '../flow/flow-health.js';
import { flowHasPorts, flowPort, flowProtocolNumber, transportName } from '../flow/flow-text.js';
import { hasHealth } from '../flow/health-row.js';
import { ascii, type ByteText } from '../kernel/byte-text.js';
import { tunnelNames } from '../wire/tunnels.js';
import { COMMUNITY_ID_LENGTH, writeCommunityId } from './community-id.js';
import { writeHealth } from './health-json.js';

const TCP = 6;
const UDP_LITE = 136;
const TRANSPORT = ascii('","transport":"');
const CLIENT = ascii('","client":{"ip":"');
const SERVER = ascii('},"server":{"ip":"');
const END_TEXT = ascii('"');
const PORT = ascii(',"port":');
const PACKETS = ascii(',"packets":');
const BYTES = ascii(',"bytes":');
const START = ascii('},"start":');
const END = ascii(',"end":');
const COMMUNITY_ID = ascii(',"communityId":"');

/** A community ID has ends with ports, and no partial checksums. */
export const hasCommunityId = (columns: FlowColumns, flow: number): boolean =>
  flowHasPorts(columns, flow) && flowProtocolNumber(columns, flow) !== UDP_LITE;

/** Was anything of how it went measured, or did anything go wrong? */
export const flowHasHealth = (columns: FlowColumns, health: FlowHealthColumns, flow: number): boolean =>
  flowProtocolNumber(columns, flow) === TCP && hasHealth(health, flow);

/** From the signs of `id` to its end. */
export function writeFlowHead(
  out: ByteText,
  columns: FlowColumns,
  flow: number,
  clientSide: number,
  clientIp: string,
  serverIp: string,
): void {
  out.hex32(columns.generation[flow]!);
  out.hex32(flow);
  out.word(TRANSPORT);
  out.plain(transportName(flowProtocolNumber(columns, flow)));
  out.word(CLIENT);
  writeSide(out, columns, flow, clientSide, clientIp);
  out.word(SERVER);
  writeSide(out, columns, flow, 1 - clientSide, serverIp);
  out.word(START);
  out.seconds(columns.sums[flow * SUMS + SUM_FIRST_US]!);
  out.word(END);
  out.seconds(columns.sums[flow * SUMS + SUM_LAST_US]!);
}

/** What is measured, and what others call it. */
export function writeFlowTail(
  out: ByteText,
  columns: FlowColumns,
  health: FlowHealthColumns,
  flow: number,
  clientSide: number,
): void {
  const tunnels = columns.tunnels[flow]!;
  if (tunnels !== 0) out.member('tunnel', tunnelNames(tunnels));
  if (hasCommunityId(columns, flow)) {
    out.word(COMMUNITY_ID);
    writeCommunityId(columns, flow, out.bytes, out.room(COMMUNITY_ID_LENGTH));
    out.word(END_TEXT);
  }
  if (flowHasHealth(columns, health, flow)) writeHealth(out, health, flow, clientSide);
}

function writeSide(out: ByteText, columns: FlowColumns, flow: number, side: number, ip: string): void {
  out.plain(ip);
  out.word(END_TEXT);
  if (flowHasPorts(columns, flow)) {
    out.word(PORT);
    out.number(flowPort(columns, flow, side));
  }
  out.word(PACKETS);
  out.number(columns.sums[flow * SUMS + SUM_PACKETS + side]!);
  out.word(BYTES);
  out.number(columns.sums[flow * SUMS + SUM_BYTES + side]!);
}
