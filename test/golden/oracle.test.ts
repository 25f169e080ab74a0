// The reader and an independent one agree record by record: on the captures of pcaps/, and on a folder of others when there is one
// (KAIPO_CORPUS, or ../shared/corpus beside the repository).
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { PCAPS, REPOSITORY } from '../fixtures/pcap-case.js';
import { type Comparison, compareFile, compareFolder, comparisonTable } from '../oracle/compare.js';

const CORPUS = process.env['KAIPO_CORPUS'] ?? join(REPOSITORY, '..', 'shared', 'corpus');

const differing = (results: readonly Comparison[]): Comparison[] =>
  results.filter(({ verdict }) => verdict === 'differs');

test('reader and pcap-parser agree on every classic microsecond capture of pcaps/', async (t) => {
  const results = await compareFolder(PCAPS);
  t.diagnostic(comparisonTable(results));
  assert.deepEqual(differing(results), []);
  const agreed = results.filter(({ verdict }) => verdict === 'agrees');
  assert.ok(agreed.length >= 20, 'most captures of pcaps/ are classic ones');
  assert.ok(agreed.reduce((sum, { records }) => sum + records, 0) >= 200);
});

test('reader and pcap-parser agree on the corpus', {
  skip: existsSync(CORPUS) ? false : 'no corpus on this machine',
}, async (t) => {
  const results = await compareFolder(CORPUS);
  t.diagnostic(comparisonTable(results));
  assert.deepEqual(differing(results), []);
  assert.ok(
    results.some(({ verdict }) => verdict === 'agrees'),
    'the folder holds captures',
  );
});

test('the cut file of pcaps/ has the same whole records for both', async () => {
  const result = await compareFile(join(PCAPS, 'cut-file', 'input.pcap'));
  assert.deepEqual([result.verdict, result.records], ['agrees', 9]);
});
