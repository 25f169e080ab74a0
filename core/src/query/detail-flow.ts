// A flow in all detail. Owns: which facts are told, in which order, and what each is known from. Must not know screens.
import type { FlowEndReason, FlowHealth, FlowRecord, FlowSideTotals } from '../api/events.js';
import { ownerSection } from './detail-owner.js';
import { placeText, SERVER_NAME_FROM } from './detail-place.js';
import { amountText, SectionMaker, sections, spanText, timeText } from './detail-section.js';
import type { DetailKnowledge, DetailSection, LiveDetails, LiveSubject } from './live-details.js';
import type { LiveSnapshot } from './live-snapshot.js';

const ENDED: Readonly<Record<FlowEndReason, string>> = {
  closed: 'closed by TCP',
  idle: 'silent for too long',
  'end-of-input': 'kaipo stopped',
  evicted: 'nobody answered, and others needed its place',
};

/** `reason`: undefined while it runs. */
export function flowDetails(
  subject: LiveSubject,
  flow: FlowRecord,
  reason: FlowEndReason | undefined,
  snapshot: LiveSnapshot,
  knowledge: DetailKnowledge,
): LiveDetails {
  const { client, server, localSide } = flow;
  const [local, remote] = localSide === 'server' ? [server, client] : [client, server];
  return {
    subject,
    title: `${endText(local)} ${localSide === 'server' ? '◂' : '▸'} ${flow.serverName ?? endText(remote)}`,
    sections: [
      flowSection(flow, reason, snapshot, knowledge).made(),
      endSection('This side', local, localSide !== 'server', flow, snapshot, knowledge).made(),
      endSection('Other end', remote, localSide === 'server', flow, snapshot, knowledge).made(),
      ...sections(ownerSection(flow.owner, snapshot.tsUs, knowledge)),
      ...encryption(flow),
      ...sections(healthSection(flow.health)),
      ...sections(
        new SectionMaker('Also said')
          .add('content type', flow.contentType, 'HTTP header')
          .add('about', flow.subject, flow.protocol)
          .add('user', flow.userName, flow.protocol)
          .add('device', flow.deviceName, 'it told itself')
          .add('HASSH', flow.hassh, 'key exchange of the SSH client')
          .add('HASSH server', flow.hasshServer, 'key exchange of the SSH server')
          .add('host key', flow.hostKey, 'shown by the SSH server'),
      ),
    ],
    ...(reason === undefined ? {} : { endedUs: flow.endUs }),
  };
}

