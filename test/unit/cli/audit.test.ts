// `kaipo audit` on a small store: what it prints in every format, and when it exits 1.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { isWithin, parseBound } from '@kaipo/cli/commands/audit.js';
import type { BookRow } from '@kaipo/core/api/interval-record.js';
import { emptyInterval } from '@kaipo/core/api/interval-record.js';
import { openStore } from '@kaipo/core/store/lmdb-store.js';

const START_US = 1_700_000_000_000_000;
const PERIOD = ['--from', '1700000000', '--to', '1700000100'];
const KAIPO = join(import.meta.dirname, '..', '..', '..', '..', 'cli', 'bin', 'kaipo.js');

const BOOKS: readonly BookRow[] = [
  { interface: 'eth0', category: 'kernel', reason: 'none', bytes: 1_000_000 },
  { interface: 'eth0', category: 'attributed', reason: 'none', bytes: 900_000 },
  { interface: 'eth0', category: 'unknown', reason: 'no-ports', bytes: 60_000 },
  { interface: 'eth0', category: 'not-captured', reason: 'ring-full', bytes: 40_000 },
  { interface: 'wlan0', category: 'kernel', reason: 'none', bytes: 500_000 },
  { interface: 'wlan0', category: 'attributed', reason: 'none', bytes: 490_000 },
  { interface: 'wlan0', category: 'not-captured', reason: 'unexplained', bytes: 9000 },
  { interface: 'wlan0', category: 'in-flight', reason: 'none', bytes: 1000 },
  { interface: '', category: 'unknown', reason: 'file', bytes: 77 },
];

async function withBooks(check: (run: (...args: string[]) => Run) => void): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'kaipo-audit-'));
  try {
    const store = openStore({ dir });
    const sums = { txBytes: 1, rxBytes: 0, txPackets: 1, rxPackets: 0 };
    const interfaces = ['eth0', 'wlan0'].map((name) => ({ name, ...sums }));
    await store.append({
      intervals: [{ ...emptyInterval(START_US, 'capture'), endUs: START_US + 1_000_000, interfaces, books: BOOKS }],
    });
    await store.close();
    check((...args) => {
      const { status, stdout, stderr } = spawnSync(process.execPath, [KAIPO, 'audit', '--store', dir, ...args], {
        encoding: 'utf8',
        env: { ...process.env, NO_COLOR: '1' },
      });
      return { status, stdout, stderr };
    });
  } finally {
    rmSync(dir, { recursive: true });
  }
}

interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

test('the residual of one interface opens the books; a bound closes them', () =>
  withBooks((run) => {
    const open = run(...PERIOD);
    assert.equal(open.status, 1, open.stderr);
    assert.match(open.stdout, /eth0 {2}closed/);
    assert.match(open.stdout, /wlan0 {2}NOT CLOSED/);
    assert.match(open.stdout, /not captured: kernel buffer was full +40\.0 kB +4\.0000 %/);
    assert.match(open.stdout, /residual: what is not booked, in flight and unexplained +10\.0 kB +2\.0000 %/);
    assert.match(open.stdout, /The packets have no ports/);
    assert.match(
      open.stderr,
      /the books do not close: 10\.0 kB \(10000 bytes\) of wlan0 is not booked \(1\.00 kB in flight, 9\.00 kB unexplained\)/,
    );
    assert.match(open.stderr, /in total is not booked .*, more than the bound of 0\.1 %/);
    assert.equal(run(...PERIOD, '--bound', '2%').status, 0);
    assert.equal(run(...PERIOD, '--bound', '10kB').status, 0);
    assert.equal(run(...PERIOD, '--bound', '9999').status, 1);
    assert.equal(run(...PERIOD, '--interface', 'eth0', '--bound', '0').status, 0);
    assert.equal(run(...PERIOD, '--bound', 'much').status, 64);
  }));

test('the same for programs', () =>
  withBooks((run) => {
    const { schema, withinBound, interfaces, total, reasons } = JSON.parse(run(...PERIOD, '--json').stdout);
    assert.equal(schema, 'kaipo.audit/1');
    assert.equal(withinBound, false);
    assert.deepEqual(
      interfaces.map((row: { interface: string }) => row.interface),
      ['', 'eth0', 'wlan0'],
    );
    assert.equal(total.kernelBytes, 1_500_000);
    assert.equal(total.residualBytes, 10_000);
    assert.equal(total.unexplainedBytes, 9000);
    assert.equal(total.inFlightBytes, 1000);
    assert.equal(total.fileBytes, 77);
    assert.deepEqual(total.unknown, { 'no-ports': 60_000 });
    assert.deepEqual(total.notCaptured, { 'ring-full': 40_000 });
    assert.deepEqual(Object.keys(reasons), ['no-ports', 'ring-full', 'unexplained', 'file']);
    const lines = run(...PERIOD, '--format', 'ndjson')
      .stdout.trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual(
      lines.map(({ type }) => type),
      ['books', 'books', 'books', 'total'],
    );
    const csv = run(...PERIOD, '--format', 'csv').stdout;
    assert.match(csv, /^interface,category,reason,bytes,share\r\n/);
    assert.match(csv, /\r\neth0,unknown,no-ports,60000,0\.06\r\n/);
    assert.match(csv, /\r\n,residual,,10000,0\.00666/);
  }));

test('a period without books says so', () =>
  withBooks((run) => {
    const { status, stdout, stderr } = run('--from', '1600000000', '--to', '1600000100');
    assert.equal(status, 0);
    assert.match(stdout, /no entries/);
    assert.match(stderr, /nothing was recorded in this period/);
    const { recorded, total } = JSON.parse(run('--from', '1600000000', '--to', '1600000100', '--json').stdout);
    assert.equal(recorded, false);
    assert.equal(total.kernelBytes, 0);
    assert.equal(JSON.parse(run(...PERIOD, '--json').stdout).recorded, true);
  }));

test('bounds', () => {
  assert.deepEqual(parseBound('0.1%'), { percent: 0.1 });
  assert.deepEqual(parseBound('10MB'), { bytes: 10_000_000 });
  assert.deepEqual(parseBound('0'), { bytes: 0 });
  for (const text of ['', '%', '101%', '-1', 'x']) assert.throws(() => parseBound(text), /is no bound/, text);
  const sums = { kernelBytes: 1000, residualBytes: -10 } as Parameters<typeof isWithin>[1];
  assert.equal(isWithin({ percent: 1 }, sums), true);
  assert.equal(isWithin({ percent: 0.9 }, sums), false);
  assert.equal(isWithin({ bytes: 9 }, sums), false);
});
