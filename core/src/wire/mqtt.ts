// MQTT 3.1, 3.1.1 and 5 (OASIS). Owns: the fixed header, what a packet of each type has to look like. Bound: 268,435,455 bytes a packet.
/** @hot */
import { u16 } from './bytes.js';

export const MQTT_CONNECT = 1;
export const MQTT_CONNACK = 2;
export const MQTT_PUBLISH = 3;

/** Bytes the "remaining length" at `at` takes (1 to 4); 0: more has to come; -1: longer than 4 or longer than needed. */
export function mqttLengthBytes(bytes: Uint8Array, at: number, end: number): number {
  for (let i = 0; i < 4; i++) {
    if (at + i >= end) return 0;
    if (bytes[at + i]! < 0x80) return i > 0 && bytes[at + i] === 0 ? -1 : i + 1;
  }
  return -1;
}

/** The remaining length at `at`; `count` is what `mqttLengthBytes` gave. */
export function mqttRemaining(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let i = count - 1; i >= 0; i--) value = value * 128 + (bytes[at + i]! & 0x7f);
  return value;
}

/** Whole length of the packet at `at`; 0: too few bytes; -1: none. */
export function mqttPacketLength(bytes: Uint8Array, at: number, end: number): number {
  const type = bytes[at]! >> 4;
  const flags = bytes[at]! & 0x0f;
  if (type === 0 || !fitsFlags(type, flags)) return -1;
  const count = mqttLengthBytes(bytes, at + 1, end);
  if (count <= 0) return count;
  const remaining = mqttRemaining(bytes, at + 1, count);
  const body = at + 1 + count;
  return fitsLength(type, remaining) && fitsBody(bytes, body, end, type, flags, remaining) ? 1 + count + remaining : -1;
}

function fitsFlags(type: number, flags: number): boolean {
  if (type === MQTT_PUBLISH) return (flags & 6) !== 6;
  return flags === (type === 6 || type === 8 || type === 10 ? 2 : 0);
}

function fitsLength(type: number, remaining: number): boolean {
  switch (type) {
    case MQTT_CONNECT:
      return remaining >= 12;
    case 12: // PINGREQ
    case 13: // PINGRESP
      return remaining === 0;
    case 14: // DISCONNECT
      return remaining < 1024;
    case 15: // AUTH
      return remaining !== 1 && remaining < 65_536;
    default:
      return remaining >= 2;
  }
}

function fitsBody(bytes: Uint8Array, at: number, end: number, type: number, flags: number, remaining: number): boolean {
  if (at + 2 > end || remaining < 2) return true;
  switch (type) {
    case MQTT_PUBLISH: {
      const topic = u16(bytes, at);
      const needed = 2 + topic + ((flags & 6) === 0 ? 0 : 2);
      return needed <= remaining && (topic === 0 || isTopic(bytes, at + 2, Math.min(end, at + 2 + topic)));
    }
    case MQTT_CONNECT:
      return u16(bytes, at) === 4 || u16(bytes, at) === 6;
    case MQTT_CONNACK:
      return bytes[at]! <= 1 && (remaining === 2 ? bytes[at + 1]! <= 5 || bytes[at + 1]! >= 0x80 : true);
    case 14: // DISCONNECT
      return isReason(bytes, at, end, remaining);
    case 15: // AUTH: success, continue, again
      return bytes[at] === 0 || bytes[at] === 0x18 || bytes[at] === 0x19;
    case 8: // SUBSCRIBE
    case 10: // UNSUBSCRIBE
      return (
        remaining >= 5 &&
        u16(bytes, at) !== 0 &&
        (at + remaining > end ||
          areFilters(bytes, at + 2, at + remaining, type === 8) ||
          areFilters(bytes, at + 3 + bytes[at + 2]!, at + remaining, type === 8))
      );
    case 4: // PUBACK, PUBREC, PUBREL, PUBCOMP
    case 5:
    case 6:
    case 7:
      return u16(bytes, at) !== 0 && (remaining === 2 || isReason(bytes, at + 2, end, remaining - 2));
    case 9: // SUBACK, UNSUBACK: the last byte is a reason
    case 11:
      return u16(bytes, at) !== 0 && (remaining === 2 || at + remaining > end || isCode(bytes[at + remaining - 1]!));
    default:
      return true;
  }
}

/** Topic filters, each with its options where a subscription has them, up to the end. */
function areFilters(bytes: Uint8Array, start: number, end: number, hasOptions: boolean): boolean {
  let at = start;
  while (at + 3 <= end) {
    const next = at + 2 + u16(bytes, at);
    if (u16(bytes, at) === 0 || next > end || (hasOptions && (next >= end || bytes[next]! > 0x2e))) return false;
    at = hasOptions ? next + 1 : next;
  }
  return at === end && at > start;
}

/** MQTT 5: a reason, and properties of the length they say. */
function isReason(bytes: Uint8Array, at: number, end: number, length: number): boolean {
  if (at >= end) return true;
  return isCode(bytes[at]!) && (length === 1 || at + 1 >= end || bytes[at + 1] === length - 2);
}

const isCode = (code: number): boolean => code <= 2 || code === 0x10 || code === 0x11 || (code >= 0x80 && code <= 0xa2);

/** A topic name: no control characters, no wildcards. */
export function isTopic(bytes: Uint8Array, at: number, end: number): boolean {
  for (let i = at; i < end; i++) {
    const byte = bytes[i]!;
    if (byte < 0x20 || byte === 0x7f || byte === 0x23 || byte === 0x2b) return false;
  }
  return true;
}

/** Does "MQTT" with level 4 or 5, or "MQIsdp" with level 3, stand at `at` (its length first)? 0: too few bytes, -1: no; else where the flags are. */
export function mqttConnectFlags(bytes: Uint8Array, at: number, end: number): number {
  if (at + 9 > end) return 0;
  if (u16(bytes, at) === 4)
    return bytes[at + 2] === 0x4d &&
      bytes[at + 3] === 0x51 &&
      bytes[at + 4] === 0x54 &&
      bytes[at + 5] === 0x54 &&
      isLevel(bytes[at + 6]!)
      ? at + 7
      : -1;
  if (at + 10 > end) return 0;
  return u16(bytes, at) === 6 &&
    bytes[at + 2] === 0x4d &&
    bytes[at + 3] === 0x51 &&
    bytes[at + 4] === 0x49 &&
    bytes[at + 5] === 0x73 &&
    bytes[at + 6] === 0x64 &&
    bytes[at + 7] === 0x70
    ? at + 9
    : -1;
}

/** A bridge sets the top bit. */
const isLevel = (level: number): boolean => (level & 0x7f) >= 3 && (level & 0x7f) <= 5;
