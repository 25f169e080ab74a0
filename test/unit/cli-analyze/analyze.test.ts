// `kaipo analyze` as scripts meet it: exit codes, pipes, output files, colours, several inputs.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { wholeFile } from '../../fixtures/conversation-mix.js';
import { ethernetIp } from '../../fixtures/link-layers.js';
import { timed } from '../../fixtures/packet-list.js';
import { pcapFile } from '../../fixtures/pcap-writer.js';
import { KAIPO, kaipoEnv, runKaipo } from '../../fixtures/run-kaipo.js';
import { udp } from '../../fixtures/transport-layers.js';

const folder = mkdtempSync(join(tmpdir(), 'kaipo-analyze-'));
after(() => rmSync(folder, { recursive: true }));

const bulk = udp({ ip: '192.0.2.1', port: 20_000 }, { ip: '198.51.100.1', port: 7000 }, new Uint8Array(1400));
/** One flow a packet. */
const manyFlows = (count: number): Uint8Array =>
  pcapFile(
    timed(
      Array.from({ length: count }, (_, index) =>
        ethernetIp(
          udp(
            { ip: `192.0.2.${index % 200}`, port: 20_000 + Math.floor(index / 200) },
            { ip: '198.51.100.1', port: 7000 },
            new Uint8Array(4),
          ),
        ),
      ),
      1,
    ),
  );
const good = join(folder, 'good.pcap');
writeFileSync(good, manyFlows(3));
const large = join(folder, 'large.pcap');
writeFileSync(large, manyFlows(20_000));

/** Large enough to be read in a thread of its own. */
const twoThreads = join(folder, 'two-threads.pcap');
writeFileSync(twoThreads, wholeFile(timed(Array<Uint8Array>(6500).fill(ethernetIp(bulk)), 1)));

const run = (...args: readonly string[]) => runKaipo(['analyze', ...args], { cwd: folder });

describe('exit codes', { concurrency: 3 }, () => {
  it('0, 64, 65, 66 with one line that says why', async () => {
    writeFileSync(join(folder, 'text'), 'just text');
    writeFileSync(join(folder, 'empty'), '');
    for (const [args, exitCode, pattern] of [
      [['good.pcap'], 0, /^$/],
      [[], 64, /missing required argument/],
      [['--colour', 'good.pcap'], 64, /unknown option '--colour'/],
      [['--format', 'xml', 'good.pcap'], 64, /Allowed choices are table, json, ndjson, csv/],
      [['missing.pcap'], 66, /^kaipo: missing\.pcap: no such file\n$/],
      [['.'], 66, /is a directory/],
      [['text'], 65, /^kaipo: text: not a pcap or pcapng capture/],
      [['empty'], 65, /^kaipo: empty: the file is empty\n$/],
    ] as const) {
      const result = await run(...args);
      assert.equal(result.exitCode, exitCode, `${args.join(' ')}: ${result.stderr}`);
      assert.match(result.stderr, pattern);
      if (exitCode !== 0) assert.equal(result.stdout, '');
    }
  });

  it('a name of a file cannot move the cursor of who reads the message', async () => {
    const { exitCode, stderr } = await run('no\u001b[2Jsuch\u202e.pcap');
    assert.equal(exitCode, 66);
    assert.doesNotMatch(stderr, /[\u001b\u202e]/);
  });

  it('an unknown command: 64 with a suggestion', async () => {
    const { exitCode, stderr } = await runKaipo(['analyse', 'good.pcap']);
    assert.equal(exitCode, 64);
    assert.match(stderr, /analyze/);
  });
});

describe('several files', () => {
  it('are one analysis', async () => {
    const { exitCode, stdout } = await run('good.pcap', 'large.pcap', '--format', 'json');
    const { summary } = JSON.parse(stdout);
    assert.deepEqual([exitCode, summary.files, summary.packets], [0, 2, 20_003]);
  });

  it('one of them missing: the others are read, and the exit code says so', async () => {
    const { exitCode, stdout, stderr } = await run('good.pcap', 'missing.pcap', '--format', 'json');
    assert.equal(JSON.parse(stdout).summary.files, 1);
    assert.equal(exitCode, 66);
    assert.match(stderr, /missing\.pcap/);
  });
});

