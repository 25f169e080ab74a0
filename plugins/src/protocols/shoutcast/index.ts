// How a source logs in to a SHOUTcast 1 server: a password in a line, and the answer "OK2". Listeners speak HTTP.
// Owns: that answer. Bound: its first line and a half.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { asciiBytes, mayBegin } from '@kaipo/core/wire/match.js';

const ACCEPTED = asciiBytes('OK2\r\nicy-');

export const shoutcastPlugin = defineProtocol('Sources of SHOUTcast radio stations', {
  name: 'shoutcast',
  transports: ['tcp'],
  ports: [8001, 8000],
  firstBytes: [0x4f],
  application: 'SHOUTcast',
  probe,
});

function probe(p: Probe): Verdict {
  if (!mayBegin(p.bytes, p.start, p.end, ACCEPTED)) return NOT_MINE;
  return p.end - p.start < ACCEPTED.length ? UNSURE : MATCH;
}
