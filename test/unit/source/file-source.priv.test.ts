// A capture file another user may not read: exit code 77 and the command that fixes it. Needs root to become somebody else.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { pcapFile } from '../../fixtures/pcap-writer.js';
import { KAIPO, kaipoEnv } from '../../fixtures/run-kaipo.js';

const NOBODY = 65_534;

test('an unreadable file: 77, the reason, and the fix', {
  skip: process.getuid?.() === 0 ? false : 'needs root',
}, () => {
  const folder = mkdtempSync(join(tmpdir(), 'kaipo-unreadable-'));
  try {
    chmodSync(folder, 0o755);
    const path = join(folder, 'secret.pcap');
    writeFileSync(path, pcapFile([]), { mode: 0o600 });
    const { status, stdout, stderr } = spawnSync(process.execPath, [KAIPO, 'analyze', path], {
      uid: NOBODY,
      gid: NOBODY,
      env: kaipoEnv(),
      encoding: 'utf8',
      cwd: '/',
    });
    assert.equal(status, 77, stderr);
    assert.equal(stdout, '');
    assert.match(stderr, /secret\.pcap: no permission to read it/);
    assert.match(stderr, /try: sudo chmod a\+r /);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
