// Who asks, as far as limits go. Owns: one key for what is probably one machine; none for programs of this machine. Must not decide
// what anybody may: what a proxy says of addresses counts here alone, where a lie gains nothing but a limit of its own.
import type { IncomingMessage } from 'node:http';
import { isIP, isIPv4 } from 'node:net';
import { isLoopback } from '../listen/web-door.js';

/** Headers a proxy adds, and nobody who asks directly has a reason to. */
export const PROXY_HEADERS = [
  'x-forwarded-for',
  'forwarded',
  'via',
  'x-real-ip',
  'x-forwarded-host',
  'x-forwarded-proto',
] as const;

export const isForwarded = ({ headers }: IncomingMessage): boolean =>
  PROXY_HEADERS.some((name) => headers[name] !== undefined);

/** The address, of IPv6 the /64 that one machine has for itself. Undefined: this machine, without a limit. */
export function clientKey(request: IncomingMessage): string | undefined {
  const { remoteAddress } = request.socket;
  if (remoteAddress !== undefined && !isLoopback(remoteAddress)) return networkOf(remoteAddress);
  // Through a proxy: the last entry is the one that it wrote itself.
  const told = request.headers['x-forwarded-for'];
  if (typeof told !== 'string') return undefined;
  const last = told.slice(told.lastIndexOf(',') + 1).trim();
  return isIP(last) === 0 ? 'unnamed' : networkOf(last);
}

function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=[\d.]+$)/i, '');
  if (isIPv4(plain)) return plain;
  const [head = '', tail] = plain.replace(/%.*$/, '').toLowerCase().split('::');
  const groups = head === '' ? [] : head.split(':');
  if (tail !== undefined) {
    const rest = tail === '' ? [] : tail.split(':');
    while (groups.length + rest.length < 8) groups.push('0');
    groups.push(...rest);
  }
  return `${groups.slice(0, 4).join(':')}::/64`;
}
