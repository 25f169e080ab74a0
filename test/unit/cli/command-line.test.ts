// What the command line says of itself: defaults in the help, and a period that looks like an option.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import test from 'node:test';
import { buildProgram } from '@kaipo/cli/program.js';

const KAIPO = join(import.meta.dirname, '..', '..', '..', '..', 'cli', 'bin', 'kaipo.js');

function run(...args: string[]): { readonly status: number | null; readonly stderr: string } {
  return spawnSync(process.execPath, [KAIPO, ...args], { encoding: 'utf8' });
}

function helpOf(name: string): string {
  const command = buildProgram({} as Parameters<typeof buildProgram>[0], () => undefined).commands.find(
    (each) => each.name() === name,
  );
  // Terminals break lines where they like.
  return command!.helpInformation().replaceAll(/\s+/g, ' ');
}

test('a period that looks like an option is told how it is asked for', () => {
  const { status, stderr } = run('range', '-7d');
  assert.equal(status, 64);
  assert.match(stderr, /unknown option '-7d'\nkaipo: try: --since -7d\n/);
  assert.doesNotMatch(run('range', '--nonsense').stderr, /--since/);
});

test('names have no interface: dns says so instead of ignoring it', () => {
  const { status, stderr } = run('dns', '--interface', 'eth0');
  assert.equal(status, 64);
  assert.match(stderr, /not by interface/);
});

test('the help names what holds without a period, a limit or an order', () => {
  for (const name of ['apps', 'hosts', 'protocols', 'flows', 'dns', 'interfaces', 'zones', 'audit']) {
    assert.match(helpOf(name), /\(default: last 24 hours\)/, name);
  }
  assert.match(helpOf('range'), /\(default: last 7 days\)/);
  assert.match(helpOf('export'), /\(default: everything\)/);
  for (const name of ['apps', 'hosts', 'protocols', 'flows', 'dns', 'interfaces']) {
    assert.match(helpOf(name), /how many rows \(default: 20\)/, name);
  }
  assert.match(helpOf('apps'), /largest first; names from A to Z \(default: bytes\)/);
  assert.match(helpOf('flows'), /start: earliest first; end: latest first \(default: bytes\)/);
  assert.match(helpOf('analyze'), /record into this store/);
});
