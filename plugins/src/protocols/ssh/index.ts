// SSH (RFC 4253): the identification line of either side, or the KEXINIT packet where the line was not captured.
// Owns: what SSH looks like. What is read of it is `ssh-reader.ts`; packets are core/wire/ssh.ts. Bound: 1,024 bytes before a banner.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { asciiBytes, indexOfBytes, isDigit } from '@kaipo/core/wire/match.js';
import { hasPort } from '@kaipo/core/wire/port-hint.js';
import { SSH_KEXINIT_CUT, sshKexInitEnd } from '@kaipo/core/wire/ssh.js';
import { agreesWith, isLineText } from '@kaipo/core/wire/text-lines.js';
import { SshReader } from './ssh-reader.js';

const BANNER = asciiBytes('SSH-');
const LATER_BANNER = asciiBytes('\nSSH-2.0-');
const MAX_LINES_BEFORE = 1_024;

export const sshPlugin = defineProtocol('SSH: banners and key exchange fingerprints of both sides', {
  name: 'ssh',
  transports: ['tcp'],
  ports: [22, 2222],
  firstBytes: [0x53, 0x00],
  probe,
  open: (flow) => new SshReader(flow),
});

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (bytes[start] === 0) return kexInitVerdict(p);
  const agreement = agreesWith(bytes, start, end, BANNER);
  if (agreement === 2) return versionVerdict(p);
  if (agreement === 1) return UNSURE;
  // A server may say lines of its own before its banner (section 4.2).
  if (p.fromClient || !hasPort(p, 22) || end - start > MAX_LINES_BEFORE) return NOT_MINE;
  if (indexOfBytes(bytes, start, end, LATER_BANNER) >= 0) return MATCH;
  return isLineText(bytes, start, end) ? UNSURE : NOT_MINE;
}

/** SSH-2.0- or SSH-1.5-, SSH-1.99-. */
function versionVerdict(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < 7) return UNSURE;
  return isDigit(bytes[start + 4]) && bytes[start + 5] === 0x2e && isDigit(bytes[start + 6]) ? MATCH : NOT_MINE;
}

function kexInitVerdict(p: Probe): Verdict {
  if (p.fromStart) return NOT_MINE;
  const stop = sshKexInitEnd(p.bytes, p.start, p.end);
  if (stop === SSH_KEXINIT_CUT) return UNSURE;
  return stop > 0 ? MATCH : NOT_MINE;
}
