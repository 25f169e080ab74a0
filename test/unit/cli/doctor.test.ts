import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { doctorTable } from '@kaipo/cli/commands/doctor.js';
import { loadError } from '@kaipo/cli/doctor/capture-checks.js';
import { type Check, fail, ok, warn } from '@kaipo/cli/doctor/check.js';
import { nodeCheck, storeCheck, terminalChecks } from '@kaipo/cli/doctor/machine-checks.js';

const kaipo = join(fileURLToPath(import.meta.resolve('@kaipo/cli/main.js')), '..', '..', 'bin', 'kaipo.js');

test('kaipo doctor --format json says what works here, and exits 0 when nothing is broken', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kaipo-doctor-'));
  try {
    const run = spawnSync(process.execPath, [kaipo, 'doctor', '--format', 'json', '--store', join(folder, 'store')], {
      encoding: 'utf8',
    });
    const answer = JSON.parse(run.stdout) as { schema: string; rung: string; checks: Check[] };
    assert.equal(answer.schema, 'kaipo.doctor/1');
    assert.ok(['counters', 'capture', 'capture+events'].includes(answer.rung));
    const names = answer.checks.map((check) => check.name);
    assert.equal(new Set(names).size, names.length);
    for (const name of ['Node.js', 'counters', 'rung', 'helper: built', 'cap', 'database', 'store', 'terminal'])
      assert.ok(names.includes(name), name);
    assert.equal(run.status, answer.checks.some((check) => check.status === 'fail') ? 1 : 0, run.stderr);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a store that cannot be is broken: exit 1 and a fix that changes no rights', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kaipo-doctor-'));
  try {
    writeFileSync(join(folder, 'file'), '');
    const run = spawnSync(process.execPath, [kaipo, 'doctor', '--store', join(folder, 'file')], { encoding: 'utf8' });
    assert.equal(run.status, 1, run.stderr);
    assert.match(run.stdout, /fail {2}store +.*is not a directory\n.*fix: choose a directory/);
    assert.equal(storeCheck(folder).status, 'ok');
    assert.match(storeCheck(join(folder, 'a', 'b')).detail, /will be made/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('versions of Node.js', () => {
  assert.deepEqual(
    ['18.20.1', '20.19.9', '20.20.2', '22.1.0', '24.0.0'].map((version) => nodeCheck(version).status),
    ['fail', 'fail', 'ok', 'ok', 'ok'],
  );
});

test('terminals', () => {
  const stdout = { isTTY: true, columns: 100, rows: 30, getColorDepth: () => 8 };
  const statuses = (env: NodeJS.ProcessEnv, more = {}): string =>
    terminalChecks(env, { ...stdout, ...more })
      .map((check) => `${check.name} ${check.status}`)
      .join(', ');
  assert.equal(statuses({ TERM: 'xterm', LANG: 'C.UTF-8' }), 'terminal ok, locale ok, colours ok');
  assert.equal(statuses({ TERM: 'xterm', LANG: 'C.UTF-8', LC_ALL: 'C' }), 'terminal ok, locale warn, colours ok');
  assert.equal(statuses({ TERM: 'xterm', LANG: 'en_US.utf8' }, { rows: 10 }), 'terminal warn, locale ok, colours ok');
  assert.equal(statuses({ TERM: 'dumb' }), 'terminal warn');
  assert.equal(statuses({}, { isTTY: false }), 'terminal ok');
});

test('a native module that does not load is told with its reason, and takes nobody down', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kaipo-doctor-'));
  try {
    writeFileSync(join(folder, 'broken.node'), 'no library');
    assert.match(loadError(join(folder, 'broken.node')) ?? '', /Error/);
    writeFileSync(join(folder, 'aborts.js'), 'process.abort()');
    assert.ok(loadError(join(folder, 'aborts.js')));
    writeFileSync(join(folder, 'loads.js'), '');
    assert.equal(loadError(join(folder, 'loads.js')), undefined);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('the table has one line a check and the fix below it', () => {
  const checks = [ok('a', 'fine'), warn('long name', 'less', 'do this'), fail('b', 'broken')];
  assert.equal(
    doctorTable(checks, false),
    '  ok    a          fine\n  warn  long name  less\n                   fix: do this\n  fail  b          broken\n',
  );
  assert.match(doctorTable(checks, true), /\u001b\[31mfail\u001b\[0m/);
});
