// What findings about flows say in common. Owns: how an end is written, what the scope of a flow is.
import type { AlertScope, FlowRecord } from '@kaipo/core/api/index.js';

/** "www.example.com:443", "192.0.2.1:443", "[2001:db8::1]:443". */
export function serverText(flow: FlowRecord): string {
  const { ip, port } = flow.server;
  const host = flow.serverName ?? (ip.includes(':') ? `[${ip}]` : ip);
  return port === undefined ? host : `${host}:${port}`;
}

/** The server as the other side. */
export const scopeOf = (flow: FlowRecord): AlertScope => ({
  ...(flow.owner === undefined ? {} : { app: flow.owner.app }),
  host: flow.localSide === 'server' ? flow.client.ip : flow.server.ip,
  ...(flow.server.port === undefined ? {} : { port: flow.server.port }),
  ...(flow.interface === undefined ? {} : { interface: flow.interface }),
  direction: flow.localSide === 'server' ? 'in' : 'out',
});

/** Who did it, for evidence: application, client and server, with the identity of the flow where history has it. */
export const flowEvidence = (flow: FlowRecord): Record<string, string | number> => ({
  client: flow.client.ip,
  server: serverText(flow),
  address: flow.server.ip,
  ...(flow.owner === undefined ? {} : { application: flow.owner.app }),
  flow: flow.id,
});

export const minutes = (count: number): number => count * 60_000_000;
export const hours = (count: number): number => count * 3_600_000_000;
export const seconds = (us: number): number => Math.round(us / 100_000) / 10;
