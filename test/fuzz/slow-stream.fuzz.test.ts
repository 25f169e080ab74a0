// Every conversation over TCP, its beginning and then bytes that end nothing, a byte a segment: nobody looks at all of it again and
// again. KAIPO_SLOW_BYTES behind the beginning; 16384, what readers keep at most, is worth a run by hand.
import assert from 'node:assert/strict';
import test from 'node:test';
import { readTalk, talkFiles } from '../fixtures/talk-files.js';
import { FILLERS, SlowStreams, slowFrames } from './slow-stream.js';

const BYTES = Number(process.env['KAIPO_SLOW_BYTES'] ?? 600);
const ONLY = process.env['KAIPO_FUZZ_PROTOCOL']?.split(',');
/** A flow of so many segments needs a millisecond or two here; who reads all again with each of them needs seconds. On a busy machine, of three. */
const MOST_MS = Math.max(250, BYTES / 80);

test(`${BYTES} bytes one by one are no work for anybody`, () => {
  const streams = new SlowStreams();
  const filler = FILLERS['letters']!(BYTES);
  for (const file of talkFiles()) {
    const talk = readTalk(file);
    if (talk.transport !== 'tcp' || talk.isMiddle || (ONLY !== undefined && !ONLY.includes(file.folder))) continue;
    for (const from of ['client', 'server'] as const) {
      const said = talk.turns.find((turn) => turn.from === from)?.bytes;
      if (said === undefined) continue;
      const frames = slowFrames(talk, from, said.length - 1, filler);
      let needed = streams.run(frames);
      for (let again = 0; again < 2 && needed > MOST_MS; again++) needed = Math.min(needed, streams.run(frames));
      assert.ok(needed <= MOST_MS, `${file.name}, ${from}: ${needed.toFixed(0)} ms`);
    }
  }
});
