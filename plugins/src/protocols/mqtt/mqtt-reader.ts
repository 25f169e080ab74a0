// Reads who connects to an MQTT broker, and what about when the client has no name. Bound: 8 packets of a side, 4 KiB each.
import { DONE, type FlowReader, type ProtocolFlow, SKIP_SIDE } from '@kaipo/core/api/index.js';
import { u16 } from '@kaipo/core/wire/bytes.js';
import { utf8Text } from '@kaipo/core/wire/match.js';
import {
  MQTT_CONNACK,
  MQTT_CONNECT,
  MQTT_PUBLISH,
  mqttConnectFlags,
  mqttLengthBytes,
  mqttPacketLength,
  mqttRemaining,
} from '@kaipo/core/wire/mqtt.js';

const MAX_PACKETS = 8;
const MAX_BYTES = 4096;
const SUBSCRIBE = 8;
const HAS_USER_NAME = 0x80;
const HAS_WILL = 0x04;
const ASSIGNED_CLIENT_ID = 0x12;

export class MqttReader implements FlowReader {
  readonly #flow: ProtocolFlow;
  #isNamed = false;
  #isVersion5 = false;
  #packets = 0;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number, _fromClient: boolean): number {
    const length = mqttPacketLength(bytes, start, end);
    if (length < 0) return DONE;
    if (length === 0 || (start + length > end && length <= MAX_BYTES)) return end - start > MAX_BYTES ? DONE : 0;
    const body = start + 1 + mqttLengthBytes(bytes, start + 1, end);
    const stop = Math.min(end, start + length);
    const type = bytes[start]! >> 4;
    if (type === MQTT_CONNECT) this.#connect(bytes, body, stop);
    else if (type === MQTT_CONNACK) this.#connack(bytes, body, stop);
    else if (type === MQTT_PUBLISH && !this.#isNamed) this.#topic(bytes, body, stop);
    else if (type === SUBSCRIBE && !this.#isNamed) this.#topic(bytes, body + (this.#isVersion5 ? 3 : 2), stop);
    this.#packets += 1;
    return this.#packets >= MAX_PACKETS ? DONE : length > MAX_BYTES ? SKIP_SIDE : length;
  }

  #connect(bytes: Uint8Array, at: number, end: number): void {
    const flagsAt = mqttConnectFlags(bytes, at, end);
    if (flagsAt <= 0) return;
    const flags = bytes[flagsAt]!;
    this.#isVersion5 = (bytes[flagsAt - 1]! & 0x7f) === 5;
    let next = this.#skipProperties(bytes, flagsAt + 3, end);
    const id = textAt(bytes, next, end);
    if (id !== undefined && id !== '') {
      this.#isNamed = true;
      this.#flow.setDetails({ subject: id });
    }
    next = skipText(bytes, next, end);
    if ((flags & HAS_WILL) !== 0)
      next = skipText(bytes, skipText(bytes, this.#skipProperties(bytes, next, end), end), end);
    const user = (flags & HAS_USER_NAME) === 0 ? undefined : textAt(bytes, next, end);
    if (user !== undefined && user !== '') this.#flow.setDetails({ userName: user });
  }

  /** MQTT 5: a length of one to four bytes, and that much. */
  #skipProperties(bytes: Uint8Array, at: number, end: number): number {
    if (!this.#isVersion5) return at;
    const count = mqttLengthBytes(bytes, at, end);
    return count <= 0 ? end : at + count + mqttRemaining(bytes, at, count);
  }

  /** MQTT 5: the broker gives a name to a client without one. Looked for as the property it is, where it usually stands. */
  #connack(bytes: Uint8Array, at: number, end: number): void {
    if (this.#isNamed || end - at < 6) return;
    for (let i = at + 3; i + 3 < end; i++) {
      if (bytes[i] !== ASSIGNED_CLIENT_ID || bytes[i + 1] !== 0 || i + 3 + bytes[i + 2]! > end || bytes[i + 2] === 0)
        continue;
      const id = textAt(bytes, i + 1, end);
      if (id === undefined) return;
      this.#isNamed = true;
      this.#flow.setDetails({ subject: id });
      return;
    }
  }

  #topic(bytes: Uint8Array, at: number, end: number): void {
    const topic = textAt(bytes, at, end);
    if (topic === undefined || topic === '') return;
    this.#isNamed = true;
    this.#flow.setDetails({ subject: topic });
  }
}

function textAt(bytes: Uint8Array, at: number, end: number): string | undefined {
  if (at + 2 > end || at + 2 + u16(bytes, at) > end) return undefined;
  return utf8Text(bytes, at + 2, at + 2 + u16(bytes, at), 128);
}

const skipText = (bytes: Uint8Array, at: number, end: number): number => (at + 2 > end ? end : at + 2 + u16(bytes, at));
