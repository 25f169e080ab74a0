// A flow that has ended as JSON, written from its columns: the text of `flowLine` of its record without the record, for there is one for
// every flow of a capture.
import type { FlowDetails, Place } from '@kaipo/core/api/index.js';
import { COMMUNITY_ID_LENGTH, writeCommunityId } from '@kaipo/core/engine/community-id.js';
import type { EndedFlow } from '@kaipo/core/engine/ended-flow.js';
import type { FlowTexts } from '@kaipo/core/engine/flow-notes.js';
import { transportName } from '@kaipo/core/flow/flow-text.js';
import { safeText } from '@kaipo/core/kernel/safe-text.js';
import { tunnelNames } from '@kaipo/core/wire/tunnels.js';
import { ascii, type ByteText, type Word } from '../output/byte-text.js';
import { writeHealth } from './health-line.js';

const TYPE = ascii('{"type":"flow","id":"');
const ID = ascii('{"id":"');
const TRANSPORT = ascii('","transport":"');
const CLIENT = ascii('","client":{"ip":"');
const SERVER = ascii('},"server":{"ip":"');
const END_TEXT = ascii('"');
const PORT = ascii(',"port":');
const PACKETS = ascii(',"packets":');
const BYTES = ascii(',"bytes":');
const START = ascii('},"start":');
const END = ascii(',"end":');
const INTERFACE = ascii(',"interface":');
const PROTOCOL = ascii(',"protocol":"');
const FROM_PAYLOAD = ascii('","protocolFrom":"payload"');
const FROM_PORT = ascii('","protocolFrom":"port"');
const APPLICATION = ascii(',"application":');
const CATEGORY = ascii(',"category":');
const SERVER_NAME = ascii(',"serverName":');
const NAME_FROM = {
  sni: ascii(',"serverNameFrom":"sni"'),
  host: ascii(',"serverNameFrom":"host"'),
  dns: ascii(',"serverNameFrom":"dns"'),
};
const COMMUNITY_ID = ascii(',"communityId":"');
const CLOSE = ascii('}');

/** One object; `isTyped` puts its type in front of it. */
export function writeFlow(out: ByteText, ended: EndedFlow, isTyped: boolean): void {
  const { columns, flow, hasPorts, protocol, interfaceName } = ended;
  out.word(isTyped ? TYPE : ID);
  out.hex32(columns.generation[flow]!);
  out.hex32(flow);
  out.word(TRANSPORT);
  out.plain(transportName(ended.transport));
  out.word(CLIENT);
  writeSide(out, ended.clientIp, hasPorts ? ended.clientPort : -1, ended.clientPackets, ended.clientBytes);
  out.word(SERVER);
  writeSide(out, ended.serverIp, hasPorts ? ended.serverPort : -1, ended.serverPackets, ended.serverBytes);
  out.word(START);
  out.seconds(ended.startUs);
  out.word(END);
  out.seconds(ended.endUs);
  if (interfaceName !== undefined) writeText(out, INTERFACE, interfaceName);
  if (protocol !== undefined) {
    out.word(PROTOCOL);
    out.plain(protocol);
    out.word(ended.protocolFrom === 'payload' ? FROM_PAYLOAD : FROM_PORT);
  }
  writeTexts(out, ended);
  if (ended.tunnels !== 0) out.member('tunnel', tunnelNames(ended.tunnels));
  if (ended.hasCommunityId) writeCommunity(out, ended);
  if (ended.hasHealth) writeHealth(out, ended.health, flow, ended.clientSide);
  const { place } = ended;
  if (place !== undefined) writePlace(out, place);
  out.word(CLOSE);
}

/** `port`: -1 for none. */
function writeSide(out: ByteText, ip: string, port: number, packets: number, bytes: number): void {
  out.plain(ip);
  out.word(END_TEXT);
  if (port >= 0) {
    out.word(PORT);
    out.number(port);
  }
  out.word(PACKETS);
  out.number(packets);
  out.word(BYTES);
  out.number(bytes);
}

function writeText(out: ByteText, name: Word, text: string): void {
  out.word(name);
  out.quoted(text);
}

function writeTexts(out: ByteText, ended: EndedFlow): void {
  const { texts, device } = ended;
  const serverName = ended.serverName(texts);
  if (texts !== undefined) writeNotes(out, texts);
  if (serverName !== undefined) {
    writeText(out, SERVER_NAME, serverName);
    out.word(NAME_FROM[ended.serverNameFrom(texts)]);
  }
  // What a flow says of its device stands among its details.
  if (device === undefined) return;
  if (texts?.details?.deviceName === undefined) out.member('deviceName', device.name);
  if (texts?.details?.deviceVendor === undefined) out.member('deviceVendor', device.vendor);
}

function writeNotes(out: ByteText, { application, category, details }: FlowTexts): void {
  if (application !== undefined) writeText(out, APPLICATION, application);
  if (category !== undefined) writeText(out, CATEGORY, category);
  if (details === undefined) return;
  for (const name in details) out.member(name, details[name as keyof FlowDetails]);
}

function writeCommunity(out: ByteText, { columns, flow }: EndedFlow): void {
  out.word(COMMUNITY_ID);
  writeCommunityId(columns, flow, out.bytes, out.room(COMMUNITY_ID_LENGTH));
  out.word(END_TEXT);
}

function writePlace(out: ByteText, { asn, network, country }: Place): void {
  out.member('serverAsn', asn);
  if (network !== undefined) out.member('serverNetwork', safeText(network));
  if (country !== undefined) out.member('serverCountry', safeText(country));
}
