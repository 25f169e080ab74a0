// A remote host in all detail. Owns: which facts are told, in which order, and what each is known from. Must not know screens.
// Bound: SHOWN rows of each kind of sum.
import { trafficSection } from './detail-owner.js';
import { placeText, SERVER_NAME_FROM } from './detail-place.js';
import { SectionMaker, SumsByName, sections, timeText } from './detail-section.js';
import type { DetailKnowledge, LiveDetails, LiveSubject } from './live-details.js';
import type { LiveFlow, LiveSnapshot } from './live-snapshot.js';

const SHOWN = 10;

export function hostDetails(
  subject: LiveSubject,
  snapshot: LiveSnapshot,
  knowledge: DetailKnowledge,
): LiveDetails | undefined {
  const ip = subject.key;
  const host = snapshot.hosts.find((row) => row.ip === ip);
  const flows = snapshot.flows.filter(({ remote }) => remote.ip === ip);
  if (host === undefined && flows.length === 0) return undefined;
  const place = knowledge.placeOf?.(ip) ?? host;
  const told = knowledge.deviceOf?.(ip);
  const device = told ?? host?.device;
  const [apps, ports, protocols] = [new SumsByName(), new SumsByName(), new SumsByName()];
  for (const flow of flows) {
    const bytes = flow.txBytesTotal + flow.rxBytesTotal;
    apps.add(flow.app ?? 'unknown', bytes, flow.user);
    protocols.add(flow.protocol ?? flow.transport, bytes);
    const port = flow.direction === 'in' ? flow.local.port : flow.remote.port;
    if (port !== undefined) ports.add(`${port}/${flow.transport}`, bytes, flow.direction === 'in' ? 'here' : 'there');
  }
  const about = new SectionMaker('Host')
    .add('address', ip)
    .add('zone', host?.zone ?? flows[0]?.zone, 'the addresses of this host')
    .add('country', place?.country, 'database of countries')
    .add('network', placeText(place), 'database of networks');
  const known = new SectionMaker('Device')
    .add('name', device?.name, 'it told the network itself')
    .add('vendor', device?.vendor, device?.mac === undefined ? 'it told itself' : 'hardware address')
    .add('hardware address', device?.mac, 'ARP, neighbour discovery or DHCP');
  known.add('first seen', told?.firstUs && timeText(told.firstUs, snapshot.tsUs), 'what it told the network');
  return {
    subject,
    title: host?.name ?? flows.find(({ serverName }) => serverName !== undefined)?.serverName ?? ip,
    sections: [
      about.made(),
      ...sections(
        namesSection(ip, flows, snapshot, knowledge),
        known,
        ...(host === undefined ? [] : [trafficSection(host, snapshot.tsUs, snapshot.intervalUs)]),
        apps.section('Applications', SHOWN),
        ports.section('Ports', SHOWN),
        protocols.section('Protocols', SHOWN),
      ),
    ],
  };
}

/** What it was called, and by whom. */
function namesSection(
  ip: string,
  flows: readonly LiveFlow[],
  { tsUs, dns }: LiveSnapshot,
  knowledge: DetailKnowledge,
): SectionMaker {
  const names = new Map<string, string>();
  for (const { serverName, serverNameFrom } of flows) {
    if (serverName !== undefined && serverNameFrom !== undefined && serverNameFrom !== 'dns')
      names.set(serverName, SERVER_NAME_FROM[serverNameFrom]);
  }
  const answered = (name: string, server: string, us: number): void => {
    const from = `DNS answer of ${server} at ${timeText(us, tsUs)}`;
    names.set(name, names.has(name) ? `${names.get(name)}; ${from}` : from);
  };
  const answer = knowledge.answerOf?.(ip);
  if (answer !== undefined) answered(answer.name, answer.server, answer.tsUs);
  for (const event of dns) {
    if (event.kind !== 'dns.answered' || event.name === answer?.name || !event.answers.includes(ip)) continue;
    if (!names.has(event.name)) answered(event.name, event.server.ip, event.tsUs);
  }
  const made = new SectionMaker('Names');
  for (const [name, from] of names) made.add('name', name, from);
  return made;
}
