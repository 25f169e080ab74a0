// `kaipo db …` as a person and a script run it: every format, every exit code, and nothing is made or lost that was not asked for.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { LmdbFile } from '@kaipo/core/store/lmdb-file.js';
import { nameOfIdKey } from '@kaipo/core/store/store-keys.js';
import { withDirectory } from '../../contract/store.contract.js';
import { digests, KEY, makeStore } from '../store-care/care-fixtures.js';

const KAIPO = fileURLToPath(new URL('../../../../cli/bin/kaipo.js', import.meta.url));
const HOLD = fileURLToPath(new URL('../store-care/hold-store-main.js', import.meta.url));

interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function kaipo(args: readonly string[], env: NodeJS.ProcessEnv = {}): Run {
  const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('KAIPO_')));
  const { status, stdout, stderr } = spawnSync(process.execPath, [KAIPO, 'db', ...args], {
    encoding: 'utf8',
    env: { ...clean, XDG_CONFIG_HOME: '/nonexistent', ...env },
  });
  return { status, stdout, stderr };
}

test('stats, check, prune, compact and backup answer in every format', () =>
  withDirectory(async (dir) => {
    await makeStore(dir, 120);
    const commands: (readonly string[])[] = [
      ['stats'],
      ['check'],
      ['prune', '--flows-before', '2001-01-01'],
      ['compact'],
      ['backup', join(dir, '..', 'copy'), '--force'],
    ];
    for (const command of commands) {
      const run = (format: string): string => {
        const { status, stdout, stderr } = kaipo([...command, '--store', dir, '--format', format]);
        assert.equal(stderr, '', `${command[0]} ${format}`);
        assert.equal(status, 0);
        return stdout;
      };
      const document = JSON.parse(run('json')) as { schema: string };
      assert.equal(document.schema, `kaipo.db.${command[0]}/1`);
      assert.doesNotMatch(JSON.stringify(document), /null|undefined/);
      assert.ok(run('table').length > 10);
      if (command[0] === 'compact' || command[0] === 'prune') continue;
      for (const line of run('ndjson').trim().split('\n')) assert.ok((JSON.parse(line) as { type: string }).type);
      const csv = run('csv').split('\r\n');
      assert.ok(csv[0]!.includes(','));
    }
  }));