describe('standard input', { concurrency: 3 }, () => {
  for (const [name, input] of [
    ['plain', manyFlows(3)],
    ['gzip', gzipSync(manyFlows(3))],
  ] as const) {
    it(`${name} through a pipe gives the same records as a file`, async () => {
      const piped = await runKaipo(['analyze', '-', '--format', 'ndjson'], { input });
      const direct = await run('good.pcap', '--format', 'ndjson');
      assert.equal(piped.exitCode, 0, piped.stderr);
      assert.equal(piped.stdout, direct.stdout);
    });
  }

  it('gzip that arrives byte by byte', async () => {
    const child = spawn(process.execPath, [KAIPO, 'analyze', '-', '--json'], {
      env: kaipoEnv(),
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const packed = gzipSync(manyFlows(3));
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk;
    });
    child.stdin.write(packed.subarray(0, 1));
    // The first byte must be read alone: written once more only when the program waits for it.
    await new Promise((resolve) => setTimeout(resolve, 800));
    child.stdin.end(packed.subarray(1));
    const exitCode = await new Promise((resolve) => child.on('close', resolve));
    assert.equal(exitCode, 0);
    assert.equal(JSON.parse(out).summary.packets, 3);
  });

  it('cut: 65, and it is called standard input', async () => {
    const { exitCode, stderr } = await runKaipo(['analyze', '-'], { input: manyFlows(3).subarray(0, 100) });
    assert.equal(exitCode, 65);
    assert.match(stderr, /^kaipo: standard input: cut short/);
  });

  it('empty: 65', async () => {
    const { exitCode, stderr } = await runKaipo(['analyze', '-'], { input: new Uint8Array(0) });
    assert.equal(exitCode, 65);
    assert.match(stderr, /empty/);
  });

  it('a directory: 66, not a bug', async () => {
    const fd = openSync(folder, 'r');
    const child = spawn(process.execPath, [KAIPO, 'analyze', '-'], { env: kaipoEnv(), stdio: [fd, 'ignore', 'pipe'] });
    closeSync(fd);
    let stderr = '';
    child.stderr!.on('data', (chunk: Buffer) => {
      stderr += chunk;
    });
    const exitCode = await new Promise((resolve) => child.on('close', resolve));
    assert.equal(exitCode, 66, stderr);
    assert.doesNotMatch(stderr, /bug/);
  });
});

