// `npm run soak:flood [SPOOFED [MEMORY_MB]]`: SYNs of made-up senders through `kaipo analyze` with a memory setting, with 100 real
// conversations among them. Every byte of those is in the right flow, sums equal the packets, and the process stays below its setting.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { REPOSITORY } from '../fixtures/pcap-case.js';
import { SynFlood } from '../fixtures/syn-flood.js';

const spoofed = Number(process.argv[2] ?? 5_000_000);
const memoryMb = Number(process.argv[3] ?? 256);
const TALKS = 100;

interface Side {
  readonly ip: string;
  readonly port: number;
  readonly packets: number;
  readonly bytes: number;
}

interface Outcome {
  packets: number;
  bytes: number;
  flows: number;
  readonly real: Map<string, number[][]>;
  summary: Readonly<Record<string, number>>;
  peakMb: number;
}

const folder = mkdtempSync(join(tmpdir(), 'kaipo-flood-'));
try {
  const path = join(folder, 'flood.pcap');
  const flood = new SynFlood({ spoofed, conversations: TALKS, rate: 1_000_000 });
  const file = openSync(path, 'w');
  for (const piece of flood.pieces()) writeSync(file, piece);
  for (const input of [path, '-']) {
    const outcome = await analyze(input, path);
    check(flood, outcome);
    const { summary, peakMb } = outcome;
    process.stdout.write(
      `${input === '-' ? 'through a pipe' : 'from a file'}: ${flood.packets} packets, ${summary['flows']} flows, ${summary['evictedFlows'] ?? 0} made room, ${summary['refusedFlows']} refused, peak ${peakMb.toFixed(0)} MB of ${memoryMb}\n`,
    );
  }
} finally {
  rmSync(folder, { recursive: true });
}

function check(flood: SynFlood, { packets, bytes, flows, real, summary, peakMb }: Outcome): void {
  assert.deepEqual([packets, bytes], [flood.packets, flood.bytes]);
  assert.deepEqual([summary['packets'], summary['bytes']], [flood.packets, flood.bytes]);
  assert.deepEqual([summary['flows'], summary['refusedFlows']], [flows, 0]);
  assert.equal(flows, spoofed + TALKS);
  for (const { client, sent } of flood.talks)
    assert.deepEqual(real.get(`${client.ip} ${client.port}`), [sent.flatMap((side) => [side.packets, side.bytes])]);
  assert.ok(peakMb < memoryMb, `peak ${peakMb} MB`);
}

async function analyze(input: string, path: string): Promise<Outcome> {
  const outcome: Outcome = { packets: 0, bytes: 0, flows: 0, real: new Map(), summary: {}, peakMb: 0 };
  const command = [join(REPOSITORY, 'cli/bin/kaipo.js'), 'analyze', '--format', 'ndjson', '--memory', `${memoryMb}MB`];
  const child = spawn('/usr/bin/time', ['-f', '%M', process.execPath, ...command, input], {
    stdio: [input === '-' ? openSync(path, 'r') : 'ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr!.on('data', (text) => {
    said += text;
  });
  for await (const line of createInterface({ input: child.stdout! })) take(outcome, JSON.parse(line));
  outcome.peakMb = (Number(said.trim().split('\n').at(-1)) * 1024) / 1e6;
  return outcome;
}

function take(outcome: Outcome, record: { type: string; client: Side; server: Side } & Record<string, number>): void {
  if (record.type === 'summary') outcome.summary = record;
  if (record.type !== 'flow') return;
  const { client, server } = record;
  outcome.flows += 1;
  outcome.packets += client.packets + server.packets;
  outcome.bytes += client.bytes + server.bytes;
  if (!client.ip.startsWith('192.0.2.')) return;
  const key = `${client.ip} ${client.port}`;
  outcome.real.set(key, [
    ...(outcome.real.get(key) ?? []),
    [client.packets, client.bytes, server.packets, server.bytes],
  ]);
}