const endText = ({ ip, port }: FlowSideTotals): string =>
  port === undefined ? ip : ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`;

function flowSection(
  flow: FlowRecord,
  reason: FlowEndReason | undefined,
  { tsUs }: LiveSnapshot,
  knowledge: DetailKnowledge,
): SectionMaker {
  const { serverName, serverNameFrom, protocol, application, category, localSide } = flow;
  const answer = serverNameFrom === 'dns' ? knowledge.answerOf?.(flow.server.ip) : undefined;
  const asked = answer && `DNS answer of ${answer.server} at ${timeText(answer.tsUs, tsUs)}`;
  const from = asked ?? (serverNameFrom && SERVER_NAME_FROM[serverNameFrom]);
  const by = localSide === 'server' ? 'the other end' : 'this side';
  const duration = spanText(Math.max(0, (reason === undefined ? tsUs : flow.endUs) - flow.startUs));
  return new SectionMaker('Flow')
    .add('server name', serverName, from)
    .add('service', application, 'name, certificate, program, protocol or network')
    .add('kind', category, 'list of services')
    .add('transport', flow.transport)
    .add('protocol', protocol, flow.protocolFrom === 'payload' ? 'its own bytes' : flow.protocolFrom && 'port')
    .add(
      'began',
      `${timeText(flow.startUs, tsUs)}, ${duration} ${reason === undefined ? 'ago' : 'long'}`,
      'first packet',
    )
    .add('opened by', localSide === undefined ? undefined : by)
    .add('ended', reason && `${timeText(flow.endUs, tsUs)}: ${ENDED[reason]}`)
    .add('interface', flow.interface)
    .list('inside of', flow.tunnel)
    .add('community id', flow.communityId)
    .add('id', flow.id);
}

function endSection(
  title: string,
  end: FlowSideTotals,
  isClient: boolean,
  flow: FlowRecord,
  { tsUs }: LiveSnapshot,
  knowledge: DetailKnowledge,
): SectionMaker {
  const isOther = title === 'Other end';
  const answer = knowledge.answerOf?.(end.ip);
  const place = isOther ? knowledge.placeOf?.(end.ip) : undefined;
  const device = isOther ? knowledge.deviceOf?.(end.ip) : undefined;
  return new SectionMaker(title)
    .add('address', end.ip)
    .add('port', end.port)
    .add('name', answer?.name, answer && `DNS answer of ${answer.server} at ${timeText(answer.tsUs, tsUs)}`)
    .add('sent', amountText(end.bytes, end.packets))
    .add('software', isClient ? flow.clientSoftware : flow.serverSoftware, 'it told itself')
    .add('country', place?.country, 'database of countries')
    .add('network', placeText(place), 'database of networks')
    .add('device', device?.name, 'it told the network itself')
    .add('vendor', device?.vendor, device?.mac === undefined ? 'it told itself' : `hardware address ${device.mac}`);
}

function encryption(flow: FlowRecord): DetailSection[] {
  const { certificate, ja3, ja3s, ja4 } = flow;
  const day = (seconds: number | undefined): string | undefined =>
    seconds === undefined ? undefined : new Date(seconds * 1000).toISOString().slice(0, 10);
  const [from, to] = [day(certificate?.notBefore), day(certificate?.notAfter)];
  return sections(
    new SectionMaker('Encryption')
      .add('TLS', flow.tlsVersion, 'ServerHello')
      .add('cipher', flow.tlsCipher, 'ServerHello')
      .add('QUIC', flow.quicVersion, 'first packet')
      .add('ALPN', flow.alpnChosen, 'chosen by the server')
      .list('ALPN offered', flow.alpn, 'ClientHello')
      .add('ECH', flow.ech === true ? 'the server name is that of the front' : undefined, 'ClientHello')
      .add('JA4', ja4, 'ClientHello')
      .add('JA3', ja3, 'ClientHello')
      .add('JA3S', ja3s, 'ServerHello'),
    new SectionMaker('Certificate')
      .add('subject', certificate?.subject, 'as it was sent')
      .add('issuer', certificate?.issuer, 'as it was sent')
      .list('names', certificate?.names, 'as it was sent')
      .add(
        'valid',
        from === undefined && to === undefined ? undefined : `${from ?? '?'} to ${to ?? '?'}`,
        'as it was sent',
      ),
  );
}

/** Times are the way from here to that end and back. */
function healthSection(health: FlowHealth = {}): SectionMaker {
  const time = (us: number | undefined): string | undefined => (us === undefined ? undefined : spanText(us));
  const both = (client: number | undefined, server: number | undefined): string | undefined =>
    (client ?? 0) + (server ?? 0) === 0 ? undefined : `${client ?? 0} by the client, ${server ?? 0} by the server`;
  const acknowledged = 'data and its acknowledgement';
  return new SectionMaker('Health')
    .add('server, handshake', time(health.serverHandshakeUs), 'SYN and its answer')
    .add('client, handshake', time(health.clientHandshakeUs), 'SYN-ACK and its answer')
    .add('server, least', time(health.serverRttUs), acknowledged)
    .add('server, latest', time(health.serverLastRttUs), acknowledged)
    .add('client, least', time(health.clientRttUs), acknowledged)
    .add('client, latest', time(health.clientLastRttUs), acknowledged)
    .add('sent again', both(health.clientRetransmits, health.serverRetransmits), 'sequence numbers')
    .add('resets', health.resets, 'TCP flags')
    .add('window of zero', both(health.clientZeroWindows, health.serverZeroWindows), 'TCP window');
}