test('stats says where, how large, who, and since when', () =>
  withDirectory(async (dir) => {
    await makeStore(dir, 120, { key: KEY });
    const { stdout } = kaipo(['stats', '--store', dir, '--json'], { KAIPO_STORE_KEY: KEY });
    const stats = JSON.parse(stdout) as Record<string, unknown>;
    assert.equal(stats['path'], dir);
    assert.equal(stats['encrypted'], true);
    assert.deepEqual(stats['recorder'], { running: false });
    assert.equal(stats['intervals'], 120);
    assert.equal((stats['resolutions'] as object[]).length, 5);
    const held = spawn(process.execPath, [HOLD, dir], {
      env: { ...process.env, KAIPO_TEST_KEY: KEY },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    await once(held.stdout, 'data');
    const { recorder } = JSON.parse(kaipo(['stats', '--store', dir, '--json'], { KAIPO_STORE_KEY: KEY }).stdout) as {
      recorder: { running: boolean; pid: number; since: number };
    };
    assert.deepEqual([recorder.running, recorder.pid], [true, held.pid]);
    assert.ok(recorder.since > 1.7e9);
    // It has no control socket: it cannot be asked, and nothing is done behind its back.
    const before = digests(dir);
    const refused = kaipo(['compact', '--store', dir], { KAIPO_STORE_KEY: KEY });
    assert.equal(refused.status, 75);
    assert.match(refused.stderr, new RegExp(`process ${held.pid} records and cannot be asked to compact`));
    assert.deepEqual(digests(dir), before);
    assert.equal(kaipo(['check', '--store', dir], { KAIPO_STORE_KEY: KEY }).status, 0);
    held.kill('SIGKILL');
    await once(held, 'close');
    assert.equal(kaipo(['compact', '--store', dir], { KAIPO_STORE_KEY: KEY }).status, 0);
  }));

test('check ends with 1 and says what is wrong', () =>
  withDirectory(async (dir) => {
    await makeStore(dir, 30);
    const file = new LmdbFile({ dir, readOnly: false });
    file.writeSync((access) => access.remove(nameOfIdKey('app', 1)));
    await file.close();
    const { status, stdout, stderr } = kaipo(['check', '--store', dir]);
    assert.equal(status, 1);
    assert.match(stdout, /is damaged: 1 problem/);
    assert.match(stdout, /1 numbers of app have no name/);
    assert.equal(stderr, '');
    const json = JSON.parse(kaipo(['check', '--store', dir, '--json']).stdout) as { ok: boolean; findings: object[] };
    assert.equal(json.ok, false);
    assert.equal(json.findings.length, 1);
  }));

test('a plain store becomes an encrypted one, and back', () =>
  withDirectory(async (dir) => {
    const [plain, sealed, again, keyFile] = ['plain', 'sealed', 'again', 'key'].map((name) => join(dir, name)) as [
      string,
      string,
      string,
      string,
    ];
    await makeStore(plain, 60);
    writeFileSync(keyFile, `${KEY}\n`, { mode: 0o600 });
    const config = join(dir, 'kaipo.toml');
    writeFileSync(config, `[store]\nencryption_key_file = ${JSON.stringify(keyFile)}\n`);
    // As told when the configuration names a key for a store that is plain.
    const refused = kaipo(['stats', '--store', plain, '--config', config]);
    assert.equal(refused.status, 77);
    assert.match(refused.stderr, /is not encrypted\n.*db backup .*--key-file/);
    const made = kaipo(['backup', sealed, '--store', plain, '--config', config, '--key-file', keyFile]);
    assert.equal(made.stderr, '');
    assert.equal(made.status, 0);
    assert.match(made.stdout, /encrypted, with the key of .*\nLook into it with: .*status --store/);
    assert.equal(kaipo(['check', '--store', sealed, '--config', config]).status, 0);
    assert.equal(kaipo(['check', '--store', sealed]).status, 77);
    assert.equal(kaipo(['check', '--store', sealed], { KAIPO_STORE_KEY: 'f'.repeat(64) }).status, 77);
    assert.equal(kaipo(['backup', again, '--store', sealed, '--config', config, '--no-encryption']).status, 0);
    assert.equal(kaipo(['check', '--store', again]).status, 0);
    assert.equal(kaipo(['backup', again, '--store', sealed, '--no-encryption', '--key-file', keyFile]).status, 64);
    assert.equal(kaipo(['backup', sealed, '--store', plain]).status, 73);
  }));

test('what is not there is not made, what is not said is not done', () =>
  withDirectory(async (dir) => {
    const nowhere = join(dir, 'nowhere');
    for (const command of [
      ['stats'],
      ['check'],
      ['compact'],
      ['prune', '--before', 'today'],
      ['backup', join(dir, 'copy')],
    ]) {
      const { status, stderr } = kaipo([...command, '--store', nowhere]);
      assert.equal(status, 66, command[0]);
      assert.match(stderr, /no history in/);
    }
    assert.ok(!existsSync(nowhere) && !existsSync(join(dir, 'copy')));
    const store = join(dir, 'store');
    await makeStore(store, 30);
    const before = digests(store);
    assert.equal(kaipo(['prune', '--store', store]).status, 64);
    assert.equal(kaipo(['prune', '--store', store, '--before', 'the day the music died']).status, 64);
    const dry = kaipo(['prune', '--store', store, '--flows-before', '2024-01-01', '--dry-run']);
    assert.match(dry.stdout, /Would remove 30 flows/);
    assert.deepEqual(digests(store), before);
    const whole = kaipo(['prune', '--store', store, '--before', '2024-01-01']);
    assert.match(whole.stdout, /No whole day/);
    assert.match(whole.stdout, /Removed 30 flows/);
    assert.deepEqual(readdirSync(store).sort(), ['data.mdb', 'lock.mdb']);
  }));

test('a damaged, cut or foreign file: every command says so, with what to do, and changes nothing', () =>
  withDirectory(async (dir) => {
    const store = join(dir, 'store');
    await makeStore(store, 60);
    const sound = readFileSync(join(store, 'data.mdb'));
    const files: [Buffer, RegExp][] = [
      [sound.subarray(0, 20_000), /is cut short: 20000 of \d+ bytes/],
      [Buffer.from('SQLite format 3\0'.padEnd(8192, '\0')), /is not a kaipo store/],
      [Buffer.alloc(0), /is not a kaipo store/],
      [rootGone(sound), /is damaged: page \d+ /],
    ];
    rmSync(join(store, 'lock.mdb'));
    for (const [content, message] of files) {
      writeFileSync(join(store, 'data.mdb'), content);
      const before = digests(store);
      const others = [['check'], ['prune', '--before', 'today'], ['backup', join(dir, 'copy')]];
      const commands = [['stats'], ['compact'], ...(content.length === sound.length ? others : [])];
      for (const command of commands) {
        const { status, stdout, stderr } = kaipo([...command, '--store', store]);
        assert.equal(status, 65, `${command[0]}: ${stderr}`);
        assert.equal(stdout, '');
        assert.match(stderr, message);
        assert.match(stderr, /try: move .* away to start a new history, or choose another directory with --store/);
      }
      assert.deepEqual(digests(store), before);
      assert.deepEqual(readdirSync(dir), ['store']);
      assert.deepEqual(readdirSync(store), ['data.mdb']);
    }
  }));

/** The root of the newest tree of entries is overwritten. */
function rootGone(bytes: Buffer): Buffer {
  const [txnAt, rootAt, pageBytes] = [24 + 128, 24 + 72 + 40, 4096];
  const meta = bytes.readBigUInt64LE(txnAt) > bytes.readBigUInt64LE(pageBytes + txnAt) ? 0 : pageBytes;
  const root = Number(bytes.readBigUInt64LE(meta + rootAt)) * pageBytes;
  return Buffer.from(bytes).fill(0, root, root + pageBytes);
}
