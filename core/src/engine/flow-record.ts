// A flow that has ended as a value for stores and plugins. Cold: once a flow ends, and only where somebody wants the value.
import type { FlowRecord, FlowSideTotals } from '../api/events.js';
import { flowIdText, transportName } from '../flow/flow-text.js';
import type { Mutable } from '../kernel/mutable.js';
import { safeText } from '../kernel/safe-text.js';
import { tunnelNames } from '../wire/tunnels.js';
import { communityId } from './community-id.js';
import type { EndedFlow } from './ended-flow.js';
import { healthRecord } from './health-record.js';

const side = (ip: string, port: number | undefined, packets: number, bytes: number): FlowSideTotals =>
  port === undefined ? { ip, packets, bytes } : { ip, port, packets, bytes };

/** Fields are set one by one, not spread together: this is done for every flow that ends. */
export function flowRecord(ended: EndedFlow): FlowRecord {
  const { columns, flow, hasPorts } = ended;
  const record: Mutable<FlowRecord> = {
    id: flowIdText(columns, flow),
    transport: transportName(ended.transport),
    client: side(ended.clientIp, hasPorts ? ended.clientPort : undefined, ended.clientPackets, ended.clientBytes),
    server: side(ended.serverIp, hasPorts ? ended.serverPort : undefined, ended.serverPackets, ended.serverBytes),
    startUs: ended.startUs,
    endUs: ended.endUs,
  };
  const { interfaceName, localSide, protocol, tunnels } = ended;
  if (interfaceName !== undefined) record.interface = interfaceName;
  if (localSide !== undefined) record.localSide = localSide;
  if (protocol !== undefined) {
    record.protocol = protocol;
    record.protocolFrom = ended.protocolFrom;
  }
  setTexts(record, ended);
  if (tunnels !== 0) record.tunnel = tunnelNames(tunnels);
  if (ended.hasCommunityId) record.communityId = communityId(columns, flow);
  if (ended.hasHealth) record.health = healthRecord(ended.health, flow, ended.clientSide);
  setPlace(record, ended);
  return record;
}

/** What analyzers have said of the flow; without a name, the one its server was last looked up by. */
function setTexts(record: Mutable<FlowRecord>, ended: EndedFlow): void {
  const { texts, device } = ended;
  if (texts?.application !== undefined) record.application = texts.application;
  if (texts?.category !== undefined) record.category = texts.category;
  if (texts?.details !== undefined) Object.assign(record, texts.details);
  const serverName = ended.serverName(texts);
  if (serverName !== undefined) {
    record.serverName = serverName;
    record.serverNameFrom = ended.serverNameFrom(texts);
  }
  if (texts?.owner !== undefined) record.owner = texts.owner;
  if (device?.name !== undefined) record.deviceName ??= device.name;
  if (device?.vendor !== undefined) record.deviceVendor ??= device.vendor;
}

function setPlace(record: Mutable<FlowRecord>, { place }: EndedFlow): void {
  if (place?.asn !== undefined) record.serverAsn = place.asn;
  if (place?.network !== undefined) record.serverNetwork = safeText(place.network);
  if (place?.country !== undefined) record.serverCountry = safeText(place.country);
}
