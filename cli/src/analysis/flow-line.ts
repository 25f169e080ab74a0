// A flow that has ended as JSON, written from its columns: the text of `flowLine` of its record without the record, for there is one for
// every flow of a capture.
import type { FlowDetails, Place } from '@kaipo/core/api/index.js';
import type { EndedFlow } from '@kaipo/core/engine/ended-flow.js';
import { writeFlowHead, writeFlowTail } from '@kaipo/core/engine/flow-json.js';
import type { FlowTexts } from '@kaipo/core/engine/flow-notes.js';
import { ascii, type ByteText, type Word } from '@kaipo/core/kernel/byte-text.js';
import { safeText } from '@kaipo/core/kernel/safe-text.js';

const TYPE = ascii('{"type":"flow","id":"');
const ID = ascii('{"id":"');
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
const CLOSE = ascii('}');

/** One object; `isTyped` puts its type in front of it. */
export function writeFlow(out: ByteText, ended: EndedFlow, isTyped: boolean): void {
  const { protocol, interfaceName, written } = ended;
  out.word(isTyped ? TYPE : ID);
  if (written === undefined)
    writeFlowHead(out, ended.columns, ended.flow, ended.clientSide, ended.clientIp, ended.serverIp);
  else out.eights(written.eights, written.headAt, written.headLength);
  if (interfaceName !== undefined) writeText(out, INTERFACE, interfaceName);
  if (protocol !== undefined) {
    out.word(PROTOCOL);
    out.plain(protocol);
    out.word(ended.protocolFrom === 'payload' ? FROM_PAYLOAD : FROM_PORT);
  }
  writeTexts(out, ended);
  if (written === undefined) writeFlowTail(out, ended.columns, ended.health, ended.flow, ended.clientSide);
  else out.eights(written.eights, written.tailAt, written.tailLength);
  const { place } = ended;
  if (place !== undefined) writePlace(out, place);
  out.word(CLOSE);
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

function writePlace(out: ByteText, { asn, network, country }: Place): void {
  out.member('serverAsn', asn);
  if (network !== undefined) out.member('serverNetwork', safeText(network));
  if (country !== undefined) out.member('serverCountry', safeText(country));
}
