// Tags between the addresses of a frame and what it carries: VLAN, service, port-extender, switch and metadata tags.
// All of them have a fixed length and end in the EtherType of what follows, but for the 802.1ah one, which carries a frame.
/** @hot */
import { u16 } from './bytes.js';
import {
  TYPE_CISCO_METADATA,
  TYPE_EDSA,
  TYPE_ETAG,
  TYPE_HSR,
  TYPE_QINQ,
  TYPE_QINQ_9100,
  TYPE_QINQ_9200,
  TYPE_QINQ_9300,
  TYPE_RTAG,
  TYPE_VLAN,
  TYPE_VNTAG,
} from './ethertypes.js';

/** 802.1ah I-TAG: four bytes, then a frame. */
export const ITAG_LEN = 4;
/** Broadcom's and Marvell's switch tags without an EtherType of their own. */
export const SWITCH_TAG_LEN = 4;

export function isVlanType(type: number): boolean {
  return (
    type === TYPE_VLAN ||
    type === TYPE_QINQ ||
    type === TYPE_QINQ_9100 ||
    type === TYPE_QINQ_9200 ||
    type === TYPE_QINQ_9300
  );
}

/** Bytes after the EtherType `type` up to and with the next EtherType; 0 when `type` is no tag. */
export function tagLength(type: number): number {
  if (isVlanType(type) || type === TYPE_VNTAG) return type === TYPE_VNTAG ? 6 : 4;
  if (type === TYPE_ETAG || type === TYPE_CISCO_METADATA || type === TYPE_EDSA) return 8;
  return type === TYPE_RTAG || type === TYPE_HSR ? 6 : 0;
}

/** The EtherType that ends a tag of `length` bytes. */
export const tagNextType = (bytes: Uint8Array, at: number, length: number): number => u16(bytes, at + length - 2);

/** 802.1Q: the twelve bits of the VLAN number. */
export const vlanId = (bytes: Uint8Array, at: number): number => u16(bytes, at) & 0x0fff;

/** TRILL header before its options, which its sixth to tenth bit count in words of four bytes. */
export const TRILL_MIN_LEN = 6;
export const trillLength = (bytes: Uint8Array, at: number): number =>
  TRILL_MIN_LEN + (((u16(bytes, at) >> 6) & 0x1f) << 2);
