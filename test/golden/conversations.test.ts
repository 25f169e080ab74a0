// The captures of the plugins' conversations: what `kaipo analyze --format ndjson` prints of each is what is kept. All in one process,
// for there are hundreds; the cases that were made by hand go through the real command (run.test.ts).
// UPDATE_GOLDEN=1 writes the expected outputs anew; read the difference before it is kept.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { runAnalyze } from '@kaipo/cli/commands/analyze.js';
import { PCAPS } from '../fixtures/pcap-case.js';
import { TALK_CASES } from '../fixtures/pcap-cases.js';

const IS_UPDATE = process.env['UPDATE_GOLDEN'] === '1';
const folder = mkdtempSync(join(tmpdir(), 'kaipo-golden-'));
const config = join(folder, 'kaipo.toml');
writeFileSync(config, '');
after(() => rmSync(folder, { recursive: true }));

describe('captures of conversations', () => {
  for (const { name, file } of TALK_CASES) {
    test(name, async () => {
      const output = join(folder, `${name}.ndjson`);
      const options = { format: 'ndjson', color: false, output, config } as const;
      assert.equal(await runAnalyze([join(PCAPS, name, file)], options), 0);
      const printed = readFileSync(output, 'utf8');
      const expected = join(PCAPS, name, 'expected.ndjson');
      if (IS_UPDATE) writeFileSync(expected, printed);
      assert.deepEqual(printed.split('\n'), readFileSync(expected, 'utf8').split('\n'));
    });
  }
});
