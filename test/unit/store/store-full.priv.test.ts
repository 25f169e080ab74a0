// A disk that really fills: a small tmpfs. No crash, no stray output, nothing half written, and recording resumes by itself.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

test('a full disk turns the store read-only, reading goes on, space brings recording back', () => {
  const mount = mkdtempSync(join(tmpdir(), 'kaipo-full-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m,mode=700', 'kaipo-store-full', mount]);
  try {
    const main = fileURLToPath(new URL('store-full-main.js', import.meta.url));
    for (const reserve of ['default', '0']) {
      const { status, stdout, stderr } = spawnSync(process.execPath, [main, mount, reserve], {
        encoding: 'utf8',
        timeout: 60_000,
      });
      // Without a reserve lmdb's own C code meets the full disk, and says so in its own words; nothing of ours may.
      const ours = stderr.split('\n').filter((line) => !/^(mdb_|Write error)/.test(line));
      assert.equal(reserve === 'default' ? stderr : ours.join('\n'), '', `reserve ${reserve}`);
      assert.equal(status, 0, stdout);
      assert.match(stdout, /^full KAIPO_STORE_FULL read-only\nstill readable\nresumed recording\ncomplete\n$/);
    }
  } finally {
    execFileSync('umount', [mount]);
    rmSync(mount, { recursive: true });
  }
});
