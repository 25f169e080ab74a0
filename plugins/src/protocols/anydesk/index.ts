// AnyDesk's search for other AnyDesk machines in a local network. Owns: the multicast group and ports it is the only one to use.
// Its sessions are TLS and are named by their server name. Bound: one datagram.
import { defineProtocol, MATCH, NOT_MINE, type Probe, type Verdict } from '@kaipo/core/api/index.js';

/** 239.255.102.18, ports 50001 to 50003: AnyDesk's documentation of what a firewall must let pass. */
const GROUP = [239, 255, 102, 18];
const MIN_BYTES = 8;

export const anyDeskPlugin = defineProtocol('AnyDesk: discovery in local networks', {
  name: 'anydesk',
  transports: ['udp'],
  ports: [50_001, 50_002, 50_003],
  isPortBound: true,
  application: 'AnyDesk',
  probe,
});

function probe(p: Probe): Verdict {
  if (p.ipVersion !== 4 || p.end - p.start < MIN_BYTES) return NOT_MINE;
  for (let i = 0; i < GROUP.length; i++) if (p.addressBytes[p.dstAddr + i] !== GROUP[i]) return NOT_MINE;
  return MATCH;
}
