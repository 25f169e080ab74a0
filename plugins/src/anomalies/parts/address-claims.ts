// Which hardware address claims which address, and who claims one that another still has. Owns: telling a take-over from a change of
// devices. Must not know the protocol. Bound: ADDRESSES addresses and as many hardware addresses; full: the one seen longest ago goes.
import type { AlertRaised, Detector, DeviceSource, EventWriter, KaipoEvent } from '@kaipo/core/api/index.js';
import { BoundedTable } from './bounded-table.js';

const ADDRESSES = 4096;
const ADDRESSES_OF_ONE = 4;
const US_PER_S = 1e6;
/** Routers that share an address on purpose: VRRP and CARP, HSRP, GLBP. */
const SHARED = ['00:00:5e:00:01:', '00:00:5e:00:02:', '00:00:0c:07:ac:', '00:00:0c:9f:f', '00:07:b4:00:'];
/** Changes within `recentUs` that are no longer a mistake. */
const MANY_CHANGES = 6;
const SAY_AGAIN_US = 60 * US_PER_S;

export interface ClaimSettings {
  readonly recent_s: number;
  readonly ignore: readonly string[];
}

interface Claim {
  mac: string;
  sinceUs: number;
  lastUs: number;
  /** Who had it before, until when. */
  beforeMac?: string;
  beforeUs?: number;
  /** Within one stretch of changes. */
  changes: number;
  changedUs: number;
  saidUs: number;
}

export class AddressClaims implements Detector {
  readonly wants = ['device.seen'] as const;
  readonly #rule: string;
  readonly #from: DeviceSource;
  readonly #recentUs: number;
  readonly #ignored: readonly string[];
  readonly #claims = new BoundedTable<Claim>(ADDRESSES);
  /** The last addresses each hardware address claimed. */
  readonly #owned = new BoundedTable<string[]>(ADDRESSES);

  constructor(rule: string, from: DeviceSource, { recent_s, ignore }: ClaimSettings) {
    this.#rule = rule;
    this.#from = from;
    this.#recentUs = recent_s * US_PER_S;
    this.#ignored = [...SHARED, ...ignore.map((begin) => begin.toLowerCase())];
  }

  get size(): number {
    return this.#claims.size + this.#owned.size;
  }

  onEvents(events: readonly KaipoEvent[], out: EventWriter): void {
    for (const event of events) {
      if (event.kind !== 'device.seen' || event.from !== this.#from) continue;
      const { ip, mac, tsUs } = event;
      if (ip === undefined || mac === undefined || this.#ignored.some((begin) => mac.startsWith(begin))) continue;
      this.#claim(ip, mac, tsUs, out);
    }
  }

  #claim(ip: string, mac: string, tsUs: number, out: EventWriter): void {
    const owned = this.#owned.take(mac, () => []);
    const hasOther = owned.some((other) => other !== ip);
    if (!owned.includes(ip)) {
      owned.push(ip);
      if (owned.length > ADDRESSES_OF_ONE) owned.shift();
    }
    const claim = this.#claims.use(ip);
    if (claim === undefined) {
      const never = Number.NEGATIVE_INFINITY;
      this.#claims.set(ip, { mac, sinceUs: tsUs, lastUs: tsUs, changes: 0, changedUs: never, saidUs: never });
      return;
    }
    if (claim.mac === mac) {
      claim.lastUs = tsUs;
      return;
    }
    this.#change(claim, ip, mac, tsUs, hasOther, out);
  }

  #change(claim: Claim, ip: string, mac: string, tsUs: number, hasOther: boolean, out: EventWriter): void {
    const wasAlive = tsUs - claim.lastUs <= this.#recentUs;
    const isBack = claim.beforeMac === mac && tsUs - (claim.beforeUs ?? 0) <= this.#recentUs;
    claim.changes = tsUs - claim.changedUs <= this.#recentUs ? claim.changes + 1 : 1;
    const was = claim.mac;
    claim.beforeMac = was;
    claim.beforeUs = claim.lastUs;
    claim.mac = mac;
    claim.sinceUs = tsUs;
    claim.lastUs = tsUs;
    claim.changedUs = tsUs;
    // A device that was silent for long may have left its address to another; one that has no address yet may have got this one.
    if (!wasAlive || !(hasOther || isBack)) return;
    const isGrave = claim.changes >= MANY_CHANGES;
    if (tsUs - claim.saidUs < SAY_AGAIN_US && claim.changes !== MANY_CHANGES) return;
    claim.saidUs = tsUs;
    out.write(this.#finding(claim, ip, was, isGrave));
  }

  #finding(claim: Claim, ip: string, was: string, isGrave: boolean): AlertRaised {
    const others = (this.#owned.peek(claim.mac) ?? []).filter((other) => other !== ip);
    return {
      kind: 'alert.raised',
      tsUs: claim.lastUs,
      rule: this.#rule,
      severity: isGrave ? 'critical' : 'warning',
      subject: ip,
      key: ip,
      scope: { host: ip },
      summary: isGrave
        ? `two devices fight for the address ${ip}: ${was} and ${claim.mac}, ${claim.changes} changes`
        : `${claim.mac} claims the address ${ip}, which ${was} still had`,
      evidence: {
        ip,
        mac: claim.mac,
        otherMac: was,
        changes: claim.changes,
        ...(others.length > 0 && { otherAddresses: others.join(' ') }),
      },
    };
  }
}
