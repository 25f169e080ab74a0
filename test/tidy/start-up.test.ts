// What a command loads, it waits for: the way from each entry along `import … from`, which is what is loaded before anything runs.
// What is behind `import()` or `require` inside a function is loaded when it is needed, and is not followed.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { importTarget, sourceFiles } from './source-files.js';

const STATIC = /^\s*(?:import|export)\s+(?!type\b)[^'"`;]*?\bfrom\s*'([^']+)'|^\s*import\s*'([^']+)'/gm;

const imports = new Map(
  sourceFiles('capture-helper/src', 'core/src', 'plugins/src', 'cli/src', 'cli/dashboard/src').map(({ path, text }) => [
    path.replace(/\.ts$/, ''),
    [...text.matchAll(STATIC)].map((match) => importTarget(path, (match[1] ?? match[2])!)),
  ]),
);

/** Files of the project and packages that `entry` loads, each by the way that leads to it. */
function loadedBy(entry: string): Map<string, string> {
  assert.ok(imports.has(entry), `${entry} is not there`);
  const ways = new Map([[entry, entry]]);
  for (const [name, way] of ways) {
    for (const target of imports.get(name) ?? []) if (!ways.has(target)) ways.set(target, `${way} > ${target}`);
  }
  return ways;
}

const waysTo = (loaded: ReadonlyMap<string, string>, unwanted: RegExp): string[] =>
  [...loaded].filter(([name]) => unwanted.test(name)).map(([, way]) => way);

const PACKAGE = /^(?!node:|(?:capture-helper|core|plugins|cli)\/src\/)/;
const ANALYSIS = /^plugins\/|^core\/src\/(engine|decode|flow|frame|wire)\//;
/** Read the past, and nothing else. */
const HISTORY = 'apps cost diff dns flows hosts interfaces month protocols range status summary today zones'.split(' ');

describe('start-up', () => {
  it('the first file and what may run as root are the launcher and node itself', () => {
    assert.deepEqual(
      waysTo(
        loadedBy('cli/src/main'),
        /^(?!node:|cli\/src\/(main|elevate|compile-budget)$|capture-helper\/src\/(contract|launch)\/)/,
      ),
      [],
    );
  });

  it('help and version load the command line, and no more of core than words and errors', () => {
    const loaded = loadedBy('cli/src/program');
    assert.deepEqual(waysTo(loaded, PACKAGE), ['cli/src/program > commander']);
    assert.deepEqual(
      waysTo(loaded, /^plugins\/|^core\/src\/(?!kernel\/|query\/filter\/filter-fields$)|^cli\/src\/commands\//),
      [],
    );
  });

  for (const command of HISTORY) {
    it(`${command} loads no protocol, no capture, no screen`, () => {
      const loaded = loadedBy(`cli/src/commands/${command}`);
      assert.deepEqual(waysTo(loaded, ANALYSIS), []);
      assert.deepEqual(
        waysTo(
          loaded,
          /^core\/src\/owners\/|^cli\/src\/(live\/(live|packet)-.*|live\/recorder|tui\/screen|selftest\/.*)$/,
        ),
        [],
      );
      assert.deepEqual(
        [...loaded.keys()].filter(
          (name) => PACKAGE.test(name) && !/^(ipaddr\.js|lmdb|msgpackr|date-fns\/.*)$/.test(name),
        ),
        [],
      );
    });
  }

  it('the dashboard loads what a browser has: words and units of the rest, nothing of node', () => {
    const loaded = loadedBy('cli/dashboard/src/main');
    assert.deepEqual(waysTo(loaded, /^node:/), []);
    assert.deepEqual(
      [...loaded.keys()].filter((name) => PACKAGE.test(name) && !/^(cli\/dashboard\/|(svelte|uplot)(\/|$))/.test(name)),
      [],
    );
    assert.ok(loaded.has('core/src/kernel/units') && loaded.has('cli/dashboard/src/pages/Now.svelte'));
  });

  it('nobody loads what takes long and is seldom needed before it is', () => {
    const seldom =
      /^(blessed|blessed-contrib|cap|chrono-node|hyparquet-writer|mmdb-lib|ps-list|string-width|systeminformation)(\/|$)/;
    const wrong = [...imports].flatMap(([file, targets]) =>
      targets.filter((target) => seldom.test(target)).map((target) => `${file} imports ${target}`),
    );
    assert.deepEqual(wrong, []);
  });
});
