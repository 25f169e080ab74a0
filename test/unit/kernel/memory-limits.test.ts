// Shares of the memory a person allows: they add up, they grow with it, and ARCHITECTURE.md has the same table.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import {
  DEFAULT_MEMORY_BYTES,
  LEAST_MEMORY_BYTES,
  MEMORY_SHARES,
  type MemoryLimits,
  memoryLimits,
} from '@kaipo/core/kernel/memory-limits.js';
import { REPOSITORY } from '../../fixtures/pcap-case.js';

const KINDS = Object.keys(MEMORY_SHARES) as (keyof MemoryLimits)[];

test('all shares together are what the program leaves', () => {
  assert.equal(
    KINDS.reduce((sum, kind) => sum + MEMORY_SHARES[kind].percent, 0),
    100,
  );
});

test('everything that is kept fits below the setting', () => {
  for (const memory of [LEAST_MEMORY_BYTES, 256e6, DEFAULT_MEMORY_BYTES, 4e9]) {
    const limits = memoryLimits(memory);
    const bytes = KINDS.reduce((sum, kind) => sum + limits[kind] * MEMORY_SHARES[kind].bytesPerEntry, 0);
    assert.ok(bytes <= Math.max(memory - 128e6, memory / 4), `${bytes} of ${memory}`);
    for (const kind of KINDS) {
      const { least, most } = MEMORY_SHARES[kind];
      assert.ok(limits[kind] >= least && limits[kind] <= most && Number.isInteger(limits[kind]), kind);
    }
  }
});

test('more memory never keeps less', () => {
  let before = memoryLimits(LEAST_MEMORY_BYTES);
  for (let memory = LEAST_MEMORY_BYTES; memory < 8e9; memory *= 1.3) {
    const limits = memoryLimits(memory);
    for (const kind of KINDS) assert.ok(limits[kind] >= before[kind], kind);
    before = limits;
  }
});

test('the table of ARCHITECTURE.md is this one', () => {
  const text = readFileSync(join(REPOSITORY, 'ARCHITECTURE.md'), 'utf8');
  for (const kind of KINDS) {
    const { holds, percent, bytesPerEntry, least, most, whenFull, counter } = MEMORY_SHARES[kind];
    const cells = [holds, `${percent} %`, bytesPerEntry, least, most, whenFull, counter];
    const row = `| ${cells.map((cell) => (typeof cell === 'number' ? cell.toLocaleString('en') : cell)).join(' | ')} |`;
    assert.ok(text.includes(row), `missing: ${row}`);
  }
});
