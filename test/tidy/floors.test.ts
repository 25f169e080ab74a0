// A file imports its own folder and lower floors only. The floors are those of ARCHITECTURE.md.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { importTarget, type SourceFile, sourceFiles } from './source-files.js';

const FLOORS: Readonly<Record<string, number>> = {
  'capture-helper/src/contract': 0,
  'core/src/kernel': 0,
  'core/src/wire': 1,
  'core/src/frame': 2,
  'core/src/decode': 3,
  'core/src/flow': 4,
  'core/src/api': 5,
  'core/src/source': 6,
  'core/src/store': 6,
  'core/src/bus': 6,
  'core/src/owners': 6,
  'core/src/alerts': 6,
  'core/src/engine': 7,
  'core/src/query': 7,
  'core/src/config': 7,
  'plugins/src': 8,
  'cli/src': 9,
};

/** Floors a plugin may see: the public API and what it promises. */
const PLUGIN_MAY = ['core/src/api', 'core/src/wire', 'core/src/kernel'];
const HELPER_PACKAGES: Readonly<Record<string, readonly string[]>> = {
  'capture-helper/src/portable': ['cap'],
  'capture-helper/src/launch': [],
};

const folderOf = (path: string): string => {
  if (path.startsWith('plugins/')) return 'plugins/src';
  if (path.startsWith('cli/')) return 'cli/src';
  return path.split('/').slice(0, 3).join('/');
};

/** Imports of a file that `isAllowed` does not allow. */
function broken(files: readonly SourceFile[], isAllowed: (file: SourceFile, target: string) => boolean): string[] {
  return files.flatMap((file) =>
    file.imports
      .map((specifier) => importTarget(file.path, specifier))
      .filter((target) => !target.startsWith('node:') && !isAllowed(file, target))
      .map((target) => `${file.path} imports ${target}`),
  );
}

const isOwn = (target: string): boolean => /^(capture-helper|core|plugins|cli)\/src\//.test(target);

describe('floors', () => {
  it('every folder has a floor', () => {
    const folders = new Set(sourceFiles('core/src').map(({ path }) => folderOf(path)));
    assert.deepEqual(
      [...folders].filter((folder) => FLOORS[folder] === undefined),
      [],
    );
  });

  it('core, plugins and cli import their own folder and lower floors', () => {
    const wrong = broken(sourceFiles('core/src', 'plugins/src', 'cli/src'), (file, target) => {
      if (!isOwn(target)) return true;
      const [from, to] = [folderOf(file.path), folderOf(target)];
      // The launcher is a workspace of its own beside the floors; only the command line starts helpers.
      if (to === 'capture-helper/src/launch') return from === 'cli/src';
      return from === to || (FLOORS[to] ?? Number.POSITIVE_INFINITY) < FLOORS[from]!;
    });
    assert.deepEqual(wrong, []);
  });

  it('plugins see the public API only, and never each other', () => {
    const plugins = sourceFiles('plugins/src').filter(
      ({ path }) => !/^plugins\/src\/(anomalies\/)?all\.ts$/.test(path) && !path.startsWith('plugins/src/families/'),
    );
    const wrong = broken(plugins, (file, target) => {
      if (!isOwn(target)) return target === 'mmdb-lib' && file.path === 'plugins/src/applications/place-database.ts';
      if (target.startsWith('plugins/src/anomalies/parts/') && file.path.startsWith('plugins/src/anomalies/'))
        return true;
      if (target.startsWith('plugins/'))
        return target
          .split('/')
          .slice(0, -1)
          .join('/')
          .startsWith(
            file.path
              .split('/')
              .slice(0, 4)
              .join('/')
              .replace(/\/[^/]+\.ts$/, ''),
          );
      return PLUGIN_MAY.includes(folderOf(target));
    });
    assert.deepEqual(wrong, []);
  });

  it('the helper imports its contract, node and nothing of the analyzer', () => {
    const wrong = broken(sourceFiles('capture-helper/src'), (file, target) => {
      const folder = folderOf(file.path);
      if (isOwn(target))
        return (
          folderOf(target) === folder ||
          (folderOf(target) === 'capture-helper/src/contract' && folder in HELPER_PACKAGES)
        );
      return HELPER_PACKAGES[folder]?.includes(target) ?? false;
    });
    assert.deepEqual(wrong, []);
  });

  it('blessed stays behind one file', () => {
    const wrong = broken(
      sourceFiles('core/src', 'plugins/src', 'cli/src'),
      (file, target) => !/^blessed/.test(target) || /^cli\/src\/tui\/(screen|contrib-plot)\.ts$/.test(file.path),
    );
    assert.deepEqual(wrong, []);
  });

  it('finds what it looks for', () => {
    const file = {
      path: 'core/src/wire/x.ts',
      text: '',
      code: '',
      imports: ['../flow/flow-table.js', '@kaipo/cli/main.js', 'node:fs'],
    };
    assert.deepEqual(
      file.imports.map((specifier) => importTarget(file.path, specifier)),
      ['core/src/flow/flow-table', 'cli/src/main', 'node:fs'],
    );
  });
});
