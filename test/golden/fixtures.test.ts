// The captures of pcaps/ are what the code in test/fixtures makes, byte by byte, and nothing else lies there.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { caseFiles } from '../fixtures/case-files.js';
import { PCAPS } from '../fixtures/pcap-case.js';
import { PCAP_CASES } from '../fixtures/pcap-cases.js';

const HINT = 'run: npm run fixtures';

test('every case has a folder and every folder a case', () => {
  const folders = readdirSync(PCAPS, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  assert.deepEqual(folders.map((entry) => entry.name).sort(), PCAP_CASES.map(({ name }) => name).sort(), HINT);
});

for (const pcapCase of PCAP_CASES) {
  test(`${pcapCase.name} is in step with its code`, () => {
    const folder = join(PCAPS, pcapCase.name);
    const made = caseFiles(pcapCase);
    for (const [name, bytes] of made) {
      assert.ok(readFileSync(join(folder, name)).equals(bytes), `${pcapCase.name}/${name} differs; ${HINT}`);
    }
    const others = readdirSync(folder).filter((name) => !made.has(name) && !name.startsWith('expected.'));
    assert.deepEqual(others, [], 'files nobody made');
    assert.match(pcapCase.title, /^[A-Z0-9].*\.$/, 'a title is a sentence');
  });
}
