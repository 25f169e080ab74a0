// tinc: the lines with which two daemons begin: "0 name 17". Owns: the recognition. Source: tinc manual, "The meta-protocol".
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { isDigit } from '@kaipo/core/wire/match.js';

const MAX_NAME_BYTES = 64;
const MAJOR = 0x37;

/** Request 0, a name, version 17 with or without a minor one, end of the line; nothing else in the first line. */
function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (bytes[start] !== 0x30 || (end - start > 1 && bytes[start + 1] !== 0x20)) return NOT_MINE;
  let at = start + 2;
  while (at < end && at - start < MAX_NAME_BYTES && isNameByte(bytes[at]!)) at++;
  if (at >= end) return UNSURE;
  if (at === start + 2 || bytes[at] !== 0x20) return NOT_MINE;
  if (at + 4 > end) return UNSURE;
  if (bytes[at + 1] !== 0x31 || bytes[at + 2] !== MAJOR) return NOT_MINE;
  at += 3;
  if (bytes[at] === 0x2e) {
    at++;
    while (at < end && isDigit(bytes[at])) at++;
    if (at >= end) return UNSURE;
  }
  return bytes[at] === 10 ? MATCH : NOT_MINE;
}

const isNameByte = (byte: number): boolean =>
  isDigit(byte) || byte === 0x5f || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);

export const tincPlugin = defineProtocol('tinc tunnels: how two daemons meet', {
  name: 'tinc',
  transports: ['tcp'],
  ports: [655],
  firstBytes: [0x30],
  probe,
});
