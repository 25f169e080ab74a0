// What was said of a peer's traffic against what it is. Owns: which of the captured flows count, and the sentence for each fault.
import type { ExpectedFlow, Peer } from './peer.js';
import type { PrintedFlow } from './run-peer.js';

export interface Finding {
  readonly peer: string;
  readonly expected: string;
  /** Name and evidence: "redis/payload". */
  readonly said: string;
  readonly details: string;
  readonly application: string;
  readonly fault?: string;
}

const NOT_DETAILS = new Set(
  'type id transport client server start end protocol protocolFrom application health communityId tunnel category'.split(
    ' ',
  ),
);
/** The system itself says these. */
const ALWAYS = ['icmp', 'icmp6', 'igmp', 'arp'];
/** A handshake on loopback takes microseconds, a database's answer milliseconds; a second is a fault of measuring. */
const MAX_PLAUSIBLE_RTT_US = 1_000_000;

export function judge(peer: Peer, port: number, flows: readonly PrintedFlow[]): readonly Finding[] {
  const findings: Finding[] = [];
  const expectedNames = new Set([...(peer.also ?? []), ...ALWAYS]);
  for (const expected of peer.flows) for (const name of namesOf(expected)) expectedNames.add(name);
  const told = new Set<string>();
  for (const expected of peer.flows) {
    const place = `${expected.transport ?? 'tcp'} ${expected.port ?? port}`;
    findings.push(...judgeExpected(peer, port, expected, flows, told.has(place)));
    told.add(place);
  }
  for (const flow of flows) {
    if (peer.flows.some((expected) => isOf(flow, expected, port))) continue;
    const name = flow.protocol ?? '-';
    const wrong = flow.protocolFrom === 'payload' && !expectedNames.has(name);
    findings.push(row(peer, port, '(besides)', flow, wrong ? `${name} is not spoken here` : undefined));
  }
  return findings;
}

function judgeExpected(
  peer: Peer,
  port: number,
  expected: ExpectedFlow,
  flows: readonly PrintedFlow[],
  wasTold: boolean,
): readonly Finding[] {
  const names = namesOf(expected);
  const mine = flows.filter((flow) => isOf(flow, expected, port));
  const title = names.join('|');
  if (mine.length === 0) {
    const place = `${expected.transport ?? 'tcp'} ${expected.port ?? port}`;
    return [
      {
        peer: `${peer.name}:${port}`,
        expected: title,
        said: '',
        details: '',
        application: '',
        fault: `no flow on ${place}`,
      },
    ];
  }
  const findings = new Map<string, Finding>();
  for (const flow of mine) {
    const right = flow.protocolFrom === 'payload' && names.includes(flow.protocol ?? '');
    // A connection that was opened and closed without a word has nothing to be named by.
    const silent = !right && flow.protocolFrom !== 'payload' && !hasPayload(flow);
    const fault = right || silent ? implausible(flow) : flow.protocol === undefined ? 'unnamed' : 'wrong name';
    const finding = row(peer, port, title, flow, fault);
    const key = `${finding.said} ${finding.details} ${finding.application} ${finding.fault}`;
    findings.set(key, finding);
  }
  const first = [...findings.values()][0]!;
  const answer = wasTold ? [] : [...findings.values()];
  for (const [field, wanted] of Object.entries(expected.details ?? {})) {
    if (mine.some((flow) => agrees(flow[field], wanted))) continue;
    const found = [...new Set(mine.map((flow) => JSON.stringify(flow[field]) ?? 'nothing'))].join(' ');
    answer.push({
      ...first,
      details: '',
      fault: `${field} is ${found}, not ${String(wanted)}`,
    });
  }
  return answer;
}

function namesOf(expected: ExpectedFlow): readonly string[] {
  return typeof expected.protocol === 'string' ? [expected.protocol] : expected.protocol;
}

function isOf(flow: PrintedFlow, expected: ExpectedFlow, port: number): boolean {
  if (flow.transport !== (expected.transport ?? 'tcp')) return false;
  const wanted = expected.port ?? port;
  return flow.server.port === wanted || flow.client.port === wanted;
}

/** On loopback a segment without payload has 66 bytes, over IPv6 86; the two of the opening have 8 more. */
function hasPayload(flow: PrintedFlow): boolean {
  if (flow.transport !== 'tcp') return true;
  const headerBytes = String(flow.client.ip).includes(':') ? 86 : 66;
  const packets = flow.client.packets + flow.server.packets;
  return flow.client.bytes + flow.server.bytes > packets * headerBytes + 16;
}

function implausible(flow: PrintedFlow): string | undefined {
  for (const [name, value] of Object.entries(flow.health ?? {})) {
    if (name.endsWith('Us') && (value < 0 || value > MAX_PLAUSIBLE_RTT_US)) return `${name} is ${value}`;
  }
  return undefined;
}

function agrees(value: unknown, wanted: string | RegExp): boolean {
  if (value === undefined) return false;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return typeof wanted === 'string' ? text === wanted : wanted.test(text);
}

function row(peer: Peer, port: number, expected: string, flow: PrintedFlow, fault: string | undefined): Finding {
  const details = Object.entries(flow)
    .filter(([field]) => !NOT_DETAILS.has(field))
    .map(([field, value]) => `${field}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  return {
    peer: `${peer.name}:${port}`,
    expected,
    said: `${flow.protocol ?? '-'}/${flow.protocolFrom ?? '-'} ${flow.transport} ${flow.client.port ?? ''}>${flow.server.port ?? ''}`,
    details: details.join(' '),
    application: flow.application ?? '',
    ...(fault === undefined ? {} : { fault }),
  };
}
