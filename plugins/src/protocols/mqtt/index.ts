// MQTT 3.1, 3.1.1 and 5. Owns: CONNECT, its answer, and packets seen from the middle. Bound: `mqtt-reader.ts`.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u16 } from '@kaipo/core/wire/bytes.js';
import { indexOfByte } from '@kaipo/core/wire/match.js';
import { BROKEN, endsExactly, followChain, wholeMessages } from '@kaipo/core/wire/message-chain.js';
import {
  MQTT_CONNECT,
  MQTT_PUBLISH,
  mqttConnectFlags,
  mqttLengthBytes,
  mqttPacketLength,
} from '@kaipo/core/wire/mqtt.js';
import { MqttReader } from './mqtt-reader.js';

const CONNECT_BYTE = 0x10;
const CONNACK_BYTE = 0x20;
const PINGREQ_BYTE = 0xc0;
const PINGRESP_BYTE = 0xd0;
const SLASH = 0x2f;

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  const chain = followChain(bytes, start, end, mqttPacketLength);
  if (chain === BROKEN) return NOT_MINE;
  const type = bytes[start]! >> 4;
  if (type === MQTT_CONNECT) {
    const count = mqttLengthBytes(bytes, start + 1, end);
    if (count === 0) return UNSURE;
    const flags = mqttConnectFlags(bytes, start + 1 + count, end);
    return flags < 0 ? NOT_MINE : flags === 0 ? UNSURE : MATCH;
  }
  if (p.otherLength > 0 && answers(p)) return MATCH;
  return endsExactly(chain) ? middle(p, wholeMessages(chain)) : UNSURE;
}

/** CONNACK to CONNECT, PINGRESP to PINGREQ. */
function answers(p: Probe): boolean {
  const { bytes, start, end } = p;
  if (bytes[start] === CONNACK_BYTE) return end - start >= 4 && p.otherBytes[0] === CONNECT_BYTE;
  return (
    bytes[start] === PINGRESP_BYTE &&
    end - start === 2 &&
    p.otherLength === 2 &&
    p.otherBytes[0] === PINGREQ_BYTE &&
    p.otherBytes[1] === 0
  );
}

/** Whole packets from the middle: a topic of several levels, or enough of them. */
function middle(p: Probe, whole: number): Verdict {
  const { bytes, start, end } = p;
  if (bytes[start]! >> 4 === MQTT_PUBLISH) {
    const topic = start + 1 + mqttLengthBytes(bytes, start + 1, end);
    const length = u16(bytes, topic);
    const topicEnd = topic + 2 + length;
    if (
      length >= 5 &&
      topicEnd <= end &&
      indexOfByte(bytes, topic + 2, topicEnd, SLASH) >= 0 &&
      isAscii(bytes, topic + 2, topicEnd)
    )
      return MATCH;
    return whole >= 2 && length >= 2 && !isRepeated(p) && end - start >= 16 && isAscii(bytes, topic + 2, topicEnd)
      ? MATCH
      : UNSURE;
  }
  return whole >= 4 && end - start >= 12 && !isRepeated(p) ? MATCH : UNSURE;
}

/** The same packet again and again may be anything that repeats. */
function isRepeated(p: Probe): boolean {
  const length = mqttPacketLength(p.bytes, p.start, p.end);
  for (let i = 0; i < length; i++) if (p.bytes[p.start + i] !== p.bytes[p.start + length + i]) return false;
  return true;
}

function isAscii(bytes: Uint8Array, at: number, end: number): boolean {
  for (let i = at; i < end; i++) if (bytes[i]! > 0x7e || bytes[i]! < 0x20) return false;
  return true;
}

/** Types with the flags they can have. */
const FIRST_BYTES = [
  0x10, 0x20, 0x40, 0x50, 0x62, 0x70, 0x82, 0x90, 0xa2, 0xb0, 0xc0, 0xd0, 0xe0, 0xf0, 0x30, 0x31, 0x32, 0x33, 0x34,
  0x35, 0x38, 0x39, 0x3a, 0x3b, 0x3c, 0x3d,
];

export const mqttPlugin = defineProtocol('MQTT 3.1, 3.1.1 and 5', {
  name: 'mqtt',
  transports: ['tcp'],
  ports: [1883, 1884, 11_883],
  firstBytes: FIRST_BYTES,
  probe,
  open: (flow) => new MqttReader(flow),
});
