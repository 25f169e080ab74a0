// What a row is about, whatever pane it stands in. Owns: how a row is named in the filter language, and how it is copied.
// Must not know: columns, panes. Values are quoted, so that a name with a blank, a quotation mark or the word "or" stays one value.
import type { AlertRaised, DnsAnswered, DnsAsked } from '@kaipo/core/api/events.js';
import type { LiveApp, LiveFlow, LiveHost, LiveInterface, LiveProtocol } from '@kaipo/core/query/live-snapshot.js';

export type SubjectKind = 'interface' | 'app' | 'process' | 'flow' | 'host' | 'protocol' | 'dns' | 'alert';

export interface RowSubject {
  readonly kind: SubjectKind;
  readonly key: string;
  /** For the title of its details. */
  readonly title: string;
  /** A filter that rows of this kind fit: to hide them. Absent: there is nothing to say. */
  readonly kindFilter?: string;
  /** A filter for all that belongs to it: to follow it. */
  readonly ownFilter?: string;
}

/** `field:"value"`, or bare where that is the same. */
export function term(field: string, value: string | number, operator = ':'): string {
  const text = String(value);
  return /^[\w.:-]+$/.test(text) && !/^[-.:]/.test(text)
    ? `${field}${operator}${text}`
    : `${field}${operator}"${text.replace(/["\\]/g, '\\$&')}"`;
}

export function appSubject(app: Pick<LiveApp, 'app' | 'quality'>, key: string): RowSubject {
  const own = app.quality === 'unknown' ? 'quality:unknown' : term('app', app.app, '=');
  return { kind: 'app', key, title: app.app, kindFilter: own, ownFilter: own };
}

export function processSubject(name: string, pid: number | undefined, key: string): RowSubject {
  const own = pid === undefined ? term('app', name, '=') : term('pid', pid);
  return { kind: 'process', key, title: pid === undefined ? name : `${name} ${pid}`, kindFilter: own, ownFilter: own };
}

export function flowSubject(flow: LiveFlow): RowSubject {
  const protocol = term('proto', flow.protocol ?? flow.transport);
  const host = flow.serverName ?? flow.remote.ip;
  const own = `${term('host', flow.remote.ip, '=')}${flow.remote.port === undefined ? '' : ` ${term('port', flow.remote.port)}`}`;
  return { kind: 'flow', key: flow.id, title: host, kindFilter: protocol, ownFilter: own };
}

export function hostSubject(host: LiveHost): RowSubject {
  const own = term('host', host.ip, '=');
  return { kind: 'host', key: host.ip, title: host.name ?? host.ip, kindFilter: own, ownFilter: own };
}

export function protocolSubject({ name }: LiveProtocol): RowSubject {
  const own = term('proto', name);
  return { kind: 'protocol', key: name, title: name, kindFilter: own, ownFilter: own };
}

export function interfaceSubject({ name }: LiveInterface): RowSubject {
  const own = term('iface', name);
  return { kind: 'interface', key: name, title: name, kindFilter: own, ownFilter: own };
}

export function dnsSubject(row: DnsAsked | DnsAnswered, key: string): RowSubject {
  return {
    kind: 'dns',
    key,
    title: row.name,
    kindFilter: term('name', row.name, '='),
    ownFilter: term('host', row.name),
  };
}

/** Its key is what a mute is about: rule and subject. */
export function alertSubject({ rule, subject }: AlertRaised): RowSubject {
  return {
    kind: 'alert',
    key: `${rule} ${subject}`,
    title: subject,
    kindFilter: term('rule', rule),
    ownFilter: term('host', subject),
  };
}
