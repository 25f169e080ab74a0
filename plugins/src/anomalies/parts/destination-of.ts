// Whom a flow goes to, coarse enough that a content network of many addresses is one. Owns the rule: the last labels of the name, else the
// network, else the address range. Unlike registered-domain.ts all of a content network is one site: its names change every day.
import type { FlowRecord } from '@kaipo/core/api/index.js';

/** Names that are sold below: co.uk, com.au, ac.jp. */
const SECOND_LEVEL = new Set(['ac', 'co', 'com', 'edu', 'gov', 'go', 'ne', 'net', 'or', 'org']);

export function destinationOf({ serverName, serverAsn, server }: FlowRecord): string {
  if (serverName?.includes('.')) return siteOf(serverName);
  if (serverAsn !== undefined) return `AS${serverAsn}`;
  return server.ip.includes(':')
    ? `${server.ip.split(':').slice(0, 3).join(':')}::/48`
    : `${server.ip.split('.').slice(0, 2).join('.')}.0.0/16`;
}

function siteOf(name: string): string {
  const labels = name.toLowerCase().split('.').slice(-3);
  const [third, second = '', top = ''] = labels.length === 3 ? labels : ['', ...labels];
  return third !== '' && top.length === 2 && SECOND_LEVEL.has(second!)
    ? `${third}.${second}.${top}`
    : `${second}.${top}`;
}
