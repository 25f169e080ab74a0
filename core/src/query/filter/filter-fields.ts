// The words of the filter language. Owns: which fields there are, what each holds, the short words that stand for a field with a value.
// Must not know: rows, where values come from. Adding a field is adding a row here and a reader where rows are read.

/**
 * What a field holds, which decides what may be asked of it.
 * `text`: a part of it, a pattern or a regular expression. `word`: one of few values, whole. `host`: names and addresses, also prefixes.
 */
export type FieldKind = 'text' | 'word' | 'host' | 'number' | 'bytes' | 'rate' | 'duration';

export interface FilterField {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly kind: FieldKind;
  /** For completion and help: what it is, in a few words. */
  readonly means: string;
  readonly example: string;
  /** Values it has, where they are known beforehand. */
  readonly words?: readonly string[];
  /** A word without a field looks here too. */
  readonly isSearched: boolean;
  /** Which rows have it. */
  readonly of: 'flows' | 'sums' | 'names' | 'alerts';
}

type Extra = Partial<Pick<FilterField, 'aliases' | 'words' | 'isSearched' | 'of'>>;

const field = (name: string, kind: FieldKind, example: string, means: string, extra: Extra = {}): FilterField => ({
  ...{ name, kind, example, means, aliases: [], isSearched: false, of: 'flows' },
  ...extra,
});

const SEARCHED = { isSearched: true } as const;

const FIELDS = [
  field('app', 'text', 'app:firefox', 'the program that owns the traffic', {
    ...SEARCHED,
    aliases: ['application', 'process', 'program'],
  }),
  field('host', 'host', 'host:*.google.com', 'the other end: name, address or prefix', {
    ...SEARCHED,
    aliases: ['remote', 'ip', 'server', 'sni'],
  }),
  field('port', 'number', 'port:443', 'port of either end'),
  field('proto', 'word', 'proto:quic', 'protocol or transport', { ...SEARCHED, aliases: ['protocol', 'transport'] }),
  field('bytes', 'bytes', 'bytes>10M', 'both directions since it was first seen', { aliases: ['total'] }),
  field('rx', 'bytes', 'rx>1G', 'received since it was first seen'),
  field('tx', 'bytes', 'tx>1G', 'sent since it was first seen'),
  field('rate', 'rate', 'rate>1Mb', 'both directions, a second: bytes, or bits with a small b'),
  field('country', 'word', 'country:DE', 'of the other end, two letters', { aliases: ['cc'] }),
  field('as', 'text', 'as:cloudflare', 'network of the other end: number or name', { aliases: ['asn', 'network'] }),
  field('zone', 'word', 'zone:lan', 'where the other end is', { words: ['host', 'lan', 'internet'] }),
  field('quality', 'word', 'quality:unknown', 'how the owner is known', {
    aliases: ['known'],
    words: [
      ...['event', 'proc-snapshot', 'listener', 'inherited', 'nat-joined', 'inferred', 'kernel', 'forwarded'],
      'unknown',
    ],
  }),
  field('service', 'text', 'service:youtube', 'what it is used for', SEARCHED),
  field('category', 'word', 'category:video', 'kind of service'),
  field('user', 'word', 'user:root', 'whose program it is', SEARCHED),
  field('pid', 'number', 'pid:4711', 'number of the process'),
  field('unit', 'text', 'unit:nginx', 'unit of systemd', SEARCHED),
  field('container', 'text', 'container:db', 'name of the container', SEARCHED),
  field('iface', 'word', 'iface:eth0', 'interface', { aliases: ['interface', 'if', 'link'] }),
  field('local', 'host', 'local:10.0.0.0/8', 'address of this side'),
  field('family', 'word', 'family:ipv6', 'of addresses', { words: ['ipv4', 'ipv6'] }),
  field('dir', 'word', 'dir:in', 'who began', { aliases: ['direction'], words: ['out', 'in'] }),
  field('age', 'duration', 'age>5m', 'how long it goes on, or went', { aliases: ['duration'] }),
  field('packets', 'number', 'packets>1000', 'both directions'),
  field('flows', 'number', 'flows>10', 'of an application, host or protocol', { of: 'sums' }),
  field('rtt', 'duration', 'rtt>100ms', 'time to the other end and back'),
  field('retrans', 'number', 'retrans>10', 'segments sent again', { aliases: ['retransmits'] }),
  field('tls', 'word', 'tls:1.3', 'version of TLS'),
  field('ja4', 'text', 'ja4:t13d*', 'fingerprint of the TLS client'),
  field('vendor', 'text', 'vendor:apple', 'maker of a device', SEARCHED),
  field('name', 'text', 'name:*.corp', 'name asked for by DNS', { ...SEARCHED, aliases: ['query'], of: 'names' }),
  field('type', 'word', 'type:AAAA', 'type of a DNS question', { aliases: ['qtype'], of: 'names' }),
  field('rcode', 'word', 'rcode:NXDOMAIN', 'result of a DNS question', { of: 'names' }),
  field('answer', 'text', 'answer:10.*', 'what DNS answered', { ...SEARCHED, of: 'names' }),
  field('severity', 'word', 'severity:critical', 'of an alert', {
    words: ['info', 'warning', 'critical'],
    of: 'alerts',
  }),
  field('rule', 'word', 'rule:port-scan', 'of an alert', { ...SEARCHED, of: 'alerts' }),
] as const satisfies readonly FilterField[];

export const FILTER_FIELDS: readonly FilterField[] = FIELDS;

/** Short words: `lan` is `zone:lan`. */
export const FILTER_FLAGS: ReadonlyMap<string, readonly [field: string, value: string]> = new Map([
  ['lan', ['zone', 'lan']],
  ['internet', ['zone', 'internet']],
  ['localhost', ['zone', 'host']],
  ['in', ['dir', 'in']],
  ['out', ['dir', 'out']],
  ['ipv4', ['family', 'ipv4']],
  ['ipv6', ['family', 'ipv6']],
  ['tcp', ['proto', 'tcp']],
  ['udp', ['proto', 'udp']],
  ['icmp', ['proto', 'icmp,icmp6']],
  ['unknown', ['quality', 'unknown']],
]);

const BY_NAME = new Map(FILTER_FIELDS.flatMap((one) => [one.name, ...one.aliases].map((name) => [name, one] as const)));

export const FIELD_NAMES: readonly string[] = [...BY_NAME.keys()];

export function fieldNamed(name: string): FilterField | undefined {
  return BY_NAME.get(name.toLowerCase());
}
