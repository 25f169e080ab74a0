// Everything a record says of a flow, as lines with names people know. Owns the names and the order; a field without a name is shown under
// its own, so that nothing is held back.

import { formatBytes } from '@kaipo/core/kernel/units.js';
import { OWNER_QUALITIES, QUALITY_WORDS } from '@kaipo/core/query/quality-words.js';
import { clockText, dayText, durationText } from '../logic/time-text.js';
import { endpointText, type FlowRow, type FlowSide } from './flow-answer.js';

export interface DetailGroup {
  readonly title: string;
  readonly lines: readonly (readonly [name: string, value: string])[];
}

/** Told apart already, or of no use to people. */
const TOLD = new Set([
  ...['id', 'transport', 'client', 'server', 'start', 'end', 'interface', 'localSide', 'protocol', 'protocolFrom'],
  ...['application', 'category', 'serverName', 'serverNameFrom', 'owner', 'health', 'certificate'],
]);

const NAMES: Readonly<Record<string, string>> = {
  tlsVersion: 'TLS version',
  tlsCipher: 'TLS cipher',
  alpn: 'ALPN offered',
  alpnChosen: 'ALPN chosen',
  ja3: 'JA3',
  ja3s: 'JA3S',
  ja4: 'JA4',
  ech: 'Encrypted ClientHello',
  quicVersion: 'QUIC version',
  communityId: 'Community ID',
  serverAsn: 'Network number of the server',
  serverNetwork: 'Network of the server',
  serverCountry: 'Country of the server',
  hassh: 'HASSH',
  hasshServer: 'HASSH of the server',
  hostKey: 'Host key',
};

const NAME_SOURCES: Readonly<Record<string, string>> = {
  sni: 'said in the TLS handshake',
  host: 'said in the HTTP request',
  dns: 'from an earlier answer of DNS',
};

const PROTOCOL_SOURCES: Readonly<Record<string, string>> = {
  payload: 'recognised by what was said',
  port: 'guessed from the port',
};

export function flowDetails(flow: FlowRow): DetailGroup[] {
  const { owner } = flow;
  const groups = [
    group('Who', [
      ['Application', owner?.app ?? 'unknown'],
      ['Known because', qualityText(owner?.quality ?? 'unknown')],
      ['Program', owner?.exe],
      ['Process', owner?.pid],
      ['User', owner?.user],
      ['Unit', owner?.unit],
      ['Container', owner?.container],
      ['Service', flow.application],
      ['Kind of service', flow['category']],
    ]),
    group('Between', [
      ['Client', sideText(flow.client, flow.localSide === 'client')],
      ['Server', sideText(flow.server, flow.localSide === 'server')],
      ['Name of the server', withSource(flow.serverName, NAME_SOURCES[flow.serverNameFrom ?? ''])],
      ['Protocol', withSource(protocolText(flow), PROTOCOL_SOURCES[flow.protocolFrom ?? ''])],
      ['Interface', flow.interface],
    ]),
    group('When and how much', [
      ['Began', momentText(flow.start)],
      ['Ended', momentText(flow.end)],
      ['Lasted', lastedText(flow)],
      ['Sent by the client', amountText(flow.client)],
      ['Sent by the server', amountText(flow.server)],
      ...entriesOf(flow['health']).map(([name, value]) => [wordsOf(name), healthText(name, value)] as const),
    ]),
    group('What was said', [
      ...entriesOf(flow)
        .filter(([name]) => !TOLD.has(name))
        .map(([name, value]) => [NAMES[name] ?? wordsOf(name), value] as const),
      ...entriesOf(flow['certificate']).map(
        ([name, value]) => [`Certificate: ${wordsOf(name).toLowerCase()}`, value] as const,
      ),
    ]),
  ];
  return groups.filter(({ lines }) => lines.length > 0);
}

function group(title: string, lines: readonly (readonly [string, unknown])[]): DetailGroup {
  const told = lines.map(([name, value]) => [name, valueText(value)] as const);
  return {
    title,
    lines: told.filter((line): line is readonly [string, string] => line[1] !== undefined && line[1] !== ''),
  };
}

function valueText(value: unknown): string | undefined {
  if (value === undefined || value === false) return undefined;
  if (value === true) return 'yes';
  if (Array.isArray(value)) return value.map(valueText).join(', ');
  if (typeof value === 'object')
    return entriesOf(value)
      .map(([name, one]) => `${wordsOf(name)}: ${valueText(one)}`)
      .join('; ');
  return String(value);
}

const entriesOf = (value: unknown): [string, unknown][] =>
  typeof value === 'object' && value !== null ? Object.entries(value) : [];

/** `clientSoftware`: "Client software". */
function wordsOf(name: string): string {
  const words = name
    .replace(/Us$/, '')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1).replace(/\brtt\b/, 'round trip');
}

/** Fields that end in Us are microseconds. */
const healthText = (name: string, value: unknown): string =>
  name.endsWith('Us') && typeof value === 'number'
    ? `${(value / 1000).toFixed(value < 10_000 ? 2 : 1)} ms`
    : String(value);

const isQuality = (word: string): word is keyof typeof QUALITY_WORDS =>
  (OWNER_QUALITIES as readonly string[]).includes(word);
const qualityText = (word: string): string => (isQuality(word) ? QUALITY_WORDS[word] : word);
const sideText = (side: FlowSide, isOurs: boolean): string => `${endpointText(side)}${isOurs ? ' (this host)' : ''}`;
const withSource = (text: string | undefined, source: string | undefined): string | undefined =>
  text === undefined || source === undefined ? text : `${text}, ${source}`;
const protocolText = ({ protocol, transport }: FlowRow): string =>
  protocol === undefined || protocol === transport ? transport : `${protocol} over ${transport}`;
const momentText = (ts: number): string => `${dayText(ts)}, ${clockText(ts, true)}`;
const amountText = ({ bytes, packets }: FlowSide): string =>
  `${formatBytes(bytes)} in ${packets} ${packets === 1 ? 'packet' : 'packets'}`;

/** Less than a second is told in milliseconds. */
export function lastedText({ start, end }: Pick<FlowRow, 'start' | 'end'>): string {
  const seconds = Math.max(0, end - start);
  return seconds < 1 ? `${Math.round(seconds * 1000)} ms` : durationText(seconds);
}
