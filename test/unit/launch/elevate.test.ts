import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { becomeInvokingUser } from '@kaipo/capture-helper/launch/index.js';
import { defaultInterfaces, interfaceExists, prepareOptions, readCaptureRequest } from '@kaipo/cli/elevate.js';

const read = (line: string) => readCaptureRequest(line.split(' '));

test('what live and daemon say about capturing', () => {
  assert.deepEqual(read('live'), { command: 'live', interfaces: [], prefer: 'auto' });
  assert.deepEqual(read('live -i eth0 --interface=wg0 -ilo --ring-mib 16 --snaplen 96'), {
    command: 'live',
    interfaces: ['eth0', 'wg0', 'lo'],
    snaplen: 96,
    ringMiB: 16,
    prefer: 'auto',
  });
  assert.deepEqual(
    readCaptureRequest(['--config', 'live.toml', 'daemon', '--filter', 'tcp port 443', '--helper', 'portable']),
    {
      command: 'daemon',
      interfaces: [],
      filter: 'tcp port 443',
      prefer: 'portable',
    },
  );
  assert.equal(read('--interval 2 live --format ndjson -o live.ndjson --duration 5 --what')?.command, 'live');
});

test('what does not capture', () => {
  assert.equal(readCaptureRequest([]), undefined);
  for (const line of [
    'status',
    'analyze live',
    'setup',
    'live --help',
    'live -h',
    'live --at 12:00',
    'help live',
    '--store live',
  ]) {
    assert.equal(read(line), undefined, line);
  }
});

test('values that are not numbers reach the check of the contract, not a helper', () => {
  assert.ok(Number.isNaN(read('live --snaplen ten')?.snaplen));
  assert.deepEqual(read('live -i')?.interfaces, []);
});

test('a person who names interfaces does not get the service', () => {
  assert.equal(prepareOptions(read('live -i lo')!).service, false);
  assert.equal(prepareOptions(read('live')!).service, true);
});

test('default interfaces are up and not loopback', { skip: process.platform !== 'linux' && 'reads /sys' }, () => {
  const names = defaultInterfaces();
  assert.ok(names.length <= 32);
  for (const name of names) {
    assert.equal(interfaceExists(name), true);
    const flags = Number(readFileSync(`/sys/class/net/${name}/flags`, 'latin1'));
    assert.equal(flags & 0x9, 0x1, name);
  }
  assert.equal(interfaceExists('../net/lo'), false);
  assert.equal(interfaceExists('..'), false);
});

test('without sudo nobody becomes anybody', () => {
  const env = { HOME: '/somewhere', SUDO_UID: 'abc' };
  const report = becomeInvokingUser(env);
  assert.equal(report.changed, false);
  assert.deepEqual(report.before, report.after);
  assert.equal(env.HOME, '/somewhere');
});
