// `kaipo live` without capture, as anybody runs it: counters, clear answers to bad input, and what scripts rely on.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { KAIPO, LiveProgram } from './live-program.js';

const linux = process.platform === 'linux' ? false : 'interface names are those of Linux';

function kaipo(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [KAIPO, ...args], { encoding: 'utf8', timeout: 30_000 });
}

test('an interface that is not there: exit 66, and the ones that are', { skip: linux }, () => {
  const result = kaipo('live', '-i', 'nosuchif0', '--plain', '--no-record');
  assert.equal(result.status, 66);
  assert.match(result.stderr, /no interface "nosuchif0"; there are: .*\blo\b/);
  assert.equal(result.stdout, '');
});

test('usage errors: exit 64 and a hint', () => {
  for (const args of [
    ['live', '--interval', '0'],
    ['live', '--snaplen', '1'],
    ['live', '--format', 'xml'],
    ['liv'],
    ['live', '--bogus'],
  ]) {
    const result = kaipo(...args);
    assert.equal(result.status, 64, args.join(' '));
    assert.notEqual(result.stderr, '');
  }
  assert.match(kaipo('liv').stderr, /Did you mean live/);
});

test('counters as text: says what it is and ends after the duration', () => {
  const result = kaipo('live', '--helper', 'none', '--plain', '--no-record', '--interval', '0.2', '--duration', '0.5');
  assert.equal(result.status, 0, result.stderr);
  assert.match(result.stdout, /counters/);
  assert.doesNotMatch(result.stdout, /\u001b/);
});

test('counters as tick records: the books close and nothing is captured', { skip: linux }, () => {
  const result = kaipo(
    'live',
    '--helper',
    'none',
    '-i',
    'lo',
    '--format',
    'ndjson',
    '--interval',
    '0.2',
    '--duration',
    '0.7',
  );
  assert.equal(result.status, 0, result.stderr);
  const ticks = result.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.ok(ticks.length >= 2);
  for (const tick of ticks) {
    assert.equal(tick.type, 'tick');
    assert.equal(tick.mode, 'counters');
    assert.deepEqual(
      tick.interfaces.map((row: { name: string }) => row.name),
      ['lo'],
    );
    assert.deepEqual(tick.capture, { received: 0, delivered: 0, droppedByKernel: 0, droppedByHelper: 0 });
    const { kernelBytes, attributedBytes, unknownBytes, notCapturedBytes, inFlightBytes } = tick.books;
    assert.equal(kernelBytes, attributedBytes + unknownBytes + notCapturedBytes + inFlightBytes);
  }
});

test('counters alone are light: nothing of the packet side is loaded', { skip: linux }, async (t) => {
  const live = new LiveProgram([], ['--helper', 'none', '--interval', '0.1']);
  t.after(() => live.child.kill('SIGKILL'));
  await live.until('some ticks', () => live.ticks.length > 5);
  const status = readFileSync(`/proc/${live.child.pid}/status`, 'latin1');
  const anonymousKiB = Number(/^RssAnon:\s+(\d+) kB$/m.exec(status)?.[1]);
  t.diagnostic(`${anonymousKiB} KiB of anonymous memory`);
  // The flow table and the arena alone would be more than half of it.
  assert.ok(anonymousKiB > 0 && anonymousKiB <= 40_000, `${anonymousKiB} KiB`);
  assert.equal(await live.interrupt(), 130);
});

test('a reader that goes away ends it quietly', () => {
  const result = spawnSync(
    'sh',
    ['-c', `"${process.execPath}" "${KAIPO}" live --helper none --format ndjson --interval 0.1 | head -n 1; echo "$?"`],
    { encoding: 'utf8', timeout: 30_000 },
  );
  assert.match(result.stdout, /"type":"tick"/);
  assert.equal(result.stderr, '');
});

test('every command that prints: a closed pipe is quiet, a full disk is 74', { skip: linux }, () => {
  const program = `"${process.execPath}" "${KAIPO}"`;
  for (const command of ['--help', '--version', 'help live', 'doctor', 'setup --dry-run']) {
    const closed = spawnSync('sh', ['-c', `${program} ${command} | true`], { encoding: 'utf8', timeout: 30_000 });
    assert.equal(closed.stderr.replace(/^kaipo: .*sudo.*\n/m, ''), '', command);
    const full = spawnSync('sh', ['-c', `${program} ${command} > /dev/full`], { encoding: 'utf8', timeout: 30_000 });
    assert.ok(full.status === 74 || command.startsWith('setup'), `${command}: ${full.status} ${full.stderr}`);
  }
});
