// Protocol names from well-known ports, for flows whose payload says nothing (yet). Owns: configuration and the two tables.
import { definePlugin, type FlowNotes } from '@kaipo/core/api/index.js';
import { PortNamesAnalyzer } from './port-names-analyzer.js';
import { parsePortTable, TCP_PORTS, UDP_PORTS } from './port-table.js';

export interface PortNamesConfig {
  /** Ports added to, or taken over from, the built-in table. */
  readonly tcp: readonly (readonly [number, string])[];
  readonly udp: readonly (readonly [number, string])[];
}

export const portNamesPlugin = definePlugin<PortNamesConfig>({
  name: 'port-names',
  apiVersion: 1,
  description: 'Protocol names from well-known ports',
  parseConfig,
  register(registry, config) {
    const tcp = portColumn(registry.flows, TCP_PORTS, config.tcp);
    const udp = portColumn(registry.flows, UDP_PORTS, config.udp);
    registry.analyzer(new PortNamesAnalyzer(tcp, udp));
  },
});

function portColumn(flows: FlowNotes, table: string, extra: readonly (readonly [number, string])[]): Uint32Array {
  const column = new Uint32Array(65_536);
  for (const [name, ports] of parsePortTable(table)) {
    const id = flows.protocolId(name);
    for (const port of ports) column[port] = id;
  }
  for (const [port, name] of extra) column[port] = flows.protocolId(name);
  return column;
}

const MAX_EXTRA_PORTS = 256;
const PROTOCOL_NAME = /^[a-z0-9][a-z0-9._/+-]{0,31}$/;

/** `{ tcp: { "9999": "myproto" }, udp: {…} }`. */
function parseConfig(raw: unknown): PortNamesConfig {
  const config: { tcp: [number, string][]; udp: [number, string][] } = { tcp: [], udp: [] };
  for (const [key, value] of Object.entries((raw ?? {}) as object)) {
    if (key !== 'tcp' && key !== 'udp') throw new Error(`port-names: unknown key "${key}" (known: tcp, udp)`);
    if (typeof value !== 'object' || value === null)
      throw new Error(`port-names: ${key} must be a table of port = "name"`);
    const entries = Object.entries(value as Record<string, unknown>);
    if (entries.length > MAX_EXTRA_PORTS) throw new Error(`port-names: ${key} has more than ${MAX_EXTRA_PORTS} ports`);
    for (const [port, name] of entries) config[key].push(parseEntry(key, port, name));
  }
  return Object.freeze(config);
}

function parseEntry(key: string, port: string, name: unknown): [number, string] {
  const number = Number(port);
  if (!Number.isInteger(number) || number < 1 || number > 65_535) {
    throw new Error(`port-names: ${key}.${port} is not a port (1 to 65535)`);
  }
  if (typeof name !== 'string' || !PROTOCOL_NAME.test(name)) {
    throw new Error(`port-names: ${key}.${port} must be a lower-case name of at most 32 characters`);
  }
  return [number, name];
}
