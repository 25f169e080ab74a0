// The one scratch object of decoding: where the packet has been read to, and the columns of its row before they are stored.
// Owns: these fields. Must not know: any protocol. One instance, reset for every packet, so nothing is allocated per packet.
// All fields stay 32-bit integers: a larger number would make V8 box it.
import { MARK_TRUNCATED, VERDICT_DECODED, VERDICT_MALFORMED } from '../frame/frame-batch.js';
import { MAX_TUNNELS } from '../kernel/limits.js';
import { BAD, type Check } from '../wire/check.js';
import { LAYER_END, type Layer } from './layers.js';

const TUNNEL_BITS = 4;

export class Cursor {
  bytes: Uint8Array = new Uint8Array(0);
  /** Next unread byte, and the end of what this layer may read: never after the captured frame. */
  at = 0;
  end = 0;
  /** Bytes after `end` existed but are not here (snaplen, first fragment): a header that needs them is cut, not wrong. */
  cut = false;
  /** Inside what only a port suggests to be a tunnel: what does not fit there is payload, not a malformed packet. */
  guess = false;
  linkType = 0;
  nextType = 0;
  proto = 0;
  /** Tunnel names met so far, outermost lowest, and how many: they become the packet's with the next IP header. */
  outer = 0;
  outerCount = 0;

  verdict = 0;
  marks = 0;
  etherType = 0;
  ipVersion = 0;
  ipProto = 0;
  srcAddr = 0;
  dstAddr = 0;
  fragmentId = 0;
  l4Start = 0;
  payloadStart = 0;
  payloadEnd = 0;
  srcPort = 0;
  dstPort = 0;
  tcpFlags = 0;
  tunnels = 0;

  start(at: number, capLen: number, wireLen: number, linkType: number): void {
    this.at = at;
    this.end = at + capLen;
    this.cut = capLen < wireLen;
    this.guess = false;
    this.linkType = linkType;
    this.outer = 0;
    this.outerCount = 0;
    this.verdict = VERDICT_DECODED;
    this.marks = capLen < wireLen ? MARK_TRUNCATED : 0;
    this.etherType = 0;
    this.ipVersion = 0;
    this.ipProto = 0;
    this.srcAddr = 0;
    this.dstAddr = 0;
    this.fragmentId = 0;
    this.srcPort = 0;
    this.dstPort = 0;
    this.tcpFlags = 0;
    this.tunnels = 0;
  }

  /** A header needs more bytes than there are. */
  short(): Layer {
    if (!this.cut && !this.guess) this.verdict = VERDICT_MALFORMED;
    return LAYER_END;
  }

  /** A header contradicts itself. */
  bad(): Layer {
    if (!this.guess) this.verdict = VERDICT_MALFORMED;
    return LAYER_END;
  }

  fail(check: Check): Layer {
    return check === BAD ? this.bad() : this.short();
  }

  /** Steps over a header of `length` bytes that the caller has not checked; false when it goes past the end. */
  skip(length: number): boolean {
    if (length > this.end - this.at) return false;
    this.at += length;
    return true;
  }

  /** Remembers a tunnel for the IP header inside it. */
  enterTunnel(name: number): void {
    if (this.outerCount >= MAX_TUNNELS) return;
    this.outer |= name << (TUNNEL_BITS * this.outerCount);
    this.outerCount++;
  }

  /** What to dispatch on. It is the packet's EtherType too, unless that is an IP header's by now: only an inner one replaces it. */
  noteType(type: number): void {
    this.nextType = type;
    if (this.ipVersion === 0 && !this.guess) this.etherType = type;
  }

  /** What follows is everything up to a length that a header says. A length past the end is a contradiction, unless cut. */
  limit(length: number): void {
    const end = this.at + length;
    if (end <= this.end) {
      this.end = end;
      this.cut = false;
    } else if (!this.cut) {
      if (!this.guess) this.verdict = VERDICT_MALFORMED;
      this.cut = true;
    }
  }
}

export const cursor = new Cursor();
