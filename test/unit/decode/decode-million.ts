// Decodes a million packets of a dozen kinds after a warm-up and prints how many garbage collections that caused.
import { PerformanceObserver } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { decodeBatch } from '@kaipo/core/decode/decode-batch.js';
import { FrameBatch, VERDICT_DECODED } from '@kaipo/core/frame/frame-batch.js';
import { ether, hex, ipv4, ipv6, join, tcp, text, udp } from './packet-bytes.js';

const inner = ipv4(6, tcp(1, 2, text('inside')));
const kinds: readonly (readonly [number, Uint8Array])[] = [
  [1, ether(0x0800, ipv4(6, tcp(51000, 443, text('some payload'))))],
  [1, ether(0x0800, ipv4(17, udp(51000, 53, text('some payload'))))],
  [1, ether(0x86dd, ipv6(6, tcp(51000, 443, text('some payload'))))],
  [1, ether(0x86dd, ipv6(44, join('11000001 fedcba98', udp(1, 2, text('x')))))],
  [1, ether(0x8100, join('0001 0800', ipv4(1, hex('08000000 00010001'))))],
  [1, ether(0x0806, hex('0001 0800 06 04 0001 020000000001 0a000001 000000000000 0a000002'))],
  [1, ether(0x0800, ipv4(17, udp(9, 4789, join('08000000 00000100', ether(0x0800, inner)))))],
  [1, ether(0x0800, ipv4(47, join('0000 0800', inner)))],
  [113, join('0000 0001 0006 0200000000010000 0800', inner)],
  [101, inner],
  [9, join('ff03 0021', inner)],
];
const rows = 4096;
const frames = Array.from({ length: rows }, (_, row) => kinds[row % kinds.length]!);
const batch = new FrameBatch(join(...frames.map(([, frame]) => frame)), rows);
batch.length = rows;
let at = 0;
frames.forEach(([linkType, frame], row) => {
  batch.frameStart[row] = at;
  batch.capLen[row] = frame.length;
  batch.wireLen[row] = frame.length;
  batch.linkType[row] = linkType;
  at += frame.length;
});

for (let i = 0; i < 200; i++) decodeBatch(batch);
await delay(100); // background compilation of the warm-up ends before counting begins
let collections = 0;
const observer = new PerformanceObserver((list) => {
  collections += list.getEntries().length;
});
observer.observe({ entryTypes: ['gc'] });
let packets = 0;
let decoded = 0;
while (packets < 1_000_000) {
  decodeBatch(batch);
  packets += rows;
  for (let row = 0; row < rows; row++) if (batch.verdict[row] === VERDICT_DECODED) decoded++;
}
await delay(10); // entries are delivered in a later turn
collections += observer.takeRecords().length;
process.stdout.write(JSON.stringify({ packets, decoded, collections }));
