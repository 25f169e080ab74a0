// Every source file is short, says at its head what it is, and holds no leftovers.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, it } from 'node:test';
import { REPOSITORY } from '../fixtures/pcap-case.js';
import { lineOf, type SourceFile, sourceFiles } from './source-files.js';

const MAX_LINES = 400;
const LONG_LINES = 200;
const PRODUCT = ['capture-helper/src', 'core/src', 'plugins/src', 'cli/src', 'cli/dashboard/src'];
/** Words of work that is not finished. In pieces, so that this file does not find itself. */
const LEFTOVERS = new RegExp(
  `\\b(${['TO', 'FIX', 'XX', 'HA'].map((word, index) => word + ['DO', 'ME', 'X', 'CK'][index]).join('|')})\\b`,
);

/** Places of a pattern: "file:line". */
function places(files: readonly SourceFile[], pattern: RegExp, where: 'text' | 'code'): string[] {
  return files.flatMap((file) =>
    [...file[where].matchAll(new RegExp(pattern, 'g'))].map(
      (match) => `${file.path}:${lineOf(file.text, match.index)}`,
    ),
  );
}

describe('source files', () => {
  const product = sourceFiles(...PRODUCT);
  const all = [...product, ...sourceFiles('test')];

  it(`have at most ${MAX_LINES} lines`, (t) => {
    const lines = (file: SourceFile): number => file.text.split('\n').length - 1;
    const long = all.filter((file) => lines(file) > LONG_LINES);
    t.diagnostic(`over ${LONG_LINES} lines: ${long.map((file) => `${file.path} ${lines(file)}`).join(', ')}`);
    assert.deepEqual(
      long.filter((file) => lines(file) > MAX_LINES).map(({ path }) => path),
      [],
    );
  });

  it('begin with a comment that says what they are', () => {
    // The name and the titles of a test say what it is.
    const bare = all.filter(
      (file) => !file.path.endsWith('.test.ts') && !/^(#![^\n]*\n)?(\/\/ \S|\/\*\* ?\S|<!-- \S)/.test(file.text),
    );
    assert.deepEqual(
      bare.map(({ path }) => path),
      [],
    );
  });

  it('hold no leftovers and no console.log', () => {
    assert.deepEqual(places(all, LEFTOVERS, 'text'), []);
    assert.deepEqual(places(all, /\bconsole\.\w+\(/, 'code'), []);
    const native = readdirSync(join(REPOSITORY, 'capture-helper/native'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(REPOSITORY, join(entry.parentPath, entry.name)));
    const scripts = readdirSync(join(REPOSITORY, '.ci')).map((name) => join('.ci', name));
    assert.deepEqual(
      [...native, ...scripts].filter((path) => LEFTOVERS.test(readFileSync(join(REPOSITORY, path), 'utf8'))),
      [],
    );
  });

  it('of the core read the wall clock in one place', () => {
    const core = sourceFiles('core/src').filter(({ path }) => path !== 'core/src/kernel/clock.ts');
    const lower = core.filter(({ path }) => !/^core\/src\/(engine|query|config)\//.test(path));
    assert.deepEqual(places(lower, /\bDate\.now\(|\bnew Date\(\)/, 'code'), []);
  });

  it('of the core and of plugins never end the process', () => {
    assert.deepEqual(
      places(sourceFiles('core/src', 'plugins/src'), /\bprocess\.(exit|abort)\(/, 'code').filter(
        (place) => !/-main\.ts:/.test(place),
      ),
      [],
    );
  });
});

describe('packages', () => {
  const manifests = ['', 'capture-helper', 'core', 'plugins', 'cli', 'test'].map((folder) =>
    join(REPOSITORY, folder, 'package.json'),
  );

  it('are pinned to one exact version', () => {
    const floating = manifests.flatMap((path) => {
      const manifest = JSON.parse(readFileSync(path, 'utf8'));
      return ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((kind) =>
        Object.entries(manifest[kind] ?? {})
          .filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(String(version)))
          .map(([name, version]) => `${relative(REPOSITORY, path)}: ${name} ${version}`),
      );
    });
    assert.deepEqual(floating, []);
  });

  it('have one version for the whole repository', () => {
    const versions = new Set(manifests.map((path) => JSON.parse(readFileSync(path, 'utf8')).version));
    assert.equal(versions.size, 1);
    assert.ok(existsSync(join(REPOSITORY, 'package-lock.json')));
  });
});
