// Finds in a batch what ARP and neighbour discovery tell about devices. Owns: which frames tell something, and that the same is not
// told again within a minute. Must not know who keeps it. Bound: SLOTS numbers; allocates only where something new is told.
/** @hot */
import type { DeviceSighting } from '../api/events.js';
import { type FrameBatch, VERDICT_DECODED } from '../frame/frame-batch.js';
import { arpIsIpv4, arpIsProbe, arpSenderIpAt, arpSenderMacAt, checkArp } from '../wire/arp.js';
import { FITS } from '../wire/check.js';
import { TYPE_ARP } from '../wire/ethertypes.js';
import { IP_ICMPV6 } from '../wire/ip-protocols.js';
import {
  isNdp,
  NDP_NEIGHBOUR_ADVERTISEMENT,
  NDP_REDIRECT,
  NDP_ROUTER_ADVERTISEMENT,
  NDP_SOURCE_ADDRESS,
  NDP_TARGET_ADDRESS,
  ndpLinkAddressAt,
  ndpTargetAt,
  ndpType,
} from '../wire/ndp.js';
import { sightingOf } from './device-sighting.js';

const SLOTS = 4096;
const AGAIN_AFTER_S = 60;
const IPV6_LEN = 16;
const IPV4_LEN = 4;
const MAC_LEN = 6;
/** A router tells twice: as any device, and as a router. */
const ROUTER_SEED = 134;

export class DeviceFrames {
  readonly #learn: (sighting: DeviceSighting) => void;
  /** Hash of what was told, and the second it was told in, by its low bits. */
  readonly #told = new Uint32Array(SLOTS);
  readonly #toldAt = new Float64Array(SLOTS);

  constructor(learn: (sighting: DeviceSighting) => void) {
    this.#learn = learn;
  }

  read(batch: FrameBatch): void {
    for (let row = 0; row < batch.length; row++) {
      if (batch.ipProto[row] === IP_ICMPV6) this.#readNdp(batch, row);
      else if (batch.etherType[row] === TYPE_ARP) this.#readArp(batch, row);
    }
  }

  /** Of a frame without IP the decoder leaves where the last header is that it understood: the one of ARP. */
  #readArp(batch: FrameBatch, row: number): void {
    const { bytes } = batch;
    const at = batch.l4Start[row]!;
    if (batch.verdict[row] !== VERDICT_DECODED || checkArp(bytes, at, batch.payloadEnd[row]!) !== FITS) return;
    if (arpIsIpv4(bytes, at) && !arpIsProbe(bytes, at))
      this.#tell(batch, row, 4, arpSenderIpAt(at), arpSenderMacAt(at));
  }

  #readNdp(batch: FrameBatch, row: number): void {
    const at = batch.l4Start[row]!;
    const end = batch.payloadEnd[row]!;
    const source = batch.srcAddr[row]!;
    if (batch.verdict[row] !== VERDICT_DECODED || batch.ipVersion[row] !== 6) return;
    const { bytes } = batch;
    if (!isNdp(bytes, at, end, source)) return;
    const type = ndpType(bytes, at);
    if (type === NDP_REDIRECT) return;
    const isAnswer = type === NDP_NEIGHBOUR_ADVERTISEMENT;
    const mac = ndpLinkAddressAt(bytes, at, end, isAnswer ? NDP_TARGET_ADDRESS : NDP_SOURCE_ADDRESS);
    const isRouter = type === NDP_ROUTER_ADVERTISEMENT;
    if (mac >= 0) this.#tell(batch, row, 6, isAnswer ? ndpTargetAt(at) : source, mac, isRouter);
  }

  /** An address of one device that has one: not ::, not a group, not all zeros or ones. */
  #tell(batch: FrameBatch, row: number, version: number, ip: number, mac: number, isRouter = false): void {
    const { bytes } = batch;
    const ipLength = version === 4 ? IPV4_LEN : IPV6_LEN;
    if ((bytes[mac]! & 1) !== 0 || isZero(bytes, mac, MAC_LEN) || isZero(bytes, ip, ipLength)) return;
    const address = hashOf(bytes, ip, ipLength, isRouter ? ROUTER_SEED : version);
    const hash = hashOf(bytes, mac, MAC_LEN, address);
    // By the address: one that goes back and forth between two devices is told each time.
    const slot = address & (SLOTS - 1);
    const second = batch.tsUs[row]! / 1e6;
    if (this.#told[slot] === hash && Math.abs(second - this.#toldAt[slot]!) < AGAIN_AFTER_S) return;
    this.#told[slot] = hash;
    this.#toldAt[slot] = second;
    this.#learn(sightingOf(batch.tsUs[row]!, version, bytes, ip, mac, isRouter));
  }
}

function isZero(bytes: Uint8Array, at: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (bytes[at + i] !== 0) return false;
  return true;
}

/** FNV-1a over 32 bits. */
function hashOf(bytes: Uint8Array, at: number, length: number, seed: number): number {
  let hash = 0x811c9dc5 ^ seed;
  for (let i = 0; i < length; i++) hash = Math.imul(hash ^ bytes[at + i]!, 0x01000193);
  return hash >>> 0;
}
