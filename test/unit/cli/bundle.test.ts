// The bundle beside what is compiled: which of the two is started, and that both find the same files.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import { REPOSITORY } from '../../fixtures/pcap-case.js';
import { KAIPO, kaipoEnv } from '../../fixtures/run-kaipo.js';

const { makeBundle, withPlaces } = (await import(pathToFileURL(join(REPOSITORY, '.ci/bundle.mjs')).href)) as {
  /** Names the folder. */
  makeBundle(bundles: string): Promise<string>;
  withPlaces(path: string, text: string): string;
};

const { withConstants } = (await import(pathToFileURL(join(REPOSITORY, '.ci/bundle-constants.mjs')).href)) as {
  withConstants(text: string): Promise<string>;
};

/** By file: the modules in it, and what it loads at once. */
type Parts = Readonly<Record<string, { readonly modules: readonly string[]; readonly imports: readonly string[] }>>;

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'kaipo-bundle-'));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

test('a bundle is started while it was made of what lies there, else what is compiled', (t) => {
  const root = folder(t);
  const notes = join(root, 'core/dist/.tsbuildinfo');
  const started = () => {
    const { stdout, stderr, status } = spawnSync(process.execPath, [join(root, 'cli/bin/kaipo.js')], {
      encoding: 'utf8',
    });
    return status === 0 ? stdout : stderr;
  };
  write(join(root, 'package.json'), '{"type":"module"}');
  mkdirSync(join(root, 'cli/bin'), { recursive: true });
  copyFileSync(KAIPO, join(root, 'cli/bin/kaipo.js'));
  assert.match(started(), /not built yet: run "npm run build"/);

  write(join(root, 'cli/dist/main.js'), 'process.stdout.write("compiled")');
  assert.equal(started(), 'compiled');

  write(notes, '');
  utimesSync(notes, 1000, 1000);
  write(join(root, 'cli/bundle/b1/main.js'), 'process.stdout.write("bundled")');
  write(join(root, 'cli/bundle/current.json'), '{"folder":"b1","madeOf":[["core/dist/.tsbuildinfo",1000000]]}');
  assert.equal(started(), 'bundled');

  utimesSync(notes, 1001, 1001);
  assert.equal(started(), 'compiled');
  rmSync(notes);
  assert.equal(started(), 'compiled');
  write(join(root, 'cli/bundle/current.json'), '{"folder":');
  assert.equal(started(), 'compiled');
});

test('URLs of a module go on to name what lies beside its compiled file', () => {
  const path = join(REPOSITORY, 'core/dist/wire/vendor-of.js');
  const moved = (text: string) => withPlaces(path, text);
  assert.equal(
    moved('a = new URL(\'./x.bin\', import.meta.url); b = new URL("../../src/y/", import.meta.url);'),
    'a = new URL(\'../../../core/dist/wire/x.bin\', import.meta.url); b = new URL("../../../core/src/y/", import.meta.url);',
  );
  assert.equal(
    moved('createRequire(import.meta.url)'),
    "createRequire(new URL('../../../core/dist/wire/vendor-of.js', import.meta.url).href)",
  );
  // What is started by its URL has its part of the bundle when it is named there.
  const run = join(REPOSITORY, 'core/dist/store/store-check-run.js');
  const start = "new URL('store-check-main.js', import.meta.url)";
  assert.equal(withPlaces(run, start), "new URL('./store-check-main.js', import.meta.url)");
  assert.equal(
    withPlaces(run, `new Worker(${start}, {})`),
    "new Worker(new URL('./store-check-main.js', import.meta.url), {})",
  );
  assert.throws(
    () => moved("new Worker(new URL('./x.js', import.meta.url))"),
    /name what .* starts in \.ci\/bundle\.mjs/,
  );
  assert.throws(() => moved('new Worker(import.meta.url)'), /name what/);
});

test('what never changes is a constant again, other code stays as it is', async () => {
  const ours = [
    '// core/dist/wire/x.js',
    'var TABLE = new Uint8Array(4);',
    'var count = 0;',
    'var later;',
    'var Box = class {',
    '  add(count2) { count2 = 1; count += count2; later = { TABLE }; }',
    '};',
  ];
  const theirs = ['// node_modules/y/index.js', 'var z = 1;', 'export { Box, z };'];
  const text = await withConstants([...ours, ...theirs].join('\n'));
  const expected = ours.map((line) => line.replace('var TABLE', 'const TABLE').replace('var Box', 'const Box'));
  assert.equal(text, [...expected, ...theirs].join('\n'));
});

test('a bundle has a folder of its own, and the one before it stays', async (t) => {
  const bundles = folder(t);
  const current = () => JSON.parse(readFileSync(join(bundles, 'current.json'), 'utf8')) as { folder: string };
  write(join(bundles, 'older', 'main.js'), '');
  write(join(bundles, 'before', 'main.js'), '');
  write(join(bundles, 'current.json'), '{"folder":"before"}');
  const made = await makeBundle(bundles);
  assert.equal(current().folder, made);
  assert.ok(existsSync(join(bundles, made, 'main.js')));
  assert.ok(existsSync(join(bundles, 'before')));
  assert.ok(!existsSync(join(bundles, 'older')));
  assert.equal(await makeBundle(bundles), made);
  assert.ok(existsSync(join(bundles, 'before')));
});

test('what may run as root is in files of its own', async (t) => {
  const bundles = folder(t);
  const made = await makeBundle(bundles);
  const parts = JSON.parse(readFileSync(join(bundles, made, 'parts.json'), 'utf8')) as Parts;
  // What was prepared for the bundle is in it.
  for (const name of ['services.json', 'app-rules.json']) assert.ok(existsSync(join(bundles, made, name)));
  const loaded = new Set(['main.js']);
  for (const name of loaded) for (const target of parts[name]?.imports ?? []) loaded.add(target);
  const modules = [...loaded].flatMap((name) => parts[name]?.modules ?? [name]);
  assert.ok(modules.includes('cli/dist/elevate.js'));
  assert.deepEqual(
    modules.filter(
      (name) =>
        !/^(node:|cli\/dist\/(main|elevate|compile-budget)\.js$|capture-helper\/dist\/(contract|launch)\/)/.test(name),
    ),
    [],
  );
});

test('help and history run without the packages that take long', (t) => {
  const store = join(folder(t), 'store');
  const atEnd = `import Module from 'node:module';
    process.on('exit', () => process.stderr.write(JSON.stringify(Object.keys(Module._cache))));`;
  const preload = `data:text/javascript,${encodeURIComponent(atEnd)}`;
  const loadedBy = (...args: string[]) => {
    const run = spawnSync(process.execPath, ['--import', preload, KAIPO, ...args], {
      env: kaipoEnv(),
      encoding: 'utf8',
    });
    assert.equal(run.status, 0, run.stderr);
    return run.stderr;
  };
  const capture = join(REPOSITORY, 'pcaps/dns/input.pcap');
  loadedBy('analyze', capture, '--store', store);
  for (const args of [['--help'], ['--version'], ['today', '--store', store], ['apps', '--store', store]]) {
    assert.doesNotMatch(
      loadedBy(...args),
      /node_modules.(blessed|chrono-node|systeminformation|string-width|mmdb-lib)/,
    );
  }
});
