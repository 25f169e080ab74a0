// Answers to bad input that need privileges to provoke, or a user without any.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { KAIPO, noCapture } from './live-program.js';

const NOBODY = 65534;

function kaipo(args: readonly string[], asNobody = false): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [KAIPO, ...args], {
    encoding: 'utf8',
    timeout: 30_000,
    env: { PATH: process.env['PATH'], HOME: '/nonexistent' },
    ...(asNobody ? { uid: NOBODY, gid: NOBODY } : {}),
  });
}

const unreachable = (): string | false =>
  kaipo(['--version'], true).status === 0 ? false : 'this checkout is closed to other users';

test('a bad filter: exit 64 with what the filter compiler says', { skip: noCapture }, () => {
  const result = kaipo(['live', '-i', 'lo', '--filter', 'porrt 80', '--plain', '--no-record']);
  assert.equal(result.status, 64, result.stderr);
  assert.match(result.stderr, /filter/);
});

test('no permission: exit 77 and the command that fixes it; without a filter counters are shown', {
  skip: noCapture || unreachable(),
}, () => {
  const refused = kaipo(['live', '-i', 'lo', '--filter', 'port 80', '--plain', '--no-record'], true);
  assert.equal(refused.status, 77, refused.stderr);
  assert.match(refused.stderr, /try: sudo .*live/);
  const counters = kaipo(['live', '--plain', '--no-record', '--interval', '0.2', '--duration', '0.3'], true);
  assert.equal(counters.status, 0, counters.stderr);
  assert.match(counters.stdout, /counters[\s\S]*sudo .*live/);
  const setup = kaipo(['setup'], true);
  assert.equal(setup.status, 77);
  assert.match(setup.stderr, /sudo .*setup/);
});

test('an unreadable file: exit 77 and the command that fixes it', { skip: noCapture || unreachable() }, (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'kaipo-bad-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  chmodSync(folder, 0o755);
  const file = join(folder, 'closed.pcap');
  writeFileSync(file, 'x', { mode: 0o600 });
  const result = kaipo(['analyze', file], true);
  assert.equal(result.status, 77, result.stderr);
  assert.match(result.stderr, /no permission[\s\S]*try: sudo chmod/);
});

test('a full disk: exit 74, nothing half-written is left', { skip: noCapture }, (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'kaipo-full-'));
  const disk = join(folder, 'disk');
  mkdirSync(disk);
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk]);
  t.after(() => {
    spawnSync('umount', [disk]);
    rmSync(folder, { recursive: true, force: true });
  });
  if (mounted.status !== 0) return t.skip('no tmpfs can be mounted here');
  writeFileSync(join(disk, 'filler'), Buffer.alloc(60_000));
  const capture = join(folder, 'big.pcap');
  writeFileSync(capture, manyFlows(500));
  const out = join(disk, 'out.ndjson');
  const result = kaipo(['analyze', capture, '--format', 'ndjson', '-o', out]);
  assert.equal(result.status, 74, result.stderr);
  assert.match(result.stderr, /no space left/);
  assert.equal(spawnSync('ls', [disk], { encoding: 'utf8' }).stdout, 'filler\n');
});

/** A capture of `count` UDP flows of one packet each. */
function manyFlows(count: number): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(65_535, 16);
  header.writeUInt32LE(1, 20);
  const records = Array.from({ length: count }, (_, i) => {
    const record = Buffer.alloc(16 + 42);
    record.writeUInt32LE(42, 8);
    record.writeUInt32LE(42, 12);
    record.writeUInt16BE(0x0800, 16 + 12);
    record.writeUInt16BE(0x4500, 16 + 14);
    record.writeUInt16BE(28, 16 + 16);
    record.writeUInt16BE(0x4011, 16 + 22);
    record.set([10, 0, 0, 1, 10, 0, 0, 2], 16 + 26);
    record.writeUInt16BE(10_000 + i, 16 + 34);
    record.writeUInt16BE(9, 16 + 36);
    record.writeUInt16BE(8, 16 + 38);
    return record;
  });
  return Buffer.concat([header, ...records]);
}
