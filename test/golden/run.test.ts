// Every case of pcaps/ that was made by hand through the real command: standard output, standard error and exit code are what the case says.
// UPDATE_GOLDEN=1 writes the expected outputs anew; read the difference before it is kept.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { PCAPS } from '../fixtures/pcap-case.js';
import { MADE_CASES } from '../fixtures/pcap-cases.js';
import { runKaipo } from '../fixtures/run-kaipo.js';

const IS_UPDATE = process.env['UPDATE_GOLDEN'] === '1';
const EXTENSIONS = { ndjson: 'ndjson', json: 'json', csv: 'csv', table: 'txt' } as const;

/** No control character but line ends may reach any output, whatever was captured. */
const UNSAFE = /[\u0000-\u0009\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/;

describe('captures through the real command', { concurrency: 3 }, () => {
  for (const { name, file, exitCode = 0, stderr = [], formats = [] } of MADE_CASES) {
    for (const format of ['ndjson', ...formats] as const) {
      test(`${name}, ${format}`, async () => {
        const folder = join(PCAPS, name);
        const run = await runKaipo(['analyze', file, '--format', format], { cwd: folder });
        const expectedFile = join(folder, `expected.${EXTENSIONS[format]}`);
        if (IS_UPDATE) writeFileSync(expectedFile, run.stdout);
        assert.deepEqual(run.stdout.split('\n'), readFileSync(expectedFile, 'utf8').split('\n'));
        assert.deepEqual(run.stderr.split('\n').slice(0, -1), stderr);
        assert.equal(run.exitCode, exitCode);
        assert.doesNotMatch(run.stdout + run.stderr, UNSAFE);
      });
    }
  }
});
