// Capture files that cannot be read, are not captures, or end early: the right code, the place, and what fixes it. And input that is
// fine in an unusual form.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { CaptureReader } from '@kaipo/core/frame/capture-reader.js';
import { KaipoError } from '@kaipo/core/kernel/errors.js';
import { type FileSourceOptions, readCaptureFile } from '@kaipo/core/source/file-source.js';
import { START_NS } from '../../fixtures/packet-list.js';
import { pcapFile } from '../../fixtures/pcap-writer.js';
import { randomBytes, seededRandom } from '../../fixtures/seeded-random.js';

const folder = mkdtempSync(join(tmpdir(), 'kaipo-file-source-'));
after(() => rmSync(folder, { recursive: true }));

const random = seededRandom(1);
const capture = pcapFile(
  Array.from({ length: 50 }, (_, index) => ({ timeNs: START_NS + BigInt(index), bytes: randomBytes(random, 100) })),
);

function file(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

async function read(
  path: string,
  options?: FileSourceOptions,
): Promise<{ packets: number; failure: KaipoError | undefined }> {
  let packets = 0;
  const reader = new CaptureReader((batch) => {
    packets += batch.length;
  });
  await readCaptureFile(path, reader, options);
  return { packets, failure: reader.failure };
}

const fails = (code: string, pattern: RegExp) => (error: unknown) => {
  assert.ok(error instanceof KaipoError, String(error));
  assert.equal(error.code, code);
  assert.match(error.message, pattern);
  return true;
};

describe('input that cannot be opened', () => {
  it('missing: 66', async () => {
    await assert.rejects(read(join(folder, 'nothing.pcap')), fails('KAIPO_NO_INPUT', /nothing\.pcap: no such file/));
    await assert.rejects(read(join(file('plain', capture), 'below')), fails('KAIPO_NO_INPUT', /no such file/));
  });

  it('a directory: says so and how to name the files', async () => {
    await assert.rejects(read(folder), fails('KAIPO_INPUT_IS_DIRECTORY', /is a directory/));
  });
});

describe('input that is no capture', () => {
  for (const [name, bytes, code, pattern] of [
    ['empty', new Uint8Array(0), 'KAIPO_CAPTURE_EMPTY', /empty/],
    ['one byte', Uint8Array.of(0xd4), 'KAIPO_NOT_A_CAPTURE', /begins with d4/],
    ['text', Buffer.from('# not a capture\n'), 'KAIPO_NOT_A_CAPTURE', /begins with 23 20 6e 6f/],
    ['half a header', capture.slice(0, 20), 'KAIPO_CAPTURE_CUT', /file header at byte 20/],
    [
      'version 7',
      Buffer.concat([Buffer.from('d4c3b2a107000400', 'hex'), new Uint8Array(16)]),
      'KAIPO_CAPTURE_UNSUPPORTED',
      /version 7\.4/,
    ],
    [
      'cut',
      capture.slice(0, capture.length - 1),
      'KAIPO_CAPTURE_CUT',
      /record at byte 5708 is incomplete \(the input ends at byte 5823\)/,
    ],
    ['gzip of text', gzipSync('# not a capture\n'), 'KAIPO_NOT_A_CAPTURE', /begins with 23/],
    ['gzip of nothing', gzipSync(''), 'KAIPO_CAPTURE_EMPTY', /empty/],
  ] as const) {
    it(`${name}: ${code}`, async () => {
      const { failure } = await read(file(name, bytes));
      assert.equal(failure?.code, code);
      assert.match(failure!.message, pattern);
    });
  }
});

describe('gzip', () => {
  it('whole, and in several members', async () => {
    assert.deepEqual(await read(file('a.gz', gzipSync(capture))), { packets: 50, failure: undefined });
    const members = Buffer.concat([gzipSync(capture.slice(0, 1000)), gzipSync(capture.slice(1000))]);
    assert.deepEqual(await read(file('members.gz', members)), { packets: 50, failure: undefined });
  });

  it('cut or damaged: what could be read, and that it was not all', async () => {
    const packed = gzipSync(capture);
    const cut = await read(file('cut.gz', packed.subarray(0, packed.length - 200)));
    assert.equal(cut.failure?.code, 'KAIPO_CAPTURE_CUT');
    assert.ok(cut.packets > 30 && cut.packets < 50);
    const broken = Buffer.from(packed);
    broken[packed.length - 6] = broken[packed.length - 6]! ^ 0xff;
    const checksum = await read(file('checksum.gz', broken));
    // zlib keeps back what it unpacked in the step that finds the damage.
    assert.ok(checksum.packets <= 50);
    assert.equal(checksum.failure?.code, 'KAIPO_CAPTURE_CUT');
    assert.match(checksum.failure!.message, /gzip data/);
  });

  it('large: memory is the reader, and no warning is printed', async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error): void => void warnings.push(warning);
    process.on('warning', onWarning);
    const large = pcapFile(
      Array.from({ length: 120 }, (_, index) => ({
        timeNs: START_NS + BigInt(index),
        bytes: randomBytes(random, 60_000),
      })),
    );
    const { packets, failure } = await read(file('large.gz', gzipSync(large, { level: 1 })));
    await new Promise((resolve) => setImmediate(resolve));
    process.removeListener('warning', onWarning);
    assert.deepEqual([packets, failure], [120, undefined]);
    assert.deepEqual(
      warnings.map(({ message }) => message),
      [],
    );
  });
});

describe('progress, abort, pipes', () => {
  it('reports bytes read up to the size of the file', async () => {
    const seen: number[] = [];
    await read(file('progress', capture), {
      onProgress: ({ readBytes, totalBytes }) => seen.push(readBytes, totalBytes),
    });
    assert.deepEqual(seen.slice(-2), [capture.length, capture.length]);
  });

  it('an aborted read is no cut file', async () => {
    const { packets, failure } = await read(file('abort', capture), { signal: AbortSignal.abort() });
    assert.deepEqual([packets, failure], [0, undefined]);
  });

  it('a named pipe is read to its end', { skip: process.platform === 'win32' }, async () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const reading = read(pipe);
    writeFileSync(pipe, capture);
    assert.deepEqual(await reading, { packets: 50, failure: undefined });
  });
});
