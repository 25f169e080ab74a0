// HP Virtual Machine Group Management, as port 5223 is registered (no published specification). Owns: its packet header.
// A packet: kind, its whole length in 16 bits big endian, zero. The first of a client is of kind 16 hex. Bound: one packet.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u16 } from '@kaipo/core/wire/bytes.js';
import { hasPort } from '@kaipo/core/wire/port-hint.js';

const PORT = 5223;
const FIRST_KIND = 0x16;
const ANSWER_KIND = 0x17;
const HEADER_BYTES = 4;
const MIN_BYTES = 16;
const MAX_BYTES = 1_460;

export const hpVirtgrpPlugin = defineProtocol('HP Virtual Machine Group Management', {
  name: 'hp-virtgrp',
  transports: ['tcp'],
  ports: [PORT],
  firstBytes: [FIRST_KIND, ANSWER_KIND],
  probe,
});

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (!p.fromStart || bytes[start] !== (p.fromClient ? FIRST_KIND : ANSWER_KIND)) return NOT_MINE;
  if (!p.fromClient && (p.otherLength < HEADER_BYTES || p.otherBytes[0] !== FIRST_KIND || p.otherBytes[3] !== 0))
    return NOT_MINE;
  if (end - start < HEADER_BYTES) return UNSURE;
  const length = u16(bytes, start + 1);
  if (bytes[start + 3] !== 0 || length < MIN_BYTES || length > MAX_BYTES) return NOT_MINE;
  if (length !== end - start) return length > end - start ? UNSURE : NOT_MINE;
  if (!isDense(bytes, start + HEADER_BYTES)) return NOT_MINE;
  // Away from the port the answer has to agree.
  return p.fromClient && !hasPort(p, PORT) ? UNSURE : MATCH;
}

/** What follows is encrypted: hardly a zero among its first bytes. */
function isDense(bytes: Uint8Array, at: number): boolean {
  let zeros = 0;
  for (let i = 0; i < 12; i++) if (bytes[at + i] === 0) zeros++;
  return zeros <= 2;
}
