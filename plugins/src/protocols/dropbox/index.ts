// Dropbox LAN sync: a JSON object with version, port and host_int, sent to everybody.
// Owns: these words. Bound: the first 256 bytes.
import { defineProtocol, MATCH, NOT_MINE, type Probe, type Verdict } from '@kaipo/core/api/index.js';
import { asciiBytes, indexOfBytes } from '@kaipo/core/wire/match.js';

const MAX_LOOK_BYTES = 256;
const HOST = asciiBytes('"host_int"');
const VERSION = asciiBytes('"version"');

export const dropboxPlugin = defineProtocol('Dropbox: discovery in the local network', {
  name: 'dropbox',
  transports: ['udp'],
  ports: [17500],
  firstBytes: [0x7b],
  application: 'Dropbox',
  probe,
});

function probe({ bytes, start, end }: Probe): Verdict {
  const stop = Math.min(end, start + MAX_LOOK_BYTES);
  if (bytes[end - 1] !== 0x7d && end - start < MAX_LOOK_BYTES) return NOT_MINE;
  return indexOfBytes(bytes, start, stop, HOST) > 0 && indexOfBytes(bytes, start, stop, VERSION) > 0 ? MATCH : NOT_MINE;
}
