// More made-up senders than the flow table has rows: real conversations go on, and nothing is lost or counted twice.
import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import type { CaptureRun } from '@kaipo/core/engine/capture-run/capture-run.js';
import { InlineRun } from '@kaipo/core/engine/capture-run/inline-run.js';
import { PipedRun, startIntake } from '@kaipo/core/engine/capture-run/piped-run.js';
import { Engine } from '@kaipo/core/engine/engine.js';
import { CaptureReader } from '@kaipo/core/frame/capture-reader.js';
import { FloodBook } from '../../fixtures/flood-run.js';
import { SynFlood } from '../../fixtures/syn-flood.js';

const SPOOFED = 300_000;
const TALKS = 100;
const folder = mkdtempSync(join(tmpdir(), 'kaipo-flood-'));
after(() => rmSync(folder, { recursive: true }));

describe('a flood of SYNs', () => {
  for (const rate of [1_000_000, 5_000]) {
    it(`of ${rate} a second through a live engine: every real conversation is one whole flow`, () => {
      const flood = new SynFlood({ spoofed: SPOOFED, conversations: TALKS, rate });
      const engine = new Engine({ plugins: [], maxFlows: 16_384, keyByInterface: true });
      const book = new FloodBook().listen(engine.analysis);
      const reader = new CaptureReader((batch) => engine.process(batch));
      for (const piece of flood.pieces()) reader.push(piece);
      engine.finish();
      assert.deepEqual([engine.flows.refused, engine.flows.active], [0, 0]);
      assert.ok(engine.flows.evicted > SPOOFED / 2, `${engine.flows.evicted} made room`);
      assert.equal(engine.flows.created, SPOOFED + TALKS);
      book.assertWhole(flood, engine.flows);
    });
  }

  it('through a file, with one thread and with two: the same', async () => {
    const flood = new SynFlood({ spoofed: SPOOFED, conversations: TALKS, rate: 1_000_000 });
    const path = join(folder, 'flood.pcap');
    for (const piece of flood.pieces()) appendFileSync(path, piece);
    const maxFlows = 131_072;
    const runs: readonly CaptureRun[] = [
      new InlineRun({ plugins: [], maxFlows }),
      new PipedRun({ plugins: [], intake: startIntake(maxFlows) }),
    ];
    const books: FloodBook[] = [];
    for (const run of runs) {
      const book = new FloodBook().listen(run.analysis);
      await run.read(path, {});
      const { flows } = await run.finish();
      await run.close();
      assert.equal(flows.refused, 0);
      book.assertWhole(flood, flows);
      books.push(book);
    }
    assert.deepEqual(books[0], books[1]);
  });
});
