// One frame through decodeBatch, with junk around it in the arena, and its row as an object.
import { decodeBatch } from '@kaipo/core/decode/decode-batch.js';
import {
  FrameBatch,
  MARK_FIRST_FRAGMENT,
  MARK_LATER_FRAGMENT,
  MARK_PAYLOAD,
  MARK_PORTS,
  MARK_TRUNCATED,
  MARK_TUNNEL,
  MARK_VLAN,
} from '@kaipo/core/frame/frame-batch.js';
import { addressText } from '@kaipo/core/wire/address-text.js';
import { tunnelNames } from '@kaipo/core/wire/tunnels.js';

export const FRAME_AT = 64;

const MARK_NAMES: readonly (readonly [number, string])[] = [
  [MARK_TRUNCATED, 'truncated'],
  [MARK_PORTS, 'ports'],
  [MARK_FIRST_FRAGMENT, 'first-fragment'],
  [MARK_LATER_FRAGMENT, 'later-fragment'],
  [MARK_TUNNEL, 'tunnel'],
  [MARK_VLAN, 'vlan'],
  [MARK_PAYLOAD, 'payload'],
];

export interface DecodedFrame {
  readonly verdict: number;
  readonly marks: string[];
  readonly etherType: number;
  readonly version: number;
  readonly proto: number;
  /** "10.0.0.1:1234 > 10.0.0.2:80", without ports when there are none; "" when there is no IP header. */
  readonly flow: string;
  readonly fragmentId: number;
  readonly tcpFlags: number;
  readonly tunnels: string[];
  readonly payload: Uint8Array;
  readonly l4Start: number;
}

/** A batch of one row over an arena that is junk before and after the frame. */
export function batchOfOne(frame: Uint8Array, linkType: number, wireLen: number = frame.length): FrameBatch {
  const bytes = new Uint8Array(FRAME_AT + frame.length + FRAME_AT).fill(0x45);
  bytes.set(frame, FRAME_AT);
  const batch = new FrameBatch(bytes, 1);
  batch.length = 1;
  batch.frameStart[0] = FRAME_AT;
  batch.capLen[0] = frame.length;
  batch.wireLen[0] = wireLen;
  batch.linkType[0] = linkType;
  return batch;
}

export function decodeOne(frame: Uint8Array, linkType = 1, wireLen: number = frame.length): DecodedFrame {
  const batch = batchOfOne(frame, linkType, wireLen);
  decodeBatch(batch);
  const marks = batch.marks[0]!;
  const version = batch.ipVersion[0]!;
  const ports = (marks & MARK_PORTS) !== 0;
  const end = (at: number, port: number): string => {
    const address = addressText(batch.bytes, at, version);
    return ports ? `${address}:${port}` : address;
  };
  return {
    verdict: batch.verdict[0]!,
    marks: MARK_NAMES.filter(([bit]) => (marks & bit) !== 0).map(([, name]) => name),
    etherType: batch.etherType[0]!,
    version,
    proto: batch.ipProto[0]!,
    flow:
      version === 0
        ? ''
        : `${end(batch.srcAddr[0]!, batch.srcPort[0]!)} > ${end(batch.dstAddr[0]!, batch.dstPort[0]!)}`,
    fragmentId: batch.fragmentId[0]!,
    tcpFlags: batch.tcpFlags[0]!,
    tunnels: tunnelNames(batch.tunnels[0]!),
    payload: batch.bytes.slice(batch.payloadStart[0]!, batch.payloadEnd[0]!),
    l4Start: batch.l4Start[0]! - FRAME_AT,
  };
}
