// MQTT-SN 1.2 over UDP. Owns: CONNECT and what answers it.
import { defineProtocol, MATCH, NOT_MINE, type Probe, type Verdict } from '@kaipo/core/api/index.js';
import { isText } from '@kaipo/core/wire/match.js';

const CONNECT = 4;
const CONNACK = 5;
const PROTOCOL_ID = 1;

/** Length, type, flags (will and clean session only), protocol 1, duration, a printable name of 1 to 23 letters. */
function isConnect(bytes: Uint8Array, at: number, end: number): boolean {
  if (
    end - at < 10 ||
    end - at > 29 ||
    bytes[at] !== end - at ||
    bytes[at + 1] !== CONNECT ||
    bytes[at + 3] !== PROTOCOL_ID
  )
    return false;
  return (bytes[at + 2]! & 0xf3) === 0 && isText(bytes, at + 6, end);
}

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (isConnect(bytes, start, end)) return MATCH;
  const isAnswer = end - start === 3 && bytes[start] === 3 && bytes[start + 1] === CONNACK && bytes[start + 2]! <= 3;
  return isAnswer && p.otherBytes[1] === CONNECT && isConnect(p.otherBytes, 0, p.otherLength) ? MATCH : NOT_MINE;
}

export const mqttSnPlugin = defineProtocol('MQTT for sensor networks', {
  name: 'mqtt-sn',
  transports: ['udp'],
  ports: [1883, 1884, 10_000],
  firstBytes: [3, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29],
  datagram: { minBytes: 3, maxBytes: 29, at: 1, values: [CONNECT, CONNACK] },
  probe,
});
