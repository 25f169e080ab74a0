// Events as the records people and scripts rely on (`kaipo analyze --format ndjson`). Absent fields are left out, never null.
import type { DnsAnswered, DnsAsked, FlowRecord, KaipoEvent } from '@kaipo/core/api/index.js';

/** Microseconds since the epoch as seconds with microseconds; 0 when there is no time. */
export const seconds = (us: number): number => (Number.isFinite(us) ? Math.round(us) / 1e6 : 0);

/** A flow as a line: times in seconds, and without what only a recorder knows of it. */
export function flowLine(flow: FlowRecord): object {
  const { id, transport, client, server, startUs, endUs, localSide: _side, owner: _owner, ...known } = flow;
  return { type: 'flow', id, transport, client, server, start: seconds(startUs), end: seconds(endUs), ...known };
}

function dnsLine(event: DnsAsked | DnsAnswered): object {
  const isResponse = event.kind === 'dns.answered';
  return {
    type: 'dns',
    ts: seconds(event.tsUs),
    protocol: event.protocol,
    client: event.client,
    server: event.server,
    response: isResponse,
    id: event.id,
    name: event.name,
    qtype: event.qtype,
    ...(isResponse ? { rcode: event.rcode, latencyUs: event.latencyUs } : {}),
    ...(isResponse && event.answers.length > 0 ? { answers: event.answers } : {}),
  };
}

/** The record of an event. JSON.stringify leaves undefined fields out. */
export function eventRecord(event: KaipoEvent): object {
  switch (event.kind) {
    case 'flow.ended':
      return flowLine(event.flow);
    case 'dns.asked':
    case 'dns.answered':
      return dnsLine(event);
    case 'http.exchanged': {
      const { kind: _kind, tsUs, ...rest } = event;
      return { type: 'http', ts: seconds(tsUs), ...rest };
    }
    case 'device.seen': {
      const { kind: _kind, tsUs, ...rest } = event;
      return { type: 'device', ts: seconds(tsUs), ...rest };
    }
    case 'alert.raised': {
      const { kind: _kind, tsUs, ...rest } = event;
      return { type: 'alert', ts: seconds(tsUs), ...rest };
    }
  }
}
