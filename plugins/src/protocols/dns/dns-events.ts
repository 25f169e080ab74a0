// Turns one walked DNS message into events. Owns: which answers belong to which question. Must not know: how the message was
// recognised, flows. Bound: MAX_EVENTS events and 64 answers a message, MAX_TEXT a text.
import type { DnsAnswered, Endpoint, EventWriter } from '@kaipo/core/api/index.js';
import { safeText } from '@kaipo/core/kernel/safe-text.js';
import { ipv4Text, ipv6Text } from '@kaipo/core/wire/address-text.js';
import {
  DNS_OPCODE_NOTIFY,
  DNS_OPCODE_QUERY,
  DNS_TYPE_A,
  DNS_TYPE_AAAA,
  type DnsLayout,
  dnsIsResponse,
  dnsOpcode,
} from '@kaipo/core/wire/dns.js';
import { dnsRcodeText, dnsTypeText } from '@kaipo/core/wire/dns-names.js';
import { recordText } from '@kaipo/core/wire/dns-record-text.js';
import { dnsNameText } from '@kaipo/core/wire/dns-text.js';
import type { DnsProtocol } from './dns-ports.js';

/** Events of one packet. mDNS puts dozens of questions into one message; nothing honest needs more. */
export const MAX_EVENTS = 64;

/** What all events of one message share. One instance serves all messages. */
export class DnsMessage {
  tsUs = 0;
  client: Endpoint = { ip: '' };
  server: Endpoint = { ip: '' };
  id = 0;
  protocol: DnsProtocol = 'dns';
  /** Of a response whose question was seen. */
  latencyUs: number | undefined;
}

/** The message at `start`, walked into `layout`. @returns how many events it became, at most `room`. */
export function writeMessage(
  out: EventWriter,
  bytes: Uint8Array,
  start: number,
  layout: DnsLayout,
  room: number,
  message: DnsMessage,
): number {
  const opcode = dnsOpcode(bytes, start);
  // Updates and session signalling ask for no name.
  if (opcode !== DNS_OPCODE_QUERY && opcode !== DNS_OPCODE_NOTIFY) return 0;
  if (!dnsIsResponse(bytes, start)) return writeAsked(bytes, start, layout, message, room, out);
  return layout.questions > 0
    ? writeAnswered(bytes, start, layout, message, room, out)
    : writeAnnounced(bytes, start, layout, message, room, out);
}

function nameAt(bytes: Uint8Array, start: number, at: number, protocol: DnsProtocol): string {
  return safeText(dnsNameText(bytes, start, at, protocol !== 'dns'));
}

function answerAt(bytes: Uint8Array, start: number, layout: DnsLayout, slot: number, protocol: DnsProtocol): string {
  const at = layout.answerDataAt[slot]!;
  const end = layout.answerDataEnd[slot]!;
  // What most answers are: digits and colons need no look for what is unsafe.
  const type = layout.answerType[slot]!;
  if (type === DNS_TYPE_A && end - at === 4) return ipv4Text(bytes, at);
  if (type === DNS_TYPE_AAAA && end - at === 16) return ipv6Text(bytes, at);
  return safeText(recordText(type, { bytes, start, at, end, unicode: protocol !== 'dns' }));
}

interface Question {
  readonly name: string;
  readonly qtype: string;
}

/** The questions of the message, each once however often it is repeated, at most `room`. */
function questionsOf(
  bytes: Uint8Array,
  start: number,
  layout: DnsLayout,
  protocol: DnsProtocol,
  room: number,
): Question[] {
  if (layout.questions === 1 && room > 0) return [questionAt(bytes, start, layout, 0, protocol)];
  const questions: Question[] = [];
  const seen = new Set<string>();
  for (let i = 0; i < layout.questions && questions.length < room; i++) {
    const question = questionAt(bytes, start, layout, i, protocol);
    const key = `${question.qtype} ${question.name}`;
    if (seen.has(key)) continue;
    seen.add(key);
    questions.push(question);
  }
  return questions;
}

function questionAt(
  bytes: Uint8Array,
  start: number,
  layout: DnsLayout,
  slot: number,
  protocol: DnsProtocol,
): Question {
  const name = nameAt(bytes, start, layout.questionAt[slot]!, protocol);
  return { name, qtype: dnsTypeText(layout.questionType[slot]!) };
}

function writeAsked(
  bytes: Uint8Array,
  start: number,
  layout: DnsLayout,
  message: DnsMessage,
  room: number,
  out: EventWriter,
): number {
  const questions = questionsOf(bytes, start, layout, message.protocol, room);
  const { tsUs, client, server, id, protocol } = message;
  for (const { name, qtype } of questions)
    out.write({ kind: 'dns.asked', tsUs, client, server, id, protocol, name, qtype });
  return questions.length;
}

type Answered = DnsAnswered & { readonly answers: string[] };

function answered(message: DnsMessage, question: Question, rcode: string, answers: string[]): Answered {
  const { tsUs, client, server, id, protocol, latencyUs } = message;
  const { name, qtype } = question;
  return latencyUs === undefined
    ? { kind: 'dns.answered', tsUs, client, server, id, protocol, name, qtype, rcode, answers }
    : { kind: 'dns.answered', tsUs, client, server, id, protocol, latencyUs, name, qtype, rcode, answers };
}

/** One event a question. More than one question in a response is hardly ever seen; the first then has all answers. */
function writeAnswered(
  bytes: Uint8Array,
  start: number,
  layout: DnsLayout,
  message: DnsMessage,
  room: number,
  out: EventWriter,
): number {
  const questions = questionsOf(bytes, start, layout, message.protocol, room);
  let answers: string[] = [];
  for (let slot = 0; slot < layout.answers; slot++)
    answers.push(answerAt(bytes, start, layout, slot, message.protocol));
  for (const question of questions) {
    out.write(answered(message, question, dnsRcodeText(layout.rcode), answers));
    answers = [];
  }
  return questions.length;
}

/** A response without a question, as mDNS sends them: one event a name and type that it tells about. */
function writeAnnounced(
  bytes: Uint8Array,
  start: number,
  layout: DnsLayout,
  message: DnsMessage,
  room: number,
  out: EventWriter,
): number {
  const told = new Map<string, Answered>();
  for (let slot = 0; slot < layout.answers; slot++) {
    const name = nameAt(bytes, start, layout.answerAt[slot]!, message.protocol);
    const qtype = dnsTypeText(layout.answerType[slot]!);
    const key = `${qtype} ${name}`;
    let event = told.get(key);
    if (event === undefined) {
      if (told.size === room) continue;
      event = answered(message, { name, qtype }, dnsRcodeText(layout.rcode), []);
      told.set(key, event);
    }
    event.answers.push(answerAt(bytes, start, layout, slot, message.protocol));
  }
  for (const event of told.values()) out.write(event);
  return told.size;
}
