// Everything ends when it is told to: long intervals, silent inputs and readers that do not read hold nothing up.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { gzipSync } from 'node:zlib';
import { KAIPO } from './live-program.js';

const SOON_MS = 5000;
const PCAP_HEADER = Buffer.from('d4c3b2a1020004000000000000000000ffff000001000000', 'hex');

/** Exit code and how long it took, counted from the call. */
async function exitOf(child: ChildProcess): Promise<{ code: number | null; ms: number }> {
  const begin = performance.now();
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  return { code, ms: performance.now() - begin };
}

/** Resolves when the program has opened its signal handlers: it has written something, or reads its input. */
function started(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => child.stdout?.once('data', () => resolve()));
}

test('Ctrl-C in a long interval ends at once, with the last tick', async () => {
  const child = spawn(
    process.execPath,
    [KAIPO, 'live', '--helper', 'none', '--format', 'ndjson', '--interval', '0.3'],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  await started(child);
  child.kill('SIGINT');
  const { code, ms } = await exitOf(child);
  assert.equal(code, 130);
  assert.ok(ms < SOON_MS, `${ms} ms`);
});

test('a duration beyond what a timer can count does not end at once', () => {
  const args = ['live', '--helper', 'none', '--format', 'ndjson', '--interval', '0.1', '--duration', '100000000'];
  const result = spawnSync('timeout', ['-s', 'INT', '2', process.execPath, KAIPO, ...args], { encoding: 'utf8' });
  assert.equal(result.stderr, '');
  assert.ok(result.stdout.trim().split('\n').length > 3);
});

test('a reader that does not read: the run goes on, and SIGTERM ends it', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'kaipo-fifo-'));
  const fifo = join(folder, 'fifo');
  spawnSync('mkfifo', [fifo]);
  // Opens the fifo for reading, and never reads.
  const reader = spawn('sh', ['-c', `exec 3< '${fifo}'; sleep 60`], { stdio: 'ignore' });
  t.after(() => {
    reader.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });
  const live = `exec '${process.execPath}' '${KAIPO}' live --helper none --format ndjson --interval 0.05 > '${fifo}'`;
  const child = spawn('sh', ['-c', live], { stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  await new Promise((resolve) => setTimeout(resolve, 4000)); // The stall itself: more ticks than a pipe holds.
  assert.equal(child.exitCode, null);
  child.kill('SIGTERM');
  const { code, ms } = await exitOf(child);
  assert.equal(code, 143, stderr);
  assert.ok(ms < SOON_MS, `${ms} ms`);
});

test('Ctrl-C on a silent input: what was read is printed, exit 130', async () => {
  const child = spawn(process.execPath, [KAIPO, 'analyze', '-', '--format', 'ndjson'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let stdout = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  const begun = started(child);
  child.stdin?.write(Buffer.concat([PCAP_HEADER, ...Array.from({ length: 20_000 }, (_, i) => udpRecord(i))]));
  await begun;
  child.kill('SIGINT');
  const { code, ms } = await exitOf(child);
  assert.equal(code, 130);
  assert.ok(ms < SOON_MS, `${ms} ms`);
  await new Promise((resolve) => (child.stdout?.closed === true ? resolve(0) : child.stdout?.once('close', resolve)));
  assert.match(stdout, /"type":"summary"/);
});

test('gzip into a closed pipe is quiet', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'kaipo-gzip-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'many.pcap.gz');
  const records = Array.from({ length: 20_000 }, (_, i) => udpRecord(i));
  writeFileSync(file, gzipSync(Buffer.concat([PCAP_HEADER, ...records])));
  const result = spawnSync(
    'sh',
    ['-c', `'${process.execPath}' '${KAIPO}' analyze '${file}' '${file}' --format ndjson | head -n 1`],
    { encoding: 'utf8' },
  );
  assert.equal(result.stderr, '');
  assert.match(result.stdout, /^\{"type"/);
});

/** One packet of its own flow. */
function udpRecord(i: number): Buffer {
  const record = Buffer.alloc(16 + 42);
  record.writeUInt32LE(Math.floor(i / 10) * 200, 0);
  record.writeUInt32LE(42, 8);
  record.writeUInt32LE(42, 12);
  record.writeUInt16BE(0x0800, 28);
  record.writeUInt16BE(0x4500, 30);
  record.writeUInt16BE(28, 32);
  record.writeUInt16BE(0x4011, 38);
  record.writeUInt32BE(0x0a000000 + i, 42);
  record.writeUInt32BE(0x0a800001, 46);
  record.writeUInt16BE(1000, 50);
  record.writeUInt16BE(9, 52);
  record.writeUInt16BE(8, 54);
  return record;
}
