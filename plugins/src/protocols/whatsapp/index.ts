// WhatsApp over TCP: the prologue before its encrypted channel, with or without a routing part before it. Owns: the recognition.
// Source: the WhatsApp encryption overview (Noise pipes), observed messages.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u24 } from '@kaipo/core/wire/bytes.js';

const PROLOGUE_BYTES = 4;
const MAX_ROUTING_BYTES = 4096;
const MAX_HELLO_BYTES = 4096;

/** "WA", a version of two small numbers, then a length of three bytes; before it maybe "ED", 0, 1 and a routing part. */
function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (bytes[start] === 0x45) return probeRouting(p);
  if (bytes[start] !== 0x57) return NOT_MINE;
  return probePrologue(bytes, start, end);
}

function probePrologue(bytes: Uint8Array, at: number, end: number): Verdict {
  if (end - at < PROLOGUE_BYTES + 3) return isPartly(bytes, at, end) ? UNSURE : NOT_MINE;
  if (bytes[at] !== 0x57 || bytes[at + 1] !== 0x41) return NOT_MINE;
  const isOld = bytes[at + 2] === 1 && bytes[at + 3]! <= 8;
  const isNew = bytes[at + 2]! >= 2 && bytes[at + 2]! <= 8 && bytes[at + 3]! <= 5;
  if (!isOld && !isNew) return NOT_MINE;
  const length = u24(bytes, at + 4);
  return length > 0 && length <= MAX_HELLO_BYTES && bytes[at + 4] === 0 ? MATCH : NOT_MINE;
}

function isPartly(bytes: Uint8Array, at: number, end: number): boolean {
  if (end - at >= 2 && bytes[at + 1] !== 0x41) return false;
  return end - at < 3 || bytes[at + 2]! <= 8;
}

function probeRouting(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < 8) return end - start < 2 || bytes[start + 1] === 0x44 ? UNSURE : NOT_MINE;
  if (bytes[start + 1] !== 0x44 || bytes[start + 2] !== 0 || bytes[start + 3] !== 1) return NOT_MINE;
  const length = u24(bytes, start + 4);
  if (length === 0 || length > MAX_ROUTING_BYTES) return NOT_MINE;
  const at = start + 7 + length;
  // The routing part is a message whose first field is a number: 08.
  if (at >= end) return bytes[start + 7] === 8 ? MATCH : NOT_MINE;
  return probePrologue(bytes, at, end);
}

export const whatsappPlugin = defineProtocol('WhatsApp messages', {
  name: 'whatsapp',
  transports: ['tcp'],
  ports: [5222, 443, 80],
  firstBytes: [0x45, 0x57],
  application: 'WhatsApp',
  probe,
});
