// What root started must be what is wanted: files are not read while kaipo is root.
import assert from 'node:assert/strict';
import test from 'node:test';
import type { PreparedCapture } from '@kaipo/capture-helper/launch/index.js';
import { readCaptureRequest } from '@kaipo/cli/elevate.js';
import { captureRequest, chooseCapture } from '@kaipo/cli/live/capture-choice.js';
import { configChanges } from '@kaipo/cli/live/recorder-reload.js';
import { DEFAULT_CONFIG } from '@kaipo/core/config/kaipo-config.js';

const prepared = {} as PreparedCapture;
const flags = { helper: 'auto', filter: undefined } as const;

test('a helper of root that captures what the configuration says is used, another one is not', async () => {
  const started = { command: 'daemon', interfaces: ['eth0'], prefer: 'auto' } as const;
  const capture = { interfaces: ['eth0'] };
  const wanted = captureRequest('daemon', { ...DEFAULT_CONFIG, capture }, flags);
  assert.equal((await chooseCapture(wanted, { prepared, report: { request: started } })).prepared, prepared);
  const filtered = captureRequest('daemon', { ...DEFAULT_CONFIG, capture: { ...capture, filter: 'port 53' } }, flags);
  await assert.rejects(chooseCapture(filtered, { prepared, report: { request: started } }), {
    code: 'KAIPO_USAGE',
    fix: /--filter/,
  });
});

test('--helper none: root starts no helper', () => {
  assert.equal(readCaptureRequest(['daemon', '--helper', 'none']), undefined);
  assert.equal(readCaptureRequest(['daemon', '--helper', 'native'])?.prefer, 'native');
});

test('no helper: counters; with a filter that makes no sense', () => {
  assert.equal(captureRequest('live', DEFAULT_CONFIG, { helper: 'none', filter: undefined }), undefined);
  assert.throws(() => captureRequest('live', DEFAULT_CONFIG, { helper: 'none', filter: 'tcp' }), {
    code: 'KAIPO_USAGE',
  });
});

test('what a changed configuration means for a recorder that runs', () => {
  const after = {
    ...DEFAULT_CONFIG,
    monitoring: { ...DEFAULT_CONFIG.monitoring, pollIntervalS: 5, interfaces: ['eth0'] },
    store: { path: '/elsewhere', retentionS: [1, 2, 3, 4, 5] },
    cost: { ...DEFAULT_CONFIG.cost, currency: 'EUR' },
  };
  assert.deepEqual(configChanges(DEFAULT_CONFIG, after), {
    applied: ['monitoring.poll_interval', 'monitoring.interface', 'store.retention'],
    needRestart: ['store.path'],
  });
  assert.deepEqual(configChanges(after, structuredClone(after)), { applied: [], needRestart: [] });
});
