// Records of CSV: whatever cells hold, they come back; quotes that nobody closed cost one line, not the file.
import assert from 'node:assert/strict';
import test from 'node:test';
import { csvCells, csvRecords, separatorOf } from '@kaipo/cli/export/csv-records.js';
import fc from 'fast-check';

async function recordsOf(text: string, separator = ','): Promise<{ line: number; cells: string[] }[]> {
  const lines = async function* (): AsyncGenerator<string> {
    yield* text.split('\n');
  };
  const records: { line: number; cells: string[] }[] = [];
  for await (const record of csvRecords(lines(), () => separator)) {
    records.push({ line: record.line, cells: csvCells(record.text, separator) });
  }
  return records;
}

const quoted = (cell: string): string => (/[",;\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
const cell = fc.string({ unit: fc.constantFrom('a', 'é', ' ', '"', ',', ';', '\n', '1') });

test('cells with quotes, separators and line ends come back, with the line they begin on', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { maxLength: 8 }),
      fc.constantFrom(',', ';'),
      async (rows, separator) => {
        const texts = rows.map((row) => row.map(quoted).join(separator));
        const found = await recordsOf(texts.join('\n'), separator);
        const isBlank = (row: number): boolean => texts[row]!.trim() === '';
        assert.deepEqual(
          found.map(({ cells }) => cells),
          rows.filter((_, row) => !isBlank(row)),
        );
        let line = 1;
        const begins = texts.map((text) => {
          const at = line;
          line += text.split('\n').length;
          return at;
        });
        assert.deepEqual(
          found.map((record) => record.line),
          begins.filter((_, row) => !isBlank(row)),
        );
      },
    ),
  );
});

test('a quote that is never closed costs its own record', async () => {
  assert.deepEqual(await recordsOf('a,"b\nc,d'), [
    { line: 1, cells: ['a', 'b'] },
    { line: 2, cells: ['c', 'd'] },
  ]);
  const many = Array.from({ length: 20_000 }, (_, row) => `${row},x`);
  const records = await recordsOf(['1,"open', ...many].join('\n'));
  assert.equal(records.length, many.length + 1);
  assert.deepEqual(records.at(-1), { line: 20_001, cells: ['19999', 'x'] });
});

test('a quote within a cell is a character; spreadsheets part columns by semicolons', () => {
  assert.deepEqual(csvCells('5" disk,1,2'), ['5" disk', '1', '2']);
  assert.deepEqual(csvCells('"a"b,"",c'), ['ab', '', 'c']);
  assert.equal(separatorOf('timestamp;bytes_sent;bytes_received'), ';');
  assert.equal(separatorOf('timestamp\tbytes_sent'), '\t');
  assert.equal(separatorOf('timestamp'), ',');
});
