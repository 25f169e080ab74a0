// DNS, mDNS and LLMNR: names the flow once the payload proves it, and writes what was asked and answered.
// Owns: configuration and registration. Reading is `dns-analyzer.ts`; the wire format is core/wire/dns.ts.
import { definePlugin } from '@kaipo/core/api/index.js';
import { AnyPortDnsAnalyzer } from './any-port-analyzer.js';
import { DnsPortsAnalyzer } from './dns-analyzer.js';
import { DnsEventWriter } from './dns-events.js';

export interface DnsConfig {
  /** Also recognise DNS over UDP on ports other than 53, 5353 and 5355, where the whole payload must be one sound message. */
  readonly anyPort: boolean;
}

export const dnsPlugin = definePlugin<DnsConfig>({
  name: 'dns',
  apiVersion: 1,
  description: 'DNS, mDNS and LLMNR: names asked and answered',
  parseConfig,
  register(registry, config) {
    const events = new DnsEventWriter(registry.flows);
    registry.analyzer(new DnsPortsAnalyzer(events));
    if (config.anyPort) registry.analyzer(new AnyPortDnsAnalyzer(events));
  },
});

function parseConfig(raw: unknown): DnsConfig {
  let anyPort = true;
  for (const [key, value] of Object.entries((raw ?? {}) as object)) {
    if (key !== 'any_port') throw new Error(`dns: unknown key "${key}" (known: any_port)`);
    if (typeof value !== 'boolean') throw new Error('dns: any_port must be true or false');
    anyPort = value;
  }
  return Object.freeze({ anyPort });
}
