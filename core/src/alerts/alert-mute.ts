// What a person does not want to be told of, why, and until when. Owns: what a mute says and which alerts it fits. Muted alerts are
// recorded as any other. Must not know where mutes are kept. Bound: texts of MAX_TEXT characters.
import { BlockList, isIP } from 'node:net';
import type { AlertScope } from '../api/events.js';
import { KaipoError } from '../kernel/errors.js';
import { safeText } from '../kernel/safe-text.js';

const MAX_TEXT = 256;

/** What has to fit; what is absent fits everything. One at least is there. */
export interface MuteScope extends Omit<AlertScope, 'host'> {
  readonly rule?: string;
  readonly subject?: string;
  /** An address, or a network: 10.0.0.0/8. */
  readonly host?: string;
}

export interface AlertMute extends MuteScope {
  /** A number as text; the next mute has the next one. */
  readonly id: string;
  readonly reason: string;
  readonly sinceUs: number;
  /** Absent: for ever. */
  readonly untilUs?: number;
  /** Incidents it kept from being told. */
  readonly held: number;
}

export interface MutedAlert {
  readonly rule: string;
  readonly subject: string;
  readonly scope: AlertScope;
}

/** Is there such a mute at this moment? */
export const isRunning = ({ untilUs }: Pick<AlertMute, 'untilUs'>, nowUs: number): boolean =>
  untilUs === undefined || nowUs < untilUs;

/** A network is worked out once. */
export class MuteMatcher {
  readonly #mute: MuteScope;
  readonly #network: BlockList | undefined;

  constructor(mute: MuteScope) {
    this.#mute = mute;
    this.#network = mute.host?.includes('/') === true ? networkOf(mute.host) : undefined;
  }

  fits({ rule, subject, scope }: MutedAlert): boolean {
    const mute = this.#mute;
    return (
      (mute.rule === undefined || mute.rule === rule) &&
      (mute.subject === undefined || mute.subject === subject) &&
      (mute.app === undefined || mute.app.toLowerCase() === scope.app?.toLowerCase()) &&
      (mute.port === undefined || mute.port === scope.port) &&
      (mute.interface === undefined || mute.interface === scope.interface) &&
      (mute.direction === undefined || mute.direction === scope.direction) &&
      (mute.host === undefined || this.#fitsHost(scope.host))
    );
  }

  #fitsHost(host: string | undefined): boolean {
    if (host === undefined) return false;
    if (this.#network === undefined) return host === this.#mute.host;
    const family = isIP(host);
    return family !== 0 && this.#network.check(host, family === 6 ? 'ipv6' : 'ipv4');
  }
}

/** A scope that strangers may have written, checked. Raises KAIPO_USAGE with the part that is wrong. */
export function checkedScope(given: Readonly<Record<string, unknown>>): MuteScope {
  const text = (name: string): string | undefined => {
    const value = given[name];
    if (value === undefined) return undefined;
    if (typeof value !== 'string' || value === '' || value.length > MAX_TEXT) {
      throw new KaipoError('KAIPO_USAGE', `the ${name} of a mute must be a text of 1 to ${MAX_TEXT} characters`);
    }
    return safeText(value);
  };
  const { port, direction } = given;
  if (port !== undefined && !(Number.isInteger(port) && Number(port) >= 0 && Number(port) <= 65_535)) {
    throw new KaipoError('KAIPO_USAGE', 'the port of a mute must be a whole number from 0 to 65535');
  }
  if (direction !== undefined && direction !== 'in' && direction !== 'out') {
    throw new KaipoError('KAIPO_USAGE', 'the direction of a mute must be in or out');
  }
  const host = text('host');
  const scope = {
    rule: text('rule'),
    subject: text('subject'),
    app: text('app'),
    host: host === undefined ? undefined : checkedHost(host),
    port,
    interface: text('interface'),
    direction,
  };
  const present = Object.entries(scope).filter(([, value]) => value !== undefined);
  if (present.length === 0) {
    throw new KaipoError(
      'KAIPO_USAGE',
      'a mute needs something to fit: a rule, an application, a host, a port, an interface, a direction',
      'kaipo alerts mute --rule port-scan --host 10.0.0.9 --reason "our scanner"',
    );
  }
  return Object.fromEntries(present) as MuteScope;
}

function checkedHost(host: string): string {
  if (host.includes('/')) networkOf(host);
  else if (isIP(host) === 0) throw wrongHost(host);
  return host.toLowerCase();
}

function networkOf(text: string): BlockList {
  const [address = '', bits = ''] = text.split('/');
  const family = isIP(address);
  const most = family === 6 ? 128 : 32;
  if (family === 0 || !/^\d{1,3}$/.test(bits) || Number(bits) > most) throw wrongHost(text);
  const network = new BlockList();
  network.addSubnet(address, Number(bits), family === 6 ? 'ipv6' : 'ipv4');
  return network;
}

const wrongHost = (host: string): KaipoError =>
  new KaipoError('KAIPO_USAGE', `${safeText(host)} is no address and no network such as 10.0.0.0/8`);
