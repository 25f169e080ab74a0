// Streams that come a byte at a time: they are not read again with each byte, and nothing is missed for that.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MATCH, NOT_MINE, type ProtocolSpec, UNSURE } from '@kaipo/core/api/index.js';
import { beginsWith } from '@kaipo/core/wire/match.js';
import { ascii } from '../../fixtures/bytes.js';
import { timed } from '../../fixtures/packet-list.js';
import { HANDSHAKE, recorder, run, type Segment, segments } from './inspection-run.js';

const BYTES = 8000;
const MESSAGE = `hi${'x'.repeat(BYTES - 2)}`;
const byBytes = (text: string, from: 'c' | 's' = 'c', offset = 0): Segment[] =>
  [...text].map((letter, index) => [from, offset + index, letter]);
const sent = (...list: readonly Segment[]) => timed([...HANDSHAKE, ...segments(...list)]);

describe('a message that comes a byte at a time', () => {
  it('is looked at as often as its length has digits, not with each byte', () => {
    const log: string[] = [];
    run([recorder(log, () => 0)], sent(...byBytes(MESSAGE)));
    const looks = log.filter((line) => line.startsWith('c:'));
    // With each byte up to 1,024 of them and 64 more, then with each 1/32 more.
    assert.ok(looks.length < 1024 + 64 + 32 * Math.log(BYTES / 1024) * 1.5, `${looks.length} looks`);
    assert.ok(looks.length > 1024);
  });

  it('is whole when its flow ends, though nothing came after its last byte', () => {
    const log: string[] = [];
    run([recorder(log, () => 0)], sent(...byBytes(MESSAGE)));
    assert.deepEqual(log.slice(-2), [`c:${MESSAGE}`, 'end']);
  });

  it('is read at once when it came in segments of a conversation, however small the last one is', () => {
    const log: string[] = [];
    const pieces = Array.from(
      { length: 40 },
      (_, i): Segment => ['c', i * 1000, `${i === 0 ? 'hi' : 'xx'}${'x'.repeat(998)}`],
    );
    const last: Segment = ['c', 40_000, 'end'];
    const packets = sent(...pieces, last);
    const whole = 40_003;
    run([recorder(log, (length) => (length === whole ? length : 0), { bufferBytes: 65_536 })], packets);
    assert.deepEqual([log.length, log.at(-2)?.length, log.at(-1)], [pieces.length + 2, whole + 2, 'end']);
  });

  it('is read before the answer', () => {
    const log: string[] = [];
    const whenWhole = (length: number) => (length === BYTES ? length : 0);
    run(
      [recorder(log, (length, _, fromClient) => (fromClient ? whenWhole(length) : length))],
      sent(...byBytes(MESSAGE), ['s', 0, 'answer']),
    );
    assert.deepEqual(log.slice(-3), [`c:${MESSAGE}`, 's:answer', 'end']);
  });

  it('is read before what is missing', () => {
    const log: string[] = [];
    run([recorder(log, () => 0)], sent(...byBytes(MESSAGE), ['c', BYTES + 100_000, 'later']));
    const at = log.indexOf('c misses 100000');
    assert.ok(at > 0);
    assert.equal(log[at - 1], `c:${MESSAGE}`);
  });

  it('is not read again for each byte of the other side either', () => {
    const log: string[] = [];
    const turns = byBytes(MESSAGE).flatMap((segment, index): Segment[] => [segment, ['s', index, 'y']]);
    run([recorder(log, (length, _, fromClient) => (fromClient ? 0 : length))], sent(...turns));
    const looks = log.filter((line) => line.startsWith('c:'));
    assert.ok(looks.length < 1024 + 128 + 100, `${looks.length} looks`);
  });

  it('is asked about as seldom, and named when its flow ends', () => {
    let asked = 0;
    const patient: ProtocolSpec = {
      name: 'patient',
      transports: ['tcp'],
      probe(p) {
        asked += 1;
        if (!beginsWith(p.bytes, p.start, p.end, ascii('h'))) return NOT_MINE;
        return p.end - p.start === BYTES ? MATCH : UNSURE;
      },
    };
    const { flows } = run([patient], sent(...byBytes(MESSAGE)));
    assert.ok(asked < 1024 + 64 + 100, `${asked} questions`);
    assert.equal(flows[0]?.protocol, 'patient');
  });
});
