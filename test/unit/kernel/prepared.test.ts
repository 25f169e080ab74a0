import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { pathToFileURL } from 'node:url';
import { preparedOf } from '@kaipo/core/kernel/prepared.js';

test('what was prepared counts for the very text it was made of', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'kaipo-prepared-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = pathToFileURL(join(folder, 'x.json'));
  assert.equal(preparedOf(file, 'a = b'), undefined);
  writeFileSync(file, JSON.stringify({ text: 'a = b', value: ['a', 'b'] }));
  assert.deepEqual(preparedOf(file, 'a = b'), ['a', 'b']);
  assert.equal(preparedOf(file, 'a = c'), undefined);
  writeFileSync(file, '{"text":');
  assert.equal(preparedOf(file, 'a = b'), undefined);
});
