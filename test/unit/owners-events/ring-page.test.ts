// Pages of the kernel's ring: what was written is read, and whatever comes instead is survived.
import assert from 'node:assert/strict';
import test from 'node:test';
import { RingPage } from '@kaipo/core/owners/events/ring-page.js';
import { ascii } from '../../fixtures/bytes.js';
import { head, PADDING, RingPageWriter, TIME_EXTEND, TIME_STAMP } from '../../fixtures/ring-page-writer.js';
import { below, randomBytes, seededRandom } from '../../fixtures/seeded-random.js';

const START_NS = 5_000_000_000_000;
const RUNS = Number(process.env['KAIPO_PROPERTY_RUNS'] ?? 1000);

interface Read {
  readonly timeNs: number;
  readonly payload: string;
}

const payloadOf = (page: RingPage): Buffer =>
  Buffer.from(page.view.buffer, page.view.byteOffset + page.at, page.end - page.at);

function read(bytes: Uint8Array): { records: Read[]; isDamaged: boolean } {
  const page = new RingPage(bytes);
  const records: Read[] = [];
  while (page.next()) records.push({ timeNs: page.timeNs, payload: payloadOf(page).toString('hex') });
  return { records, isDamaged: page.isDamaged };
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

test('every length a record may have, in its head and behind it, and the time of each', () => {
  const writer = new RingPageWriter(START_NS);
  const expected: Read[] = [];
  for (let words = 1; words <= 40; words++) {
    const payload = new Uint8Array(words * 4).fill(words);
    writer.record(START_NS + words * 10, payload);
    expected.push({ timeNs: START_NS + words * 10, payload: hex(payload) });
  }
  // A length behind the head may be short too, and need not be whole words.
  for (const length of [1, 2, 3, 4, 5, 111, 113]) {
    const payload = new Uint8Array(length).fill(0xaa);
    writer.record(START_NS + 1000 + length, payload, true);
    expected.push({ timeNs: START_NS + 1000 + length, payload: hex(payload) });
  }
  assert.deepEqual(read(writer.bytes()), { records: expected, isDamaged: false });
});

test('time goes on by what is between, by an extension, and to a stamp', () => {
  const payload = ascii('four');
  const writer = new RingPageWriter(START_NS)
    .record(START_NS, payload)
    .record(START_NS + 2 ** 27 - 1, payload)
    .extend(2 ** 31)
    .record(START_NS + 2 ** 27 - 1 + 2 ** 31, payload)
    .record(START_NS + 2 ** 40, payload)
    .absolute(START_NS + 2 ** 41)
    .record(START_NS + 2 ** 41 + 7, payload)
    .discarded(24, 5)
    .record(START_NS + 2 ** 41 + 20, payload);
  const { records, isDamaged } = read(writer.bytes());
  assert.deepEqual(
    records.map(({ timeNs }) => timeNs - START_NS),
    [0, 2 ** 27 - 1, 2 ** 27 - 1 + 2 ** 31, 2 ** 40, 2 ** 41 + 7, 2 ** 41 + 20],
  );
  assert.equal(isDamaged, false);
});

test('what the kernel left empty at the end of a page ends it', () => {
  const bytes = new RingPageWriter(START_NS)
    .record(START_NS, ascii('four'))
    .rest(40)
    .record(START_NS, ascii('gone'))
    .bytes();
  assert.deepEqual(read(bytes), { records: [{ timeNs: START_NS, payload: hex(ascii('four')) }], isDamaged: false });
});

test('only what was committed is read, and the flags above the length are none of it', () => {
  const writer = new RingPageWriter(START_NS).record(START_NS, ascii('four')).record(START_NS + 1, ascii('gone'));
  assert.equal(read(writer.bytes(8)).records.length, 1);
  assert.deepEqual(read(writer.bytes(undefined, 0xc000_0000)).records.length, 2);
  assert.deepEqual(read(new RingPageWriter(START_NS).bytes()), { records: [], isDamaged: false });
});

test('a page that contradicts itself ends there and says so', () => {
  const good = (): RingPageWriter => new RingPageWriter(START_NS).record(START_NS, ascii('four'));
  for (const [what, bytes] of [
    ['shorter than its head', new Uint8Array(15)],
    ['more committed than there is', good().bytes(4080)],
    ['a record that ends outside', good().raw(head(2, 1), 0).bytes()],
    ['a length shorter than itself', good().raw(head(0, 1), 3, 0).bytes()],
    ['a length beyond the page', good().raw(head(0, 1), 0xffff_fffc, 0).bytes()],
    ['a length that is not there', good().raw(head(0, 1)).bytes()],
    ['an extension without its word', good().raw(head(TIME_EXTEND, 1)).bytes()],
    ['a stamp without its word', good().raw(head(TIME_STAMP, 1)).bytes()],
    ['padding of no length', good().raw(head(PADDING, 1), 0).bytes()],
  ] as const) {
    const { records, isDamaged } = read(bytes);
    assert.equal(isDamaged, true, what);
    assert.equal(records.length, bytes.length < 16 ? 0 : 1, what);
  }
});

/** Reads to the end; asserts that nothing outside is touched. */
function survive(bytes: Uint8Array, what: string): void {
  const page = new RingPage(bytes);
  let records = 0;
  let before = 0;
  while (page.next()) {
    records += 1;
    assert.ok(page.at >= 20 && page.at > before && page.end >= page.at && page.end <= bytes.length, what);
    assert.ok(Number.isFinite(page.timeNs), what);
    before = page.at;
    assert.ok(records <= bytes.length / 4, `${what}: does not end`);
  }
  assert.equal(page.next(), false, what);
}

test('any bytes: no exception, nothing read outside, always an end', () => {
  const random = seededRandom(1);
  for (let run = 0; run < RUNS; run++) {
    // Somewhere within a larger buffer, as pages of the stream are.
    const buffer = randomBytes(random, 16 + below(random, 300));
    const bytes = buffer.subarray(below(random, 8));
    if (bytes.length > 12 && random() < 0.8)
      new DataView(bytes.buffer, bytes.byteOffset).setUint32(8, bytes.length - 16, true);
    survive(bytes, `run ${run}: ${hex(bytes)}`);
  }
});

test('any page with any damage: the same', () => {
  const random = seededRandom(2);
  for (let run = 0; run < RUNS; run++) {
    const writer = new RingPageWriter(START_NS);
    let timeNs = START_NS;
    for (let i = below(random, 30); i > 0; i--) {
      timeNs += below(random, 2 ** 29);
      const kind = random();
      if (kind < 0.7) writer.record(timeNs, randomBytes(random, 4 * below(random, 40)), random() < 0.3);
      else if (kind < 0.8) writer.absolute(timeNs);
      else timeNs -= 0;
    }
    const bytes = writer.bytes();
    assert.equal(read(bytes).isDamaged, false);
    for (let i = below(random, 8); i >= 0; i--) bytes[8 + below(random, bytes.length - 8)] = below(random, 256);
    survive(bytes.slice(0, 16 + below(random, bytes.length - 15)), `run ${run}`);
  }
});

test('pages of random records come back as they were written', () => {
  const random = seededRandom(3);
  for (let run = 0; run < RUNS / 5; run++) {
    const writer = new RingPageWriter(START_NS);
    const expected: Read[] = [];
    let timeNs = START_NS;
    while (writer.dataBytes < 3500) {
      timeNs += random() < 0.1 ? below(random, 2 ** 35) : below(random, 5000);
      if (random() < 0.05) writer.discarded(8 + 4 * below(random, 20), 1 + below(random, 3));
      if (random() < 0.05) writer.absolute(timeNs + 10);
      timeNs += 20;
      const payload = randomBytes(random, 4 * (1 + below(random, 60)));
      writer.record(timeNs, payload, random() < 0.2);
      expected.push({ timeNs, payload: hex(payload) });
    }
    assert.deepEqual(read(writer.bytes()), { records: expected, isDamaged: false }, `run ${run}`);
  }
});