describe('output', { concurrency: 3 }, () => {
  it('a reader that leaves ends it quietly', async () => {
    const child = spawn(
      'sh',
      ['-c', `"$0" "$1" analyze "$2" --format ndjson | head -1; echo "rest: $?" >&2`, process.execPath, KAIPO, large],
      { env: kaipoEnv(), stdio: ['ignore', 'pipe', 'pipe'] },
    );
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk;
    });
    child.stderr.on('data', (chunk: Buffer) => {
      err += chunk;
    });
    await new Promise((resolve) => child.on('close', resolve));
    assert.equal(out.trim().split('\n').length, 1);
    assert.equal(JSON.parse(out).type, 'flow');
    assert.equal(err, 'rest: 0\n');
  });

  it('a full disk: 74', { skip: existsSync('/dev/full') ? false : 'no /dev/full' }, async () => {
    const { exitCode, stderr } = await run('good.pcap', '-o', '/dev/full');
    assert.equal(exitCode, 74);
    assert.match(stderr, /no space left/);
  });

  it('-o: the file appears whole, readable by its owner only, and nothing else is left', async () => {
    const into = join(folder, 'out');
    mkdirSync(into);
    const names = new Set<string>();
    const watch = setInterval(() => {
      for (const name of readdirSync(into))
        if (name === 'flows.ndjson') names.add(readFileSync(join(into, name), 'utf8').at(-1) ?? '');
    }, 1);
    const { exitCode, stdout } = await run('large.pcap', '--format', 'ndjson', '-o', join(into, 'flows.ndjson'));
    clearInterval(watch);
    assert.deepEqual([exitCode, stdout], [0, '']);
    assert.deepEqual(readdirSync(into), ['flows.ndjson']);
    assert.equal(readFileSync(join(into, 'flows.ndjson'), 'utf8').trimEnd().split('\n').length, 20_001);
    assert.ok(
      [...names].every((last) => last === '\n'),
      'never seen half written',
    );
  });

  it('-o replaces a file, and leaves it alone when the input cannot be read', async () => {
    const path = join(folder, 'keep.txt');
    writeFileSync(path, 'old');
    assert.equal((await run('missing.pcap', '-o', path)).exitCode, 66);
    assert.equal(readFileSync(path, 'utf8'), 'old');
    assert.equal((await run('good.pcap', '-o', path)).exitCode, 0);
    assert.match(readFileSync(path, 'utf8'), /3 packets/);
  });

  it('-o where nothing can be created: 73, without leftovers', async () => {
    // A folder of its own: other tests write beside it at the same time.
    const into = join(folder, 'refused');
    const taken = join(into, 'taken');
    mkdirSync(taken, { recursive: true });
    // One that is read by one thread, one that is large enough for two.
    for (const input of ['good.pcap', 'two-threads.pcap']) {
      for (const target of [join(into, 'no', 'such', 'folder.txt'), taken]) {
        const { exitCode, stderr } = await run(input, '-o', target);
        assert.equal(exitCode, 73, stderr);
        assert.doesNotMatch(stderr, /bug/);
      }
    }
    assert.deepEqual(readdirSync(into), ['taken']);
  });

  it('--bench and --flows-only: what was measured, and the analysis where it is asked for', async () => {
    const path = join(folder, 'bench.ndjson');
    const { stdout, exitCode } = await run(
      'two-threads.pcap',
      '--flows-only',
      '--bench',
      '--format',
      'ndjson',
      '-o',
      path,
    );
    assert.equal(exitCode, 0);
    const report = JSON.parse(stdout);
    assert.deepEqual([report.type, report.packets, report.flows], ['bench', 6500, 1]);
    assert.ok(report.stages.decode > 0 && report.stages.read > 0 && report.peakMemoryBytes > 0);
    const [flow] = readFileSync(path, 'utf8').split('\n', 1);
    assert.equal(JSON.parse(flow!).client.packets, 6500);
    assert.equal(JSON.parse(flow!).protocol, undefined);
  });

  it('--memory is a size, and not too small', async () => {
    const { exitCode, stderr } = await run('good.pcap', '--memory', '3MB');
    assert.equal(exitCode, 64);
    assert.match(stderr, /--memory: a size of at least 128MB is needed/);
    assert.equal((await run('good.pcap', '--memory', '200MB')).exitCode, 0);
  });

  it('-o - is standard output', async () => {
    const { stdout } = await run('good.pcap', '-o', '-', '--json');
    assert.equal(JSON.parse(stdout).summary.packets, 3);
  });
});

describe('colours', { concurrency: 3 }, () => {
  const bold = /\u001b\[1m/;
  it('none in a pipe, none with NO_COLOR or --no-color, and when forced', async () => {
    for (const [args, env, isColored] of [
      [[], {}, false],
      [[], { FORCE_COLOR: '1' }, true],
      [[], { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
      [['--no-color'], { FORCE_COLOR: '1' }, false],
      [[], { FORCE_COLOR: '0' }, false],
    ] as const) {
      const { stdout } = await runKaipo([...args, 'analyze', good], { env });
      assert.equal(bold.test(stdout), isColored, JSON.stringify([args, env]));
    }
  });
});
