// Ceph's messenger, versions 1 and 2. Owns: the banner both sides begin with. Bound: 9 bytes.
import { defineProtocol, type Probe, type Verdict } from '@kaipo/core/api/index.js';
import { asciiBytes } from '@kaipo/core/wire/match.js';
import { agreesWith } from '@kaipo/core/wire/text-lines.js';

/** "ceph v027" of the first, "ceph v2\n" of the second. */
const BANNER_1 = asciiBytes('ceph v0');
const BANNER_2 = asciiBytes('ceph v2\n');

export const cephPlugin = defineProtocol('Ceph monitors, storage and metadata daemons', {
  name: 'ceph',
  transports: ['tcp'],
  ports: [3300, 6789, 6800, 6801, 6802, 6803],
  firstBytes: [0x63],
  probe: (p: Probe): Verdict =>
    Math.max(agreesWith(p.bytes, p.start, p.end, BANNER_1), agreesWith(p.bytes, p.start, p.end, BANNER_2)) as Verdict,
});
