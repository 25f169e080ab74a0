// Cost of reading a classic pcap out of memory: record headers to rows.
import { CaptureReader } from '@kaipo/core/frame/capture-reader.js';
import { timed } from '../fixtures/packet-list.js';
import { pcapFile } from '../fixtures/pcap-writer.js';
import { syntheticFrames } from '../fixtures/synthetic-traffic.js';
import type { Bench } from './measure.js';

const PACKETS = 20_000;

export const bench: Bench = {
  name: 'capture reader, pcap',
  unit: 'packet',
  setup() {
    const file = pcapFile(timed(syntheticFrames({ rows: PACKETS }), 10));
    // One reader: the records are pushed again and again as one endless file.
    const reader = new CaptureReader(() => undefined);
    reader.push(file.subarray(0, 24));
    const records = file.subarray(24);
    return { run: () => void reader.push(records), units: PACKETS };
  },
};
