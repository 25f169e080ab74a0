// An event as JSON, written without a record of it in between. Flows have their own (flow-line.ts).
import type { DnsAnswered, DnsAsked, Endpoint, FlowEnded, KaipoEvent } from '@kaipo/core/api/index.js';
import { ascii, type ByteText, type Word } from '@kaipo/core/kernel/byte-text.js';

const DNS = ascii('{"type":"dns","ts":');
const PROTOCOL = ascii(',"protocol":');
const CLIENT = ascii(',"client":{"ip":');
const SERVER = ascii(',"server":{"ip":');
const PORT = ascii(',"port":');
const ASKED = ascii(',"response":false,"id":');
const ANSWERED = ascii(',"response":true,"id":');
const NAME = ascii(',"name":');
const QTYPE = ascii(',"qtype":');
const RCODE = ascii(',"rcode":');
const TYPES = {
  'http.exchanged': ascii('{"type":"http","ts":'),
  'device.seen': ascii('{"type":"device","ts":'),
  'cap.measured': ascii('{"type":"cap","ts":'),
  'alert.raised': ascii('{"type":"alert","ts":'),
};
const CLOSE = ascii('}');

export type OtherEvent = Exclude<KaipoEvent, FlowEnded>;

export function writeEvent(out: ByteText, event: OtherEvent): void {
  if (event.kind === 'dns.asked' || event.kind === 'dns.answered') writeDns(out, event);
  else {
    out.word(TYPES[event.kind]);
    out.seconds(event.tsUs);
    for (const name in event)
      if (name !== 'kind' && name !== 'tsUs') out.member(name, event[name as keyof typeof event]);
  }
  out.word(CLOSE);
}

function writeDns(out: ByteText, event: DnsAsked | DnsAnswered): void {
  out.word(DNS);
  out.seconds(event.tsUs);
  out.word(PROTOCOL);
  out.quoted(event.protocol);
  writeEnd(out, CLIENT, event.client);
  writeEnd(out, SERVER, event.server);
  out.word(event.kind === 'dns.answered' ? ANSWERED : ASKED);
  out.number(event.id);
  out.word(NAME);
  out.quoted(event.name);
  out.word(QTYPE);
  out.quoted(event.qtype);
  if (event.kind === 'dns.asked') return;
  out.word(RCODE);
  out.quoted(event.rcode);
  out.member('latencyUs', event.latencyUs);
  if (event.answers.length > 0) out.member('answers', event.answers);
}

function writeEnd(out: ByteText, name: Word, { ip, port }: Endpoint): void {
  out.word(name);
  out.quoted(ip);
  if (port !== undefined) {
    out.word(PORT);
    out.number(port);
  }
  out.word(CLOSE);
}
