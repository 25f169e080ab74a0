import assert from 'node:assert/strict';
import test from 'node:test';
import { helperArgv } from '@kaipo/capture-helper/launch/helper-argv.js';
import { parseArguments, UsageError } from '@kaipo/capture-helper/portable/arguments.js';

test('options become argv, each once, and the portable helper reads back what was meant', () => {
  const options = { interfaces: ['eth0', 'wg0', 'eth0'], filter: 'tcp port 443', snaplen: 128, ringMiB: 16 };
  const argv = helperArgv(options, 3);
  assert.deepEqual(argv, [
    ...['-i', 'eth0', '-i', 'wg0', '--filter', 'tcp port 443'],
    ...['--snaplen', '128', '--ring-mib', '16', '--fd', '3'],
  ]);
  const read = parseArguments(argv);
  assert.deepEqual(
    [read.interfaces, read.filter, read.snaplen, read.ringMiB, read.fd, read.user],
    [['eth0', 'wg0'], 'tcp port 443', 128, 16, 3, 'nobody'],
  );
  assert.deepEqual(helperArgv({ interfaces: ['lo'], filter: '  ' }, 3), ['-i', 'lo', '--fd', '3']);
});

test('what is outside the contract is refused on both sides', () => {
  const many = Array.from({ length: 65 }, (_, index) => `e${index}`);
  for (const options of [
    { interfaces: [] },
    { interfaces: many },
    { interfaces: ['--fd'.padEnd(16, 'x')] },
    { interfaces: ['a/b'] },
    { interfaces: ['eth0\n'] },
    { interfaces: ['lo'], filter: 'x'.repeat(4097) },
    { interfaces: ['lo'], filter: 'tcp\u0000' },
    { interfaces: ['lo'], snaplen: 63 },
    { interfaces: ['lo'], snaplen: 262_145 },
    { interfaces: ['lo'], snaplen: 1.5 },
    { interfaces: ['lo'], ringMiB: 513 },
    { interfaces: ['lo'], ringMiB: Number.NaN },
  ]) {
    assert.throws(() => helperArgv(options, 3), RangeError, JSON.stringify(options).slice(0, 80));
  }
  for (const argv of [
    [],
    ['-i', 'a/b'],
    ['-i', 'lo', '-i', 'lo'],
    many.flatMap((name) => ['-i', name]),
    ['-i', 'lo', '--snaplen', '0x80'],
    ['-i', 'lo', '--ring-mib', '1e2'],
    ['-i', 'lo', '--fd', '0'],
    ['-i', 'lo', '--user', '../x'],
    ['-i', 'lo', '--standby'],
    ['-i', 'lo', '--install', '/x'],
    ['-i', 'lo', '--block-timeout-ms', '0'],
    ['-i', 'lo', '--surprise'],
    ['-i', 'lo', 'eth0'],
  ]) {
    assert.throws(() => parseArguments(argv), UsageError, argv.join(' ').slice(0, 80));
  }
});
