// DNS, mDNS and LLMNR: names the flow once the payload proves it, and writes what was asked and answered.
// Owns: configuration and registration. Proof is `dns-proof.ts`, reading `dns-reader.ts`; the wire format is core/wire/dns.ts.
import { definePlugin, NOT_MINE, type Probe, type ProtocolSpec, type Verdict } from '@kaipo/core/api/index.js';
import { DNS_HEADER_BYTES } from '@kaipo/core/wire/dns.js';
import { DNS_PORT, dnsProtocolOf, isDnsPort, LLMNR_PORT, MDNS_PORT, NETBIOS_NAME_PORT } from './dns-ports.js';
import { probeAnyPort, probePort } from './dns-proof.js';
import { DnsReader } from './dns-reader.js';

export interface DnsConfig {
  /** Also recognise DNS on ports other than 53, 5353 and 5355, where the whole payload must be one sound message. */
  readonly anyPort: boolean;
}

/** The longest message over TCP, as long as the API allows. */
const BUFFER_BYTES = 65_536;

const SHARED: Pick<ProtocolSpec, 'transports' | 'bufferBytes' | 'open'> = {
  transports: ['udp', 'tcp'],
  bufferBytes: BUFFER_BYTES,
  open: (flow) => new DnsReader(flow),
};

export const dnsPlugin = definePlugin<DnsConfig>({
  name: 'dns',
  apiVersion: 1,
  description: 'DNS, mDNS and LLMNR: names asked and answered',
  settings: [
    { key: 'any_port', description: 'recognise DNS on other ports than 53, 5353 and 5355 too', default: 'true' },
  ],
  parseConfig,
  register(registry, config) {
    registry.protocol({
      ...SHARED,
      name: 'dns',
      ports: [DNS_PORT],
      isPortBound: !config.anyPort,
      datagram: { minBytes: DNS_HEADER_BYTES, at: 4, values: [0] },
      probe: probeDns,
    });
    registry.protocol({
      ...SHARED,
      name: 'mdns',
      ports: [MDNS_PORT],
      isPortBound: true,
      probe: (p) => (dnsProtocolOf(p.clientPort, p.serverPort) === 'mdns' ? probePort(p) : NOT_MINE),
    });
    registry.protocol({
      ...SHARED,
      name: 'llmnr',
      ports: [LLMNR_PORT],
      isPortBound: true,
      probe: (p) => (dnsProtocolOf(p.clientPort, p.serverPort) === 'llmnr' ? probePort(p) : NOT_MINE),
    });
  },
});

function probeDns(p: Probe): Verdict {
  const { clientPort, serverPort } = p;
  if (clientPort === DNS_PORT || serverPort === DNS_PORT) return probePort(p);
  if (isDnsPort(clientPort) || isDnsPort(serverPort)) return NOT_MINE;
  if (clientPort === NETBIOS_NAME_PORT || serverPort === NETBIOS_NAME_PORT) return NOT_MINE;
  return probeAnyPort(p);
}

function parseConfig(raw: unknown): DnsConfig {
  let anyPort = true;
  for (const [key, value] of Object.entries((raw ?? {}) as object)) {
    if (key !== 'any_port') throw new Error(`dns: unknown key "${key}" (known: any_port)`);
    if (typeof value !== 'boolean') throw new Error('dns: any_port must be true or false');
    anyPort = value;
  }
  return Object.freeze({ anyPort });
}
