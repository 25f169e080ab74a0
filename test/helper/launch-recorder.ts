// What a session told its handler, and waiting for it with a deadline. Shared by the tests of the launch side.

import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { CaptureEnd, CaptureHandler, CaptureStart } from '@kaipo/capture-helper/launch/index.js';

export interface Counted {
  packets: number;
  statistics: Map<number, { received: number; dropped: number | undefined; delivered: number }>;
  /** Did the stream end between two blocks? */
  whole: boolean;
}

export class Recorder implements CaptureHandler {
  readonly starts: (CaptureStart & { atMs: number })[] = [];
  readonly gaps: { reason: string; atMs: number }[] = [];
  readonly notices: string[] = [];
  end: CaptureEnd | undefined;
  /** Bytes of the helper that runs now. */
  chunks: Buffer[] = [];

  onStart(info: CaptureStart): void {
    this.starts.push({ ...info, atMs: performance.now() });
    this.chunks = [];
  }
  onBytes(bytes: Uint8Array): void {
    this.chunks.push(Buffer.from(bytes));
  }
  onGap(reason: string): void {
    this.gaps.push({ reason, atMs: performance.now() });
  }
  onNotice(text: string): void {
    this.notices.push(text);
  }
  onEnd(end: CaptureEnd): void {
    this.end = end;
  }
  get bytes(): number {
    return this.chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  }
  count(): Counted {
    return countBlocks(Buffer.concat(this.chunks));
  }
}

/** Walks little-endian pcapng blocks far enough to count packets and keep the last statistics of each interface. */
export function countBlocks(bytes: Buffer): Counted {
  const counted: Counted = { packets: 0, statistics: new Map(), whole: false };
  let at = 0;
  while (at + 12 <= bytes.length) {
    const length = bytes.readUInt32LE(at + 4);
    if (at + length > bytes.length) return counted;
    const type = bytes.readUInt32LE(at);
    if (type === 6) counted.packets += 1;
    if (type === 5) counted.statistics.set(bytes.readUInt32LE(at + 8), readStatistics(bytes, at + 20, at + length - 4));
    at += length;
  }
  counted.whole = at === bytes.length;
  return counted;
}

function readStatistics(bytes: Buffer, from: number, to: number) {
  const values = new Map<number, number>();
  for (let at = from; at + 4 <= to; ) {
    const code = bytes.readUInt16LE(at);
    const length = bytes.readUInt16LE(at + 2);
    if (code === 0) break;
    if (length === 8) values.set(code, Number(bytes.readBigUInt64LE(at + 4)));
    at += 4 + ((length + 3) & ~3);
  }
  return { received: values.get(4) ?? -1, dropped: values.get(7), delivered: values.get(8) ?? -1 };
}

/** Polls until `condition` holds; fails with `what` after the deadline. */
export async function until(what: string, condition: () => boolean, deadlineMs = 5000): Promise<void> {
  const deadline = performance.now() + deadlineMs;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`not within ${deadlineMs} ms: ${what}`);
    await delay(10);
  }
}

/** Does a process live? A zombie does not. */
export function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readStatus(pid));
  } catch {
    return false;
  }
}

export function readStatus(pid: number): string {
  return readFileSync(`/proc/${pid}/status`, 'latin1');
}

/** Children of `pid`, by /proc. */
export function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim().split(' ').filter(Boolean).map(Number);
}
